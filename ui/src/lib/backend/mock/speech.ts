/** Invented recordings for the mock: what people might say, with times and doubts. */

import { split } from "$lib/edit/split_words";

import type { Segment, Word } from "../types";

interface Line {
  who: string | null;
  text: string;
}

const english: Line[] = [
  { who: "Mara", text: "Good morning, everyone. Shall we start with the harbour survey?" },
  {
    who: "Mara",
    text: "We have about forty minutes, and I would like to leave ten of them for questions.",
  },
  {
    who: "Idris",
    text: "The boat was out on three days. On the second one the wind came up, so we have a gap between stations nine and eleven.",
  },
  { who: "Mara", text: "How large is the gap?" },
  {
    who: "Idris",
    text: "Roughly four hundred metres. We can fill it in April, when the tide tables are kinder.",
  },
  {
    who: "Lena",
    text: "I compared the sediment cores with the ones from 2019. The upper layer has grown by six centimetres.",
  },
  {
    who: "Lena",
    text: "That is more than the model predicted, but it is within the uncertainty that Okonkwo gave in his paper.",
  },
  { who: "Mara", text: "Could it be the dredging at Port Vell?" },
  {
    who: "Lena",
    text: "It could. The grain size points that way: coarser at the top, and then the usual silt below.",
  },
  {
    who: "Idris",
    text: "I have photographs of the spoil heap. I will put them into the shared folder this afternoon.",
  },
  {
    who: "Mara",
    text: "Thank you. Then let us look at the budget before we talk about the summer campaign.",
  },
  { who: "Lena", text: "We spent eighty per cent of the travel money, mostly on fuel." },
  { who: "Idris", text: "And one anchor." },
  { who: "Mara", text: "And one anchor. I saw the invoice, and I have decided not to ask." },
  {
    who: "Lena",
    text: "The laboratory can take another thirty samples before the end of the year without a surcharge.",
  },
  {
    who: "Mara",
    text: "Then please send the list by Friday, so that they can plan the drying oven.",
  },
];

const chinese: Line[] = [
  { who: "周岚", text: "大家早上好，我们先看一下上周的访谈记录。" },
  { who: "周岚", text: "一共有十二位受访者，其中三位愿意接受第二次采访。" },
  { who: "何一鸣", text: "我整理了前六份，主要的问题是老城区的停车和夜间噪音。" },
  { who: "周岚", text: "他们提到地铁站了吗？" },
  { who: "何一鸣", text: "提到了，尤其是换乘时间太长，从二号线到七号线要走将近十分钟。" },
  { who: "许宁", text: "我这边的数据也差不多。早高峰的时候，站台上平均有四百人在等车。" },
  { who: "许宁", text: "如果能在 B 口加一部扶梯，估计可以缩短三分之一的时间。" },
  { who: "周岚", text: "预算大概是多少？" },
  { who: "许宁", text: "施工方的报价是一百八十万元，不包括夜间施工的补贴。" },
  { who: "何一鸣", text: "还有一点，很多老人不会用手机扫码，希望保留人工窗口。" },
  { who: "周岚", text: "这个建议很好，请写进报告的第三部分。" },
  { who: "周岚", text: "那么下周三之前把初稿发给我，我们周五再讨论。" },
];

/** Numbers that look like chance and are the same every time. */
export function chance(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A recording of a length in English or Chinese. */
export function speak(
  language: "English" | "Chinese",
  duration_ms: number,
  seed: number,
): Segment[] {
  const random = chance(seed);
  const lines = language === "English" ? english : chinese;
  const segments: Segment[] = [];
  let now = 400;
  for (let i = 0; ; i += 1) {
    const line = lines[i % lines.length] as Line;
    const segment = say(line, language, now, random);
    if (segment.end_ms > duration_ms) return segments;
    segments.push(segment);
    now = segment.end_ms + 200 + Math.round(random() * 900);
  }
}

/** Turns of any length; for measuring, a transcript of so many words. */
export function speakWords(n_words: number, seed: number): Segment[] {
  const random = chance(seed);
  const segments: Segment[] = [];
  let now = 400;
  for (let n = 0, i = 0; n < n_words; i += 1) {
    const segment = say(english[i % english.length] as Line, "English", now, random);
    n += segment.words.length;
    segments.push(segment);
    now = segment.end_ms + 120;
  }
  return segments;
}

function say(line: Line, language: string, start: number, random: () => number): Segment {
  let now = start;
  const words: Word[] = split(line.text).map(({ from, to }) => {
    const text = line.text.slice(from, to);
    const length = language === "Chinese" ? 190 + random() * 70 : 110 + 45 * text.length;
    const start_ms = Math.round(now);
    now += length;
    const word = { text, start_ms, end_ms: Math.round(now) };
    now += language === "Chinese" ? 5 : 25;
    const probability = random() < 0.035 ? 0.2 + random() * 0.35 : 0.8 + random() * 0.2;
    const quality = random() < 0.02 ? 0.2 + random() * 0.25 : 0.85 + random() * 0.15;
    return { ...word, probability: round(probability), quality: round(quality) };
  });
  return {
    start_ms: start,
    end_ms: words.at(-1)?.end_ms ?? start,
    text: line.text,
    language,
    timing: "aligned",
    speaker: line.who,
    words,
  };
}

function round(x: number): number {
  return Math.round(x * 1000) / 1000;
}
