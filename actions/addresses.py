"""A postal address as people write it in one line, read into its parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from babel import Locale

from crm_backend.customers import countries

LONGEST: Final = 400
_POSTCODES: Final = {
    "GB": re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.IGNORECASE),
    "IE": re.compile(r"\b[A-Z]\d[\dW]\s*[A-Z\d]{4}\b", re.IGNORECASE),
    "NL": re.compile(r"\b\d{4}\s?[A-Z]{2}\b"),
    "US": re.compile(r"\b\d{5}(?:-\d{4})?\b"),
    **dict.fromkeys(("BE", "CH", "LU", "AT"), re.compile(r"\b\d{4}\b")),
}
_FIVE: Final = re.compile(r"\b\d{2}\s?\d{3}\b")
_STREET: Final = re.compile(
    # Bounded everywhere: it is looked for in messages of any length.
    r"\b\d{1,5}\s?(?:bis|ter|quater|[a-d])?\s?,?\s{1,3}(?:[\w’'.-]{1,40}\s{1,3}){0,4}?"
    r"(?P<way>rue|avenue|av|bd|boulevard|place|chemin|all[ée]e|impasse|quai|route|cours|square|passage|faubourg|r[ée]sidence|"
    r"esplanade|sentier|hameau|lotissement|promenade|wharf|quay|"
    r"street|st|road|rd|lane|close|drive|gardens?|court|crescent|terrace|way|view|hill|row|mews|grove|park)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_PROOF: Final = re.compile(
    r"[.,;!]\s{1,3}(?:(?:and|et|the|my|mon|le|ma)\s)?(?:order['’]s\s)?(?:post ?code|code postal|cp|e-?mail|mail)\b",
    re.IGNORECASE,
)
_ANY_CODE: Final = re.compile(r"\b(?:\d{2}\s?\d{3}|[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2})\b", re.IGNORECASE)
_NUMBER_ALONE: Final = re.compile(
    r"\W*(?:(?:non|no|pardon|sorry|oups|oops|attendez|wait|en fait|actually|plut[oô]t|rather|c['’]est|it['’]?s|au|le|"
    r"num[ée]ro|number|i meant|je voulais dire|the)\b\W*)+(\d{1,4}(?:\s?(?:bis|ter|quater))?)\W*",
    re.IGNORECASE,
)
_SEND: Final = re.compile(
    r"(?<!you )(?<!did you )\b(?:send|deliver|ship|redirect|forward|bring)\b|"
    r"(?<!vous )(?<!vous l['’])\b(?:livre[rz]|envoye[rz]|exp[ée]die[rz]|redirige[rz]|faites?[- ](?:la |le )?suivre)\b",
    re.IGNORECASE,
)
_TO: Final = re.compile(r"\b(?:to|at|au|aux|[àa]|chez|vers)\b", re.IGNORECASE)
_MORE: Final = re.compile(
    r"^(?:appt?|appart\w*|b[âa]t\w*|[ée]tage|\d+(?:er|e|[èe]me)? [ée]tage|esc\w*|porte|digicode|code|"
    r"flat|apt|apartment|floor|unit)\b",
    re.IGNORECASE,
)
_POLITE: Final = re.compile(
    r"[\s,.;!]*\b(?:merci|svp|stp|s.il (?:vous|te) pla[iî]t|please|thanks?|thank you|cheers)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_SAYS_SOMETHING: Final = re.compile(r"[^\W_]")
_PARTS: Final = re.compile(r"\s*[,;\n]+\s*")
_WORDS: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ALSO_CALLED: Final = re.compile(
    r"\b(?:UK|USA|[EÉ]tats[ -]Unis|United States|Grande[ -]Bretagne|Great Britain|Hollande|Holland|DOM(?:-?TOM)?|"
    r"outre[ -]mer|overseas|abroad|[àa] l['’][ée]tranger|Europe)\b"
)
_EDGES: Final = " \t\r\n,;.:!?…-–"


def spoken_of(text: str) -> str | None:
    """The part of a longer message that begins like a street and its number; None when there is none."""
    found = _STREET.search(text)
    while found and (nearer := _STREET.search(text, found.start() + 1)) and nearer.start() < found.start("way"):
        # "Send 10888 to 3 Rose Lane": the number of the house is the one beside it.
        found = nearer
    if found is None:
        return None
    # "..., London N1 7GR. The postcode on the order is BS1 5JH": what comes then proves who writes.
    street = found[0]
    proof = next((each for each in _PROOF.finditer(street) if _ANY_CODE.search(street[: each.start()])), None)
    return (street[: proof.start()] if proof else street).strip(_EDGES)[:LONGEST]


def said_instead(text: str, before: str) -> str | None:
    """The address that corrects the one `before`: a whole one, or that one with the number of the house that the text
    consists of ("no, it's 18"). None when it is no correction."""
    if (street := spoken_of(text)) is not None:
        return street if street != before else None
    number = _NUMBER_ALONE.fullmatch(text)
    if number is None or not re.search(r"\d", before):
        return None
    corrected = re.sub(r"\d{1,5}(?:\s?(?:bis|ter|quater)\b)?", number[1], before, count=1)
    return corrected if corrected != before else None


def corrects(text: str) -> bool:
    """Whether a text may correct an address that was shown: "sorry, 17", or another street."""
    return bool(_NUMBER_ALONE.fullmatch(text)) or spoken_of(text) is not None


def sends_to(text: str) -> bool:
    """Whether a message asks for something to be sent to a street that it names."""
    found = spoken_of(text)
    before = text[: text.index(found)] if found else ""
    asks = [match.end() for match in _SEND.finditer(before)]
    return bool(asks) and bool(_TO.search(before[asks[-1] :]))


def read(text: str, *, country: str) -> dict[str, str] | None:
    """`line1`, `line2`, `postcode`, `city` and `country` of an address; None when one of them is not there.

    `country` is the one that is meant when none is named at the end. Raises Invalid for a postcode that the country
    does not have.
    """
    whole = _POLITE.sub("", text[:LONGEST]).strip(_EDGES)
    whole, named = _country(whole)
    country = named or country
    codes = list(_POSTCODES.get(country, _FIVE).finditer(whole))
    if not codes:
        return None
    before, after = whole[: codes[-1].start()], whole[codes[-1].end() :]
    parts = [part for part in _PARTS.split(before.strip(_EDGES)) if _SAYS_SOMETHING.search(part)]
    city = _PARTS.split(after.strip(_EDGES))[0].strip()
    if not _SAYS_SOMETHING.search(city):
        city = ""
    if not city and len(parts) > 1:
        city = parts.pop()
    street = [part for part in parts if not _MORE.match(part)] or parts
    if not city or not street or not re.search(r"[^\W\d_]", street[0]):
        return None
    rest = [part for part in parts if part is not street[0]]
    postcode = countries.postcode("postcode", codes[-1][0], country=country)
    return {"line1": street[0], "line2": ", ".join(rest), "postcode": postcode, "city": city, "country": country}


def names_country(text: str) -> bool:
    """Whether a country is named anywhere in a text."""
    words = f" {' '.join(_WORDS.findall(text.casefold()))} "
    return bool(_ALSO_CALLED.search(text)) or any(f" {name} " in words for name in _names() if len(name) > 2)


def in_words(address: Mapping[str, str]) -> str:
    """An address in one line, as it is written where it is."""
    street = [address.get("name", ""), address["line1"], address.get("line2", "")]
    town = (
        [address["city"], address["postcode"]]
        if address["country"] in ("GB", "IE")
        else [f"{address['postcode']} {address['city']}".strip()]
    )
    return ", ".join(part for part in (*street, *town) if part)


def _country(text: str) -> tuple[str, str | None]:
    """The text without the country that it ends on, and that country's code."""
    last = re.split(r"[,;\n]", text)[-1].strip(_EDGES)
    code = _names().get(last.casefold())
    return (text[: text.rindex(last)].strip(_EDGES), code) if code else (text, None)


@cache
def _names() -> dict[str, str]:
    """The countries' codes by their names in French and English."""
    found = {
        name.casefold(): code
        for language in ("fr", "en")
        for code, name in Locale(language).territories.items()
        if code in countries.COUNTRIES
    }
    return found | {"uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "angleterre": "GB", "belgique": "BE"}
