"""Search with its reasons, and synonyms."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.knowledge import services, synonyms
from crm_backend.knowledge.index_model import Synonym
from crm_backend.knowledge.schema import path_of
from crm_backend.knowledge.search import Found
from server.api import ABSENT, Call, In, Listing, Out, Page, Patch, Sorts, VersionedOut
from server.api.nouns.knowledge.shared import Audience, Language, noun

Term = Annotated[str, StringConstraints(min_length=1, max_length=synonyms.LONGEST), Field(examples=["gift card"])]
Terms = Annotated[list[Term], Field(min_length=2, max_length=synonyms.MOST_TERMS)]


class MatchOut(Out):
    """A word of the question that the article has; `read_as` is another one where `how` is not `word`."""

    word: str
    read_as: str
    how: Literal["word", "synonym", "typo"]
    place: Literal["title", "summary", "text"]


class FoundOut(Out):
    """`score` is mostly meaning, a little wording: about 0 for strangers, 2 for the same words."""

    key: str
    category: str
    audience: Audience
    title: str
    heading: str
    text: str = Field(description="The nearest passage, in Markdown.")
    url: str | None = Field(description="Where customers read it; none for what is for agents.")
    score: float
    wording: float
    meaning: float
    same_question: bool
    matches: list[MatchOut]


class FoundListOut(Out):
    items: list[FoundOut]


class SearchQuery(In):
    q: Annotated[str, StringConstraints(min_length=1, max_length=500), Field(examples=["retour gratuit"])]
    language: Language
    limit: Annotated[int, Field(ge=1, le=50)] = 10


@noun.get("/knowledge/search", needs="knowledge.read", fr="Chercher un article", en="Search articles")
async def search_articles(call: Call, query: SearchQuery) -> FoundListOut:
    """What is published, for agents too, best first, with the passage and why it was found."""
    found = await services.find(
        call.session,
        actor=call.actor,
        question=query.q,
        language=query.language,
        vector=await call.means.embedder.one(query.q),
        limit=query.limit,
    )
    return FoundListOut(items=[_found(one) for one in found])


def _found(one: Found) -> FoundOut:
    names = set(FoundOut.model_fields) - {"url", "matches", "score"}
    return FoundOut(
        url=path_of(one.language, one.slug) if one.audience == "public" else None,
        score=one.score,
        matches=[MatchOut.model_validate(match) for match in one.matches],
        **{name: getattr(one, name) for name in names},
    )


class SynonymOut(VersionedOut):
    id: UUID
    language: Language
    terms: list[str]
    created_at: datetime


class SynonymIn(In):
    language: Language
    terms: Terms


class SynonymPatch(Patch):
    terms: Terms = ABSENT


class SynonymQuery(Listing):
    language: Language | None = None


SYNONYM_SORTS = Sorts(by=Synonym.id, default="-created_at", created_at=Synonym.created_at)


@noun.get("/synonyms", needs="knowledge.read", fr="Lister les synonymes", en="List synonyms", sorts=SYNONYM_SORTS)
async def list_synonyms(call: Call, query: SynonymQuery) -> Page[SynonymOut]:
    return await call.page(synonyms.groups(call.actor, language=query.language), query, SynonymOut.model_validate)


@noun.post("/synonyms", needs="knowledge.write", fr="Ajouter des synonymes", en="Add synonyms", status=201)
async def add_synonyms(call: Call, body: SynonymIn) -> SynonymOut:
    row = await synonyms.add(call.session, actor=call.actor, language=body.language, terms=body.terms)
    return SynonymOut.model_validate(row)


@noun.patch("/synonyms/{synonym_id}", needs="knowledge.write", fr="Modifier des synonymes", en="Change synonyms")
async def change_synonyms(call: Call, synonym_id: UUID, body: SynonymPatch) -> SynonymOut:
    row = await synonyms.change(
        call.session, actor=call.actor, synonym_id=synonym_id, terms=body.terms or [], version=call.version
    )
    return SynonymOut.model_validate(row)


@noun.delete(
    "/synonyms/{synonym_id}",
    needs="knowledge.write",
    fr="Supprimer des synonymes",
    en="Delete synonyms",
    versioned=True,
)
async def remove_synonyms(call: Call, synonym_id: UUID) -> None:
    await synonyms.remove(call.session, actor=call.actor, synonym_id=synonym_id, version=call.version)
