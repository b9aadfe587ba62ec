"""What the links of an article mean where it comes from: other articles, pictures beside it, or something elsewhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote

from crm_backend.knowledge.links import keys_of
from server.articles.document import LARGEST, Document, path_of

# The words are bounded, so that hostile text takes no longer than other text.
_LINK = re.compile(
    r"(!?)\[((?:[^\[\]\\]|\\.){0,500})\]\(\s*<?([^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*)>?(?:\s+\"[^\"]*\")?\s*\)"
)
_NUMBER = re.compile(r"/articles?/(\d{3,})")
FILES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic", ".pdf"}
PICTURES = FILES - {".pdf"}


def index_of(documents: Iterable[Document]) -> dict[str, str]:
    """The key of the article that each name means: its path where it stood, its file, the number in its address."""
    found: dict[str, str] = {}
    for one in documents:
        if (number := one.key.removeprefix("article-")).isdigit():
            found.setdefault(number, one.key)
        for name in one.names:
            found.setdefault(name, one.key)
            if (match := _NUMBER.search(name)) is not None:
                found.setdefault(match[1], one.key)
    return found


def linked(one: Document, index: Mapping[str, str], root: Path) -> None:
    """Puts the links of a text right: those to other articles name their keys, pictures and documents beside it are
    noted in `pictures`, and of what leads nowhere the words stay, with a warning."""

    def replaced(match: re.Match[str]) -> str:
        shown, words, to = match.groups()
        try:
            return _meant(one, index, root, bool(shown), words, to) or match[0]
        except OSError as error:
            one.warnings.append(f"the file {to[:100]} cannot be read: {error.strerror or error}")
            return words or " "

    end = one.body.rfind(")") + 1
    one.body = _LINK.sub(replaced, one.body[:end]) + one.body[end:]
    # A table or a list of other markup may have left a picture of elsewhere in it.
    known = set(index.values()) | {one.key}
    for key in keys_of(one.body):
        if key not in known:
            one.warnings.append(f"links to the article {key}, which is not among these")


def _meant(one: Document, index: Mapping[str, str], root: Path, shown: bool, words: str, to: str) -> str | None:
    """The link as it is kept here; None for one that stays as it is."""
    bare = to.partition("#")[0]
    if to.startswith(("/articles/", "/files/", "#", "mailto:", "tel:")) and not _NUMBER.search(to):
        return None
    elsewhere = to.startswith(("http://", "https://", "//"))
    path = path_of(bare if not bare.startswith("//") else "https:" + bare) if elsewhere or to.startswith("/") else ""
    number = _NUMBER.search(path)
    key = index.get(path) or (index.get(number[1]) if number else None) if not shown else None
    beside = None if elsewhere or key else _beside(one, root, bare)
    if beside is not None and not shown:
        key = key or index.get(str(beside.relative_to(root)))
    if key:
        return f"[{words}](/articles/{key})"
    if beside is not None and beside.is_file() and beside.suffix.lower() in (PICTURES if shown else FILES):
        return f"{'!' if shown else ''}[{words}](file:{_noted(one, beside)})"
    if elsewhere and not shown:
        return None
    why = "is elsewhere, and is left out" if elsewhere else "leads nowhere"
    one.warnings.append(f"the {'picture' if shown else 'link'} {to[:100]} {why}")
    return words or " "


def _beside(one: Document, root: Path, to: str) -> Path | None:
    """The file that a relative address means, inside what is imported; None for any other."""
    if one.base is None or not to:
        return None
    try:
        start = root if to.startswith("/") else one.base
        path = (start / unquote(to).lstrip("/")).resolve()
        return path if path.is_relative_to(root) and "\0" not in to else None
    except (ValueError, OSError):
        return None


def _noted(one: Document, path: Path) -> str:
    """The name of a file in the text: by what is in it, so that it is known again."""
    if path.stat().st_size > 5 * LARGEST:
        one.warnings.append(f"{path.name} is too large to be taken in")
    name = hashlib.sha256(path.read_bytes()).hexdigest()
    one.pictures[name] = path
    return name
