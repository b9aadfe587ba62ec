"""Articles that come from elsewhere: each is put in once, however often it comes, never over what people wrote here.

What was brought before is known by its writer: a version that only programs wrote. Once somebody has written a newer
one, or withdrawn it, a text that changed elsewhere is put beside it as a draft, and one that did not is left.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend import values
from crm_backend.access.actor import Actor
from crm_backend.audit.model import AuditEntry
from crm_backend.audit.services import record
from crm_backend.database import new_id
from crm_backend.errors import NotNow
from crm_backend.knowledge import categories, drafts, lengths, publishing, services
from crm_backend.knowledge.model import Article, ArticleAddress, ArticleVersion, Category, Translation
from crm_backend.knowledge.publishing import EmbedLater, embedded
from crm_backend.knowledge.schema import Draft

PROGRAMS = frozenset({"system", "command-line"})
LONGEST_ADDRESS = 500
_NOT_KEY = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class BroughtText:
    """An article in one language; `slug` may be empty. `address` is the path at which it stood elsewhere."""

    language: str
    title: str
    body: str
    slug: str = ""
    summary: str = ""
    questions: Sequence[str] = ()
    status: str = "published"
    address: str = ""


@dataclass(frozen=True)
class Brought:
    """An article with its texts. What is None is left as it is here. In a body a file is `(file:NAME)`."""

    key: str
    texts: Sequence[BroughtText]
    category: str = "general"
    names: Mapping[str, str] = field(default_factory=dict)
    audience: str | None = None
    tags: Sequence[str] | None = None


@dataclass(frozen=True)
class Done:
    """What became of a text: `new`, `changed`, `same`, `draft` (begun or written on), `beside` (a draft beside what
    people wrote here), `kept` (people wrote here since, and it has not changed elsewhere), or `left` (archived)."""

    language: str
    what: str


def slug_of(title: str) -> str:
    """The title as a name for addresses; `article` where nothing is left of it."""
    plain = unicodedata.normalize("NFKD", title.replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(each for each in plain if not unicodedata.combining(each)).lower()
    return _NOT_KEY.sub("-", letters).strip("-")[: lengths.TITLE].strip("-") or "article"


async def shelves_for(session: AsyncSession, shelves: Mapping[str, Mapping[str, Any]], *, actor: Actor) -> None:
    """Makes the categories that are not here yet, by key, each with `names`, `parent` and `position`. Needs
    knowledge.write. Raises Invalid."""
    known = {row.key: row.id for row in await session.scalars(select(Category))}
    left = {key: shelf for key, shelf in shelves.items() if key not in known}
    while ready := [key for key, shelf in left.items() if shelf.get("parent") not in left]:
        for key in ready:
            shelf = left.pop(key)
            names, position = shelf.get("names"), shelf.get("position")
            row = await categories.add(
                session,
                actor=actor,
                key=key,
                names=names if isinstance(names, Mapping) else dict.fromkeys(values.LANGUAGES, key),
                parent_id=known.get(str(shelf.get("parent"))),
                position=position if isinstance(position, int) else 100,
            )
            known[key] = row.id


async def article_for(session: AsyncSession, brought: Brought, *, actor: Actor) -> Article:
    """The article of this key, locked, with its category, made where there is none. Needs knowledge.publish_own. Raises
    Invalid."""
    actor.need("knowledge.publish_own")
    key = values.key_of("key", brought.key)
    category = values.key_of("category", brought.category)
    if not await session.scalar(select(exists().where(Category.key == category))):
        await categories.ensure(session, category)
        if brought.names:
            row = (await session.scalars(select(Category).where(Category.key == category))).one()
            row.names = {**row.names, **brought.names}
    article = await session.scalar(select(Article).where(Article.key == key).with_for_update())
    audience = values.choice("audience", brought.audience or "public", drafts.AUDIENCES)
    tags = values.tags_of("tags", list(brought.tags or ()))
    if article is None:
        article = Article(id=new_id(), key=key, category=category, status="draft", audience=audience, tags=tags)
        session.add(article)
        await session.flush()
        record(
            session, actor=actor, action="created", subject=("article", article.id), plain=("key",), new={"key": key}
        )
        return article
    wanted: dict[str, Any] = {"category": category}
    wanted |= {"audience": audience} if brought.audience else {}
    wanted |= {"tags": tags} if brought.tags is not None else {}
    changes = {name: value for name, value in wanted.items() if getattr(article, name) != value}
    if changes and not await _sorted_by_people(session, article.id):
        await drafts.change_article(session, actor=actor, article_id=article.id, changes=changes)
    return article


async def bring(
    session: AsyncSession,
    article: Article,
    texts: Sequence[BroughtText],
    *,
    actor: Actor,
    files: Mapping[str, UUID],
    embed: EmbedLater,
) -> list[Done]:
    """Puts texts into an article of `article_for`; what became of each. `files` are those that the bodies name. Raises
    Invalid for what no text can be, NotNow where people are writing a draft."""
    found, shown = [], 0
    for text in texts:
        done = await _bring(session, article, text, actor=actor, files=files, embed=embed)
        shown += text.status == "published" and done.what in ("new", "changed")
        found.append(done)
        if text.address:
            await _address(session, article, text)
    if shown > 1:
        await publishing.agree(session, article.id)
    return found


async def _bring(
    session: AsyncSession,
    article: Article,
    text: BroughtText,
    *,
    actor: Actor,
    files: Mapping[str, UUID],
    embed: EmbedLater,
) -> Done:
    language = values.language_of("language", text.language)
    rows = await session.scalars(
        select(ArticleVersion)
        .where(ArticleVersion.article_id == article.id, ArticleVersion.language == language)
        .order_by(ArticleVersion.number)
    )
    versions = list(rows)
    given = {"title": text.title, "summary": text.summary, "questions": list(text.questions)}
    given |= {"slug": text.slug or await _slug(session, article, versions, text), "body": _with_files(text.body, files)}
    columns = drafts.texts_of(given, whole=True)
    open_one = next((one for one in versions if one.status in drafts.OPEN), None)
    if text.status == "archived":
        return Done(language, "left")
    published = next((one for one in versions if one.status == "published"), None)
    if published is not None and _says(published, columns):
        return Done(language, "same")
    withdrawn = published is None and any(one.published_at is not None for one in versions)
    by_people = withdrawn or _by_people(versions)
    if text.status == "draft" or by_people:
        if any(_says(one, columns) for one in versions if one is not published):
            return Done(language, "kept" if by_people else "same")
        await _drafted(session, article, language, open_one, given, actor)
        return Done(language, "beside" if by_people else "draft")
    questions = columns.pop("asked", "").splitlines()
    draft = Draft.model_validate({"language": language, "questions": questions, **columns})
    vectors = await embed(embedded(draft))
    await services.publish(
        session,
        key=article.key,
        category=article.category,
        translations=[draft],
        embed=lambda _: vectors,
        actor=actor,
    )
    return Done(language, "changed" if versions else "new")


def _by_people(versions: Sequence[ArticleVersion]) -> bool:
    """Whether people have published something, or are writing it, since programs last published."""
    settled = [one for one in versions if one.published_at is not None or one.status in drafts.OPEN]
    brought = max((one.number for one in settled if one.published_at and set(one.writers) <= PROGRAMS), default=0)
    return any(one.number > brought and not set(one.writers) <= PROGRAMS for one in settled)


def _says(version: ArticleVersion, columns: Mapping[str, Any]) -> bool:
    return all(getattr(version, name) == value for name, value in columns.items())


async def _drafted(
    session: AsyncSession,
    article: Article,
    language: str,
    open_one: ArticleVersion | None,
    given: Mapping[str, Any],
    actor: Actor,
) -> None:
    """Writes a draft, or on the one that programs alone began. Raises NotNow where people write one."""
    if open_one is None:
        await drafts.begin(session, actor=actor, article_id=article.id, language=language, texts=given)
    elif open_one.status == "draft" and set(open_one.writers) <= PROGRAMS:
        await drafts.edit(session, actor=actor, version_id=open_one.id, changes=given)
    else:
        raise NotNow("draft_open", number=open_one.number)


async def _slug(session: AsyncSession, article: Article, versions: Sequence[ArticleVersion], text: BroughtText) -> str:
    """The address it has here, or one of its title that no other article has."""
    if versions:
        return versions[-1].slug
    slug = slug_of(text.title)
    taken = select(Translation.id).where(
        Translation.language == text.language, Translation.slug == slug, Translation.article_id != article.id
    )
    return f"{slug}-{article.key}"[: lengths.TITLE] if await session.scalar(taken) else slug


def _with_files(body: str, files: Mapping[str, UUID]) -> str:
    for name, file_id in files.items():
        body = body.replace(f"(file:{name})", f"(/files/{file_id})")
    return body


async def touched(session: AsyncSession) -> set[str]:
    """The keys of the articles that somebody has written, sorted, published or withdrawn here by hand."""
    written = exists().where(
        ArticleVersion.article_id == Article.id, ~ArticleVersion.writers.contained_by(sorted(PROGRAMS))
    )
    done = exists().where(
        AuditEntry.subject_kind == "article",
        AuditEntry.subject_id == cast(Article.id, Text),
        AuditEntry.actor.not_in(PROGRAMS),
    )
    return set(await session.scalars(select(Article.key).where(or_(written, done))))


async def _sorted_by_people(session: AsyncSession, article_id: UUID) -> bool:
    """Whether somebody at the desk gave it its category, tags or readers."""
    by_hand = exists().where(
        AuditEntry.subject_kind == "article",
        AuditEntry.subject_id == str(article_id),
        AuditEntry.action == "changed",
        AuditEntry.actor.not_in(PROGRAMS),
    )
    return bool(await session.scalar(select(by_hand)))


async def _address(session: AsyncSession, article: Article, text: BroughtText) -> None:
    row = {"path": text.address[:LONGEST_ADDRESS], "article_id": article.id, "language": text.language}
    to = {"article_id": article.id, "language": text.language}
    made = insert(ArticleAddress).values(**row)
    await session.execute(made.on_conflict_do_update(index_elements=["path"], set_=to))
