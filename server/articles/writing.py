"""Writing articles as files that can be read again: a folder for each category, its pictures beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.errors import NotFound
from crm_backend.knowledge import categories, pictures
from crm_backend.knowledge.drafts import OPEN
from crm_backend.knowledge.model import Article, ArticleVersion
from server.articles.reading import SHELVES
from server.files.store import FileStore

PICTURES = "pictures"
_FILE = re.compile(r"\]\(/files/([0-9a-fA-F-]{36})")
_PREFIX = re.compile(r"^[0-9a-f]{12}-")


@dataclass(frozen=True)
class Written:
    """How many texts and files were written, and files that are gone."""

    texts: int
    files: int
    gone: Sequence[str]


async def write(session: AsyncSession, folder: Path, *, actor: Actor, files: FileStore) -> Written:
    """Every published text and every draft. Needs knowledge.read. Raises OSError."""
    actor.need("knowledge.read")
    shelves = await categories.shelves(session)
    told = [
        {"key": one.key, "names": dict(one.names), "parent": one.parent, "position": one.position} for one in shelves
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SHELVES).write_text(_yaml(told), encoding="utf-8")
    rows = await session.execute(
        select(Article, ArticleVersion)
        .join(ArticleVersion, ArticleVersion.article_id == Article.id)
        .where(ArticleVersion.status.in_(("published", *OPEN)))
        .order_by(Article.key, ArticleVersion.language, ArticleVersion.number)
    )
    texts, written, gone = 0, set[str](), list[str]()
    for article, version in rows.tuples():
        kept = {str(file.id): file for file in await pictures.of(session, article.id)}
        names: dict[str, str] = {}
        for file_id in dict.fromkeys(_FILE.findall(version.body)):
            file = kept.get(file_id.lower())
            if file is None:
                gone.append(f"{article.key}: {file_id}")
                continue
            name = f"{article.key}-{_PREFIX.sub('', file.name).removeprefix(f'{article.key}-')}"
            while any(name == other for other in names.values()):
                name = f"{file_id[:8]}-{name}"
            names[file_id] = f"../{PICTURES}/{name}"
            if await _saved(folder / PICTURES / name, file.id, files):
                written.add(name)
            else:
                gone.append(f"{article.key}: {file.name}")
        _text(folder, article, version, names)
        texts += 1
    return Written(texts, len(written), gone)


async def _saved(path: Path, file_id: Any, files: FileStore) -> bool:
    try:
        content = await files.read(file_id)
    except NotFound:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def _text(folder: Path, article: Article, version: ArticleVersion, names: dict[str, str]) -> None:
    draft = version.status != "published"
    fields: dict[str, Any] = {
        "key": article.key,
        "title": version.title,
        "language": version.language,
        "category": article.category,
        "tags": list(article.tags),
        "status": "draft" if draft else "published",
        "audience": article.audience,
        "updated": version.updated_at.date().isoformat(),
        "slug": version.slug,
        "summary": version.summary,
        "questions": version.asked.splitlines(),
    }
    body = _FILE.sub(lambda match: f"]({names.get(match[1], f'/files/{match[1]}')}", version.body)
    path = folder / article.category / f"{article.key}.{version.language}{'.draft' if draft else ''}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{_yaml(fields)}---\n\n{body.strip()}\n", encoding="utf-8")


def _yaml(value: object) -> str:
    return str(yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=1_000))
