"""Reading articles from a path: Markdown and HTML files in folders, CSV, and the JSON of other help centres."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from server.articles import from_csv, from_html, from_json, from_markdown
from server.articles.document import Document, Refused, text_of

SHELVES = "categories.yml"
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
    """All that a file or folder holds; `language` is that of texts which do not say. Raises Refused when there is no
    such path, or nothing in it to read."""
    if not path.exists():
        raise Refused(f"{path}: there is no such file or folder")
    root = (path if path.is_dir() else path.parent).resolve()
    found = Found(root)
    paths = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    wanted = [each for each in paths if each.suffix.lower() in _READERS and not _hidden(each, root)]
    if not wanted:
        raise Refused(f"{path}: no .md, .html, .csv or .json file in it")
    if (root / SHELVES).is_file() and path.is_dir():
        found.shelves = _shelves(root / SHELVES)
    for each in wanted:
        try:
            for one in _READERS[each.suffix.lower()](each, root, language):
                if isinstance(one, Document):
                    found.documents.append(one)
                else:
                    found.refused.append(one)
        except (Refused, OSError) as error:
            found.refused.append((_named(each, root), str(error)))
    _once(found)
    return found


def _hidden(path: Path, root: Path) -> bool:
    resolved = path.resolve()
    if not resolved.is_relative_to(root):
        return True
    return any(part.startswith((".", "__MACOSX")) for part in resolved.relative_to(root).parts)


def _named(path: Path, root: Path) -> str:
    return str(path.resolve().relative_to(root))


def _shelves(path: Path) -> dict[str, dict[str, object]]:
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
