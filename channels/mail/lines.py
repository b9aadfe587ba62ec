"""Lines of a mail's text with their depth of quotation, and the form in which lines are compared."""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

MAX_DEPTH = 100
_SPACES = re.compile(r"\s+")
_HIDDEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e"))


class Mark(StrEnum):
    """What the page's markup says of a line. Plain text says nothing but its `>`."""

    NONE = ""
    ATTRIBUTION = "attribution"
    QUOTE = "quote"
    TAIL = "tail"
    MAYBE_TAIL = "maybe_tail"
    FORWARD = "forward"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    depth: int = 0
    mark: Mark = Mark.NONE
    original: str | None = None
    """The line as it stood, when it differs from its text after its `>`."""

    @property
    def blank(self) -> bool:
        return not self.text.strip()


def indented(line: Line) -> str:
    """The line with a `>` for each depth."""
    if line.original is not None:
        return line.original
    return f"{'>' * line.depth} {line.text}".rstrip() if line.depth else line.text


def text_lines(text: str) -> list[Line]:
    """The lines of a plain text, `>` taken off and counted."""
    return [_line(raw) for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def _line(raw: str) -> Line:
    at, depth = 0, 0
    while at < len(raw) and raw[at] in " \t>\u00a0":
        depth += raw[at] == ">"
        at += 1
    # ">From" is how mailboxes escape a line that begins with From (RFC 4155), not a quote.
    if depth == 0 or raw.startswith(">From "):
        return Line(raw.rstrip())
    return Line(raw[at:].rstrip(), min(depth, MAX_DEPTH), Mark.NONE, raw.rstrip())


@lru_cache(maxsize=8_192)
def key(text: str) -> str:
    """The text as it is compared: one kind of space, no hidden characters, entities resolved, emphasis off, folded."""
    text = text[:2_000]
    if "&" in text:
        text = entities.unescape(text)
    return _SPACES.sub(" ", text.translate(_HIDDEN)).strip(" *_").casefold()
