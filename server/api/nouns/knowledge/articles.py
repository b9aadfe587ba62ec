"""Articles, their files, and the notices about their twins."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from crm_backend.attachments.schema import FileRef
from crm_backend.knowledge import drafts, pictures, reading, reviewing, twins
from crm_backend.knowledge.model import Article
from server.api import ABSENT, Call, In, Listing, Out, Page, Patch, Sorts, Sparse, Upload, VersionedOut
from server.api.nouns.knowledge.shared import (
    Audience,
    Body,
    Key,
    Language,
    Note,
    Questions,
    Summary,
    Tag,
    Tags,
    Title,
    noun,
)
from server.api.nouns.knowledge.versions import VersionOut, shown


class SideOut(Out):
    """The article in one language; `published` and `open` are numbers of versions."""

    language: Language
    title: str
    slug: str
    published: int | None
    open: int | None
    open_status: Literal["draft", "in_review", "scheduled"] | None


class ArticleOut(VersionedOut):
    id: UUID
    key: str = Field(examples=["return-an-item"])
    category: str = Field(examples=["returns"])
    status: Literal["draft", "published", "archived"]
    audience: Audience
    tags: list[str]
    languages: list[SideOut]
    created_at: datetime
    updated_at: datetime


class ArticleIn(In):
    key: Key
    category: Key
    language: Language
    slug: Key
    title: Title
    summary: Summary = ""
    body: Body = ""
    questions: Questions = Field(default_factory=list)
    note: Note = ""
    audience: Audience = "public"
    tags: Tags = Field(default_factory=list)


class ArticlePatch(Patch):
    category: Key = ABSENT
    audience: Audience = ABSENT
    tags: Tags = ABSENT


class ArticleQuery(Listing):
    key: Key | None = None
    category: Key | None = None
    tag: Tag | None = None
    audience: Audience | None = None
    status: Literal["draft", "published", "archived"] | None = None


ARTICLE_SORTS = Sorts(
    by=Article.id, default="key", key=Article.key, created_at=Article.created_at, updated_at=Article.updated_at
)


@noun.get("/articles", needs="knowledge.read", fr="Lister les articles", en="List articles", sorts=ARTICLE_SORTS)
async def list_articles(call: Call, query: ArticleQuery) -> Page[ArticleOut]:
    found = reading.articles(
        call.actor,
        category=query.category,
        tag=query.tag,
        audience=query.audience,
        status=query.status,
        key=query.key,
    )
    rows, cursor = await call.rows(found, query)
    sides = await reading.sides(call.session, [row[0].id for row in rows])
    return Page([_article(row[0], sides.get(row[0].id, [])) for row in rows], cursor)


@noun.post("/articles", needs="knowledge.propose", fr="Commencer un article", en="Begin an article", status=201)
async def begin_article(call: Call, body: ArticleIn) -> ArticleOut:
    """Its first draft, in one language."""
    texts = {name: getattr(body, name) for name in ("slug", "title", "summary", "body", "questions", "note")}
    row = await drafts.create(
        call.session,
        actor=call.actor,
        key=body.key,
        category=body.category,
        language=body.language,
        texts=texts,
        audience=body.audience,
        tags=body.tags,
    )
    return await _read(call, row.article_id)


@noun.get("/articles/{article_id}", needs="knowledge.read", fr="Lire un article", en="Read an article")
async def read_article(call: Call, article_id: UUID, query: Sparse) -> ArticleOut:
    return await _read(call, article_id)


@noun.patch("/articles/{article_id}", needs="knowledge.write", fr="Classer un article", en="File an article")
async def change_article(call: Call, article_id: UUID, body: ArticlePatch) -> ArticleOut:
    await drafts.change_article(
        call.session, actor=call.actor, article_id=article_id, changes=body.given(), version=call.version
    )
    return await _read(call, article_id)


class RollBackIn(In):
    language: Language
    number: Annotated[int, Field(ge=1, le=2**31 - 1, description="The version to go back to.")]


@noun.post(
    "/articles/{article_id}/roll-back",
    needs="knowledge.publish",
    fr="Revenir à une version",
    en="Roll back",
    status=201,
)
async def roll_back_article(call: Call, article_id: UUID, body: RollBackIn) -> VersionOut:
    row = await reviewing.roll_back(
        call.session,
        actor=call.actor,
        article_id=article_id,
        language=body.language,
        number=body.number,
        embed=call.means.embedder.several,
    )
    return shown(row)


class TwinIn(In):
    language: Language


@noun.post(
    "/articles/{article_id}/confirm-twin",
    needs="knowledge.write",
    fr="Confirmer qu’une traduction est à jour",
    en="Confirm that a translation is up to date",
)
async def confirm_twin(call: Call, article_id: UUID, body: TwinIn) -> ArticleOut:
    await reviewing.confirm_twin(
        call.session, actor=call.actor, article_id=article_id, language=body.language, version=call.version
    )
    return await _read(call, article_id)


class NoticeOut(Out):
    """`stale`: the text in `language` is behind its twin; `missing`: there is none."""

    article_id: UUID
    key: str
    language: Language
    kind: Literal["stale", "missing"]
    twin_title: str
    since: datetime


class TwinNoticesOut(Out):
    items: list[NoticeOut]


class TwinQuery(In):
    article_id: UUID | None = None


@noun.get("/twin-notices", needs="knowledge.read", fr="Traductions à revoir", en="Translations to see to")
async def list_twin_notices(call: Call, query: TwinQuery) -> TwinNoticesOut:
    """At most 200, the longest waiting first."""
    found = await twins.notices(call.session, actor=call.actor, article_id=query.article_id)
    return TwinNoticesOut(items=[NoticeOut.model_validate(one) for one in found])


class ArticleFileOut(Out):
    """`url` is good for an hour; in a text the file is `/files/<id>`."""

    id: UUID
    kind: str
    name: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    url: str


class ArticleFilesOut(Out):
    items: list[ArticleFileOut]


@noun.get("/articles/{article_id}/files", needs="knowledge.read", fr="Fichiers d’un article", en="An article’s files")
async def list_article_files(call: Call, article_id: UUID) -> ArticleFilesOut:
    await reading.article(call.session, actor=call.actor, article_id=article_id)
    files = await pictures.of(call.session, article_id)
    return ArticleFilesOut(items=[_file(call, file) for file in files])


@noun.post(
    "/articles/{article_id}/files", needs="knowledge.propose", fr="Joindre un fichier", en="Attach a file", status=201
)
async def attach_article_file(call: Call, article_id: UUID, upload: Upload) -> ArticleFileOut:
    await reading.article(call.session, actor=call.actor, article_id=article_id)
    kept = await call.means.files.keep(
        upload.in_pieces(), name=upload.name, declared_type=upload.content_type, uploaded_by=call.actor.name
    )
    file = await pictures.attach(call.session, actor=call.actor, article_id=article_id, file_id=kept.id)
    return _file(call, file)


@noun.delete(
    "/articles/{article_id}/files/{file_id}", needs="knowledge.write", fr="Détacher un fichier", en="Detach a file"
)
async def detach_article_file(call: Call, article_id: UUID, file_id: UUID) -> None:
    await pictures.detach(call.session, actor=call.actor, article_id=article_id, file_id=file_id)


async def _read(call: Call, article_id: UUID) -> ArticleOut:
    row = await reading.article(call.session, actor=call.actor, article_id=article_id)
    return _article(row, (await reading.sides(call.session, [row.id])).get(row.id, []))


def _article(row: Article, sides: list[reading.Side]) -> ArticleOut:
    names = set(ArticleOut.model_fields) - {"languages"}
    return ArticleOut(
        languages=[SideOut.model_validate(side) for side in sides], **{name: getattr(row, name) for name in names}
    )


def _file(call: Call, file: FileRef) -> ArticleFileOut:
    names = set(ArticleFileOut.model_fields) - {"url"}
    return ArticleFileOut(url=call.means.files.path(file.id), **{name: getattr(file, name) for name in names})
