"""English sentences: a small grammar of everyday, meeting, number, date, time and money phrases.

Every sentence is a list of `Unit`s. A unit is one written word (with its punctuation) and the words the
synthesiser has to say for it: `3:30` is said "three thirty", `$15` "fifteen dollars". The written words
joined by spaces are the reference text; because the pairs are known, so is the time of every written word.

All word lists and rules here are our own; no text of others is used.
"""

import random
from typing import NamedTuple, Optional


class Unit(NamedTuple):
    """One written word, what is said for it, and the number of its rare-name group (see names.py)."""

    written: str
    spoken: str
    name: Optional[int] = None


def _words(text):
    return text.split()


FIRST_NAMES = _words(
    "Anna Ben Clara David Emma Frank Grace Henry Irene Jack Kate Leo Maria Nina Oliver Peter Rachel Sam Tom "
    "Victor Wendy Lucy Sarah James Linda Robert Alice Daniel Laura Martin Julia Simon Helen George Sophie Thomas "
    "Michael Susan Paul Nora Adam Diana Edward Fiona Hannah Isabel Jason Karen Kevin Lisa Oscar Patrick Ruth Steven"
)
PLACES = _words(
    "London Paris Berlin Madrid Tokyo Boston Chicago Dublin Rome Vienna Sydney Toronto Amsterdam Geneva Oslo "
    "Beijing Shanghai Seattle Denver Texas California Canada France Germany Spain Italy Japan China India Brazil "
    "Europe Asia Africa America Australia Portugal Sweden Norway Poland Mexico"
)
DAYS = _words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
MONTHS = _words("January February March April May June July August September October November December")

PEOPLE = _words(
    "manager teacher doctor student engineer customer client neighbor friend brother sister mother father daughter "
    "driver lawyer artist writer singer nurse boss partner child girl boy man woman team company committee director "
    "designer developer scientist farmer waiter pilot officer visitor guest owner expert leader member assistant "
    "accountant uncle aunt cousin baby family speaker editor supplier colleague husband wife president secretary "
    "reporter actor baker painter player dentist captain judge tourist volunteer mechanic electrician gardener "
    "librarian author translator consultant investor candidate employee"
)
THINGS = _words(
    "report budget project plan contract schedule document presentation product website server system computer phone "
    "laptop keyboard screen camera microphone recording meeting agenda proposal invoice email message letter package "
    "box table chair door window house garden kitchen office building bridge street road car train bus bicycle plane "
    "ticket hotel room bed lamp clock watch book newspaper magazine story song movie picture painting answer question "
    "problem solution idea decision result test lesson class school university library museum hospital store market "
    "restaurant coffee tea water milk bread cheese apple orange banana sandwich soup salad chicken fish rice cake "
    "dinner lunch breakfast money price job career business account bank card bill tax tree flower river lake mountain "
    "beach forest field cloud rain snow storm weather moon star bird dog cat horse cow sheep bag shirt coat hat shoe "
    "ring bottle cup plate knife spoon machine engine battery wheel tool hammer paper pencil map list number word "
    "sentence page chapter language program file folder password network update feature version database model voice "
    "sound noise signal light color game match ball race prize party holiday birthday gift wedding journey flight "
    "airport station ship island village city country history science music art health medicine tooth heart hand arm "
    "leg foot head face eye ear nose mouth hair kitten puppy rabbit lion tiger elephant monkey mouse duck pig goat "
    "sofa carpet curtain mirror shelf drawer cupboard blanket pillow towel soap brush comb basket bucket ladder fence "
    "gate roof wall floor ceiling corner elevator hallway basement balcony bathroom bedroom garage desk printer "
    "charger cable speakerphone tablet printout notebook calendar envelope stamp parcel receipt coupon wallet purse "
    "potato tomato carrot onion pepper "
    "lemon grape cherry peach mushroom butter sugar salt honey chocolate cookie juice lemonade pasta pizza sausage "
    "theater concert orchestra guitar piano violin drum poem novel drawing statue gallery exhibition ceremony "
    "summary chart graph table column diagram estimate forecast invoice shipment warehouse factory order discount "
    "campaign brand survey interview salary bonus pension mortgage loan insurance policy permit licence agreement "
    "deadline milestone backup firewall browser icon menu cursor window setting headline paragraph footnote "
    "candle rope fabric leather cotton metal plastic stone sand taxi passport suitcase traffic football umbrella jacket"
)
ABSTRACT = _words(
    "time place reason chance choice example effect effort interest success failure quality quantity value risk safety "
    "progress growth trouble peace law rule duty truth dream hope fear joy anger love luck skill knowledge experience "
    "memory future past moment minute hour month year morning afternoon evening night summer winter spring autumn "
    "opinion attention patience courage freedom justice culture tradition advice feedback research education training "
    "communication information technology energy pressure temperature distance direction difference similarity benefit "
    "advantage purpose strategy priority budgeting planning teamwork responsibility opportunity support silence "
    )
ADJECTIVES = _words(
    "new old big small good bad great little long short high low early late young happy sad angry quiet loud fast slow "
    "hot cold warm cool dry wet clean dirty heavy light strong weak easy hard simple difficult important useful useless "
    "cheap expensive free busy ready empty full open closed bright dark soft sharp round square red blue green yellow "
    "black white brown gray pink purple beautiful ugly friendly strange famous popular modern ancient public private "
    "final last local foreign national digital electric broken perfect serious funny clever lazy brave careful dangerous "
    "safe healthy hungry thirsty tired sleepy rich poor clear deep wide narrow thick thin sweet fresh wooden golden "
    "silver annual weekly monthly internal external technical legal medical official temporary permanent possible "
    "impossible necessary available responsible reliable flexible comfortable quick gentle polite rude honest curious "
    "nervous calm proud jealous lonely excited bored confused surprised worried correct wrong complete incomplete "
    "regular special normal typical average equal different similar separate single double main major minor central "
    "northern southern eastern western daily recent current previous original traditional creative practical "
)
TRANSITIVE = {  # verb: past form ("" means the regular one)
    "see": "saw", "find": "found", "need": "", "want": "", "like": "", "love": "", "hate": "", "buy": "bought",
    "sell": "sold", "open": "", "close": "", "write": "wrote", "send": "sent", "bring": "brought", "take": "took",
    "keep": "kept", "lose": "lost", "break": "broke", "fix": "", "build": "built", "clean": "", "carry": "",
    "move": "", "check": "", "change": "", "choose": "chose", "design": "", "discuss": "", "explain": "",
    "finish": "", "follow": "", "forget": "forgot", "remember": "", "help": "", "hear": "heard", "hold": "held",
    "improve": "", "join": "", "know": "knew", "learn": "", "leave": "left", "make": "made", "meet": "met",
    "miss": "", "notice": "", "order": "", "paint": "", "pay for": "paid for", "plan": "planned", "prepare": "",
    "print": "", "push": "", "pull": "", "receive": "", "record": "", "review": "", "save": "", "share": "",
    "show": "showed", "start": "", "stop": "stopped", "study": "", "test": "", "throw": "threw", "touch": "",
    "translate": "", "understand": "understood", "update": "", "use": "", "visit": "", "wash": "", "cancel": "",
    "confirm": "", "deliver": "", "download": "", "install": "", "measure": "", "mention": "", "approve": "",
    "reject": "", "replace": "", "return": "", "cover": "", "cook": "", "drop": "dropped", "enjoy": "",
    "expect": "", "imagine": "", "invite": "", "offer": "", "protect": "", "prove": "", "describe": "",
    "compare": "", "count": "", "draw": "drew", "drive": "drove", "fill": "", "grow": "grew", "hide": "hid",
    "lead": "led", "lift": "", "look at": "", "listen to": "", "talk about": "", "think about": "thought about",
    "wait for": "", "work on": "", "pick up": "", "turn on": "", "turn off": "", "accept": "", "add": "",
    "admire": "", "arrange": "", "attend": "", "borrow": "", "collect": "", "complain about": "", "consider": "",
    "copy": "", "create": "", "deny": "", "destroy": "", "discover": "", "examine": "", "ignore": "",
    "introduce": "", "manage": "", "organize": "", "postpone": "", "present": "", "publish": "", "repair": "",
    "repeat": "", "report": "", "request": "", "respect": "", "search for": "", "select": "", "solve": "",
    "suggest": "", "teach": "taught", "thank": "", "watch": "", "weigh": "", "wrap": "wrapped", "lock": "",
    "search": "", "schedule": "", "summarize": "", "celebrate": "", "avoid": "", "believe": "", "borrow": "",
}
INTRANSITIVE = {
    "go": "went", "come": "came", "run": "ran", "walk": "", "sleep": "slept", "wait": "", "laugh": "", "cry": "",
    "sing": "sang", "dance": "", "swim": "swam", "travel": "", "arrive": "", "stay": "", "work": "", "smile": "",
    "jump": "", "fall": "fell", "stand": "stood", "sit": "sat", "talk": "", "rest": "", "win": "won", "fail": "",
    "agree": "", "disagree": "", "happen": "", "relax": "", "succeed": "", "disappear": "", "hurry": "",
}
ADVERBS = _words(
    "quickly slowly carefully easily often never always usually sometimes really finally suddenly quietly already still "
    "again together alone early late today tomorrow yesterday tonight now soon later here everywhere outside inside "
    "upstairs downstairs perhaps probably certainly exactly nearly almost immediately recently clearly loudly politely "
    "regularly rarely twice once anyway instead abroad nearby"
)
PREPOSITIONS = _words(
    "in on at near behind under above beside with without before after during across through around between against "
    "toward inside below beyond among despite along"
)
DETERMINERS = _words("the the the the a a my your his her our their this that every another some any each")
SUBJECTS = _words("I you he she we they it everyone somebody nobody")
OBJECTS = _words("me him her us them it you something everything nothing anything")
CONJUNCTIONS = _words("and but because so when while if although until unless or")
MODALS = _words("can could will would should must might may")
NEGATIVES = _words("didn't won't can't couldn't wouldn't shouldn't never")
OPENERS = _words("Okay Well So Right Yes No Actually Anyway First Finally Sorry Thanks Today Tomorrow Maybe Unfortunately")
COUNTED = _words(
    "euros pounds people pages minutes miles hours days points users items kilometers degrees copies seconds words "
    "meters kilos liters weeks months years boxes tickets orders students"
)
OTHER = _words(
    "I'm I've we're they're it's that's there's let's don't doesn't isn't aren't wasn't haven't is are was were am be "
    "been being has have had do does did not very too quite how what where when why who which much many more most less "
    "least than then there here please thank thanks welcome hello goodbye good morning everybody everyone nice meet name "
    "called number line next item point step costs cost leaves from to of for about by up down went increased decreased "
    "target revenue limit sales agreed said says tell told ask asked floor half quarter past percent dollars ever lived "
    "came also only just even both all none other same own over again o'clock a.m. p.m. noon midnight week weekend "
    "ago every day long mind mean excuse sure course problem sounds right matter hear talk later care see let "
    "got get gets give gave given put say speak spoke felt feel kind sort part end middle side front back top bottom"
)
IRREGULAR_PLURALS = {
    "child": "children", "man": "men", "woman": "women", "foot": "feet", "tooth": "teeth", "mouse": "mice",
    "knife": "knives", "wife": "wives", "shelf": "shelves", "sheep": "sheep", "fish": "fish", "scarf": "scarves",
}
DOUBLED = _words("stop plan drop wrap sit run swim win forget")  # final consonant doubled before -ing


def plural(noun):
    """Plural of a noun, also the third person of a verb."""
    if noun in IRREGULAR_PLURALS:
        return IRREGULAR_PLURALS[noun]
    if noun.endswith(("s", "x", "ch", "sh")) or noun in ("go", "potato", "tomato"):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def past(verb):
    """Past form of a verb, with its particle if it has one."""
    known = TRANSITIVE.get(verb) or INTRANSITIVE.get(verb)
    if known:
        return known
    head, *rest = verb.split(" ", 1)
    if head.endswith("e"):
        form = head + "d"
    elif head.endswith("y") and head[-2] not in "aeiou":
        form = head[:-1] + "ied"
    else:
        form = head + "ed"
    return " ".join([form] + rest)


def third(verb):
    """Third person singular: "looks at"."""
    head, *rest = verb.split(" ", 1)
    return " ".join([plural(head)] + rest)


def gerund(verb):
    """-ing form."""
    head, *rest = verb.split(" ", 1)
    if head in DOUBLED:
        form = head + head[-1] + "ing"
    elif head.endswith("e") and not head.endswith("ee"):
        form = head[:-1] + "ing"
    else:
        form = head + "ing"
    return " ".join([form] + rest)


ONES = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
TENS = _words("zero ten twenty thirty forty fifty sixty seventy eighty ninety")
ORDINALS = {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth", 20: "twentieth", 30: "thirtieth"}


def say(n):
    """Cardinal number 0 ... 99,999 in words."""
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (" " + ONES[n % 10] if n % 10 else "")
    if n < 1000:
        return ONES[n // 100] + " hundred" + (" and " + say(n % 100) if n % 100 else "")
    rest = n % 1000
    return say(n // 1000) + " thousand" + ((" " if rest >= 100 else " and ") + say(rest) if rest else "")


def ordinal(n):
    """1 -> Unit("1st", "first")."""
    if n in ORDINALS:
        spoken = ORDINALS[n]
    elif n < 20:
        spoken = ONES[n] + "th"
    else:
        spoken = TENS[n // 10] + " " + ORDINALS.get(n % 10, ONES[n % 10] + "th")
    suffix = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return Unit(f"{n}{suffix}", spoken)


def say_year(n):
    if 2000 <= n < 2010:
        return "two thousand" + (" and " + say(n % 100) if n % 100 else "")
    low = n % 100
    return say(n // 100) + " " + (say(low) if low >= 10 else "oh " + say(low) if low else "hundred")


def say_digits(digits):
    return " ".join("oh" if d == "0" else ONES[int(d)] for d in digits)


def vocabulary():
    """All word forms of the grammar, as written without punctuation, sorted."""
    forms = set(FIRST_NAMES + PLACES + DAYS + MONTHS + ADJECTIVES + ADVERBS + PREPOSITIONS + DETERMINERS + SUBJECTS)
    forms.update(OBJECTS + CONJUNCTIONS + MODALS + NEGATIVES + COUNTED + OTHER)
    forms.update(w.lower() for w in OPENERS)
    for noun in PEOPLE + THINGS:
        forms.update((noun, plural(noun)))
    forms.update(ABSTRACT)
    for verb in list(TRANSITIVE) + list(INTRANSITIVE):
        for phrase in (verb, past(verb), third(verb), gerund(verb)):
            forms.update(phrase.split())
    return sorted(forms)


class English:
    """Draws sentences; the same seed gives the same sentences."""

    def __init__(self, rng: random.Random, spoken_once=None):
        """`spoken_once`: the words allowed in random-word sentences (one per pronunciation); all if None."""
        self.r = rng
        self.lexicon = sorted(spoken_once) if spoken_once else vocabulary()

    def pick(self, options):
        return self.r.choice(options)

    def text(self, words):
        return [Unit(w, w) for w in words.split()]

    # ---- numbers

    def number(self):
        """(unit, value): a cardinal, always written in digits."""
        k = self.r.random()
        if k < 0.35:
            n = self.r.randint(2, 12)
        elif k < 0.75:
            n = self.r.randint(13, 99)
        elif k < 0.9:
            n = self.r.randint(100, 999)
        else:
            n = self.r.randint(1, 20) * self.pick([1000, 100, 500])
        return Unit(str(n), say(n)), n

    def clock(self):
        """A time of day: 3:30 p.m., 7 o'clock."""
        hour, minute = self.r.randint(1, 12), self.pick([0, 0, 5, 10, 15, 20, 25, 30, 30, 40, 45, 50, 55])
        half = self.pick([Unit("a.m.", "A M"), Unit("p.m.", "P M"), None, None])
        if minute == 0:
            return [Unit(str(hour), say(hour)), half or Unit("o'clock", "o'clock")]
        spoken = say(hour) + (" oh " if minute < 10 else " ") + say(minute)
        return [Unit(f"{hour}:{minute:02d}", spoken)] + ([half] if half else [])

    def date(self):
        day, month = ordinal(self.r.randint(1, 31)), Unit(m := self.pick(MONTHS), m)
        units = [month, day] if self.r.random() < 0.6 else self.text("the") + [day] + self.text("of") + [month]
        if self.r.random() < 0.3:
            year = self.r.randint(1950, 2035)
            last = units[-1]
            units[-1] = Unit(last.written + ",", last.spoken + ",")
            units.append(Unit(str(year), say_year(year)))
        return units

    def amount(self):
        """Money, per cent, or a counted thing."""
        k = self.r.random()
        if k < 0.1:
            whole, tenth = self.r.randint(1, 30), self.r.randint(1, 9)
            return [Unit(f"{whole}.{tenth}%", f"{say(whole)} point {say(tenth)} percent")]
        unit, n = self.number()
        if k < 0.4:
            return [Unit(f"${n}", unit.spoken + " dollars")]
        if k < 0.6:
            return [Unit(f"{n}%", unit.spoken + " percent")]
        return [unit] + self.text(self.pick(COUNTED))

    def when(self):
        k = self.r.random()
        if k < 0.25:
            return self.text("at") + self.clock()
        if k < 0.42:
            part = " " + self.pick(["morning", "afternoon", "evening"]) if self.r.random() < 0.4 else ""
            return self.text("on " + self.pick(DAYS) + part)
        if k < 0.54:
            return self.text("on") + self.date()
        if k < 0.6:
            return self.text("in " + self.pick(MONTHS))
        return self.text(self.pick([
            "today", "tomorrow", "yesterday", "next week", "last month", "this evening", "every day", "in the morning",
            "after lunch", "before dinner", "last night", "right now", "this year", "at noon", "at midnight",
            "all day long", "next weekend", "last summer", "in the afternoon", "every week"]))

    # ---- phrases

    def noun(self):
        noun = self.pick(self.pick([PEOPLE, THINGS, THINGS, THINGS, ABSTRACT]))
        return plural(noun) if self.r.random() < 0.2 and noun not in ABSTRACT else noun

    def noun_phrase(self, as_object=False, depth=0):
        k = self.r.random()
        if k < 0.12:
            return self.text(self.pick(FIRST_NAMES))
        if k < 0.18 and as_object:
            return self.text(self.pick(OBJECTS))
        if k < 0.24:
            return [self.number()[0]] + self.text(plural(self.pick(THINGS)))
        if k < 0.28:
            return self.text(self.pick(PLACES))
        determiner, noun = self.pick(DETERMINERS), self.noun()
        adjective = self.pick(ADJECTIVES) + " " if self.r.random() < 0.5 else ""
        if determiner == "a" and (adjective or noun)[0] in "aeiou":
            determiner = "an"
        units = self.text(f"{determiner} {adjective}{noun}")
        if self.r.random() < 0.12 and depth < 2:
            units += self.text(self.pick(["of", "from", "with", "in", "near", "for"])) + self.noun_phrase(True, depth + 1)
        return units

    def place_phrase(self):
        return self.text(self.pick(PREPOSITIONS)) + self.noun_phrase(True, 1)

    def verb_phrase(self):
        k, verb, tail = self.r.random(), self.pick(list(TRANSITIVE)), self.noun_phrase(True)
        if k < 0.35:
            units = self.text(past(verb)) + tail
        elif k < 0.55:
            units = self.text(self.pick(MODALS) + (" not" if self.r.random() < 0.15 else "") + " " + verb) + tail
        elif k < 0.65:
            units = self.text(third(verb)) + tail
        elif k < 0.75:
            units = self.text("is " + gerund(verb)) + tail
        elif k < 0.87:
            units = self.text("is " + self.pick(["very ", "too ", "not ", "quite ", ""]) + self.pick(ADJECTIVES))
        else:
            units = self.text(past(self.pick(list(INTRANSITIVE)))) + (self.place_phrase() if self.r.random() < 0.6 else [])
        if self.r.random() < 0.25:
            units += self.place_phrase()
        if self.r.random() < 0.2:
            units += self.when()
        elif self.r.random() < 0.2:
            units += self.text(self.pick(ADVERBS))
        return units

    def clause(self):
        r = self.r
        if r.random() >= 0.4:
            return self.noun_phrase() + self.verb_phrase()
        subject, verb = self.pick(SUBJECTS), self.pick(list(TRANSITIVE))
        if subject == "I" and r.random() < 0.35:
            return self.text(self.pick(["I'm", "I've been", "I was", "I am"]) + " " + gerund(verb)) + self.noun_phrase(True)
        if r.random() < 0.2:
            return self.text(f"{subject} {self.pick(NEGATIVES)} {verb}") + self.noun_phrase(True)
        if r.random() < 0.5:
            return self.text(f"{subject} {past(verb)}") + self.noun_phrase(True) + (self.when() if r.random() < 0.3 else [])
        return self.text(f"{subject} {self.pick(MODALS)} {verb}") + self.noun_phrase(True) + (self.place_phrase() if r.random() < 0.3 else [])

    def random_words(self):
        """Words in free combination, each word of the lexicon as likely as any other."""
        return self.text(" ".join(self.pick(self.lexicon) for _ in range(self.r.randint(1, 9))))

    # ---- sentences without their final punctuation

    def meeting(self):
        verbs = list(TRANSITIVE)
        return self.pick([
            lambda: self.text(f"Let's move the {self.pick(['meeting', 'call', 'review', 'interview', 'lesson'])} to")
            + (self.clock() if self.r.random() < 0.6 else self.text(self.pick(DAYS))),
            lambda: self.text(f"The {self.pick(['meeting', 'training', 'concert', 'class', 'interview'])} starts at") + self.clock()
            + self.text(self.pick(["today", "tomorrow", "next week", "every day", "on " + self.pick(DAYS)])),
            lambda: self.text("We need to " + self.pick(verbs)) + self.noun_phrase(True) + self.text("before")
            + (self.clock() if self.r.random() < 0.4 else self.text(self.pick(DAYS))),
            lambda: self.text(f"{self.pick(FIRST_NAMES)} will {self.pick(verbs)}") + self.noun_phrase(True) + self.when(),
            lambda: self.text(f"The next {self.pick(['item', 'point', 'question', 'step'])} is") + self.noun_phrase(True),
            lambda: self.text("I think we should " + self.pick(verbs)) + self.noun_phrase(True),
            lambda: self.text("Please " + self.pick(verbs)) + self.noun_phrase(True) + (self.when() if self.r.random() < 0.5 else []),
            lambda: self.text("Thank you for " + gerund(self.pick(verbs))) + self.noun_phrase(True),
            lambda: self.text(f"Sales {self.pick(['went up', 'went down', 'increased', 'decreased'])} by") + self.amount()
            + self.text("in " + self.pick(MONTHS)),
            lambda: self.text("The deadline is") + self.date(),
            lambda: self.text(f"Our {self.pick(['budget', 'target', 'revenue', 'limit'])} is") + self.amount() + self.text("this year"),
            lambda: self.text(f"As {self.pick(FIRST_NAMES)} said,") + self.clause(),
            lambda: self.text(self.pick(OPENERS) + ",") + self.clause(),
        ])()

    def figures(self):
        def digits(n):
            group = "".join(str(self.r.randint(0, 9)) for _ in range(n))
            return Unit(group, say_digits(group))

        def room():
            n = self.r.randint(101, 999)
            tail = n % 100
            return Unit(str(n), ONES[n // 100] + " " + (say(tail) if tail >= 10 else "oh " + say(tail) if tail else "hundred"))

        def degrees():
            n = self.r.randint(2, 39)
            return Unit(str(n), say(n))

        return self.pick([
            lambda: self.text("It costs") + self.amount(),
            lambda: self.noun_phrase() + self.text("costs") + self.amount(),
            lambda: self.text("The train leaves at") + self.clock() + self.text("from " + self.pick(PLACES)),
            lambda: self.text("My birthday is on") + self.date(),
            lambda: self.text("There are") + [self.number()[0]] + self.text(plural(self.pick(THINGS))) + self.place_phrase(),
            lambda: self.text("About") + self.amount() + self.text(f"of the {plural(self.pick(PEOPLE))} agreed"),
            lambda: self.text("Call me at") + [digits(3), digits(4)],
            lambda: self.text("It is") + self.clock() + self.text("in " + self.pick(PLACES)),
            lambda: self.text("The temperature is") + [degrees()] + self.text("degrees"),
            lambda: self.text("Room") + [room()] + self.text("is on the") + [ordinal(self.r.randint(1, 12))] + self.text("floor"),
            lambda: self.text("We arrived on") + self.date() + self.text("and left on " + self.pick(DAYS)),
        ])()

    def question(self):
        verb = self.pick(list(TRANSITIVE))
        return self.pick([
            lambda: self.text(f"{self.pick(['Can', 'Could', 'Will', 'Would', 'Should'])} {self.pick(['you', 'we', 'I', 'they', 'he', 'she'])} {verb}")
            + self.noun_phrase(True) + (self.when() if self.r.random() < 0.4 else []),
            lambda: self.text(f"{self.pick(['Did', 'Do'])} {self.pick(['you', 'they', 'we'])} {verb}") + self.noun_phrase(True),
            lambda: self.text(f"{self.pick(['Where', 'When', 'Why', 'How'])} {self.pick(['did', 'do', 'can', 'should'])} {self.pick(['you', 'we', 'they'])} {verb}")
            + self.noun_phrase(True),
            lambda: self.text(self.pick(["What is", "Where is", "Who is", "How old is", "How much is"])) + self.noun_phrase(True),
            lambda: self.text("Is") + self.noun_phrase() + self.text(self.pick(ADJECTIVES)),
            lambda: self.text(f"Have you ever {self.pick(['been to', 'visited', 'lived in'])} {self.pick(PLACES)}"),
            lambda: self.text("What time does") + self.noun_phrase() + self.text(self.pick(["start", "open", "close", "leave", "arrive", "finish"])),
        ])()

    def smalltalk(self):
        if self.r.random() < 0.4:
            return self.text("Hello, " + self.pick([
                "how are you", "my name is " + self.pick(FIRST_NAMES), "this is " + self.pick(FIRST_NAMES),
                "nice to meet you", "welcome to " + self.pick(PLACES)]))
        if self.r.random() < 0.4:
            return self.text(f"Good {self.pick(['morning', 'afternoon', 'evening', 'night'])}, {self.pick(FIRST_NAMES + ['everyone', 'everybody'])}")
        tail = " " + self.pick(["tomorrow", "later", "again", "today", "soon"]) if self.r.random() < 0.4 else ""
        return self.text(self.pick([
            "Thank you very much", "See you", "I am sorry", "You are welcome", "Of course", "No problem", "Sounds good",
            "That's right", "I don't know", "I have no idea", "Never mind", "Excuse me", "What do you mean", "Let me think",
            "Good luck", "Take care", "Let's get started", "I have a question", "It doesn't matter"]) + tail)

    def with_name(self, name):
        """A sentence around a rare name, a Unit."""
        verb = self.pick(list(TRANSITIVE))
        return self.pick([
            lambda: [name] + self.text("will " + verb) + self.noun_phrase(True) + (self.when() if self.r.random() < 0.4 else []),
            lambda: self.text("Please ask") + [name] + self.text("about") + self.noun_phrase(True),
            lambda: self.text("I talked to") + [name] + self.when(),
            lambda: self.text("My name is") + [name],
            lambda: self.text("Hello, this is") + [name] + self.text("from " + self.pick(PLACES)),
            lambda: [name] + self.text("said that") + self.clause(),
            lambda: self.text("We met") + [name] + self.text("in " + self.pick(PLACES)),
            lambda: self.text("Call") + [name] + self.text("at") + self.clock(),
            lambda: self.noun_phrase() + self.text(past(verb)) + [name],
        ])()

    def sentence(self, name=None):
        """One sentence: capital first letter, final punctuation. `name`: a rare-name Unit to work in."""
        r, question = self.r, False
        k = r.random()
        if name is not None:
            units = self.with_name(name)
        elif k < 0.17:
            units = self.meeting()
        elif k < 0.32:
            units = self.figures()
        elif k < 0.42:
            units, question = self.question(), True
        elif k < 0.60:
            units = self.random_words()
        elif k < 0.70:
            units = self.clause()
            if r.random() < 0.5:
                units[-1] = Unit(units[-1].written + ",", units[-1].spoken + ",", units[-1].name)
            units = units + self.text(self.pick(CONJUNCTIONS)) + self.clause()
        elif k < 0.74:
            units = self.smalltalk()
        else:
            units = self.clause()
        units = list(units)
        first = units[0]
        units[0] = Unit(first.written[0].upper() + first.written[1:], first.spoken, first.name)
        mark = "?" if question else "." if r.random() < 0.95 else "!"
        last = units[-1]
        written = last.written[:-1] if last.written.endswith(".") and mark == "." else last.written
        units[-1] = Unit(written + mark, last.spoken + mark, last.name)
        return units


if __name__ == "__main__":
    grammar = English(random.Random(1))
    for _ in range(25):
        print(" ".join(u.written for u in grammar.sentence()))
    print(len(vocabulary()), "word forms")
