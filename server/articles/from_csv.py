"""CSV files: one article a row; the columns go by many names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from crm_backend.knowledge.bringing import slug_of
from server.articles.converting import lead_of, markdown_of
from server.articles.document import Document, Refused, language_of, path_of, status_of, text_of

COLUMNS = {
    "title": ("title", "name", "subject", "titre"),
    "body": ("body", "html", "content", "description", "answer", "contenu", "texte"),
    "language": ("language", "locale", "lang", "langue"),
    "category": ("category", "section", "folder", "collection", "categorie", "rubrique"),
    "key": ("key", "id", "article_id", "source_id"),
    "url": ("url", "html_url", "link", "address"),
    "status": ("status", "state", "statut"),
    "draft": ("draft", "brouillon"),
    "tags": ("tags", "labels", "label_names"),
    "summary": ("summary", "excerpt", "resume"),
    "audience": ("audience",),
    "slug": ("slug",),
}
_HTML = re.compile(r"</?(?:p|div|br|ul|ol|li|h[1-6]|table|a|strong|em|img|span)\b[^>]*>", re.IGNORECASE)


def read(path: Path, root: Path, language: str | None) -> Iterator[Document | tuple[str, str]]:
    """The articles of its rows, and the rows that hold none. Raises Refused."""
    text = text_of(path)
    csv.field_size_limit(2**24)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    rows = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    names = {slug_of(name).replace("-", "_"): name for name in rows.fieldnames or () if name}
    called = {field: next(filter(names.__contains__, among), "") for field, among in COLUMNS.items()}
    columns = {field: names[name] for field, name in called.items() if name}
    if missing := [field for field in ("title", "body") if field not in columns]:
        raise Refused(f"its first line names no column for: {', '.join(missing)}")
    inside = path.resolve().relative_to(root)
    try:
        for number, row in enumerate(rows, 2):
            source = f"{inside}, row {number}"
            given = {field: (row.get(column) or "").strip() for field, column in columns.items()}
            if not any(given.values()):
                continue
            try:
                yield _document(given, source, language)
            except Refused as error:
                yield source, str(error)
    except csv.Error as error:
        raise Refused(f"it cannot be read as CSV: {error}") from None


def _document(given: dict[str, str], source: str, language: str | None) -> Document:
    if not given["title"]:
        raise Refused("it has no title")
    body = markdown_of(given["body"]) if _HTML.search(given["body"]) else given["body"]
    shelf, url = given.get("category", ""), given.get("url", "")
    key = given.get("key", "")
    draft = given.get("draft", "").lower() in ("1", "true", "yes", "oui")
    return Document(
        source=source,
        key=f"article-{key}" if key.isdigit() else slug_of(key or given["title"]),
        language=language_of(given.get("language"), language),
        title=given["title"],
        body=body,
        category=slug_of(shelf) if shelf else "general",
        category_name=shelf if shelf != slug_of(shelf) else "",
        slug=given.get("slug", ""),
        summary=given.get("summary", "") or lead_of(body),
        tags=[tag.strip() for tag in re.split(r"[,;|]", given["tags"]) if tag.strip()] if "tags" in given else None,
        status="draft" if draft else status_of(given.get("status") or None),
        audience=given.get("audience") or None,
        address=path_of(url),
        names=[path_of(url)] if url else [],
    )
