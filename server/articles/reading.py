"""Reading articles from a path: Markdown and HTML files in folders, CSV, and the JSON of other help centres."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from server.articles import from_csv, from_html, from_json, from_markdown
from server.articles.document import Document, Refused, text_of

SHELVES = "categories.yml"
LINK = "it is a link, which is not followed"
UNREADABLE = "it cannot be read: {why}"
_READERS: dict[str, Callable[[Path, Path, str | None], Iterator[Document | tuple[str, str]]]] = {
    ".md": from_markdown.read,
    ".markdown": from_markdown.read,
    ".html": from_html.read,
    ".htm": from_html.read,
    ".csv": from_csv.read,
    ".json": from_json.read,
}


@dataclass
class Found:
    """What was read: articles, the names of categories by key, and what was refused with its reason."""

    root: Path
    documents: list[Document] = field(default_factory=list)
    shelves: dict[str, dict[str, object]] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)


def read(path: Path, *, language: str | None) -> Found:
    """All that a file or folder holds; `language` is that of texts which do not say. What cannot be read, and links
    within a folder, are refused each by itself. Raises Refused when there is no such path, or nothing in it to read."""
    try:
        path = path.resolve(strict=True)
    except (OSError, RuntimeError):
        raise Refused(f"{path}: there is no such file or folder") from None
    root = path if path.is_dir() else path.parent
    found = Found(root)
    wanted = list(_wanted(path, found)) if path.is_dir() else [path]
    if not (wanted or found.refused) or (wanted == [path] and path.suffix.lower() not in _READERS):
        raise Refused(f"{path}: no .md, .html, .csv or .json file in it")
    try:
        found.shelves = _shelves(root / SHELVES, found) if path.is_dir() else {}
    except OSError as error:
        found.refused.append((SHELVES, UNREADABLE.format(why=error.strerror or error)))
    for each in wanted:
        try:
            for one in _READERS[each.suffix.lower()](each, root, language):
                if isinstance(one, Document):
                    found.documents.append(one)
                else:
                    found.refused.append(one)
        except Refused as error:
            found.refused.append((_named(each, root), str(error)))
        except OSError as error:
            found.refused.append((_named(each, root), UNREADABLE.format(why=error.strerror or error)))
    _once(found)
    return found


def _wanted(path: Path, found: Found) -> Iterator[Path]:
    """The files of a folder that hold articles. What a link leads to is not followed: it may be outside, or come in
    twice."""
    for each in sorted(path.rglob("*")):
        if any(part.startswith((".", "__MACOSX")) for part in each.relative_to(path).parts):
            continue
        reads = each.suffix.lower() in _READERS
        try:
            if each.is_symlink():
                if reads or each.is_dir():
                    found.refused.append((_named(each, path), LINK))
            elif reads and each.is_file():
                yield each
        except OSError as error:
            found.refused.append((_named(each, path), UNREADABLE.format(why=error.strerror or error)))


def _named(path: Path, root: Path) -> str:
    return str(path.relative_to(root))


def _shelves(path: Path, found: Found) -> dict[str, dict[str, object]]:
    if path.is_symlink():
        found.refused.append((SHELVES, LINK))
        return {}
    if not path.is_file():
        return {}
    try:
        given = yaml.safe_load(text_of(path))
    except yaml.YAMLError:
        raise Refused(f"{path}: it is no YAML") from None
    if not isinstance(given, list):
        raise Refused(f"{path}: a list of categories is expected")
    return {str(one["key"]): one for one in given if isinstance(one, dict) and one.get("key")}


def _once(found: Found) -> None:
    """Of two files that are the same article in the same language and state, the first is taken."""
    seen: dict[tuple[str, str, bool], str] = {}
    kept = []
    for one in found.documents:
        name = (one.key, one.language, one.status == "draft")
        if name in seen:
            found.refused.append((one.source, f"{seen[name]} is the same article, {one.key} in {one.language}"))
            continue
        seen[name] = one.source
        kept.append(one)
    found.documents = kept
