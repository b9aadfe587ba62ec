"""Places in a list, marks, and how many: "la deuxième", "number 2", "4/5", "deux chaises", "3"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.fact import Fact

CHOICE, NUMBER, QUANTITY, SCORE = "choice", "number", "quantity", "score"
LAST = "-1"
ORDINALS = (
    r"premi[eè]re?s?|first|1(?:er|[eè]?re|st)", r"deuxi[eè]me|seconde?|second|2(?:e|[eè]me|nd)",
    r"troisi[eè]me|third|3(?:e|[eè]me|rd)",
    r"quatri[eè]me|fourth|4(?:e|[eè]me|th)", r"cinqui[eè]me|fifth|5(?:e|[eè]me|th)",
    r"sixi[eè]me|sixth|6(?:e|[eè]me|th)", r"septi[eè]me|seventh|7(?:e|[eè]me|th)",
    r"huiti[eè]me|eighth|8(?:e|[eè]me|th)", r"neuvi[eè]me|ninth|9(?:e|[eè]me|th)",
    r"dixi[eè]me|tenth|10(?:e|[eè]me|th)",
)  # fmt: skip
FRENCH = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
"treize", "quatorze", "quinze", "seize",
          "dix-sept", "dix-huit", "dix-neuf", "vingt")  # fmt: skip
ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
"twelve", "thirteen", "fourteen", "fifteen",
           "sixteen", "seventeen", "eighteen", "nineteen", "twenty")  # fmt: skip
SPELT = {word: number for words in (FRENCH, ENGLISH) for number, word in enumerate(words)} | {"une": 1, "zero": 0}
_SPELT = "|".join(sorted(SPELT, key=len, reverse=True))
# "le premier colis était cassé" tells a story: what follows a place in a list is "one", "of the list" or nothing.
_AFTER = (
    r"(?:\s+(?:one|option|choice|choix|de\s(?:la\s)?liste|of\s(?:the\s)?list|in\sthe\slist|proposition|s(?:['’]"
    r"|\s)il\s.{1,20}|svp|stp|please|merci|thanks|pls|alors|then))*"
)
_LEAD = (
    r"(?:(?:c['’]est|je\s(?:veux|prends|choisis|voudrais|parle\sde)|plut[oô]t|oui|yes|non|no|i['’]?ll\shave"
    r"|i\s(?:want|mean|meant|choose|pick)|it['’]?s|give\sme|pour|about|alors|euh|well|ok|the|i\smean|prenez"
    r"|mettez)\s*,?\s+)*"
)
_ARTICLE = r"(?:le|la|les|l['’]|the|my|mon|ma|celui|celle|option|choix|num[eé]ro|number|no\.?|n[°o])"
PLACE = re.compile(
    rf"^\W*{_LEAD}(?:{_ARTICLE}\s*)?(?:d['’])?(?:(?P<ordinal>{'|'.join(ORDINALS)})"
    rf"|(?P<beforelast>avant[\s-]derni[eè]re?|last\sbut\sone|second\s(?:to\s)?last|penultimate)"
    rf"|(?P<last>derni[eè]re?|last)|(?P<other>autre|other)|(?P<previous>pr[eé]c[eé]dente?|previous)"
    rf"|(?P<next>suivante?|prochaine?|next))\b{_AFTER}\W*$",
    re.IGNORECASE,
)
# "celle d'avant", "the other one, please" inside a longer sentence.
POINTED = re.compile(
    r"\b(?:(?:the|le|la|l['’])\s?(?:(?P<other>other|autre)(?=\s+(?:one|commande|order|adresse|address)\b|\s*$"
    r"|\s*[,.!?])|(?P<last>last)(?=\s+one\b)"
    rf"|(?P<ordinal>{'|'.join(ORDINALS)})(?=\s+one\b|\s+(?:de\s(?:la\s)?|of\sthe\s|on\sthe\s|in\sthe\s)list)))",
    re.IGNORECASE,
)
NUMBERED = re.compile(
    rf"\b(?:num[eé]ro|number|option|choix|choice|n°|nr\.?|no\.)\s*(?P<digits>\d{{1,2}}"
    rf"|{_SPELT})\b(?![.,]\d)",
    re.IGNORECASE,
)
MARK = re.compile(
    # "le 4/5" is a day.
    r"(?<![\w/.,-])(?<!\ble\s)(?<!\bdu\s)(?<!\bau\s)(?<!\bon\s)(?<!\bthe\s)(?P<mark>10|\d)(?:[.,]\d)?\s?(?:/\s?"
    r"|sur\s|out\sof\s)(?P<of>5|10|20|100)(?![\w/]|[.,]\d)|(?<![\w.,])(?P<stars>[0-5])\s?(?:[ée]toiles?|stars?|⭐|★)"
    r"|(?P<signs>[⭐★]{1,5})",
    re.IGNORECASE,
)
COUNTED = re.compile(
    rf"(?<![\w.,/#°-])(?:(?P<digits>\d{{1,3}})\s?x?|(?P<spelt>{_SPELT})"
    rf"|x\s?(?P<times>\d{{1,3}}))\s+(?P<unit>[^\W\d_]{{3,24}})(?![\w@])",
    re.IGNORECASE,
)
TIMES_ALONE = re.compile(r"(?<!\w)(?:x\s?(?P<after>\d{1,3})|(?P<before>\d{1,3})\s?x)(?!\w)", re.IGNORECASE)
NOT_COUNTED = frozenset(
    [
        "jours",
        "jour",
        "days",
        "day",
        "semaines",
        "semaine",
        "weeks",
        "week",
        "mois",
        "months",
        "month",
        "ans",
        "year",
        "years",
        "heures",
        "heure",
        "hours",
        "hour",
        "minutes",
        "minute",
        "min",
        "fois",
        "times",
        "time",
        "euros",
        "euro",
        "pounds",
        "pound",
        "eme",
        "ème",
        "ieme",
        "étoiles",
        "etoiles",
        "stars",
        "pourcent",
        "percent",
        "and",
        "the",
        "for",
        "est",
        "pas",
        "avec",
        "pour",
        "sur",
        "dans",
        "des",
        "les",
        "que",
        "qui",
        "one",
        "ones",
        "peu",
        "autre",
        "order",
        "commande",
        "more",
        "less",
        "plus",
        "moins",
        "first",
        "last",
        "seule",
        "seul",
        "tout",
    ]
)
ALONE = re.compile(rf"\W*(?:(?P<digits>\d{{1,3}})|(?P<spelt>{_SPELT}))\W*", re.IGNORECASE)


def choices(text: str) -> Iterator[Fact]:
    """Places in a list: "1", "2"…, "-1" the last, "-2" the last but one, "other", "previous", "next"."""
    for match in [*NUMBERED.finditer(text)]:
        digits = match["digits"].casefold()
        yield Fact(CHOICE, str(SPELT.get(digits, digits)), match[0], match.start(), match.end())
    whole = PLACE.match(text) if len(text) < 120 else None
    for match in [whole] if whole else POINTED.finditer(text):
        raw = match[0].strip(" .,!?")
        start = match.start() + match[0].find(raw)
        yield Fact(CHOICE, place_of(match), raw, start, start + len(raw))


def place_of(match: re.Match[str]) -> str:
    found = match.groupdict()
    if found.get("ordinal"):
        return str(
            next(at for at, words in enumerate(ORDINALS, 1) if re.fullmatch(words, found["ordinal"], re.IGNORECASE))
        )
    for name, value in (
        ("beforelast", "-2"),
        ("last", LAST),
        ("other", "other"),
        ("previous", "previous"),
        ("next", "next"),
    ):
        if found.get(name):
            return value
    raise AssertionError(match[0])


def scores(text: str) -> Iterator[Fact]:
    """Marks such as "4/5", "8 out of 10", "3 stars"."""
    for match in MARK.finditer(text):
        mark = len(match["signs"]) if match["signs"] else int(match["stars"] or match["mark"])
        of = int(match["of"] or 5)
        if mark <= of:
            yield Fact(SCORE, f"{mark}/{of}", match[0], match.start(), match.end(), {"mark": mark, "of": of})


def quantities(text: str) -> Iterator[Fact]:
    """How many of something: "deux chaises", "2 lamps", "x3"."""
    for match in COUNTED.finditer(text):
        unit = match["unit"].casefold()
        spelt = (match["spelt"] or "").casefold()
        # "une" and "one" are articles more often than numbers.
        if unit in NOT_COUNTED or spelt in ("un", "une", "one"):
            continue
        number = match["digits"] or match["times"] or str(SPELT[spelt])
        yield Fact(QUANTITY, str(int(number)), match[0], match.start(), match.end(), {"unit": unit})
    for match in TIMES_ALONE.finditer(text):
        yield Fact(
            QUANTITY, str(int(match["after"] or match["before"])), match[0], match.start(), match.end(), {"unit": None}
        )


def number(text: str) -> Iterator[Fact]:
    """The number that a message consists of."""
    match = ALONE.fullmatch(text) if len(text) < 40 else None
    if match:
        value = match["digits"] or str(SPELT[match["spelt"].casefold()])
        raw = match["digits"] or match["spelt"]
        start = match.start("digits") if match["digits"] else match.start("spelt")
        yield Fact(NUMBER, str(int(value)), raw, start, start + len(raw))
