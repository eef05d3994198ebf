"""Tables of the package's pure functions: what goes in, what comes out."""

import numpy as np
import torch
from qwen_asr.core.transformers_backend.modeling_qwen3_asr import _get_feat_extract_output_lengths
from qwen_asr.inference import utils
from qwen_asr.inference.qwen3_forced_aligner import Qwen3ForceAlignProcessor

import clips
from reference import samples

TAG = "<asr_text>"
LARGE_FRAMES = [
    401, 499, 500, 501, 799, 800, 801, 899, 1234, 1600, 2999, 3000, 3001, 3100, 18000, 120000, 120007
]
SAMPLE_COUNTS = [
    201, 319, 320, 321, 479, 480, 4799, 4800, 8000, 11200, 15999, 16000, 16001, 16100, 80079, 197531
]

RAW_OUTPUTS = [
    "",
    "   \n\t ",
    "language English<asr_text>The page is marked.",
    "language Chinese<asr_text>我们听，我们写。",
    "language None<asr_text>",
    "language None<asr_text>  hm ",
    "LANGUAGE NONE<asr_text>",
    "language Nonesuch<asr_text>words",
    "language none, language English<asr_text>words",
    "no tag at all",
    "  no tag, white space around \n",
    "language english\nsecond line\n<asr_text>several lines",
    "first line\n  language dutch  \n\n<asr_text> woorden ",
    "\nlanguage  french <asr_text> des mots ",
    "LANGUAGE GERMAN<asr_text>Wort",
    "language English<asr_text>one<asr_text>two",
    "<asr_text>only the tag",
    "<asr_text>",
    "English<asr_text>no prefix",
    "language <asr_text>no name",
    "language\tItalian<asr_text>a tab",
    "languageSpanish<asr_text>no space",
    "language English,Chinese<asr_text>two languages, 两种语言",
    "language cHINESE<asr_text>大小写",
    "language brazilian Portuguese<asr_text>palavras",
    "language Klingon<asr_text>not in the list",
    "language English\r\nlanguage German\r\n<asr_text>the first wins",
    "language English<asr_text>   ",
    "language English<asr_text>line one\nline two\n",
    "language English<asr_text>" + "a" * 20,
    "language English<asr_text>" + "a" * 21,
    "language English<asr_text>" + "ha" * 25 + " end",
    "language English<asr_text>" + "well, " * 30,
    "language Chinese<asr_text>" + "好" * 60 + "。",
    "language Chinese<asr_text>" + "谢谢。" * 40,
    "no " * 19 + "end of it all",
    "no " * 20 + "end of it all",
]

REPETITIONS = (
    ["", "x", "short and plain", "a" * 19, "a" * 20, "a" * 21, "a" * 39, "a" * 40, "a" * 41]
    + [" " * 50, "好" * 20, "好" * 21, "é" * 30, "e\u0301" * 20, "👍" * 21, "\n" * 25]
    # Patterns of every length, one copy short of the threshold, at it, and beyond it.
    + [pattern * n for n in (19, 20, 23) for pattern in (
        "ab", "abc", "well", "hello", "again ", "我们听，我们写。", "123456789", "0123456789")]
    + ["0123456789abcdefghijklmnop"[:n] * 20 for n in range(2, 24)]
    + ["好的，" * 20, "好的，" * 19, "我们" * 100 + "听", "听" + "我们" * 25]
    # Something before, after, in between, and twice.
    + ["before " + "ab" * 20, "ab" * 20 + "after", "x" + "ab" * 20 + "y", "xab" * 20 + "y"]
    + ["a" * 21 + "b" * 21, "a" * 20 + "b" * 20, "aab" * 20, "ab" * 20 + "cd" * 20 + "z"]
    + ["abc" * 30 + "def" * 30, "one two " * 22 + "three " + "four " * 22 + "five"]
    + ["z" * 15 + "yx" * 22 + "w" * 60, "end" + "ab" * 20, "p" * 38 + "q", "ab" * 19 + "a"]
    + ["a quite ordinary sentence that is longer than forty characters and repeats nothing"]
    + ["12" * 20 + "x" * 30, "x" * 39 + "12" * 20]
)

LANGUAGE_LISTS = [
    [], [""], ["English"], ["Chinese", "English", "English"], ["", "Chinese", "", "Chinese"],
    ["English", "Chinese", "English"], [" English ", "English"], ["English,chinese", "Chinese"],
]
LANGUAGE_NAMES = ["cHINese", " english ", "CANTONESE", "x", "German", "\tthai\n"]

TEXTS = [
    "",
    "a",
    "The recorder lay on the window sill.",
    "We don't, I'LL, you'Ve, it's, she'd, they're; rock'n'roll 'twas",
    "2026, 3.14, 1,000 and 42nd",
    "会议记录",
    "今天的会议从九点开始。我们先听录音，再写记录。",
    "混合 mixed 文字 text，一起 together。",
    "👍 fine 👩‍👩‍👧 🇨🇭",
    "e\u0301te\u0301 = été, A\u030a = Å, \u1100\u1161\u11a8 = 각",
    "ﬁne ½ ² Ⅷ ①",
    "\n\nleading line breaks",
    "\r\n\r\n Earmark\r\n",
    "line one\nline two\n\n\nline five\n",
    " one  two   three    four ",
    "\ttabs\t\tand \u00a0 no-break \u3000 wide",
    "   ",
    "\n",
    "language English<asr_text>",
    "language Chinese<asr_text>我们听。<|im_end|>",
    "<|im_start|>system\n<|im_end|>\n",
    "<|im_start|>user\n<|audio_start|><|audio_pad|><|audio_pad|><|audio_end|><|im_end|>\n",
    "a<|audio_pad|>b <timestamp> c <blank1>d</think>",
    "<|im_start<|im_end|>|> <|unknown|> <asr_text",
    "<|im_end|> <|im_end|>\n<|im_end|>",
    "PostgreSQL, gRPC; k8s/Docker --flag=\"x\" // C++ & C#",
    "Grüße, naïve café, Ångström, ¿Qué?, Привет, こんにちは, 안녕하세요, नमस्ते, مرحبا, ไทย",
    "!!!???... --- ***\n!!!\n",
    "\x00\x01\x7f",
    "a\u200bb\ufeffc",
]

MONOTONIC = [
    [0],
    [160, 0],
    [0, 80, 160, 240],
    [240, 160, 80, 0],
    [80, 80, 80],
    [0, 80, 8000, 160, 240],
    [0, 8000, 8080, 80, 160],
    [0, 9000, 9080, 9160, 80, 160],
    [9000, 9080, 0, 80, 160, 240],
    [0, 80, 160, 40, 20],
    [400, 320, 240, 800, 880, 160, 80],
    [0, 400, 80, 400, 160, 400, 240, 400, 320],
    [0, 80, 7200, 7280, 7360, 7440, 560],
    [7200, 7280, 7360, 0, 80],
    [0, 80, 160, 5, 4, 3],
]

WORDS = [
    ("English", "Mr. Earmark's well-known book: 3.14 or 1,000? \"Yes\" — no_way!"),
    ("English", "don't can’t rock'n'roll  naïve café\tÅngstro\u0308m"),
    ("English", "CO₂ ①② ½ 𠀀𪜀 ﹅ 丽"),
    ("English", "..."),
    ("English", ""),
    ("Chinese", "今天的会议，从九点开始。"),
    ("Chinese", "我们用 PyTorch2.0 训练，OK?"),
    ("Cantonese", "你食咗飯未呀？"),
    ("French", "C'est l'été, n'est-ce pas ?"),
    ("German", "Straße 12 größer, Übergröße."),
    ("Russian", "Привет, мир! Ещё раз."),
    ("Spanish", "¿Qué tal? ¡Muy bien!"),
    ("Portuguese", "São Paulo, às 10h30."),
    ("Italian", "Perché l'acqua è fredda?"),
    ("Hindi", "नमस्ते दुनिया"),
    ("Japanese", "会議の録音を聞いて、言葉を書く。"),
    ("Japanese", "Rustで123個のテストを書いた！"),
    ("Korean", "안녕하세요. 오늘은 회의를 녹음했습니다."),
    ("Korean", "나는 학교에서 컴퓨터를 공부했다"),
]

# (signal, limit in seconds). A signal is a clip's name or (seed, samples, starts of the gaps).
SPLITS = [
    ((1, 160_000, []), 10.0),
    ((2, 160_001, [48_000]), 10.0),
    ((3, 400_000, [145_600, 299_200]), 10.0),
    ((4, 976_000, [256_000, 392_000, 659_200]), 20.0),
    ((5, 483_200, [227_200, 479_200]), 15.0),
    ((6, 161_000, [157_000]), 10.0),
    ((7, 200_000, [20_000, 61_000, 110_000, 150_000]), 6.0),
    ("31s", 7.5),
    ("31s", 12.34),
    ("31s", 31.0),
    ("180s", 30.0),
    ("180s", 60.0),
    ("180s", 1200.0),
]
GAP = 3200


def noise_with_gaps(seed, n_samples, gaps):
    """Noise that is nearly silent for 0.2 s from each sample in `gaps`.

    The generator of `clips`, one draw per sample: (draw - 32768) >> 2, in a gap >> 12.
    """
    quiet = np.zeros(n_samples, dtype=bool)
    for start in gaps:
        quiet[start : start + GAP] = True
    state, out = seed, []
    for i in range(n_samples):
        state = (state * 1664525 + 1013904223) & clips.MASK
        out.append(((state >> 16) - 32768) >> (12 if quiet[i] else 2))
    return np.array(out, dtype=np.float32) / np.float32(32768)


def split_rows():
    """Where the package cuts long recordings."""
    for signal, limit in SPLITS:
        if isinstance(signal, str):
            wave, source = samples(signal), {"clip": signal}
        else:
            seed, n_samples, gaps = signal
            wave = noise_with_gaps(seed, n_samples, gaps)
            source = {"seed": seed, "samples": n_samples, "gaps": gaps}
        pieces = utils.split_audio_into_chunks(wave, clips.RATE, limit)
        yield {
            **source,
            "limit_s": limit,
            "pieces": [len(piece) for piece, _ in pieces],
            "offsets_s": [offset for _, offset in pieces],
        }


def monotonic_rows(split):
    """The aligner's repair of times that run backwards; fixed rows and drawn ones."""
    series = list(MONOTONIC)
    random = np.random.Generator(np.random.PCG64(1))
    for n in (6, 9, 14, 20, 31):
        times = np.sort(random.integers(0, 200, n)) * 80
        astray = random.random(n) < 0.35
        times[astray] = random.integers(0, 400, int(astray.sum())) * 80
        series.append([int(time) for time in times])
    for row in series:
        yield {"in": row, "out": split.fix_timestamp(np.array(row, dtype=np.float32))}


def tables(recogniser):
    """Every table, by name."""
    tokenizer = recogniser.tokenizer
    extractor = recogniser.processor.feature_extractor
    split = Qwen3ForceAlignProcessor()

    def tokens_of(frames):
        return int(_get_feat_extract_output_lengths(torch.tensor(frames)))

    def frames_of(n_samples):
        silence = np.zeros(n_samples, dtype=np.float32)
        features = extractor(
            silence, sampling_rate=16000, padding=True, truncation=False, return_attention_mask=True
        )
        return int(features["attention_mask"].sum())

    def decode(ids):
        return {
            "ids": ids,
            "shown": tokenizer.decode(ids, skip_special_tokens=True),
            "whole": tokenizer.decode(ids, skip_special_tokens=False),
        }

    # Ids that are no valid UTF-8 together, and single bytes of one character.
    broken = [tokenizer.encode("会议记录")[0], *tokenizer.encode("é👍")[:2]]
    odd_ids = [list(range(256)), broken, broken[::-1], list(range(128, 256)), list(range(256, 648))]
    parsed = []
    for raw in RAW_OUTPUTS:
        for forced in (None, "English", "Chinese"):
            language, text = utils.parse_asr_output(raw, user_language=forced)
            parsed.append({"raw": raw, "forced": forced, "language": language, "text": text})
    return {
        "audio_tokens_of_1_to_400_frames": [[tokens_of(frames) for frames in range(1, 401)]],
        "audio_tokens": [[frames, tokens_of(frames)] for frames in LARGE_FRAMES],
        "mel_frames": [[n, frames_of(n)] for n in SAMPLE_COUNTS],
        "parse": parsed,
        "repetitions": [
            {"in": text, "out": utils.detect_and_fix_repetitions(text)} for text in REPETITIONS
        ],
        "merge_languages": [
            {"in": names, "out": utils.merge_languages(names)} for names in LANGUAGE_LISTS
        ],
        "normalize_language": [
            {"in": name, "out": utils.normalize_language_name(name)} for name in LANGUAGE_NAMES
        ],
        "languages": list(utils.SUPPORTED_LANGUAGES),
        "encode": [{"text": text, **decode(tokenizer.encode(text))} for text in TEXTS],
        "decode": [decode(ids) for ids in odd_ids],
        "added_ids": [
            [token.content, i, token.special]
            for i, token in sorted(tokenizer.added_tokens_decoder.items())
        ],
        "split": list(split_rows()),
        "monotonic": list(monotonic_rows(split)),
        "words": [
            {"language": language, "text": text, "words": split.encode_timestamp(text, language)[0]}
            for language, text in WORDS
        ],
    }
