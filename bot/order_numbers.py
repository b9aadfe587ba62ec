"""Order numbers and postcodes: both are digits, and the words around them, or what was asked, say which they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from bot.around import MARKED, NEAR, before_of, has_words
from bot.emails import EMAIL
from bot.fact import Context, Fact

ORDER_NUMBER, POSTCODE = "order_number", "postcode"
A_LIST = 4
"""Numbers in a row of which none is a postcode."""
ALIKE, A_COMMA = 0.6, 6
UK_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s?(\d[A-Z]{2})\b", re.IGNORECASE)
US_ZIP_PLUS = re.compile(r"\b\d{5}-\d{4}\b")
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
# "l'adresse de la 10888": of the three, only an order is feminine.
ORDER_BEFORE = re.compile(
    r"\b(?:commandes?|cmd|cde|orders?|achat|purchase|facture|invoice|ordered|command[eé]e?)\b[^\d@]{0,24}$"
    r"|\b(?:la|of|adresse(?:\s+de\s+livraison)?\s+(?:de|pour|sur)|ad?dress\s+(?:for|on|of))\s+#?$",
    re.IGNORECASE,
)
# "Annuler 10888": nobody calls off a postcode.
DONE_TO_BEFORE = re.compile(
    r"\b(?:annul\w+|cancel\w*|suivre|track(?:ing)?|renvoy\w+|retourn\w+|return(?:ing)?|rembours\w+|refund\w*|[ée]chang\w+"
    r"|exchang\w+)\s+(?:(?:la|le|ma|my|the)\s+)?#?$",
    re.IGNORECASE,
)
ABOUT_IT_BEFORE = re.compile(r"\b(?:for|about|on|with|pour|concernant|sur)\s+#?$", re.IGNORECASE)
"""What comes before an order as well as before a town: "my refund for 10764"."""
POSTCODE_BEFORE = re.compile(
    r"\b(?:code\s+postal|codes?\s+postaux|postal|postcode|post\s?code|post\s+code|zip(?:\s?code)?|cp|c\.p\.|ville)\b[^\d@]{0,20}$"
    r"|\b(?:habite|livr[eé]e?|adresse|address|live|living)\b[^\d@]{0,30}$",
    re.IGNORECASE,
)
TOWN = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-578])0\d\d")
"""How the postcodes of towns mostly look: 69003, 75011, 13008."""
TOWN_AFTER = re.compile(r"^\s+(?:[A-ZÉÈ][a-zéèêçô]{2,}|[A-ZÉÈ]{4,})")


def lettered(text: str) -> Iterator[Fact]:
    """Those that are no bare group of digits: with letters, spelt out digit by digit, British or American."""
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
    if any(fact.name == POSTCODE and UK_POSTCODE.fullmatch(fact.value) for fact in found):
        # Who has a British postcode has no other: "me@example.co.uk 10764 BS1 5JH".
        kinds = [
            kind or (ORDER_NUMBER if len(group[1]) == 5 else None) for kind, group in zip(kinds, groups, strict=True)
        ]
    taken = {fact.name for fact in found} | {kind for kind in kinds if kind}
    if context.asked is None:
        kinds = before_an_order(kinds, groups, told=POSTCODE in taken)
    for index, (match, digits) in enumerate(groups):
        if kinds[index] is None and len(digits) == 5 and follows_email(match.start(1), found) and POSTCODE in taken:
            kinds[index] = POSTCODE
        elif kinds[index] is None:
            kinds[index] = bare(digits, match, text, taken, context)
            taken.add(kinds[index] or "")
    return [
        Fact(kind, digits, match[0].strip(), match.start(1), match.end(1))
        for (match, digits), kind in zip(groups, kinds, strict=True)
        if kind
    ]


def before_an_order(
    kinds: list[str | None], groups: list[tuple[re.Match[str], str]], *, told: bool
) -> list[str | None]:
    """Bare groups of five before an order's number are orders, too, where another figure is left to be the postcode, or
    it is `told` ("cancel 10888, and the invoice of 10771, 69003")."""
    five = [at for at, (_, digits) in enumerate(groups) if kinds[at] is None and len(digits) == 5]
    order = max((at for at, kind in enumerate(kinds) if kind == ORDER_NUMBER), default=-1)
    if not told and all(at < order for at in five):
        return kinds
    return [ORDER_NUMBER if at in five and at < order else kind for at, kind in enumerate(kinds)]


def follows_email(start: int, found: list[Fact]) -> bool:
    """Whether a number comes right after an e-mail address: it proves who writes, where the postcode of an address is
    told besides."""
    return any(fact.name == EMAIL and 0 <= start - fact.end <= A_COMMA for fact in found)


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
    if postcode and len(digits) == 5 and not (order and order.start() >= postcode.start()):
        return POSTCODE
    if order or MARKED.search(before) or DONE_TO_BEFORE.search(before):
        return ORDER_NUMBER
    if len(digits) == 5 and TOWN_AFTER.match(after):
        return POSTCODE
    if ABOUT_IT_BEFORE.search(before) and not TOWN.fullmatch(digits):
        return ORDER_NUMBER
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
        return closest(digits, context.known, alone=text.strip() == raw.strip())
    if POSTCODE not in context.known and WRONG_BEFORE.search(before_of(text, start)):
        # "sorry, 10243" when the e-mail address is asked for: it is the number before that was wrong.
        likeness = SequenceMatcher(None, digits, context.known.get(ORDER_NUMBER, "")).ratio()
        if likeness >= ALIKE or (context.asked == EMAIL and ORDER_NUMBER in context.known):
            return ORDER_NUMBER
    alone = not has_words(text.replace(raw, " ", 1)) and EMAIL not in taken and not TOWN.fullmatch(digits)
    if context.asked == EMAIL and ORDER_NUMBER in context.known and alone:
        # Nothing but a number, where the e-mail address is asked for: the order's was another.
        return ORDER_NUMBER
    wanted = [name for name in (ORDER_NUMBER, POSTCODE) if name not in taken]
    if context.asked in wanted:
        return context.asked
    if context.asked:
        wanted = [name for name in wanted if name not in context.known] or wanted
    if not wanted and context.asked is None:
        # The postcode is told, and an order: this is another.
        return ORDER_NUMBER
    return wanted[0] if wanted else None


def closest(digits: str, known: dict[str, str], *, alone: bool) -> str:
    """Which known fact five digits are a correction of: people mistype a digit or two of a postcode, not all. `alone`,
    what looks like a town's and unlike the order's number is the postcode of somebody else's order."""

    def likeness(name: str) -> float:
        return SequenceMatcher(None, digits, known.get(name, "")).ratio()

    mistyped = likeness(POSTCODE) >= ALIKE and likeness(POSTCODE) > likeness(ORDER_NUMBER)
    town = alone and TOWN.fullmatch(digits) is not None and likeness(ORDER_NUMBER) < ALIKE
    return POSTCODE if mistyped or town else ORDER_NUMBER


def guessed(text: str, context: Context) -> list[Fact]:
    """When a number was asked for and the whole answer is one odd word with a digit in it, take it as written."""
    word = text.strip().strip(".#")
    if context.asked in (ORDER_NUMBER, POSTCODE) and re.fullmatch(r"(?=.*\d)[\w/-]{3,16}", word):
        return [Fact(context.asked, word.upper(), word, text.find(word), text.find(word) + len(word))]
    return []
