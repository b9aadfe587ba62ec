"""The shelves that articles stand on."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from crm_backend.knowledge import categories, reading
from crm_backend.knowledge.model import Category
from server.api import ABSENT, Call, In, Listing, Out, Page, Patch, Sorts, VersionedOut
from server.api.nouns.knowledge.shared import Key, Names, NamesOut, noun

Position = Annotated[int, Field(ge=0, le=categories.LAST)]


class CategoryOut(VersionedOut):
    id: UUID
    key: str = Field(examples=["returns"])
    names: NamesOut
    parent_id: UUID | None
    position: int
    articles: int = Field(0, description="How many articles stand in it, not counting those of categories in it.")


class CategoryIn(In):
    key: Key
    names: Names
    parent_id: UUID | None = None
    position: Position = 0


class CategoryPatch(Patch):
    names: Names = ABSENT
    parent_id: UUID | None = ABSENT
    position: Position = ABSENT


class MoveIn(In):
    to: Key


class MovedOut(Out):
    articles: int


CATEGORY_SORTS = Sorts(by=Category.id, default="position", position=Category.position, key=Category.key)


@noun.get(
    "/article-categories", needs="knowledge.read", fr="Lister les rubriques", en="List categories", sorts=CATEGORY_SORTS
)
async def list_article_categories(call: Call, query: Listing) -> Page[CategoryOut]:
    counts = await categories.counts(call.session, actor=call.actor)

    def told(row: Category) -> CategoryOut:
        return CategoryOut.model_validate(row).model_copy(update={"articles": counts.get(row.key, 0)})

    return await call.page(reading.categories(call.actor), query, told)


@noun.post("/article-categories", needs="knowledge.write", fr="Ajouter une rubrique", en="Add a category", status=201)
async def add_article_category(call: Call, body: CategoryIn) -> CategoryOut:
    row = await categories.add(
        call.session,
        actor=call.actor,
        key=body.key,
        names=body.names.kept(),
        parent_id=body.parent_id,
        position=body.position,
    )
    return CategoryOut.model_validate(row)


@noun.patch(
    "/article-categories/{category_id}", needs="knowledge.write", fr="Modifier une rubrique", en="Change a category"
)
async def change_article_category(call: Call, category_id: UUID, body: CategoryPatch) -> CategoryOut:
    changes = body.given() | ({"names": body.names.kept()} if "names" in body.given() else {})
    row = await categories.change(
        call.session, actor=call.actor, category_id=category_id, changes=changes, version=call.version
    )
    return CategoryOut.model_validate(row)


@noun.post(
    "/article-categories/{category_id}/move-articles",
    needs="knowledge.write",
    fr="Déplacer les articles d’une rubrique",
    en="Move the articles of a category",
)
async def move_articles_of_category(call: Call, category_id: UUID, body: MoveIn) -> MovedOut:
    moved = await categories.move_articles(call.session, actor=call.actor, category_id=category_id, to=body.to)
    return MovedOut(articles=moved)


@noun.delete(
    "/article-categories/{category_id}",
    needs="knowledge.write",
    fr="Supprimer une rubrique vide",
    en="Delete an empty category",
    versioned=True,
)
async def remove_article_category(call: Call, category_id: UUID) -> None:
    await categories.remove(call.session, actor=call.actor, category_id=category_id, version=call.version)
