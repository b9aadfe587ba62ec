"""What a platform cannot show, in plain words: choices as a numbered list, cards as lines, long texts in pieces."""

from __future__ import annotations

from collections.abc import Sequence

from crm_backend.conversations.schema import Button, Card, Reply

_TYPE_A_NUMBER = {
    "fr": "Répondez par le numéro de votre choix.",
    "en": "Reply with the number of your choice.",
}
_BREAKS = ("\n\n", "\n", ". ", "! ", "? ", "; ", ", ", " ")


def absolute(url: str | None, address: str) -> str | None:
    """The address of a card, whole: those that begin with `/` are pages of the public site at `address`."""
    return f"{address}{url}" if url and url.startswith("/") else url


def card_text(card: Card, *, address: str) -> str:
    """A card in words: its title, its text, its lines, its address."""
    parts = [card.title, card.text, *card.lines, absolute(card.url, address) or ""]
    return "\n".join(part for part in parts if part)


def numbered(buttons: Sequence[Button], *, language: str) -> str:
    """The choices as a list whose numbers the customer may type: the core knows what they stand for."""
    if not buttons:
        return ""
    lines = [f"{number}. {button.title}" for number, button in enumerate(buttons, 1)]
    return "\n".join([*lines, _TYPE_A_NUMBER[language]] if len(buttons) > 1 else lines)


def as_text(reply: Reply, *, language: str, address: str, buttons: bool = True) -> str:
    """The whole reply but its files, in plain text; without its choices when the platform has buttons for them."""
    choices = numbered(reply.buttons, language=language) if buttons else ""
    parts = [reply.text, *(card_text(card, address=address) for card in reply.cards), choices]
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
