"""The articles of the demo company's help centre, read from their folder and published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

Embed = Callable[[list[str]], list[list[float]]]
LANGUAGES = ("fr", "en")


def read_articles(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Front matter and `body` of every article, by key and language. Raises ValueError naming a bad file."""
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for language in LANGUAGES:
        for path in sorted((folder / language).glob("*.md")):
            article = _read(path)
            found[article["key"]][language] = article
    return dict(found)


async def load_articles(session: AsyncSession, folder: Path, embed: Embed) -> int:
    """Publishes every article of the folder with what stands beside it, and returns how many. The caller commits."""
    from server.demo.knowledge import load_beside, load_shelves

    articles = read_articles(folder)
    await load_shelves(session, folder)
    for key, translations in articles.items():
        await _publish(session, key, translations, embed)
    await load_beside(session, folder)
    return len(articles)


async def renew_articles(session: AsyncSession, folder: Path, embed: Embed) -> int:
    """Publishes what the folder says anew, and how many articles that is; those that people have written, sorted or
    withdrawn stay as they are. The caller commits."""
    from crm_backend.knowledge.bringing import touched
    from server.demo.knowledge import new_shelves

    known = await _published(session)
    changed = {
        key: translations
        for key, translations in read_articles(folder).items()
        if any(known.get((key, language)) != _texts(text) for language, text in translations.items())
    }
    theirs = await touched(session) if changed else set()
    renewed = {key: translations for key, translations in changed.items() if key not in theirs}
    if renewed:
        await new_shelves(session, folder)
    for key, translations in renewed.items():
        await _publish(session, key, translations, embed)
    return len(renewed)


async def _publish(session: AsyncSession, key: str, translations: dict[str, dict[str, Any]], embed: Embed) -> None:
    from crm_backend.knowledge.schema import Draft
    from crm_backend.knowledge.services import publish

    either = next(iter(translations.values()))
    await publish(
        session,
        key=key,
        category=either["category"],
        translations=[
            Draft.model_validate({"language": language, **{name: text[name] for name in _DRAFTED}})
            for language, text in translations.items()
        ],
        embed=embed,
        audience=either.get("audience", "public"),
        tags=[tag for text in translations.values() for tag in text.get("tags", [])],
    )


async def _published(session: AsyncSession) -> dict[tuple[str, str], tuple[str, ...]]:
    """What every published text says, by key and language."""
    from crm_backend.knowledge.model import Article, ArticleVersion

    rows = await session.execute(
        select(Article.key, ArticleVersion)
        .join(ArticleVersion, ArticleVersion.article_id == Article.id)
        .where(ArticleVersion.status == "published")
    )
    return {
        (key, row.language): (row.slug, row.title, row.summary, row.body, *row.asked.splitlines())
        for key, row in rows.tuples()
    }


def _texts(text: dict[str, Any]) -> tuple[str, ...]:
    return (text["slug"], text["title"], text["summary"], text["body"], *text["questions"])


_DRAFTED = ("slug", "title", "summary", "body", "questions")
_NEEDED = {"key", "category", "title", "slug", "summary", "questions"}


def _read(path: Path) -> dict[str, Any]:
    head, separator, body = path.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
    fields = yaml.safe_load(head) if separator else None
    if not isinstance(fields, dict) or (missing := _NEEDED - set(fields)):
        lacking = f": {', '.join(sorted(missing))}" if isinstance(fields, dict) else ""
        raise ValueError(f"{path} does not begin with the front matter of an article{lacking}")
    return {**fields, "body": body.strip()}
