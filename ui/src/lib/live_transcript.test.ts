import fc from "fast-check";
import { expect, test } from "vitest";

import type { Event } from "./backend";
import { copied } from "./test_counters";
import { LiveTranscript, meter } from "./live_transcript.svelte";

const words = (start_ms: number, committed: string, tentative: string, id = 1): Event => ({
  kind: "words",
  id,
  start_ms,
  committed,
  tentative,
  late_ms: 0,
});

test("what is sure stands in pieces that stay, utterance by utterance", () => {
  const live = new LiveTranscript(1);
  const seen: string[][] = [];
  for (const event of [
    words(400, "", "We"),
    words(400, "We meet", " a tent"),
    words(400, "We meet", " at ten"),
    words(9, "not here", "", 2),
    words(400, "We meet at ten.", ""),
    words(3000, "", ""),
    words(3000, "", "Good"),
  ]) {
    live.receive(event);
    seen.push(live.utterances.map(({ pieces }) => pieces.join("|")));
  }
  expect(seen).toEqual([
    [""],
    ["We meet"],
    ["We meet"],
    ["We meet"],
    ["We meet| at ten."],
    ["We meet| at ten."],
    ["We meet| at ten.", ""],
  ]);
  expect(live.last).toBe("Good");
});

test("the last words stay until there are others", () => {
  const live = new LiveTranscript(1);
  live.receive(words(400, "We meet at ten.", ""));
  live.receive(words(3000, "", "Go"));
  expect(live.last).toBe("Go");
  live.receive(words(3000, "", ""));
  expect(live.last).toBe("We meet at ten.");
  live.receive(words(3000, "Good", ""));
  expect(live.last).toBe("Good");
});

test("a page that comes late recalls what was finished before", () => {
  const live = new LiveTranscript(1);
  live.receive(words(5000, "Now", ""));
  const segment = (start_ms: number, text: string) => ({
    start_ms,
    end_ms: start_ms + 1,
    text,
    language: "",
    timing: "piece" as const,
    speaker: null,
    words: [],
  });
  live.prepend([segment(400, "Before."), segment(5000, "Now.")]);
  expect(live.utterances.map(({ pieces }) => pieces.join("|"))).toEqual(["Before.", "Now"]);
});

test("a word more costs no more than the word", () => {
  const talk = new LiveTranscript(1);
  const said = "word ".repeat(3000);
  const n = copied(() => {
    for (let to = 5; to <= said.length; to += 5) talk.receive(words(400, said.slice(0, to), "so"));
    expect(talk.last).toBe(`${said}so`);
  });
  expect(n).toBeLessThanOrEqual(said.length);
  expect(talk.utterances[0]?.pieces).toHaveLength(3000);
  talk.receive(words(9000, "Good", ""));
  expect(talk.last).toBe("Good");
});

test("who speaks is told when the utterance has ended", () => {
  const live = new LiveTranscript(1);
  live.receive(words(400, "We meet at ten.", ""));
  expect(live.utterances[0]?.speaker).toBe(null);
  live.receive({
    kind: "segment",
    id: 1,
    segment: {
      start_ms: 420,
      end_ms: 1800,
      text: "We meet at ten.",
      language: "English",
      timing: "aligned",
      speaker: "Others",
      words: [],
    },
  });
  live.receive(words(3000, "Good", ""));
  expect(live.utterances.map(({ speaker }) => speaker)).toEqual(["Others", null]);
});

test("a meter goes from silence to the loudest sound", () => {
  expect(meter(0)).toBe(0);
  expect(meter(1)).toBe(1);
  expect(meter(0.001)).toBeCloseTo(0);
  fc.assert(
    fc.property(fc.float({ min: 0, max: 2, noNaN: true }), (peak) => {
      expect(meter(peak)).toBeGreaterThanOrEqual(0);
      expect(meter(peak)).toBeLessThanOrEqual(1);
    }),
  );
});
