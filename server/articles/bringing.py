"""Putting what was read into the knowledge base, an article at a time, and telling what became of each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.attachments.model import Attachment
from crm_backend.database import Sessions, new_id
from crm_backend.errors import Invalid, RelaisError
from crm_backend.knowledge import bringing, pictures
from crm_backend.knowledge.bringing import Brought, BroughtText
from crm_backend.knowledge.model import DIMENSIONS, Article, ArticleFile
from crm_backend.knowledge.publishing import Vectors
from server.articles.document import Document, Refused
from server.articles.linking import index_of, linked
from server.articles.reading import Found
from server.files.store import FileStore
from server.problems import sentence

NAMED = 12
"""Characters of what is in a file that its name here begins with."""


class _Undone(Exception):
    """Ends a transaction of which nothing is to stay."""


@dataclass
class Report:
    """What became of each text, what was refused and why, and what whoever imports should look at."""

    done: list[tuple[str, str, str]] = field(default_factory=list)
    """The file, the language, and what `bringing.Done` says."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)


async def bring_all(
    sessions: Sessions,
    found: Found,
    *,
    actor: Actor,
    files: FileStore,
    embed: Callable[[list[str]], Awaitable[Vectors]],
    dry: bool = False,
) -> Report:
    """Brings article by article, each in a transaction. With `dry` nothing is kept."""
    report = Report(refused=list(found.refused))
    async with sessions.begin() as session:
        if not dry:
            await bringing.shelves_for(session, found.shelves, actor=actor)
    index = index_of(found.documents)
    for one in found.documents:
        linked(one, index, found.root)
        report.warnings += [(one.source, warning) for warning in one.warnings]
    ordered = sorted(found.documents, key=lambda one: (one.key, one.language, one.status == "draft"))
    for key, group in groupby(ordered, key=lambda one: one.key):
        texts = list(group)
        try:
            async with sessions.begin() as session:
                done = await _bring(session, key, texts, found, actor=actor, files=files, embed=embed, dry=dry)
                report.done += done
                if dry:
                    raise _Undone
        except _Undone:
            pass
        except RelaisError as error:
            report.refused += [(one.source, _why(error)) for one in texts]
    return report


async def _bring(
    session: AsyncSession,
    key: str,
    texts: Sequence[Document],
    found: Found,
    *,
    actor: Actor,
    files: FileStore,
    embed: Callable[[list[str]], Awaitable[Vectors]],
    dry: bool,
) -> list[tuple[str, str, str]]:
    first = texts[0]
    said = next((one for one in texts if one.tags is not None), None)
    shelf = found.shelves.get(first.category, {})
    names = shelf.get("names")
    spoken = {one.language: one.category_name for one in texts if one.category_name}
    brought = Brought(
        key=key,
        texts=[_text(one) for one in texts],
        category=first.category,
        names=names if isinstance(names, dict) else spoken and {"fr": _any(spoken), "en": _any(spoken), **spoken},
        audience=next((one.audience for one in texts if one.audience), None),
        tags=said.tags if said else None,
    )
    article = await bringing.article_for(session, brought, actor=actor)
    wanted = {name: path for one in texts for name, path in one.pictures.items()}
    ids = await _files(session, article, wanted, actor=actor, files=files, dry=dry)
    done = await bringing.bring(
        session, article, brought.texts, actor=actor, files=ids, embed=_nothing if dry else embed
    )
    return [(one.source, each.language, each.what) for one, each in zip(texts, done, strict=True)]


def _any(spoken: dict[str, str]) -> str:
    return next(iter(spoken.values()))


def _text(one: Document) -> BroughtText:
    return BroughtText(
        language=one.language,
        title=one.title,
        body=one.body,
        slug=one.slug,
        summary=one.summary,
        questions=one.questions,
        status=one.status,
        address=one.address,
    )


async def _nothing(texts: list[str]) -> Vectors:
    """Vectors of what is not kept."""
    return [[1.0] + [0.0] * (DIMENSIONS - 1) for _ in texts]


async def _files(
    session: AsyncSession, article: Article, wanted: dict[str, Path], *, actor: Actor, files: FileStore, dry: bool
) -> dict[str, UUID]:
    """The files of the texts by name: those that the article has, known by what is in them, and new ones."""
    if not wanted:
        return {}
    rows = await session.execute(
        select(Attachment.id, Attachment.name, Attachment.sha256)
        .join(ArticleFile, ArticleFile.attachment_id == Attachment.id)
        .where(ArticleFile.article_id == article.id)
    )
    there = rows.tuples().all()
    found: dict[str, UUID] = {}
    for name, path in wanted.items():
        same = (each for each, called, content in there if content == name or called.startswith(name[:NAMED]))
        known = next(same, None)
        if known is None and dry:
            known = new_id()
        if known is None:
            kept = await files.keep(_chunks(path), name=f"{name[:NAMED]}-{path.name}", uploaded_by=actor.name)
            await pictures.attach(session, actor=actor, article_id=article.id, file_id=kept.id)
            known = kept.id
        found[name] = known
    return found


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refused(f"its picture {path.name} cannot be read: {error.strerror or error}") from error
    yield content


def _why(error: RelaisError) -> str:
    if isinstance(error, Refused):
        return str(error)
    words = sentence(error, "en")
    return f"{error.field}: {words}" if isinstance(error, Invalid) else words
