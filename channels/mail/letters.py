"""The words and the looks of what we send: one letter, written as plain text and as a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from channels import degrade
from crm_backend.conversations.reading.marks import Mark, written
from crm_backend.conversations.schema import Card, ContactCard, Language, Location, Reply

ACCENT = "#1f5f4a"
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_TAGS = {"bold": ("\ue000", "<strong>", "\ue001", "</strong>"), "italic": ("\ue002", "<em>", "\ue003", "</em>")}
"""What stands for a tag until the words are escaped, and the tag: letters of no language (Unicode, private use)."""
_SIGNS = frozenset("\ue000\ue001\ue002\ue003")
_LINK = re.compile(r"https?://[^\s<>\"«»\ue000-\ue003]+[^\s<>\"«»\ue000-\ue003.,;:!?)\]'’]")


@dataclass(frozen=True)
class Part:
    """One message of the letter: words, cards, a place, people's details, choices."""

    text: str
    cards: tuple[Card, ...] = ()
    choices: tuple[str, ...] = ()
    place: Location | None = None
    contacts: tuple[ContactCard, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A picture that comes with the letter, by its Content-ID; its size on the page in pixels."""

    cid: str
    width: int
    height: int


@dataclass(frozen=True)
class Letter:
    """All that a mail says. `speaker` is the first name of the agent who writes; None for the assistant."""

    language: Language
    company: str
    address: str
    """The public site: where relative links of cards lead."""
    accent: str
    parts: tuple[Part, ...]
    speaker: str | None = None
    proactive: bool = False
    unsubscribe: str | None = None
    pictures: Mapping[str, Shown] = field(default_factory=dict)
    """Those of cards that could be had, by their address."""


def part_of(reply: Reply) -> Part:
    """What a reply says, but its files."""
    choices = tuple(button.title for button in reply.buttons)
    return Part(reply.text, tuple(reply.cards), choices, reply.location, tuple(reply.contacts), tuple(reply.marks))


def accent_or_default(accent: str | None) -> str:
    """The company's colour where it is one that text can be written on in white; else ours."""
    if accent is None or not _HEX.fullmatch(accent):
        return ACCENT
    digits = accent[1:] if len(accent) == 7 else "".join(digit * 2 for digit in accent[1:])
    red, green, blue = (_linear(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))
    # Contrast against white of at least 4.5 to 1 (WCAG 2.2, relative luminance).
    return accent if 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5 else ACCENT


def as_text(letter: Letter) -> str:
    """The letter in plain text."""
    return _templates().get_template("letter.txt.j2").render(letter=letter).strip() + "\n"


def as_page(letter: Letter) -> str:
    """The letter as an HTML page that loads nothing."""
    return _templates().get_template("letter.html.j2").render(letter=letter)


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _paragraphs(text: str, marks: Sequence[Mark] = ()) -> list[Markup]:
    """Paragraphs in HTML: line breaks count, links can be followed, what the agent marked is marked, nothing else is
    interpreted."""
    marked = bool(marks) and not _SIGNS.intersection(text)
    if marked:
        text = written(text, marks, {kind: (before, after) for kind, (before, _, after, _) in _TAGS.items()})
    found = [_linked(paragraph) for paragraph in re.split(r"\n\s*\n", text.strip()) if paragraph.strip()]
    return [_tagged(paragraph) for paragraph in found] if marked else found


def _linked(text: str) -> Markup:
    out, end = Markup(), 0
    for link in _LINK.finditer(text):
        out += escape(text[end : link.start()]) + Markup('<a href="{0}">{0}</a>').format(link[0])
        end = link.end()
    return Markup((out + escape(text[end:])).replace("\n", Markup("<br>\n")))  # noqa: S704  escaped piece by piece


def _tagged(page: Markup) -> Markup:
    for before, opens, after, closes in _TAGS.values():
        page = page.replace(before, Markup(opens)).replace(after, Markup(closes))  # noqa: S704  ours, whole
    return page


def _whole(url: str | None, address: str) -> str | None:
    """A card's address when it is one that may be followed."""
    whole = degrade.absolute(url, address)
    return whole if whole and whole.startswith(("https://", "http://")) else None


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=jinja2.select_autoescape(["html.j2"], default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters["paragraphs"] = _paragraphs
    made.filters["whole"] = _whole
    for each in (degrade.card_text, degrade.price_text, degrade.place_text, degrade.contact_text, degrade.map_link):
        made.globals[each.__name__] = each
    return made
