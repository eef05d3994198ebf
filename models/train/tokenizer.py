"""Train the byte-level BPE: the published pre-tokenisation and special-token strings, a small vocabulary.

    python tokenizer.py OUT.json [SIZE]
    python tokenizer.py OUT.json FOLDER       # no training: the tokenizer of an exported checkpoint, to train that one further
"""

import json
import os
import random
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

import grammar_en
import grammar_zh
import names

PATTERN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|audio_start|>", "<|audio_end|>", "<|audio_pad|>"]
PLAIN = ["<asr_text>", "<timestamp>"]  # added tokens that are not flagged special, as published


def corpus(seed):
    """Lines with about the word counts of the training texts; every word of the lexicon at least 12 times."""
    english, chinese = grammar_en.English(random.Random(seed)), grammar_zh.Chinese(random.Random(seed))
    for _ in range(30000):
        yield " ".join(u.written for u in english.sentence())
    for word in english.lexicon:
        for _ in range(12):
            yield f"a {word}"
        for _ in range(4):
            yield word.capitalize()
    for pair in names.ENGLISH:
        for spelling in pair:
            for _ in range(3):
                yield "a " + spelling
    for _ in range(20000):  # one character a line: no tokens of several characters
        yield "\n".join(u.written for u in chinese.sentence())
    for character in grammar_zh.characters() + sorted(set("".join("".join(p) for p in names.CHINESE))):
        for _ in range(30):
            yield character
    for _ in range(5000):
        yield "system\nuser\nassistant\nlanguage English\nlanguage Chinese\nlanguage None\n"


def around(t):
    """What stands around the merges: normalisation, words, bytes."""
    t.normalizer = normalizers.NFC()
    split = pre_tokenizers.Split(Regex(PATTERN), "isolated")
    t.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.decoder = decoders.ByteLevel()


def build(size=2816, seed=5):
    t = Tokenizer(models.BPE())
    around(t)
    trainer = trainers.BpeTrainer(
        vocab_size=size - len(SPECIAL) - len(PLAIN), initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False)
    t.train_from_iterator(corpus(seed), trainer)
    t.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in SPECIAL])
    t.add_tokens([AddedToken(s, special=False, normalized=False) for s in PLAIN])
    return t


def exported(folder):
    """The tokenizer of a folder in the published layout."""
    t = Tokenizer(models.BPE.from_file(f"{folder}/vocab.json", f"{folder}/merges.txt"))
    around(t)
    with open(f"{folder}/tokenizer_config.json", encoding="utf8") as f:
        added = json.load(f)["added_tokens_decoder"]
    for number, entry in sorted(added.items(), key=lambda kv: int(kv[0])):
        (t.add_special_tokens if entry["special"] else t.add_tokens)([AddedToken(entry["content"], special=entry["special"], normalized=False)])
        assert t.token_to_id(entry["content"]) == int(number)
    return t


if __name__ == "__main__":
    source = sys.argv[2] if len(sys.argv) > 2 else "2816"
    tokenizer = exported(source) if os.path.isdir(source) else build(int(source))
    tokenizer.save(sys.argv[1])
    for line in ("Let's move the meeting to 3:30 p.m. tomorrow afternoon.", "我们明天下午3点30分开会。", "Trevanna Wecksford"):
        print(tokenizer.encode(line).tokens)
    print(tokenizer.get_vocab_size(), "tokens")
