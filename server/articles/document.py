"""An article in one language as a file tells it, and why a file is not taken."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from crm_backend.errors import RelaisError

LARGEST = 5 * 1024 * 1024
"""Bytes of a text file that is read."""
_TAG = re.compile(r"(fr|en)(?:[-_][A-Za-z0-9]+)*", re.IGNORECASE)


class Refused(RelaisError):
    """A file or a row of it that is not taken; the message says why."""


@dataclass
class Document:
    """`source` names the file, and the row of it. `base` is the folder that links start from, None where there is
    none. `names` are words by which links may mean it: addresses and files."""

    source: str
    key: str
    language: str
    title: str
    body: str
    category: str = "general"
    category_name: str = ""
    slug: str = ""
    summary: str = ""
    questions: list[str] = field(default_factory=list)
    tags: list[str] | None = None
    status: str = "published"
    audience: str | None = None
    address: str = ""
    base: Path | None = None
    names: list[str] = field(default_factory=list)
    pictures: dict[str, Path] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def language_of(given: object, fallback: str | None) -> str:
    """`fr` or `en` from `fr-FR`, `en_gb`; the fallback where nothing is said. Raises Refused."""
    text = str(given or "").strip()
    if not text:
        if fallback is None:
            raise Refused("its language is not said; name it with --language")
        return fallback
    match = _TAG.fullmatch(text)
    if match is None:
        raise Refused(f"its language, {text[:20]}, is neither French nor English")
    return match[1].lower()


def status_of(given: object) -> str:
    """`published`, `draft` or `archived` from the words and numbers that help centres use. Raises Refused."""
    text = str(given if given is not None else "published").strip().lower()
    known = {
        "published": ("published", "2", "live", "public", "publié", "false", ""),
        "draft": ("draft", "1", "unpublished", "brouillon", "true", "in_review", "scheduled"),
        "archived": ("archived", "archivé", "obsolete"),
    }
    for status, words in known.items():
        if text in words:
            return status
    raise Refused(f"its status, {text[:20]}, is not known")


def path_of(url: str) -> str:
    """The path of an address, without its query: by it links mean the article, and readers ask for it."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    path = unquote(parts.path).rstrip("/")
    return path if path.startswith("/") and "\0" not in path else ""


def text_of(path: Path) -> str:
    """The words of a text file. Raises Refused."""
    if path.stat().st_size > LARGEST:
        raise Refused(f"it is larger than {LARGEST // (1024 * 1024)} MB")
    try:
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Refused("it is not UTF-8 text") from None
