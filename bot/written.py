"""Facts as people write them: order numbers, e-mail addresses, postcodes, "my last order"; and, from the modules beside
this one, everything else that a message may hold.

Pure functions on text, so that the extractor, the classifier and the tests read the same thing.
"""

import re
from collections.abc import Iterator
from datetime import date
from difflib import SequenceMatcher

from bot.amounts import AMOUNT, amounts
from bot.choices import CHOICE, NUMBER, choices, number, quantities, scores
from bot.dates import DATE, dates
from bot.fact import Context, Fact, blank
from bot.parcels import CASE, TRACKING, cases, tracking
from bot.phones import PHONE, phones
from bot.times import TIME, times

ORDER_NUMBER, EMAIL, POSTCODE, LAST_ORDER = "order_number", "email", "postcode", "last_order"

NOTHING_KNOWN = Context()
SAID_ALONE = frozenset({ORDER_NUMBER, EMAIL, POSTCODE, CASE, TRACKING, PHONE, AMOUNT, DATE, TIME})
"""Facts that are an answer by themselves."""
MASKED = frozenset({ORDER_NUMBER, EMAIL, POSTCODE, CASE, TRACKING, PHONE, AMOUNT})
"""Facts whose own letters and digits say nothing of what is wanted."""
READ = 4_000
"""Characters in which days, times and numbers are looked for."""
A_LIST = 4
"""Numbers in a row of which none is a postcode."""
ALIKE = 0.6
NEAR = 80
"""Characters around a number in which the words that explain it stand."""


# Every pattern here takes time in proportion to the text: runs begin where they begin, and are bounded.
# "marie@" at the end is an address sent too early: the form says that it is not whole.
EMAIL_WRITTEN = re.compile(r"(?<![\w.+'’-])[\w.+'’-]+\s?@(?:\s?[\w-]+(?:\.[\w-]+)*|$)", re.IGNORECASE)
ADDRESS_OF_PAGE = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
NOT_A_FACT = re.compile(
    r"""
      (?:\+|\b00)\d{1,3}[\s.\-]?(?:\(0\))?(?:[\s.\-]?\d){6,12}\b      # telephone, international
    | \b0\d(?:[\s.\-]?\d{2}){4}\b                                     # telephone, French
    | \b0\d{2,4}[\s-]\d{3,4}[\s-]?\d{3,4}\b                           # telephone, British
    | \b\d{1,2}[/.\-]\d{1,2}(?:[/.\-]\d{2,4})?\b                      # date
    | (?:[€£$]\s?\d[\d\s.,]{0,16}\d|\b\d[\d\s\u202f.,]{0,16}\s?(?:€|£|\$|eur\b|euros?\b|pounds?\b|cm\b|mm\b|kg\b|%))
    | \b\d{1,2}\s?[h:]\s?\d{2}\b                                      # time of day
    """,
    re.VERBOSE | re.IGNORECASE,
)
UK_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s?(\d[A-Z]{2})\b", re.IGNORECASE)
US_ZIP_PLUS = re.compile(r"\b\d{5}-\d{4}\b")
EMAIL_SPOKEN = re.compile(
    r"(?<![\w.-])[\w-]+(?:(?:\s(?:dot|point)\s|\.)[\w-]+){0,6}\s(?:at|arobase|arobas)\s"
    r"[\w-]+(?:(?:\s(?:dot|point)\s|\.)[\w-]+){1,6}\b",
    re.IGNORECASE,
)
SPOKEN_MARKS = (
    (re.compile(r"\s(?:dot|point)\s", re.IGNORECASE), "."),
    (re.compile(r"\s(?:at|arobase|arobas)\s", re.IGNORECASE), "@"),
)
SPELT_DIGITS = re.compile(r"(?<![\d\w])\d(?:[ \-]\d){4,8}(?![\d\w])")
NEGATED_BEFORE = re.compile(
    r"\b(?:pas|not|et non|instead of|au lieu d[eu])\s+(?:le|la|du|n[°o]\.?|the)?\s*#?$", re.IGNORECASE
)
# "10860 euh non 10888": the first is what the customer takes back.
TAKEN_BACK = re.compile(
    r"\b(?:non|no|pardon|sorry|d[eé]sol[eé]e?|plut[oô]t|rather|actually|i\s+mean|i\s+meant|je\s+(?:veux|voulais)\s+dire|en\s+fait)\b",
    re.IGNORECASE,
)
WRONG_BEFORE = re.compile(
    r"\b(?:tromp[eé]e?s?|erreur|oups|pardon|d[eé]sol[eé]e?|le\s+bon|wrong|mistake|oops|sorry|i\s+meant)\b[^\d@]{0,24}$",
    re.IGNORECASE,
)
LETTERED_NUMBER = re.compile(r"(?<![\w@])#?\s?([A-Z]{1,3})-?(\d{4,9})(?![\w-])", re.IGNORECASE)
# 10234, or in groups of three: 10 234, 10.234, 10 234 with any kind of space.
DIGITS = re.compile(r"(?<![\w@.,])(\d{1,3}(?:[\s\u00a0\u202f.]\d{3})+|\d{4,10}|\d{2} \d{3})(?![\w@]|[.,]\d)")
LAST_ORDER_WRITTEN = re.compile(
    r"""\b(?:
        (?:ma|la|mon|le|mes|une?)\s+derni[eè]re?\s+(?:commande|achat|cmd|colis)
      | (?:commande|achat|cmd|colis)\s+la?e?\s+plus\s+r[eé]cente?
      | ma\s+commande\s+r[eé]cente
      | (?:my|the)\s+(?:last|latest|most\s+recent|newest|recent)\s+(?:order|purchase|parcel|delivery)
      | (?:last|latest|most\s+recent)\s+order
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
DIGIT_OR_NAME = re.compile(r"\d|[^\W\d_]{3}")
MARKED = re.compile(
    r"(?:#|\bn\s?[°ºo]\s?\.?|\bnum[eé]ro|\bnumber|\bnum|\bno\.?|\bref\.?|\br[eé]f[eé]rence)\s*+[:.]?\s*+(?:(?:c['’])?est\s++(?:le\s++)?|is\s++)?#?\s*+$",
    re.IGNORECASE,
)
# "l'adresse de la 10888": of the three, only an order is feminine.
ORDER_BEFORE = re.compile(r"\b(?:commandes?|cmd|cde|orders?|achat|purchase)\b[^\d@]{0,24}$|\bla\s+#?$", re.IGNORECASE)
POSTCODE_BEFORE = re.compile(
    r"\b(?:code\s+postal|codes?\s+postaux|postal|postcode|post\s?code|post\s+code|zip(?:\s?code)?|cp|c\.p\.|ville)\b[^\d@]{0,20}$"
    r"|\b(?:habite|livr[eé]e?|adresse|address|live|living)\b[^\d@]{0,30}$",
    re.IGNORECASE,
)
TOWN_AFTER = re.compile(r"^\s+(?:[A-ZÉÈ][a-zéèêçô]{2,}|[A-ZÉÈ]{4,})")
FILLER = re.compile(
    r"""\b(?:c['’]?est|voici|voila|voilà|le|la|les|de|du|et|mon|ma|mes|num[eé]ro|commande|cmd|cde|num|mail|e-?mail|courriel|adresse|code
    |postal|cp|est|pour|avec|svp|merci|ok|oui|it['’]?s|its|it|is|here|my|the|and|order|number|postcode|post|zip|address|for
    |please|thanks|yes|sorry|d[eé]sol[eé]|pardon|plut[oô]t|rather|no|n|o|ref|r[eé]f[eé]rence|attendez|ah|euh|i\s+meant|meant|actually|en\s+fait)\b""",
    re.VERBOSE | re.IGNORECASE,
)


def facts(text: str, context: Context = NOTHING_KNOWN) -> list[Fact]:
    """The facts in `text`, in the order they are written."""
    left = text
    found: list[Fact] = []

    def take(some: Iterator[Fact]) -> None:
        nonlocal left
        for fact in some:
            if fact.name:
                found.append(fact)
            left = blank(left, fact)

    take(Fact("", "", match[0], match.start(), match.end()) for match in ADDRESS_OF_PAGE.finditer(left))
    take(emails(left))
    take(cases(left))
    take(unmarked(phones(left, context.language), left))
    take(tracking(left))
    take(unmarked(amounts(left), left))
    if DIGIT_OR_NAME.search(left):
        take(scores(left[:READ]))
        take(unmarked(dates(left[:READ], context.today or date.today()), left))  # noqa: DTZ011  a day, not an instant
        take(times(left[:READ]))
    take(non_facts(left))
    take(lettered(left))
    take(iter(numbers(left, context, found)))
    found += [
        Fact(LAST_ORDER, "yes", match[0], match.start(), match.end()) for match in LAST_ORDER_WRITTEN.finditer(text)
    ]
    if not found:
        found += guessed(text, context)
    if not found or len(left) < READ:
        take(choices(left))
        take(quantities(left[:READ]))
        take(number(left))
    return sorted(found, key=lambda fact: fact.start)


def unmarked(some: Iterator[Fact], text: str) -> Iterator[Fact]:
    """Without those that a word before them says are order numbers: "n°10.234" is written like a date."""
    return (fact for fact in some if not MARKED.search(before_of(text, fact.start)))


def mask(text: str) -> str:
    """`text` with each fact replaced by a word for its kind, so that a classifier learns kinds and not numbers."""
    masked = text
    for fact in reversed(facts(text)):
        if fact.name in MASKED:
            masked = f"{masked[: fact.start]} {fact.name.replace('_', '')} {masked[fact.end :]}"
    return masked


def says_only_facts(text: str, found: list[Fact]) -> bool:
    """Whether nothing is left of `text` once its facts and the words that carry them are taken away."""
    return says_only(text, found, *SAID_ALONE) and any(fact.name in SAID_ALONE for fact in found)


def says_only(text: str, found: list[Fact], *names: str) -> bool:
    """Whether nothing is left of `text` once facts of these kinds and the words that carry them are taken away."""
    rest = text
    for fact in found:
        if fact.name in names:
            rest = blank(rest, fact)
    return any(fact.name in names for fact in found) and not has_words(rest)


def has_words(text: str) -> bool:
    """Whether `text` says more than the words that carry facts do."""
    return bool(re.search(r"\w{2}", FILLER.sub(" ", text)))


def emails(text: str) -> Iterator[Fact]:
    for match in EMAIL_WRITTEN.finditer(text):
        raw = match[0].rstrip(".,;-'’")
        value = re.sub(r"\s", "", raw).casefold()
        yield Fact(EMAIL, value, raw, match.start(), match.start() + len(raw))
    for match in EMAIL_SPOKEN.finditer(text):
        value = match[0].casefold()
        for mark, sign in SPOKEN_MARKS:
            value = mark.sub(sign, value)
        yield Fact(EMAIL, value, match[0], match.start(), match.end())


def non_facts(text: str) -> Iterator[Fact]:
    for match in NOT_A_FACT.finditer(text):
        # "n°10.234" is written like a date or an amount but says itself what it is.
        if not MARKED.search(before_of(text, match.start())):
            yield Fact("", "", match[0], match.start(), match.end())


def lettered(text: str) -> Iterator[Fact]:
    for match in UK_POSTCODE.finditer(text):
        if not MARKED.search(before_of(text, match.start())):
            yield Fact(POSTCODE, f"{match[1]} {match[2]}".upper(), match[0], match.start(), match.end())
    for match in SPELT_DIGITS.finditer(text):
        yield Fact(ORDER_NUMBER, re.sub(r"\D", "", match[0]), match[0], match.start(), match.end())
    for match in US_ZIP_PLUS.finditer(text):
        yield Fact(POSTCODE, match[0], match[0], match.start(), match.end())
    for match in LETTERED_NUMBER.finditer(text):
        # "no 10234" and "cp 69003" look like lettered numbers only because their space was left out.
        if match[1].casefold() in {"no", "n", "cp", "zip", "cmd", "cde", "ref", "num"}:
            continue
        yield Fact(ORDER_NUMBER, f"{match[1]}{match[2]}".upper(), match[0].strip(), match.start(), match.end())


def numbers(text: str, context: Context, found: list[Fact]) -> list[Fact]:
    """The bare digit groups of `text`, each an order number, a postcode, or nothing."""
    groups = [(match, re.sub(r"\D", "", match[1])) for match in DIGITS.finditer(text)]
    glued = re.compile(r"\b(?:no|n|cp|cmd|cde|ref|num)-?(\d{4,9})\b", re.IGNORECASE)
    groups += [(match, match[1]) for match in glued.finditer(text)]
    # "10243, not 10234": the second is what the customer takes back.
    groups = [group for group in groups if not NEGATED_BEFORE.search(before_of(text, group[0].start(1)))]
    groups.sort(key=lambda group: group[0].start())
    groups = [
        group for group, after in zip(groups, [*groups[1:], None], strict=False) if not taken_back(text, group, after)
    ]
    kinds: list[str | None] = [cued(text, match, digits) for match, digits in groups]
    if sum(kind is None and len(digits) >= 5 for kind, (_, digits) in zip(kinds, groups, strict=True)) >= A_LIST:
        kinds = [
            kind or (ORDER_NUMBER if len(digits) >= 5 else None)
            for kind, (_, digits) in zip(kinds, groups, strict=True)
        ]
    taken = {fact.name for fact in found} | {kind for kind in kinds if kind}
    for index, (match, digits) in enumerate(groups):
        if kinds[index] is None:
            kinds[index] = bare(digits, match, text, taken, context)
            taken.add(kinds[index] or "")
    return [
        Fact(kind, digits, match[0].strip(), match.start(1), match.end(1))
        for (match, digits), kind in zip(groups, kinds, strict=True)
        if kind
    ]


def before_of(text: str, start: int) -> str:
    """The words just before a place in `text`."""
    return text[max(0, start - NEAR) : start]


def taken_back(text: str, group: tuple[re.Match[str], str], after: tuple[re.Match[str], str] | None) -> bool:
    """Whether the customer corrects this number at once by the one after it, with nothing else in between."""
    if after is None or len(after[1]) != len(group[1]):
        return False
    between = text[group[0].end(1) : after[0].start(1)]
    # A gap stands where another fact was: then the two are not about the same thing.
    if len(between) > NEAR or " " * 5 in between or not TAKEN_BACK.search(between):
        return False
    return not has_words(TAKEN_BACK.sub(" ", between))


def cued(text: str, match: re.Match[str], digits: str) -> str | None:
    """What the words around a digit group say it is."""
    before, after = before_of(text, match.start(1)), text[match.end(1) : match.end(1) + NEAR]
    postcode, order = POSTCODE_BEFORE.search(before), ORDER_BEFORE.search(before)
    if postcode and len(digits) == 5 and not (order and order.start() > postcode.start()):
        return POSTCODE
    if order or MARKED.search(before):
        return ORDER_NUMBER
    if len(digits) == 5 and TOWN_AFTER.match(after):
        return POSTCODE
    return None


def bare(digits: str, match: re.Match[str], text: str, taken: set[str], context: Context) -> str | None:
    """What a digit group with no word to explain it is most likely to be."""
    raw, start = match[0], match.start(1)
    grouped = raw.strip() != digits
    if len(digits) < 5 and context.asked != ORDER_NUMBER:
        return None
    if (
        grouped
        and context.asked is None
        and has_words(text.replace(raw, " ", 1))
        and not text.strip().startswith(raw.strip())
    ):
        return None  # "10 000" inside a sentence is a quantity
    if len(digits) != 5:
        return ORDER_NUMBER
    if context.asked == "correction":
        return closest(digits, context.known)
    if POSTCODE not in context.known and WRONG_BEFORE.search(before_of(text, start)):
        # "sorry, 10243" when the e-mail address is asked for: it is the number before that was wrong.
        likeness = SequenceMatcher(None, digits, context.known.get(ORDER_NUMBER, "")).ratio()
        if likeness >= ALIKE or (context.asked == EMAIL and ORDER_NUMBER in context.known):
            return ORDER_NUMBER
    wanted = [name for name in (ORDER_NUMBER, POSTCODE) if name not in taken]
    if context.asked in wanted:
        return context.asked
    if context.asked:
        wanted = [name for name in wanted if name not in context.known] or wanted
    return wanted[0] if wanted else None


def closest(digits: str, known: dict[str, str]) -> str:
    """Which known fact five digits are a correction of: people mistype a digit or two of a postcode, not all."""

    def likeness(name: str) -> float:
        return SequenceMatcher(None, digits, known.get(name, "")).ratio()

    mistyped = likeness(POSTCODE) >= ALIKE and likeness(POSTCODE) > likeness(ORDER_NUMBER)
    return POSTCODE if mistyped else ORDER_NUMBER


def guessed(text: str, context: Context) -> list[Fact]:
    """When a number was asked for and the whole answer is one odd word with a digit in it, take it as written."""
    word = text.strip().strip(".#")
    if context.asked in (ORDER_NUMBER, POSTCODE) and re.fullmatch(r"(?=.*\d)[\w/-]{3,16}", word):
        return [Fact(context.asked, word.upper(), word, text.find(word), text.find(word) + len(word))]
    return []


__all__ = [
    "CHOICE",
    "EMAIL",
    "LAST_ORDER",
    "NUMBER",
    "ORDER_NUMBER",
    "POSTCODE",
    "Context",
    "Fact",
    "facts",
    "mask",
    "says_only",
    "says_only_facts",
]  # fmt: skip
