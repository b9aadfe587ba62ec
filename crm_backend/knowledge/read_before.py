"""What somebody read and looked for in the help centre before they wrote, as the page they write on remembers it."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.knowledge.model import Article, Translation
from crm_backend.knowledge.schema import PATHS, path_of
from crm_backend.texts import clean_name

MOST: Final = 8
LONGEST_SEARCH: Final = 100
_LANGUAGES: Final = {path: language for language, path in PATHS.items()}
_ADDRESS: Final = re.compile(rf"({'|'.join(PATHS.values())})/([a-z0-9-]{{1,200}})")


async def named(session: AsyncSession, given: Any) -> list[dict[str, str]]:
    """The latest of it, in order: `{"title", "url"}` of articles that everybody may read, `{"search"}` for words.

    `given` is a list, or one in JSON, of paths of articles and of words after a question mark; anything else in it is
    left out. The browser says it: titles are ours.
    """
    found: list[dict[str, str]] = []
    for each in list(dict.fromkeys(reversed(_listed(given))))[:MOST]:
        if each.startswith("?"):
            words = clean_name(each[1:], length=LONGEST_SEARCH)
            found += [{"search": words}] if words else []
        elif (match := _ADDRESS.fullmatch(each)) is not None:
            language, slug = _LANGUAGES[match[1]], match[2]
            title = await session.scalar(
                select(Translation.title)
                .join(Article)
                .where(Translation.language == language, Translation.slug == slug)
                .where(Article.status == "published", Article.audience == "public")
            )
            found += [{"title": title, "url": path_of(language, slug)}] if title else []
    return found[::-1]


def _listed(given: Any) -> list[str]:
    if isinstance(given, str):
        try:
            given = json.loads(given) if len(given) <= 10_000 else None
        except (ValueError, RecursionError):
            return []
    return [each[:300] for each in given[-100:] if isinstance(each, str)] if isinstance(given, list) else []
