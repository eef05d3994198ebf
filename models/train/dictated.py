"""Sentences with their marks spoken, as they are dictated: `I will ask Anna comma but the train is late full stop new line.`

The text has the words that are said; which of them become marks is for the program that listens.
"""

import grammar_zh
from grammar_en import DAYS, FIRST_NAMES, MONTHS, PLACES, Unit

ENGLISH = dict(inner=["comma", "comma", "comma", "colon"], end=["full stop", "full stop", "period", "exclamation mark"], question="question mark",
               line=["new line", "new line", "new paragraph"])
CHINESE = dict(inner=["逗号", "逗号", "逗号", "冒号"], end=["句号", "句号", "句号", "感叹号"], question="问号", line=["换行", "换行", "另起一段"])
CAPITALS = set(FIRST_NAMES + PLACES + DAYS + MONTHS)


def sentence(grammar, lang):
    """One or two dictated sentences, or marks alone; a list of units."""
    r, marks = grammar.r, ENGLISH if lang == "en" else CHINESE
    text = grammar.text if lang == "en" else grammar_zh.text
    units = []

    def say(phrase):
        """A mark, with a pause before and behind it in about half of the cases."""
        if units and r.random() < 0.5 and units[-1].spoken[-1] != ",":
            units[-1] = units[-1]._replace(spoken=units[-1].spoken + ",")
        some = list(text(phrase))
        if r.random() < 0.5:
            some[-1] = some[-1]._replace(spoken=some[-1].spoken + ",")
        units.extend(some)

    if r.random() < 0.15:
        for phrase in r.sample(marks["end"] + marks["line"] + [marks["inner"][0], marks["question"]], r.choice((1, 1, 2))):
            say(phrase)
    else:
        for _ in range(r.choice((1, 1, 2))):
            is_question = _phrase(grammar, lang, units)
            if not is_question and r.random() < 0.5:
                say(r.choice(marks["inner"]))
                is_question = _phrase(grammar, lang, units)
            say(marks["question"] if is_question else r.choice(marks["end"]))
            if r.random() < 0.45:
                say(r.choice(marks["line"]))
    first, stop = units[0], "." if lang == "en" else "。"
    units[0] = first._replace(written=first.written[0].upper() + first.written[1:])
    last = units[-1]
    units[-1] = Unit(last.written.rstrip(".") + stop, last.spoken.rstrip(",") + stop, last.name)
    return units


def _phrase(grammar, lang, units):
    """Appends a short sentence without its mark; whether it is a question."""
    some = list(grammar.sentence())
    while len(some) > (9 if lang == "en" else 14):
        some = list(grammar.sentence())
    last = some[-1]
    is_question = last.written[-1] in "?？"
    some[-1] = Unit(last.written.rstrip(".?!。？！"), last.spoken.rstrip(".?!。？！"), last.name)
    if units and lang == "en":  # in the middle only names begin with a capital, as everywhere in the grammar
        written = some[0].written
        if written.strip(",") not in CAPITALS and written.split("'")[0] != "I":
            some[0] = some[0]._replace(written=written[0].lower() + written[1:])
    units.extend(some)
    return is_question
