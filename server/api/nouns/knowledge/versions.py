"""Versions of articles: written, reviewed, published, compared."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from crm_backend.knowledge import difference, drafts, reading, reviewing
from crm_backend.knowledge.model import ArticleVersion
from server.api import ABSENT, Call, In, Listing, Moment, Out, Page, Patch, Sorts, Sparse, VersionedOut
from server.api.nouns.knowledge.shared import (
    Body,
    Key,
    Language,
    Note,
    Number,
    Questions,
    Status,
    Summary,
    Title,
    noun,
)


class VersionOut(VersionedOut):
    """`number` counts the versions of an article in a language; `version` is for If-Match."""

    id: UUID
    article_id: UUID
    language: Language
    number: int
    status: Status
    slug: str
    title: str
    summary: str
    body: str
    questions: list[str]
    note: str
    minor: bool
    based_on: int | None
    writers: list[str] = Field(description="Whoever wrote in it, first the one who began it.")
    reviewer: str | None
    reviewed_at: datetime | None
    review_note: str
    publish_at: datetime | None
    expire_at: datetime | None
    published_at: datetime | None
    ended_at: datetime | None
    created_at: datetime
    updated_at: datetime


def shown(row: ArticleVersion) -> VersionOut:
    """The version as it is answered."""
    names = set(VersionOut.model_fields) - {"questions"}
    return VersionOut(questions=row.asked.splitlines(), **{name: getattr(row, name) for name in names})


class VersionQuery(Listing):
    article_id: UUID | None = None
    language: Language | None = None
    status: Status | None = None


class VersionIn(In):
    article_id: UUID
    language: Language
    based_on: Number | None = None
    slug: Key = ABSENT
    title: Title = ABSENT
    summary: Summary = ABSENT
    body: Body = ABSENT
    questions: Questions = ABSENT
    note: Note = ABSENT
    minor: bool = ABSENT


class VersionPatch(Patch):
    slug: Key = ABSENT
    title: Title = ABSENT
    summary: Summary = ABSENT
    body: Body = ABSENT
    questions: Questions = ABSENT
    note: Note = ABSENT
    minor: bool = ABSENT


VERSION_SORTS = Sorts(
    by=ArticleVersion.id,
    default="-created_at",
    created_at=ArticleVersion.created_at,
    updated_at=ArticleVersion.updated_at,
)


@noun.get(
    "/article-versions", needs="knowledge.read", fr="Lister les versions", en="List versions", sorts=VERSION_SORTS
)
async def list_article_versions(call: Call, query: VersionQuery) -> Page[VersionOut]:
    found = reading.versions(call.actor, article_id=query.article_id, language=query.language, status=query.status)
    return await call.page(found, query, shown)


@noun.post("/article-versions", needs="knowledge.propose", fr="Commencer une version", en="Begin a version", status=201)
async def begin_article_version(call: Call, body: VersionIn) -> VersionOut:
    """The text that is published (or that of `based_on`) with what is given over it."""
    given = {name: getattr(body, name) for name in body.model_fields_set & set(VersionPatch.model_fields)}
    row = await drafts.begin(
        call.session,
        actor=call.actor,
        article_id=body.article_id,
        language=body.language,
        texts=given,
        based_on=body.based_on,
    )
    return shown(row)


@noun.get("/article-versions/{version_id}", needs="knowledge.read", fr="Lire une version", en="Read a version")
async def read_article_version(call: Call, version_id: UUID, query: Sparse) -> VersionOut:
    return shown(await reading.version(call.session, actor=call.actor, version_id=version_id))


@noun.patch(
    "/article-versions/{version_id}", needs="knowledge.propose", fr="Modifier un brouillon", en="Change a draft"
)
async def change_article_version(call: Call, version_id: UUID, body: VersionPatch) -> VersionOut:
    row = await drafts.edit(
        call.session, actor=call.actor, version_id=version_id, changes=body.given(), version=call.version
    )
    return shown(row)


@noun.delete(
    "/article-versions/{version_id}",
    needs="knowledge.propose",
    fr="Abandonner un brouillon",
    en="Give up a draft",
    versioned=True,
)
async def discard_article_version(call: Call, version_id: UUID) -> None:
    await drafts.discard(call.session, actor=call.actor, version_id=version_id, version=call.version)


@noun.post("/article-versions/{version_id}/submit", needs="knowledge.propose", fr="Demander une relecture", en="Submit")
async def submit_article_version(call: Call, version_id: UUID) -> VersionOut:
    row = await reviewing.submit(call.session, actor=call.actor, version_id=version_id, version=call.version)
    return shown(row)


class SendBackIn(In):
    note: Note = ""


@noun.post(
    "/article-versions/{version_id}/send-back", needs="knowledge.propose", fr="Renvoyer au brouillon", en="Send back"
)
async def send_article_version_back(call: Call, version_id: UUID, body: SendBackIn) -> VersionOut:
    row = await reviewing.send_back(
        call.session, actor=call.actor, version_id=version_id, note=body.note, version=call.version
    )
    return shown(row)


class ApproveIn(In):
    publish_at: Moment | None = None
    expire_at: Moment | None = None


@noun.post(
    "/article-versions/{version_id}/approve", needs="knowledge.publish", fr="Publier ou planifier", en="Publish or plan"
)
async def approve_article_version(call: Call, version_id: UUID, body: ApproveIn) -> VersionOut:
    """At once, or at `publish_at`; until `expire_at`, if given."""
    row = await reviewing.approve(
        call.session,
        actor=call.actor,
        version_id=version_id,
        embed=call.means.embedder.several,
        publish_at=body.publish_at,
        expire_at=body.expire_at,
        version=call.version,
    )
    return shown(row)


class EndIn(In):
    expire_at: Moment | None = None


@noun.post("/article-versions/{version_id}/set-end", needs="knowledge.publish", fr="Fixer la fin", en="Set the end")
async def set_article_version_end(call: Call, version_id: UUID, body: EndIn) -> VersionOut:
    row = await reviewing.set_end(
        call.session, actor=call.actor, version_id=version_id, expire_at=body.expire_at, version=call.version
    )
    return shown(row)


@noun.post(
    "/article-versions/{version_id}/withdraw", needs="knowledge.publish", fr="Retirer de la publication", en="Withdraw"
)
async def withdraw_article_version(call: Call, version_id: UUID) -> VersionOut:
    row = await reviewing.withdraw(call.session, actor=call.actor, version_id=version_id, version=call.version)
    return shown(row)


class PieceOut(Out):
    kind: Literal["same", "added", "removed"]
    text: str


class ChangeOut(Out):
    field: Literal["slug", "title", "summary", "body", "questions"]
    pieces: list[PieceOut]


class DifferenceOut(Out):
    changes: list[ChangeOut]


class DifferenceQuery(In):
    language: Language
    old: Annotated[int, Field(ge=1, le=2**31 - 1)]
    new: Annotated[int, Field(ge=1, le=2**31 - 1)]


@noun.get(
    "/articles/{article_id}/difference",
    needs="knowledge.read",
    fr="Comparer deux versions",
    en="Compare two versions",
)
async def compare_article_versions(call: Call, article_id: UUID, query: DifferenceQuery) -> DifferenceOut:
    """Word by word, the fields that differ."""
    found = await difference.between(
        call.session, actor=call.actor, article_id=article_id, language=query.language, old=query.old, new=query.new
    )
    changes = [
        ChangeOut.model_validate({"field": "questions" if name == "asked" else name, "pieces": pieces})
        for name, pieces in found.items()
    ]
    return DifferenceOut(changes=changes)
