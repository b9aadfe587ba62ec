"""E-mail addresses that people type or sites tell."""

from __future__ import annotations

import re

LONGEST = 254
"""RFC 5321, section 4.5.3.1.3, less the angle brackets."""
_PART = r"[^\s@<>,;:\"\\()\[\]\x00-\x1f\x7f]"
_EMAIL = re.compile(rf"{_PART}{{1,64}}@(?:[^\W_](?:[\w-]{{0,61}}[^\W_])?\.)+[^\W_][\w-]{{0,61}}[^\W_]")


def email_address(text: str) -> str | None:
    """The one address in lower case; None for what is no plain address of somebody in a domain with a dot."""
    bare = text.strip().lower()
    fits = len(bare) <= LONGEST and bare.isprintable() and _EMAIL.fullmatch(bare)
    return bare if fits and ".." not in bare else None
