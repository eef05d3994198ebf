"""A byte-level BPE vocabulary of the Qwen2 kind, small enough to commit.

The 256 bytes come first (printable ones before the others, so a byte's id is not its value), then
one token per merge, then the added tokens of the published tokenizers in their published order.  The ids of the added tokens are therefore other than the
published ones: a loader has to read them from the files.
"""

import json
from collections import Counter

import regex

# How the published tokenizer cuts text before merging.
SPLIT = regex.compile(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

LANGUAGES = (
    "Chinese English Cantonese Arabic German French Spanish Portuguese Indonesian Italian Korean "
    "Russian Thai Vietnamese Japanese Turkish Hindi Malay Dutch Swedish Danish Finnish Polish Czech "
    "Filipino Persian Greek Romanian Hungarian Macedonian"
).split()

# What the merges are learned from.  The words of the prompt and the language names recur, so that
# each of them is a single token here as in the published vocabulary.
TEXT = (
    "system\nuser\nassistant\n" * 8
    + "".join(f"language {name}\n" * 4 for name in LANGUAGES + ["None"])
    + """
Put an earmark on the page you mean to find again. The recorder lay on the window sill and heard
the whole meeting: who promised what, which figures were wrong, and how the rain came in at four.
We don't keep minutes any more, we keep the sound and read it later.

It's the same with interviews,
lectures and long walks; they're easier to remember when the words are written down with the time.
I've marked the places that matter, you'll see them in the margin. She said she'd call back today.


会议记录 会议记录 今天的会议从九点开始。我们先听录音，再写记录。谁说了什么，什么时候说的，都要写清楚。

请把这段录音写成文字。语音识别在自己的电脑上进行，声音不会离开这台机器。我们听，我们写，我们记录。

窓の外は雨。会議の録音を聞いて、言葉を書く。 Über Nacht fiel Schnee; schöne Grüße aus der Küche.
L'été, le café est fermé. ¿Qué hora es? Сегодня мы записали разговор и прочитали его вечером.

오늘 회의를 녹음했습니다.
"""
)

MERGES = 330

# (text, special): special ones vanish when decoded text is shown.
ADDED = (
    [(f"<|{name}|>", True) for name in (
        "endoftext im_start im_end object_ref_start object_ref_end box_start box_end quad_start "
        "quad_end vision_start vision_end vision_pad image_pad video_pad").split()]
    + [("<tool_call>", False), ("</tool_call>", False)]
    + [(f"<|{name}|>", False) for name in (
        "fim_prefix fim_middle fim_suffix fim_pad repo_name file_sep").split()]
    + [(text, False) for text in "<tool_response> </tool_response> <think> </think>".split()]
    + [("<|audio_start|>", True), ("<|audio_end|>", True)]
    + [(f"<tts_{name}>", True) for name in "pad text_bos text_eod text_bos_single".split()]
    + [("<non_speech>", False), ("<|audio_pad|>", True)]
    + [(f"<blank{i}>", True) for i in range(1, 28)]
    + [("<asr_text>", False)]
)
TIMESTAMP = ("<timestamp>", False)  # the aligner's tokenizer has one more

ROLES = {
    "image_token": "<|image_pad|>",
    "audio_token": "<|audio_pad|>",
    "video_token": "<|video_pad|>",
    "vision_bos_token": "<|vision_start|>",
    "vision_eos_token": "<|vision_end|>",
    "audio_bos_token": "<|audio_start|>",
    "audio_eos_token": "<|audio_end|>",
}


def byte_letters():
    """One printable character per byte value, by the table GPT-2 introduced: printable Latin-1
    stands for itself, the other bytes for U+0100 and up in order."""
    letters, spare = [], 0x100
    for byte in range(256):
        if 0x21 <= byte <= 0x7E or (0xA1 <= byte and byte != 0xAD):
            letters.append(chr(byte))
        else:
            letters.append(chr(spare))
            spare += 1
    return letters


def learn_merges():
    """The most frequent adjacent pair becomes one token, `MERGES` times; ties go to the pair that
    sorts first."""
    letters = byte_letters()
    words = Counter(
        tuple(letters[byte] for byte in word.encode()) for word in SPLIT.findall(TEXT)
    )
    merges = []
    for _ in range(MERGES):
        pairs = Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        merged = Counter()
        for word, count in words.items():
            merged[join(word, best)] += count
        words = merged
    return merges


def join(word, pair):
    """The word with every occurrence of the pair, from the left, made one piece."""
    out, i = [], 0
    while i < len(word):
        if word[i : i + 2] == pair:
            out.append(word[i] + word[i + 1])
            i += 2
        else:
            out.append(word[i])
            i += 1
    return tuple(out)


class Vocabulary:
    """Tokens and merges of the tiny checkpoints; `timestamps` adds the aligner's marker."""

    def __init__(self, *, timestamps=False):
        self.merges = learn_merges()
        pieces = sorted(byte_letters()) + [left + right for left, right in self.merges]
        pieces = list(dict.fromkeys(pieces))  # two merges can spell the same piece
        self.ids = {piece: i for i, piece in enumerate(pieces)}
        self.added = ADDED + [TIMESTAMP] * timestamps
        self.added_ids = {text: len(pieces) + i for i, (text, _) in enumerate(self.added)}
        self.used = len(pieces) + len(self.added)
        self.rows = -(-self.used // 64) * 64  # the published embeddings have spare rows too

    def files(self):
        """File name to text, in the form of the original repositories."""
        return {
            "vocab.json": json.dumps(self.ids, ensure_ascii=False, separators=(",", ":")),
            "merges.txt": "#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in self.merges),
            "tokenizer_config.json": json.dumps(self.config(), ensure_ascii=False, indent=1),
        }

    def config(self):
        """`tokenizer_config.json` of the original repositories."""
        flags = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
        return {
            "add_prefix_space": False,
            "added_tokens_decoder": {
                str(self.added_ids[text]): {"content": text, **flags, "special": special}
                for text, special in self.added
            },
            "additional_special_tokens": [
                text for text, special in self.added if special and text != "<|endoftext|>"
            ],
            "bos_token": None,
            "clean_up_tokenization_spaces": False,
            "eos_token": "<|im_end|>",
            "errors": "replace",
            "extra_special_tokens": ROLES,
            "model_max_length": 131072,
            "pad_token": "<|endoftext|>",
            "processor_class": "Qwen3ASRProcessor",
            "split_special_tokens": False,
            "tokenizer_class": "Qwen2Tokenizer",
            "unk_token": None,
            **ROLES,
        }
