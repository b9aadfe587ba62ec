"""HTML files: the pages that other help centres export, one an article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from crm_backend.knowledge.bringing import slug_of
from server.articles.converting import lead_of, markdown_of
from server.articles.document import Document, Refused, language_of, path_of, text_of
from server.articles.from_markdown import name_of

_BODIES = (
    "[itemprop=articleBody]", ".article-body", ".article__body", ".intercom-interblocks", ".article_content",
    ".article-content", ".fr-view", "article", "main", "[role=main]",
)  # fmt: skip
_NOT_BODY = "script, style, noscript, nav, header, footer, form, .article-votes, .breadcrumbs, .related-articles"
_NUMBER = re.compile(r"^(\d{5,})(?:[-_ ]|$)")


def read(path: Path, root: Path, language: str | None) -> Iterator[Document | tuple[str, str]]:
    """The article of a page. Raises Refused."""
    soup = BeautifulSoup(text_of(path), "html.parser")
    inside = path.resolve().relative_to(root)
    for tag in soup.select(_NOT_BODY):
        # A header or nav around the title of the article is not that of the page.
        if tag.name != "header" or tag.find("h1") is None:
            tag.decompose()
    title = _title(soup)
    if not title:
        raise Refused("it has no title")
    body = next((found for name in _BODIES if (found := soup.select_one(name)) is not None), soup.body or soup)
    for heading in body.find_all("h1"):
        if " ".join(heading.get_text(" ").split()) == title:
            heading.decompose()
    markdown = markdown_of(body.decode_contents())
    named, said = name_of(inside)
    url = _attribute(soup.select_one("link[rel=canonical]"), "href")
    number = _NUMBER.match(named)
    spoken = _attribute(soup.html, "lang")
    shelf = _shelf(soup, inside)
    yield Document(
        source=str(inside),
        key=f"article-{number[1]}" if number else slug_of(named),
        language=language_of(said or spoken, language),
        title=title,
        body=markdown,
        category=slug_of(shelf) if shelf else "general",
        category_name=shelf,
        summary=_attribute(soup.select_one("meta[name=description]"), "content")[:300] or lead_of(markdown),
        address=path_of(url),
        base=path.resolve().parent,
        names=[str(inside), *([path_of(url)] if url else [])],
    )


def _title(soup: BeautifulSoup) -> str:
    for name in ("h1", "meta[property='og:title']", "title"):
        tag = soup.select_one(name)
        words = "" if tag is None else _attribute(tag, "content") if tag.name == "meta" else tag.get_text(" ")
        if words.strip():
            return " ".join(words.split())
    return ""


def _shelf(soup: BeautifulSoup, inside: Path) -> str:
    named = _attribute(soup.select_one("meta[property='article:section']"), "content")
    folder = inside.parent.name
    return named or (folder if folder.lower() not in ("", "fr", "en", "articles", "html") else "")


def _attribute(tag: Tag | None, name: str) -> str:
    value = tag.get(name) if tag is not None else None
    return value.strip() if isinstance(value, str) else ""
