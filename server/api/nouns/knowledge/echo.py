"""What comes back from readers: opinions and use."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.knowledge import arrivals, opinions
from crm_backend.knowledge.echo_model import ArticleOpinion
from server.api import Call, In, Listing, Out, Page, Sorts
from server.api.nouns.knowledge.shared import Language, noun

Reason = Literal["unanswered", "unclear", "outdated", "wrong", "other"]


class OpinionOut(Out):
    id: UUID
    article_id: UUID
    language: Language
    number: int = Field(description="The version that was read.")
    helpful: bool
    reason: Reason | None
    comment: str
    source: Literal["help", "chat", "desk", "api"]
    created_at: datetime


class OpinionIn(In):
    """`visitor` names who gives it, by nothing personal: one opinion each, the last."""

    language: Language
    helpful: bool
    reason: Reason | None = None
    comment: Annotated[str, StringConstraints(max_length=opinions.COMMENT)] = ""
    visitor: Annotated[str, StringConstraints(min_length=8, max_length=100)] | None = None


class OpinionQuery(Listing):
    article_id: UUID | None = None
    helpful: bool | None = None
    reason: Reason | None = None


OPINION_SORTS = Sorts(by=ArticleOpinion.id, default="-created_at", created_at=ArticleOpinion.created_at)


@noun.get("/article-opinions", needs="knowledge.read", fr="Lister les avis", en="List opinions", sorts=OPINION_SORTS)
async def list_article_opinions(call: Call, query: OpinionQuery) -> Page[OpinionOut]:
    found = opinions.opinions(call.actor, article_id=query.article_id, helpful=query.helpful, reason=query.reason)
    return await call.page(found, query, _opinion)


@noun.post("/articles/{article_id}/opinions", needs="knowledge.read", fr="Donner un avis", en="Give an opinion")
async def give_article_opinion(call: Call, article_id: UUID, body: OpinionIn) -> None:
    await opinions.give(
        call.session,
        article_id=article_id,
        language=body.language,
        helpful=body.helpful,
        reason=body.reason,
        comment=body.comment,
        source="api",
        visitor=body.visitor,
    )


class UseOut(Out):
    article_id: UUID
    key: str
    language: Language
    title: str
    views: int
    helpful: int
    unhelpful: int


class UsesOut(Out):
    items: list[UseOut]


class UseQuery(In):
    days: Annotated[int, Field(ge=1, le=366)] = 30
    limit: Annotated[int, Field(ge=1, le=200)] = 100


@noun.get("/article-use", needs="knowledge.read", fr="Usage des articles", en="Use of articles")
async def read_article_use(call: Call, query: UseQuery) -> UsesOut:
    """Views and opinions, those that helped the fewest people first."""
    found = await opinions.use(call.session, actor=call.actor, days=query.days, limit=query.limit)
    return UsesOut(items=[UseOut.model_validate(one) for one in found])


class SearchOut(Out):
    text: str
    times: int


class FiguresOut(Out):
    """`contacts` are conversations in which somebody wrote in the chat from the article’s page."""

    views: int
    helpful: int
    unhelpful: int
    contacts: int
    searches: list[SearchOut]


class FiguresQuery(In):
    language: Language
    days: Annotated[int, Field(ge=1, le=366)] = 30


@noun.get(
    "/articles/{article_id}/figures", needs="knowledge.read", fr="Chiffres d’un article", en="An article’s figures"
)
async def read_article_figures(call: Call, article_id: UUID, query: FiguresQuery) -> FiguresOut:
    """Views, opinions, the searches that led to it, contacts after reading."""
    found = await arrivals.figures(
        call.session, actor=call.actor, article_id=article_id, language=query.language, days=query.days
    )
    return FiguresOut.model_validate(found)


def _opinion(row: ArticleOpinion) -> OpinionOut:
    return OpinionOut.model_validate(row)
