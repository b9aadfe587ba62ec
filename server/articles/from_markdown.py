"""Markdown files with front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from crm_backend.knowledge.bringing import slug_of
from server.articles.converting import lead_of
from server.articles.document import Document, Refused, language_of, path_of, status_of, text_of

_LANGUAGE = re.compile(r"^(?P<name>.+?)[._-](?P<language>fr|en)(?:[-_][A-Za-z]{2})?(?P<draft>\.draft)?$")
_TITLE = re.compile(r"\A\s*# +(?=\S)([^\n]+)\n?")


def read(path: Path, root: Path, language: str | None) -> Iterator[Document | tuple[str, str]]:
    """The article of a file. Raises Refused."""
    fields, body = parted(text_of(path))
    inside = path.resolve().relative_to(root)
    named, said = name_of(inside)
    title = str(fields.get("title") or "").strip()
    if not title and (first := _TITLE.match(body)) is not None:
        title, body = first[1].strip(), body[first.end() :]
    if not title:
        raise Refused("it has no title, neither in its front matter nor as a first heading")
    body = body.strip()
    shelf = str(fields.get("category") or (inside.parent.name if inside.parent.name not in ("", "fr", "en") else ""))
    url = str(fields.get("url") or "")
    yield Document(
        source=str(inside),
        key=slug_of(str(fields.get("key") or named)),
        language=language_of(fields.get("language") or fields.get("lang") or fields.get("locale") or said, language),
        title=title,
        body=body,
        category=slug_of(shelf) if shelf else "general",
        category_name=shelf if shelf and slug_of(shelf) != shelf else "",
        slug=str(fields.get("slug") or ""),
        summary=str(fields.get("summary") or fields.get("description") or "") or lead_of(body),
        questions=_lines(fields.get("questions")),
        tags=_lines(fields["tags"]) if "tags" in fields else None,
        status="draft" if fields.get("draft") is True else status_of(fields.get("status")),
        audience=str(fields["audience"]) if "audience" in fields else None,
        address=path_of(url),
        base=path.resolve().parent,
        names=[str(inside), *([path_of(url)] if url else [])],
    )


def parted(text: str) -> tuple[dict[str, Any], str]:
    """Front matter and the rest. Raises Refused for front matter that is no YAML."""
    if not text.startswith("---\n"):
        return {}, text
    head, ends, body = text.removeprefix("---\n").partition("\n---\n")
    if not ends:
        raise Refused("its front matter does not end: a line with --- is expected")
    try:
        fields = yaml.safe_load(head)
    except (yaml.YAMLError, RecursionError):
        raise Refused("its front matter is no YAML") from None
    if not isinstance(fields, dict):
        raise Refused("its front matter is no list of names and values")
    return {str(name).lower(): value for name, value in fields.items()}, body


def name_of(inside: Path) -> tuple[str, str]:
    """What names the article of a file, and its language, where its name or a folder says it."""
    match = _LANGUAGE.match(inside.stem)
    if match is not None:
        return match["name"], match["language"]
    folder = next((part for part in inside.parts[:-1] if part.lower() in ("fr", "en")), "")
    return inside.stem, folder.lower()


def _lines(given: object) -> list[str]:
    if given is None:
        return []
    if isinstance(given, str):
        return [part.strip() for part in given.split(",") if part.strip()]
    return [str(each) for each in given] if isinstance(given, list) else [str(given)]
