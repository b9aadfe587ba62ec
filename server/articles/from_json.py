"""The JSON that other help centres answer with: Zendesk Guide (`articles`, `translations`), Intercom (`data`) and
Freshdesk (a list of solution articles)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crm_backend.knowledge.bringing import slug_of
from server.articles.converting import lead_of, markdown_of
from server.articles.document import Document, Refused, language_of, path_of, status_of, text_of

FRESHDESK_DRAFT = 1


def read(path: Path, root: Path, language: str | None) -> Iterator[Document | tuple[str, str]]:
    """The articles of a file, and those that are not taken. Raises Refused for JSON of another shape."""
    try:
        given = json.loads(text_of(path))
    except (ValueError, RecursionError):
        raise Refused("it is no JSON") from None
    inside = str(path.resolve().relative_to(root))
    shelves = _shelves(path.parent, given)
    for number, (one, shape) in enumerate(_articles(given), 1):
        source = f"{inside}, article {one.get('id') or number}"
        try:
            yield from _documents(one, shape, source, language, shelves)
        except Refused as error:
            yield source, str(error)


def _articles(given: Any) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(given, dict) and isinstance(given.get("article"), dict):
        found, shape = [given["article"]], "zendesk"
    elif isinstance(given, dict) and isinstance(given.get("articles"), list):
        found, shape = given["articles"], "zendesk"
    elif isinstance(given, dict) and isinstance(given.get("translations"), list):
        found, shape = given["translations"], "zendesk"
    elif isinstance(given, dict) and isinstance(given.get("data"), list):
        found, shape = given["data"], "intercom"
    elif isinstance(given, dict) and ("sections" in given or "categories" in given):
        return
    elif isinstance(given, list) and given and all(isinstance(one, dict) and "description" in one for one in given):
        found, shape = given, "freshdesk"
    else:
        raise Refused("no articles in a form that is known: Zendesk Guide, Intercom or Freshdesk")
    yield from ((one, shape) for one in found if isinstance(one, dict))


def _documents(
    one: dict[str, Any], shape: str, source: str, language: str | None, shelves: Mapping[str, str]
) -> Iterator[Document]:
    if shape == "zendesk":
        shelf = shelves.get(str(one.get("section_id")), "")
        key, said = one.get("source_id") or one.get("id"), one.get("locale")
        tags = one.get("label_names") if isinstance(one.get("label_names"), list) else None
        draft = bool(one.get("draft"))
        yield _document(one, source, key, language_of(said, language), one.get("html_url"), shelf, tags, draft=draft)
    elif shape == "freshdesk":
        shelf = shelves.get(str(one.get("folder_id")), "")
        tags = one.get("tags") if isinstance(one.get("tags"), list) else None
        given = {**one, "body": one.get("description")}
        draft = one.get("status") == FRESHDESK_DRAFT
        said = language_of(one.get("language"), language)
        yield _document(given, source, one.get("id"), said, one.get("url"), shelf, tags, draft=draft)
    else:
        shelf = shelves.get(str(one.get("parent_id")), "")
        others = one.get("translated_content")
        texts = {one.get("default_locale"): one}
        if isinstance(others, dict):
            texts |= {code: text for code, text in others.items() if isinstance(text, dict) and code in ("fr", "en")}
        for code, text in texts.items():
            draft = status_of(text.get("state")) == "draft"
            given = {**text, "summary": text.get("description")}
            said = language_of(code, language)
            yield _document(given, source, one.get("id"), said, text.get("url"), shelf, None, draft=draft)


def _document(
    given: Mapping[str, Any],
    source: str,
    key: object,
    language: str,
    url: object,
    shelf: str,
    tags: list[Any] | None,
    *,
    draft: bool,
) -> Document:
    title = str(given.get("title") or "").strip()
    if not title or not key:
        raise Refused("it has no title" if key else "it has no id")
    body = markdown_of(str(given.get("body") or ""))
    path = path_of(str(url or ""))
    return Document(
        source=source,
        key=f"article-{slug_of(str(key))}",
        language=language,
        title=title,
        body=body,
        category=slug_of(shelf) if shelf else "general",
        category_name=shelf,
        summary=str(given.get("summary") or "")[:300] or lead_of(body),
        tags=[str(tag) for tag in tags] if tags is not None else None,
        status="draft" if draft else "published",
        address=path,
        names=[path] if path else [],
    )


def _shelves(folder: Path, given: Any) -> dict[str, str]:
    """What sections, folders and collections are called, by their number, in this file or one beside it."""
    found: dict[str, str] = {}
    beside = [folder / f"{name}.json" for name in ("sections", "categories", "collections", "folders")]
    for source in (given, *(each for path in beside if path.is_file() and (each := _quietly(path)) is not None)):
        lists = list(source.values()) if isinstance(source, dict) else [source]
        for rows in lists:
            for one in rows if isinstance(rows, list) else ():
                if isinstance(one, dict) and one.get("id") and one.get("name"):
                    found.setdefault(str(one["id"]), str(one["name"]))
    return found


def _quietly(path: Path) -> Any:
    try:
        return json.loads(text_of(path))
    except (Refused, ValueError, RecursionError):
        return None
