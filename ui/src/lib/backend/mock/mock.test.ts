import { expect, test } from "vitest";

import type { Entry, Event, Failure } from "../types";
import { mock } from ".";
import { ManualClock } from "./clock";
import { speakWords } from "./speech";

async function begin() {
  const clock = new ManualClock(new Date(2026, 10, 20, 10).getTime());
  const backend = mock({ clock });
  const events: Event[] = [];
  const opening = await backend.open((event) => events.push(event));
  const entry = (id: number) =>
    events.findLast(
      (e): e is { kind: "entry"; entry: Entry } => e.kind === "entry" && e.entry.id === id,
    )?.entry;
  return { clock, backend, events, opening, entry };
}

test("a job goes through its states, tells segments once and ends with all of them", async () => {
  const { clock, backend, events, entry } = await begin();
  backend.submit(["a.mp3", "broken.wav"]);
  clock.advance(60_000);
  expect(entry(101)?.state.kind).toBe("done");
  expect(entry(102)?.state).toMatchObject({
    kind: "failed",
    failure: { code: "recording-invalid" },
  });
  const told = events.flatMap((e) => (e.kind === "segment" && e.id === 101 ? [e.segment] : []));
  const { segments } = await backend.openEntry(101);
  expect(told).toEqual(segments);
  const kinds = events.flatMap((e) =>
    e.kind === "entry" && e.entry.id === 101 ? [e.entry.state.kind] : [],
  );
  expect([...new Set(kinds)]).toEqual(["waiting", "reading", "recognising", "done"]);
});

test("a paused job goes on where it was", async () => {
  const { clock, backend, entry } = await begin();
  backend.submit(["a.mp3"]);
  clock.advance(3000);
  await backend.pause(101);
  expect(entry(101)?.state.kind).toBe("pausing");
  clock.advance(250);
  const before = entry(101)?.state;
  clock.advance(60_000);
  expect(entry(101)?.state).toEqual(before);
  await backend.resume(101);
  clock.advance(60_000);
  expect(entry(101)?.state.kind).toBe("done");
});

test("a save on an old revision is refused and changes nothing", async () => {
  const { backend } = await begin();
  const { revision, segments } = await backend.openEntry(8);
  const gone = [{ at: 0, remove: 1, insert: [] }];
  expect(await backend.save(8, revision, gone)).toBe(revision + 1);
  const again = backend.save(8, revision, gone).catch((failure: Failure) => failure.code);
  expect(await again).toBe("conflict");
  expect(backend.texts(8)).toEqual(segments.slice(1).map((s) => s.text));
});

test("search finds one Chinese character and a phrase, and says where", async () => {
  const { backend } = await begin();
  const query = { filter: "all" as const, language: null, after: null };
  const one = await backend.history({ ...query, text: "梯" });
  expect(one.rows.map((row) => row.entry.id)).toEqual([6, 3]);
  const [hit] = one.rows[0]?.hits ?? [];
  expect(hit?.parts.find((part) => part.is_match)?.text).toBe("梯");
  const phrase = await backend.history({ ...query, text: '"one anchor" budget' });
  expect(phrase.n_total).toBeGreaterThan(0);
  expect((await backend.history({ ...query, text: '"anchor one"' })).n_total).toBe(0);
});

test("forty thousand words are forty thousand words", () => {
  const n = speakWords(40_000, 23).reduce((sum, { words }) => sum + words.length, 0);
  expect(n).toBeGreaterThanOrEqual(40_000);
  expect(n).toBeLessThan(40_050);
});
