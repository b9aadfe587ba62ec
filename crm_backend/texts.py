"""Text that can be kept, and shown: without what would deceive, hide or break it."""

from __future__ import annotations

import re
import unicodedata

from crm_backend.errors import Empty, TooLong

MAX_LENGTH = 10_000
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Overrides and isolates can make a line read differently from what it says (CVE-2021-42574); spacers hide words.
_DECEPTIVE = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\u00ad]")
_INVISIBLE = re.compile(r"[\s\u200c\u200d\u200e\u200f]*")


def clean(text: str, *, max_length: int = MAX_LENGTH) -> str:
    """The text as it is kept: composed (NFC), without control, override and invisible characters.

    Raises TooLong past `max_length` characters, Empty when nothing visible is left.
    """
    if len(text) > max_length:
        raise TooLong(f"{len(text)} characters")
    # A lone surrogate is valid JSON and no valid UTF-8.
    text = text.replace("\r\n", "\n").encode("utf-8", "ignore").decode("utf-8")
    # Composed last: what is taken out may have stood between a letter and its accent.
    text = unicodedata.normalize("NFC", _DECEPTIVE.sub("", _CONTROLS.sub("", text)).strip())
    if _INVISIBLE.fullmatch(text):
        raise Empty("nothing visible")
    return text


def clean_name(name: str, *, length: int = 120) -> str:
    """A name that somebody else chose, fit to show on one line: no control, override or invisible characters."""
    line = " ".join(_DECEPTIVE.sub("", _CONTROLS.sub(" ", name.encode("utf-8", "ignore").decode("utf-8"))).split())
    return unicodedata.normalize("NFC", line)[:length]


def shorten(text: str, length: int) -> str:
    """At most `length` characters on one line, cut at a word, with an ellipsis when cut."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
