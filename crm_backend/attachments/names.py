"""Names of files: what a sender calls a file, made safe to show and to save under."""

from __future__ import annotations

import re
import unicodedata

from crm_backend.attachments.kinds import Kind
from crm_backend.texts import clean_name

LENGTH = 100
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def file_name(said: str, kind: Kind) -> str:
    """The name without folders, control and direction marks, and with an extension that is true to the content."""
    last = re.split(r"[/\\]", said[:1000])[-1]
    name = clean_name(_visible(_FORBIDDEN.sub("", last)), length=400).strip(". ")
    stem, dot, extension = name.rpartition(".")
    if dot and extension.casefold() in kind.extensions:
        extension = extension.casefold()
    else:
        stem, extension = name, kind.extensions[0]
    stem = stem[:LENGTH].rstrip(". ")
    if not stem or _RESERVED.fullmatch(stem):
        stem = kind.kind if kind.kind != "other" else "file"
    return f"{stem}.{extension}"


def _visible(name: str) -> str:
    """Without marks of direction and joiners, which are of use in running text; controls become spaces."""
    return "".join(
        " " if category == "Cc" else letter
        for letter in name
        if (category := unicodedata.category(letter)) not in ("Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
