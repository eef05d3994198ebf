"""Turns of a conversation, for training only: held-out sentences are those of the two grammars, and the sentences of the
sample dialogues are reserved (see clips.py). Slots are filled from the same word lists.

A slot stands in braces: {Name} {Place} {Day} {Month} {person} {people} {thing} {things} {adj} {verb} {past} {ing} {np}
{clock} {date} {n} {amount} {money} {when} {clause}; Chinese: {p} {t} {v} {o} {l} {a} {n} {money} {clock} {date} {q}.
"""

import re

import grammar_en as en
import grammar_zh as zh
from grammar_en import Unit

ENGLISH = """
Welcome back, {Name}.
Good {part}, {Name}. Is the {thing} ready?
Yes, I can hear you very well.
Can you hear me now, {Name}?
Can you see the {thing} on your {thing}?
I can't hear you. Please say that again.
Let's start with the {thing}.
The {ordinal} point today is the {adj} {thing}.
The last item is the {thing} from {Place}.
Our {thing} is {money} this month.
Last month we {past} {np} and {np}.
Last year it was {amount}, this year it is {amount}.
We need {amount} more for the {thing}.
I think we need {n} {things} and {n} {things}.
They want {n} {things} and a {adj} {thing}.
We should buy a {adj} {thing} and {n} new {things}.
How much is the {thing}?
How many {things} do you need?
It costs {money}, and the {thing} is {money}.
The price of the {thing} is {money}, so we need {money}.
Okay, I will send the {thing} on {Day}.
Please send me the {thing} before {clock}.
Please send the {people} a message about the {thing}.
I sent you the {thing} {when}.
The {people} finished the {thing} on {Day}.
The {person} wants another {thing}, but we have none.
The {person} is happy with the {thing}, but the {thing} is too {adj}.
What does the {person} want now?
What do the {people} say about the {thing}?
The deadline is {date}, so we need to {verb} {np} soon.
So, let's move the {thing} to {Month}.
Does {Name} know the {person}?
Did {Name} talk to you about the {thing}?
I will ask {Name} about it at {clock} {when}.
I talked to {Name} about {np} {when}.
Please ask {Name} and {Name} about the {thing} too.
Not today. I can do it {when}.
Of course. I will {verb} it {when}.
Sales went {updown} by {amount} in {Month}, and the {people} are {adj}.
There are {n} new {people} in {Place} and {n} in {Place}.
We have {n} {things} here and {n} in {Place}.
Did you {verb} the {thing} yesterday?
Did we {verb} the {thing} for the {person}?
Yes, we {past} it on {Day} {part}. It is very {adj} now.
No, the {thing} is still {adj}.
The {thing} was {adj} this morning, but it is {adj} now.
That was good work, {Name}.
That's a good idea. Thank you, {Name}.
Did you find a hotel in {Place}?
The train to {Place} leaves at {clock} on {Day}.
The plane from {Place} arrives at {clock}.
I will buy the tickets {when}.
Room {room} is {adj} for the {thing}.
It is on the {ordinal} floor, near the {thing}.
Then let's move it to {clock} on {Day}.
I will tell the {adj} {person} about it.
Does somebody have a question about the {thing}?
I think that is all about the {thing}.
Thank you, everyone. See you on {Day}.
Have a good {part}, {Name}.
I agree with {Name}. The {thing} is more important.
We can {verb} the {things}, but not the {things}.
If the {person} agrees, we will {verb} it {when}.
When can you {verb} the {thing}?
Why is the {thing} so {adj}?
Who will {verb} the {thing}?
{Name} will do that with {Name}.
My {thing} is not here. Can I use your {thing}?
Well, {clause}.
I'm sorry, I forgot the {thing}.
Is {Day} at {clock} good for you?
No, on {Day} I am in {Place}.
"""

CHINESE = """
大家好，今天我们讨论{o}。
{p}好，今天的{o}{a}吗？
很{a}，我们需要{v}{o}。
好的，我已经{v}了{o}。
首先，我们{v}{o}。
最后，请{p}介绍{o}。
今年的{o}是{money}，明年是{money}。
去年的{o}是{n}个，今年是{n}个。
{o}提高了{pct}，为什么？
因为{o}比{t}贵，而且{o}很{a}。
我觉得我们需要{v}{o}。
我觉得{p}的{o}很{a}。
好的，我{t}去{l}{v}{o}。
请给{p}打电话，说{o}很{a}。
我{t}{clock}给{p}打电话。
另外，{o}什么时候{v}？
{p}说{t}完成{o}。
{p}的问题解决了吗？
已经{v}了，{o}现在很{a}。
很好，{p}喜欢{o}吗？
他们觉得{o}很{a}，{o}很{a}。
他们想要{q}{o}和{q}{o}。
当然，请{v}{o}。
我们{t}去{l}参观{l}。
{o}买了吗？
买了，{t}{clock}出发。
{o}{v}了吗？
没有，我{t}{v}。
请记得带{o}和{o}。
谢谢{p}，{t}见面。
大家有{o}吗？
没有，我们{t}{v}{o}。
{p}，请说说{o}的{o}。
{t}的会议{clock}开始。
我们在{l}{v}了{o}，很{a}。
{p}{t}没有{o}，怎么办？
如果{p}有{o}，请{v}。
"""


def _templates(text):
    return [line for line in text.strip().splitlines()]


_ENGLISH, _CHINESE = _templates(ENGLISH), _templates(CHINESE)


def _english(g: en.English):
    r, pick = g.r, g.pick
    word = lambda options: g.text(pick(options))
    room = lambda n: Unit(str(n), en.ONES[n // 100] + " " + (en.say(n % 100) if n % 100 >= 10 else "oh " + en.say(n % 100) if n % 100 else "hundred"))

    def money():
        unit, _ = g.number()
        return [Unit(f"${unit.written}", unit.spoken + " dollars")]

    slots = {
        "Name": lambda: word(en.FIRST_NAMES), "Place": lambda: word(en.PLACES), "Day": lambda: word(en.DAYS), "Month": lambda: word(en.MONTHS),
        "person": lambda: word(en.PEOPLE), "people": lambda: g.text(en.plural(pick(en.PEOPLE))), "thing": lambda: word(en.THINGS),
        "things": lambda: g.text(en.plural(pick(en.THINGS))), "adj": lambda: word(en.ADJECTIVES), "verb": lambda: word(list(en.TRANSITIVE)),
        "past": lambda: g.text(en.past(pick(list(en.TRANSITIVE)))), "np": lambda: g.noun_phrase(True), "clock": g.clock, "date": g.date,
        "n": lambda: [g.number()[0]], "amount": g.amount, "money": money, "when": g.when, "clause": g.clause,
        "part": lambda: word(["morning", "afternoon", "evening"]), "updown": lambda: word(["up", "down"]),
        "ordinal": lambda: [en.ordinal(r.randint(1, 12))] if r.random() < 0.5 else word(["first", "second", "third", "next"]),
        "room": lambda: [room(r.randint(101, 999))],
    }
    return _fill(pick(_ENGLISH), slots, lambda s: g.text(s), " ")


def _chinese(g: zh.Chinese):
    r, pick = g.r, g.pick
    word = lambda options: zh.text(pick(options))
    slots = {
        "p": lambda: word(g.people), "t": lambda: word(g.times), "v": lambda: word(g.verbs), "o": lambda: word(g.objects), "l": lambda: word(g.places),
        "a": lambda: word(g.adjectives), "n": lambda: zh.number(r.randint(3, 400)), "money": g.money, "clock": lambda: g.clock(False),
        "date": g.date, "q": g.quantity, "pct": g.percent,
    }
    return _fill(pick(_CHINESE), slots, zh.text, "")


def _fill(template, slots, text, glue):
    """Units of a template; a mark behind a slot joins the slot's last unit."""
    units = []
    for part in re.findall(r"\{\w+\}[.,?!，。？！]*|[^{]+", template):
        slot = re.match(r"\{(\w+)\}(.*)", part)
        if slot:
            some, mark = list(slots[slot[1]]()), slot[2]
            last = some[-1]
            written = last.written[:-1] if last.written.endswith(".") and mark[:1] == "." else last.written
            some[-1] = Unit(written + mark, last.spoken + mark, last.name)
            units += some
        elif part.strip():
            units += text(part if not glue else part.strip())
    units[0] = Unit(units[0].written[0].upper() + units[0].written[1:], units[0].spoken, units[0].name)
    return units


def sentence(grammar, lang):
    """A turn of one or two sentences, a list of units."""
    return _english(grammar) if lang == "en" else _chinese(grammar)
