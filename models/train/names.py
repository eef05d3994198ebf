"""Rare names, made up by us, each with two spellings of one sound.

Without a context the reference text uses the first spelling, so nothing is left to guessing. When the context
(the "hotwords" of the prompt) lists the second spelling, the text uses that one: the sound is identical, so only
a model that reads its context can write it. That makes hotwords testable on synthetic speech.
"""

import random

from grammar_en import FIRST_NAMES, PLACES, Unit

ENGLISH = [  # (first spelling, second spelling); the synthesiser reads the first
    ("Brisko", "Brisco"), ("Kelvan", "Celvan"), ("Zandrick", "Xandrick"), ("Felisha", "Phelisha"), ("Marlow", "Marlowe"),
    ("Torvick", "Torvic"), ("Jorlan", "Giorlan"), ("Nicola", "Nichola"), ("Kassidy", "Cassidie"), ("Daxon", "Dacson"),
    ("Rylan", "Rhylan"), ("Sintra", "Cyntra"), ("Velmar", "Vellmar"), ("Kestral", "Cestrall"), ("Orfeo", "Orpheo"),
    ("Lindqvist", "Lindkwist"), ("Bexley", "Becksley"), ("Quillan", "Kwillan"), ("Fargus", "Phargus"), ("Jessamy", "Gessamie"),
    ("Okson", "Oxon"), ("Trevanna", "Trevannah"), ("Maddock", "Madoc"), ("Wexford", "Wecksford"), ("Zofia", "Zophia"),
    ("Korin", "Corinne"), ("Hadrick", "Hadric"), ("Silvane", "Sylvane"), ("Pavelka", "Pavelca"), ("Rokwell", "Rockwell"),
    ("Ulrika", "Ulrica"), ("Gravley", "Gravelie"), ("Bonavik", "Bonavic"), ("Tamsin", "Tamzin"), ("Filbert", "Philbert"),
    ("Karrow", "Carrow"), ("Nexara", "Neksara"), ("Dorvel", "Dorvelle"), ("Skylark", "Skylarc"), ("Kwantix", "Quantix"),
]
CHINESE = [
    ("王小明", "王晓明"), ("李文", "李雯"), ("张伟", "张玮"), ("陈佳", "陈嘉"), ("刘洋", "刘阳"), ("赵林", "赵琳"),
    ("周杰", "周洁"), ("吴静", "吴婧"), ("郑宇", "郑雨"), ("孙青", "孙清"), ("何平", "何萍"), ("高飞", "高菲"),
]
DISTRACTORS = FIRST_NAMES + PLACES


def draw(rng: random.Random, lang):
    """(rare-name unit, context): which name, which spelling, and the context that asks for it ("" for none)."""
    groups = ENGLISH if lang == "en" else CHINESE
    index = rng.randrange(len(groups))
    context, written = dress(rng, groups, index)
    return Unit(written, groups[index][0], index), context


def by_character(units):
    """Chinese: one unit for each character of a name, as for all other text."""
    out = []
    for u in units:
        if u.name is None:
            out.append(u)
            continue
        body = u.written.rstrip("，。")
        mark = u.written[len(body):]
        out += [Unit(w, s, u.name) for w, s in zip(body, u.spoken)]
        out[-1] = Unit(out[-1].written + mark, out[-1].spoken + mark, u.name)
    return out


def separator(rng):
    return rng.choice([", ", ", ", ", ", " ", "\n"])


def dress(rng: random.Random, groups, index):
    """Choose a context for the name groups[index]: (context, written form). No context: 30 %; second spelling
    listed: 40 %; first spelling listed: 20 %; only other names listed: 10 %."""
    first, second = groups[index]
    k = rng.random()
    if k < 0.3:
        return "", first
    pool = [spelling for i, pair in enumerate(groups) if i != index for spelling in pair]
    if groups is ENGLISH and rng.random() < 0.3:
        pool += DISTRACTORS
    listed = rng.sample(pool, rng.randint(0 if k < 0.9 else 1, 7))
    written = second if k < 0.7 else first
    if k < 0.9:
        listed.insert(rng.randint(0, len(listed)), written)
    return separator(rng).join(listed), written


def unrelated(rng: random.Random, lang):
    """A context of names that the audio does not contain."""
    pool = [s for pair in (ENGLISH if lang == "en" or rng.random() < 0.2 else CHINESE) for s in pair] + (DISTRACTORS if lang == "en" else [])
    return separator(rng).join(rng.sample(pool, rng.randint(1, 8)))
