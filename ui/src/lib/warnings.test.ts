import { expect, test } from "vitest";

import decode from "../../../crates/audio/src/decode/mod.rs?raw";
import audioTracks from "../../../crates/audio/src/decode/audio_tracks.rs?raw";
import proportion from "../../../crates/audio/src/decode/proportion.rs?raw";
import editList from "../../../crates/audio/src/decode/edit_list.rs?raw";
import accumulator from "../../../crates/pipeline/src/accumulator.rs?raw";
import { en } from "./i18n/en";
import { zh } from "./i18n/zh";
import { isLoss, warningText } from "./warnings";

/** What the program writes, its texts on one line. */
const written = (accumulator + audioTracks + decode + editList + proportion).replace(
  /\\\n\s*/g,
  "",
);

test.each([
  [
    "between 0:10.000 and 1:02:40.500 the model gave the context back as text; this part was recognised again without it",
    "the model gave the context back as text; this part was recognised again without it",
    "Between 0:10 and 1:02:40, the expected words came back as text; this part was recognised again without them.",
    "0:10 至 1:02:40：预期词语被当作文本输出，这一段已不带预期词语重新识别。",
  ],
  [
    "between 0:10.000 and 0:40.000 the model did not come to an end; text may be missing",
    "the model did not come to an end; text may be missing",
    "Between 0:10 and 0:40, some text may be missing.",
    "0:10 至 0:40：可能缺少部分文字。",
  ],
  [
    "between 0:10.000 and 0:40.000 the model repeated itself; the repetitions were removed",
    "the model repeated itself; the repetitions were removed",
    "Between 0:10 and 0:40, the model repeated itself; the repetitions were removed.",
    "0:10 至 0:40：模型输出了重复内容，已去掉重复。",
  ],
  [
    "the times of the words are estimated: there is no aligner",
    "the times of the words are estimated: there is no aligner",
    "The timing is estimated: there is no word timing model.",
    "时间为估计值：没有词级时间戳模型。",
  ],
  [
    "the times of the words in Thai, Greek are estimated: the aligner does not know the language",
    "are estimated: the aligner does not know the language",
    "The timing is estimated: word timing does not support Thai, Greek.",
    "时间为估计值：词级时间戳不支持泰语、希腊语。",
  ],
  [
    "only 80 ms of sound; too short for a word",
    "ms of sound; too short for a word",
    "The recording is too short to hold a word.",
    "录音太短，容不下一个词。",
  ],
  [
    "no speech was recognised",
    "no speech was recognised",
    "No speech was found.",
    "没有检测到语音。",
  ],
  [
    "decoded 0:12.499 of about 1:00.000; the file ends early",
    "; the file ends early",
    "The file ends early: only 0:12 of about 1:00 could be read.",
    "文件不完整：约 1:00 的录音只能读取 0:12。",
  ],
  [
    "decoded 0:58.000; 1 damaged parts became silence; it ends early: bad packet",
    " damaged parts became silence",
    "The file ends early: only 0:58 could be read. 1 damaged part was replaced by silence.",
    "文件不完整：只能读取 0:58。1 处损坏的部分已用静音代替。",
  ],
  [
    "from 0:06.118 on it was decoded by ffmpeg, because the recording is damaged there",
    " on it was decoded by ffmpeg, because the recording is damaged there",
    "The recording is damaged at 0:06; from there on, ffmpeg read it.",
    "录音在 0:06 处损坏，之后的部分由 ffmpeg 读取。",
  ],
  [
    "it has 2 audio tracks: 1 (German), 2 (English, Commentary); track 2, the default, was read; the option `--track` of the command chooses another",
    " was read; the option `--track` of the command chooses another",
    "The recording has several audio tracks: 1 (German), 2 (English, Commentary). Track 2 was read.",
    "录音有多条音轨：1 (German), 2 (English, Commentary)。已读取第 2 条。",
  ],
  [
    "it lasts 53 days by its own account, in a file of 1.0 MB; most of it can only be silence",
    "; most of it can only be silence",
    "The recording is very long for a file of 1.0 MB; most of it can only be silence.",
    "录音时长与文件大小（1.0 MB）不相称，其中大部分只能是静音。",
  ],
  [
    "the edit list plays parts twice or out of order; the whole track is read instead",
    "the edit list plays parts twice or out of order; ",
    "The file says to play parts of it twice or not at all; all of it was read once.",
    "文件要求重复或跳过部分内容；已将全部内容读取一遍。",
  ],
])("%s", (warning, source, english, chinese) => {
  expect(written).toContain(source);
  expect(en.sentences([warningText(warning, en)])).toBe(english);
  expect(zh.sentences([warningText(warning, zh)])).toBe(chinese);
});

test("what is not known stays as it is, and only what is missing is a loss", () => {
  expect(warningText("something new", zh)).toBe("something new");
  expect(isLoss("decoded 0:12.499 of about 1:00.000; the file ends early")).toBe(true);
  expect(isLoss("the times of the words are estimated: there is no aligner")).toBe(false);
});
