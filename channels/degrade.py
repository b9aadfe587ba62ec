"""What a platform cannot show, in plain words: choices as a numbered list, cards, places and contacts as lines, long
texts in pieces; and which cards come with their pictures where it shows those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from crm_backend.catalogue.money import lowest, money
from crm_backend.conversations.schema import Button, Card, ContactCard, Location, Price, Reply

MOST_PICTURED = 3
"""Cards that come as messages of their own, each with its picture. More would fill a telephone: they stay one text."""
ATTEMPTS_WITH_PICTURES = 3
"""Attempts to send a card with its picture. After that its words go alone: a picture is no reason to be left without
an answer."""
_TYPE_A_NUMBER = {
    "fr": "Répondez par le numéro de votre choix.",
    "en": "Reply with the number of your choice.",
}
_BREAKS = ("\n\n", "\n", ". ", "! ", "? ", "; ", ", ", " ")


@dataclass(frozen=True)
class Picture:
    """A picture as every messenger takes it: JPEG, upright, on white. `width` and `height` are in pixels."""

    content: bytes
    width: int
    height: int
    media_type: ClassVar[str] = "image/jpeg"


class Pictures(Protocol):
    """Fetches pictures, so that platforms need not: ours may be out of their reach, and they learn no address."""

    async def load(self, address: str) -> Picture | None:
        """The picture at `https://…`, or at `/…` of the public site; None where none can be had soon. Never raises."""


async def picture(pictures: Pictures | None, address: str | None) -> Picture | None:
    """A card's picture; None where the card has none, or it cannot be had: its words then go without."""
    return await pictures.load(address) if pictures is not None and address else None


def one_by_one(cards: Sequence[Card]) -> bool:
    """Whether these cards are shown each with its picture, rather than as one text."""
    return 0 < len(cards) <= MOST_PICTURED and any(card.picture for card in cards)


def absolute(url: str | None, address: str) -> str | None:
    """The address of a card, whole: those that begin with `/` are pages of the public site at `address`."""
    return f"{address}{url}" if url and url.startswith("/") else url


def price_text(price: Price, language: str) -> str:
    """A price: `119,00 €`, or `dès 119,00 €` where it is the lowest of several."""
    return (lowest if price.lowest else money)(price.minor, price.currency, language)


def card_text(card: Card, *, language: str, address: str) -> str:
    """A card in words: its title, its price, its text, its lines, its address."""
    price = price_text(card.price, language) if card.price else ""
    parts = [card.title, price, card.text, *card.lines, absolute(card.url, address) or ""]
    return "\n".join(part for part in parts if part)


def map_link(place: Location) -> str:
    """A page that shows the place on a map."""
    at = f"{place.latitude:.6f}", f"{place.longitude:.6f}"
    return f"https://www.openstreetmap.org/?mlat={at[0]}&mlon={at[1]}#map=16/{at[0]}/{at[1]}"


def place_text(place: Location) -> str:
    """A place in words: its name, its address, where a map shows it."""
    return "\n".join(part for part in (place.name, place.address, map_link(place)) if part)


def contact_text(contact: ContactCard) -> str:
    """Somebody's details in words, a line each."""
    return "\n".join([contact.name, *contact.phones, *contact.emails])


def numbered(buttons: Sequence[Button], *, language: str) -> str:
    """The choices as a list whose numbers the customer may type: the core knows what they stand for."""
    if not buttons:
        return ""
    lines = [f"{number}. {button.title}" for number, button in enumerate(buttons, 1)]
    return "\n".join([*lines, _TYPE_A_NUMBER[language]] if len(buttons) > 1 else lines)


def as_text(reply: Reply, *, language: str, address: str, buttons: bool = True) -> str:
    """The whole reply but its files, in plain text; without its choices when the platform has buttons for them."""
    choices = numbered(reply.buttons, language=language) if buttons else ""
    cards = [card_text(card, language=language, address=address) for card in reply.cards]
    places = [place_text(reply.location)] if reply.location else []
    parts = [reply.text, *cards, *places, *map(contact_text, reply.contacts), choices]
    return "\n\n".join(part for part in parts if part)


def pieces(text: str, longest: int) -> list[str]:
    """The text in pieces of at most `longest` characters, cut between paragraphs, lines, sentences or words where it
    can be."""
    found = []
    rest = text.strip()
    while len(rest) > longest:
        cut = next((at + len(mark) for mark in _BREAKS if (at := rest.rfind(mark, longest // 3, longest)) > 0), longest)
        # Never between the halves of a letter and its accent or of an emoji joined by U+200D.
        while 1 < cut < len(rest) and (rest[cut] in "\u200d\ufe0f" or rest[cut - 1] == "\u200d"):
            cut -= 1
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*found, rest] if rest else found
