"""The articles of the demo company's help centre, read from their folder and published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
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
    from crm_backend.knowledge.schema import Draft
    from crm_backend.knowledge.services import publish
    from server.demo.knowledge import load_beside, load_shelves

    articles = read_articles(folder)
    await load_shelves(session, folder)
    for key, translations in articles.items():
        drafts = [
            Draft.model_validate({"language": language, **{name: text[name] for name in _DRAFTED}})
            for language, text in translations.items()
        ]
        either = next(iter(translations.values()))
        tags = [tag for text in translations.values() for tag in text.get("tags", [])]
        await publish(
            session,
            key=key,
            category=either["category"],
            translations=drafts,
            embed=embed,
            audience=either.get("audience", "public"),
            tags=tags,
        )
    await load_beside(session, folder)
    return len(articles)


_DRAFTED = ("slug", "title", "summary", "body", "questions")
_NEEDED = {"key", "category", "title", "slug", "summary", "questions"}


def _read(path: Path) -> dict[str, Any]:
    head, separator, body = path.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
    fields = yaml.safe_load(head) if separator else None
    if not isinstance(fields, dict) or (missing := _NEEDED - set(fields)):
        lacking = f": {', '.join(sorted(missing))}" if isinstance(fields, dict) else ""
        raise ValueError(f"{path} does not begin with the front matter of an article{lacking}")
    return {**fields, "body": body.strip()}
