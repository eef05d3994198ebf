"""Names in the sentences, and how the context (the "hotwords" of the prompt) decides their spelling.

One sound, many spellings: without a context the reference text uses the first spelling, so nothing is left to guessing.
When the context lists another spelling, the text uses that one; the sound is identical, so only a model that reads its
context can write it. Were the other spelling always the same one, it could be learned by heart. In training it is
therefore drawn anew whenever a clip is shown (`Dresser`), of a listed name, of an invented one, or of any other word:
then there is nothing to do but copy.
"""

import random
import re

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

# ---- one sound, other letters

SURNAMES = "王李张陈刘赵周吴郑孙何高"
SAME_SOUND = (  # characters of one sound and tone; the first is the one that stands without a context
    "小晓 文雯纹闻 伟玮伪 佳嘉家加 洋阳羊杨 林琳临邻 杰洁节结 静婧净敬镜 宇雨语羽 青清轻 平萍苹瓶评 飞菲非 明名鸣铭 "
    "红洪宏 建健件见 志治至智 新心欣 东冬 成城诚程 子紫 月越悦 海 春 大 国 方芳 力立丽利 军君 天 金今 书输 云 花 山 星 "
    "英鹰 安 思司丝 安 华滑 龙 梅没煤 和河合 生声升 玉遇育 凯楷 宁凝 强墙 亮量谅 永勇泳"
).split()
HOMOPHONES = {c: group for group in SAME_SOUND for c in group}

RULES = [  # (pattern, replacements): sounds that English writes in more than one way
    (r"ck", ("k", "c")), (r"(?<!c)k(?!n)", ("c",)), (r"(?<=[aeiou])k(?!n)", ("c", "ck")), (r"^k(?=[aeiloru])", ("c",)), (r"^c(?=[alrou])", ("k",)),
    (r"c(?![eiyhk])", ("k",)), (r"c(?=[eiy])", ("s",)), (r"f+", ("ph",)), (r"ph", ("f",)), (r"qu", ("kw",)), (r"kw", ("qu",)), (r"x", ("ks", "cks")),
    (r"c?ks", ("x",)), (r"(?<!s)s(?=[ei])", ("c",)), (r"j", ("g",)), (r"g(?=[ei])", ("j",)), (r"(?<![aeo])y", ("i",)), (r"i(?![aeiou])", ("y",)),
    (r"y$", ("ie", "ey")), (r"ie$|ey$", ("y",)), (r"(?<=[aeiou])([lnmtrsdp])(?=[aeiou])", (r"\1\1",)), (r"([lnmtrsdp])\1", (r"\1",)),
    (r"(?<=[lnrtd])e$", ("",)), (r"(?<=[lnrmkt])$", ("e",)), (r"a$", ("ah",)), (r"ah$", ("a",)), (r"o$", ("oh", "ow")), (r"ow$", ("o", "owe")),
    (r"(?<!l)l$", ("ll", "lle")), (r"ee", ("ea",)), (r"ea", ("ee",)), (r"ai", ("ay",)), (r"ay", ("ai",)), (r"oo", ("ou",)), (r"er$", ("or", "ur")),
    (r"or$", ("er",)), (r"^r(?!h)", ("rh",)), (r"^w(?!h)", ("wh",)), (r"^z", ("x",)), (r"(?<=[aeiou])s(?=[aeiou])", ("z",)), (r"z", ("zz", "s")),
    (r"sh", ("sch",)), (r"ou", ("ow",)),
]


def respell(r: random.Random, word):
    """Another spelling of the same sound, or `word` itself where no rule fits. Chinese: other characters."""
    if not word.isascii():
        return "".join(r.choice(HOMOPHONES.get(c, c)) for c in word)
    form = word.lower()
    for _ in range(r.choice((1, 1, 2, 2, 3))):
        fits = [(m, forms) for pattern, forms in RULES for m in re.finditer(pattern, form)]
        if not fits:
            break
        m, forms = r.choice(fits)
        form = form[: m.start()] + m.expand(r.choice(forms)) + form[m.end() :]
    return form.capitalize() if word[0].isupper() else form


ONSETS = "b br d dr f fl g gr h j k kl kr l m n p pr r s sk st t tr v w z".split()
VOWELS = "a a e e i i o o u".split()
MIDDLES = "b d f g k l ll m n nd lv rk rl rv sk ks st t v z rd mb lm nt".split()
ENDS = ["", "", "n", "l", "r", "s", "k", "x", "m", "n", "nd", "rt", "lo", "ra", "ta", "vin", "sen", "mar", "ley", "ford", "wick", "by"]


def invent(r: random.Random, lang):
    """A name that nobody has listed, in its first spelling."""
    if lang == "zh":
        return r.choice(SURNAMES) + "".join(r.choice(SAME_SOUND)[0] for _ in range(r.randint(1, 2)))
    middle = "".join(r.choice(MIDDLES) + r.choice(VOWELS) for _ in range(r.choice((1, 1, 2))))
    return (r.choice(ONSETS) + r.choice(VOWELS) + middle + r.choice(ENDS)).capitalize()


# ---- names in clips


def draw(rng: random.Random, lang):
    """(rare-name unit, context): which name, which spelling, and the context that asks for it ("" for none)."""
    groups = ENGLISH if lang == "en" else CHINESE
    index = rng.randrange(len(groups))
    context, written = dress(rng, groups, index)
    return Unit(written, groups[index][0], index), context


def undressed(r: random.Random, lang):
    """A name for a training clip, in its first spelling: three in five are invented."""
    groups = ENGLISH if lang == "en" else CHINESE
    written = invent(r, lang) if r.random() < 0.6 else r.choice(groups)[0]
    return Unit(written, written, 0)


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


def invented(r: random.Random, lang):
    """As `draw`, with a name that is invented on the spot, always listed in another than its first spelling."""
    first = second = invent(r, lang)
    while second == first:
        first = invent(r, lang)
        second = respell(r, first)
    listed = [respell(r, invent(r, lang)) for _ in range(r.randint(0, 7))]
    listed.insert(r.randint(0, len(listed)), second)
    return Unit(second, first, 0), separator(r).join(listed)


class Dresser:
    """Spellings and contexts for training clips, drawn anew whenever one is shown.

    Of the clips with a name (or a word that could be one) half list it in some spelling, which the text then has; the
    others list nothing, or words that are not said.
    """

    def __init__(self, texts):
        """`texts`: sentences to take ordinary words for the lists from, {language: [text]}."""
        self.words = {lang: sorted({w for t in some[:3000] for w in self._split(t, lang)}) for lang, some in texts.items()}

    @staticmethod
    def _split(text, lang):
        if lang == "zh":
            return re.findall(r"[\u4e00-\u9fff]{2}", text)
        return re.findall(r"[A-Za-z]{4,}", text)

    def other(self, r, lang):
        """An entry of a list that has nothing to do with the clip."""
        k = r.random()
        if k < 0.35:
            return respell(r, invent(r, lang))
        if k < 0.65:
            return r.choice(r.choice(ENGLISH if lang == "en" else CHINESE))
        if k < 0.8 and lang == "en":
            return respell(r, r.choice(DISTRACTORS)) if r.random() < 0.5 else r.choice(DISTRACTORS)
        word = r.choice(self.words[lang]) if self.words.get(lang) else "Anna"
        return respell(r, word) if r.random() < 0.3 else word

    def targets(self, r, clip):
        """Which stretches of words to list: [(first word, count)]."""
        named = [tuple(n) for n in clip.get("names", ())]
        if named and r.random() < 0.8:
            return r.sample(named, 2) if len(named) > 1 and r.random() < 0.4 else [r.choice(named)]
        words = [w for w, _, _ in clip["words"]]
        if clip["lang"] == "zh":
            if len(words) < 3:
                return []
            count = r.choice((2, 2, 3))
            at = r.randrange(0, len(words) - count + 1)
            return [(at, count)] if all(re.fullmatch("[\u4e00-\u9fff]", w) for w in words[at : at + count]) else []
        known = [i for i, w in enumerate(words) if w.strip(".,?!") in DISTRACTORS]
        free = [i for i, w in enumerate(words) if re.fullmatch(r"[A-Za-z]{4,}[.,?!]?", w)]
        return [(r.choice(known if known and r.random() < 0.6 else free), 1)] if free else []

    def dress(self, r, clip, share):
        """(context, {word number: written form}, [(first word, count, place of its entry in the context)]).

        `share`: of all clips without a name, how many get a list. An entry whose spelling is the one already there
        is listed and placed as well."""
        lang = clip["lang"]
        if lang == "none" or r.random() > (0.85 if clip.get("names") else share):
            return "", {}, []
        entries, forms, spots = [], {}, []
        if r.random() < 0.8:
            for first, count in self.targets(r, clip):
                old = [w for w, _, _ in clip["words"]][first : first + count]
                bodies = [w.rstrip(".,?!，。？！") for w in old]
                new = respell(r, "".join(bodies)) if r.random() < 0.8 else "".join(bodies)
                parts = [new] if count == 1 else list(new)
                if len(parts) != count:
                    continue
                for i, (w, body, part) in enumerate(zip(old, bodies, parts)):
                    forms[first + i] = part + w[len(body) :]
                entries.append(new[0].lower() + new[1:] if new and first == 0 and not clip.get("names") and r.random() < 0.5 else new)
                spots.append((first, count, new))
        others = [self.other(r, lang) for _ in range(r.choice((0, 0, 0, 1, 1, 2, 2, 3, 4, 5, 7, 9, 11)) if entries else r.randint(1, 8))]
        listed = entries + others
        r.shuffle(listed)
        glue, places, context = separator(r), {}, ""
        for entry in listed:
            if context:
                context += glue
            places.setdefault(entry.lower(), len(context))
            context += entry
        return context, forms, [(first, count, places[new.lower()]) for first, count, new in spots if new.lower() in places]
