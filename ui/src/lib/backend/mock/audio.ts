/** Sound for the mock: a soft hum where somebody speaks. */

import type { Ms, Segment } from "../types";
import { PEAKS_PER_SECOND } from "../types";
import { chance } from "./speech";

/** The audio of an entry, and how loud it is. */
export interface Sound {
  hum: Blob;
  peaks: Uint8Array;
}

/** Sounds that were made, so that a long one is made once. */
const made = new WeakMap<readonly Segment[], Sound & { duration_ms: Ms }>();

/** The sound of these segments. */
export function soundOf(segments: readonly Segment[], duration_ms: Ms): Sound {
  let sound = made.get(segments);
  if (sound?.duration_ms !== duration_ms) {
    const [blob, levels] = [hum(segments, duration_ms), peaks(segments, duration_ms)];
    sound = { hum: blob, peaks: levels, duration_ms };
    made.set(segments, sound);
  }
  return sound;
}

const RATE_HZ = 3000;
/** Three waves of 180 Hz. Units: samples. */
const PERIOD = 50;

/** A playable recording of these segments. */
function hum(segments: readonly Segment[], duration_ms: Ms): Blob {
  const n = Math.floor((duration_ms / 1000) * RATE_HZ);
  const bytes = new Uint8Array(44 + n);
  const header = new DataView(bytes.buffer);
  const ascii = (at: number, text: string) => {
    [...text].forEach((c, i) => {
      header.setUint8(at + i, c.charCodeAt(0));
    });
  };
  ascii(0, "RIFF");
  header.setUint32(4, 36 + n, true);
  ascii(8, "WAVEfmt ");
  header.setUint32(16, 16, true);
  header.setUint16(20, 1, true);
  header.setUint16(22, 1, true);
  header.setUint32(24, RATE_HZ, true);
  header.setUint32(28, RATE_HZ, true);
  header.setUint16(32, 1, true);
  header.setUint16(34, 8, true);
  ascii(36, "data");
  header.setUint32(40, n, true);
  const at = (ms: Ms) => Math.min(n, Math.round((ms / 1000) * RATE_HZ)) + 44;
  for (let i = 0; i < PERIOD; i += 1) {
    bytes[44 + i] = 128 + 12 * Math.sin((2 * Math.PI * 3 * i) / PERIOD);
  }
  for (let done = PERIOD; done < n; done *= 2) bytes.copyWithin(44 + done, 44, 44 + done);
  let silent = 0;
  for (const { start_ms, end_ms } of segments) {
    bytes.fill(128, at(silent), at(start_ms));
    silent = end_ms;
  }
  bytes.fill(128, at(silent));
  return new Blob([bytes], { type: "audio/wav" });
}

/** Loudness as the shell would give it. */
function peaks(segments: readonly Segment[], duration_ms: Ms): Uint8Array {
  const random = chance(7);
  const levels = Uint8Array.from(
    { length: Math.ceil((duration_ms / 1000) * PEAKS_PER_SECOND) },
    () => 4 + random() * 8,
  );
  for (const { words } of segments) {
    for (const { start_ms, end_ms } of words) {
      const from = Math.floor((start_ms / 1000) * PEAKS_PER_SECOND);
      const to = Math.min(levels.length, Math.ceil((end_ms / 1000) * PEAKS_PER_SECOND));
      for (let i = from; i < to; i += 1) {
        const arc = Math.sin((Math.PI * (i - from + 0.5)) / (to - from));
        levels[i] = 40 + arc * (90 + random() * 110);
      }
    }
  }
  return levels;
}
