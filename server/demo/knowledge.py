"""What stands beside the demo's articles: shelves, synonyms, test questions, canned replies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.canned import services as canned
from crm_backend.knowledge import bringing, categories, coverage, synonyms
from crm_backend.knowledge.model import Article


async def load_shelves(session: AsyncSession, folder: Path) -> None:
    """The categories that articles stand on; before the articles."""
    for key, shelf in _shelves(folder).items():
        await categories.add(session, actor=SYSTEM, key=key, **shelf)


async def new_shelves(session: AsyncSession, folder: Path) -> None:
    """Those of them that are not there yet."""
    await bringing.shelves_for(session, _shelves(folder), actor=SYSTEM)


def _shelves(folder: Path) -> dict[str, dict[str, Any]]:
    return {
        shelf["key"]: {"names": {"fr": shelf["fr"], "en": shelf["en"]}, "position": position}
        for position, shelf in enumerate(_read(folder / "categories.yml"), 1)
    }


async def load_beside(session: AsyncSession, folder: Path) -> None:
    """Synonyms, test questions and canned replies; after the articles."""
    for language, groups in dict(_read(folder / "synonyms.yml")).items():
        for terms in groups:
            await synonyms.add(session, actor=SYSTEM, language=language, terms=terms)
    for reply in _read(folder / "canned.yml"):
        await canned.add(session, actor=SYSTEM, fields=reply)
    known = {row.key: row.id for row in await session.execute(select(Article.key, Article.id))}
    for key, by_language in dict(_read(folder / "tests.yml")).items():
        for language, questions in by_language.items():
            for question in questions:
                await coverage.add(session, actor=SYSTEM, article_id=known[key], language=language, question=question)


def _read(path: Path) -> Any:
    """What the file holds; nothing for a folder that has no such file."""
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else []
