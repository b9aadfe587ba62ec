"""References and words with a hyphen that a line must not end in: `C-2026-000123`, `e-mail`."""

from __future__ import annotations

import re

_TAG = re.compile(r"(<[^>]*>)")
_LEFT = re.compile(r"</?(title|textarea|option|script|style|svg)\b", re.IGNORECASE)
_WHOLE = re.compile(r"\bC-[0-9]{4}-[0-9]{3,}\b|\b[Ee]-mails?\b")


def unbroken(page: str) -> str:
    """The page with these kept on one line. Only its look changes: what is copied, searched and read aloud is the same.
    In a page of ours no attribute holds a bare `>`, and what people wrote is escaped."""
    parts, left = _TAG.split(page), ""
    for at, part in enumerate(parts):
        if at % 2:
            if (tag := _LEFT.match(part)) is not None:
                left = "" if part.startswith("</") else tag[1].lower()
        elif not left:
            parts[at] = _WHOLE.sub(r'<span class="whole">\g<0></span>', part)
    return "".join(parts)
