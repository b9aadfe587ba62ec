"""Macros: what agents have done in a conversation with one key."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.macros import services
from crm_backend.macros.model import Macro
from crm_backend.macros.steps import MOST
from server.api import ABSENT, Call, In, Listing, Noun, Page, Patch, Sorts, Sparse, VersionedOut

noun = Noun("macros", fr="Macros", en="Macros")
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=services.LONGEST_NAME, strip_whitespace=True),
    Field(examples=["Parcel lost: tell and open a case"]),
]
STEP = {"do": "insert", "texts": {"en": "Hello {customer.first_name}, we are looking for your parcel."}}
Steps = Annotated[
    list[dict[str, Any]],
    Field(
        min_length=1,
        max_length=MOST,
        description="What is done, in order: each with `do` and what that needs (docs/desk.md).",
        examples=[[STEP, {"do": "open_case", "type": "complaint"}, {"do": "snooze", "until": "tomorrow"}]],
    ),
]


class MacroOut(VersionedOut):
    id: UUID
    name: str = Field(examples=["Parcel lost: tell and open a case"])
    shared: bool = Field(description="Whether everybody has it, or its agent alone.")
    steps: list[dict[str, Any]]
    author: str
    created_at: datetime
    updated_at: datetime


class MacroIn(In):
    name: Name
    steps: Steps
    shared: bool = Field(default=False, description="Needs conversations.configure.")


class MacroPatch(Patch):
    name: Name = ABSENT
    steps: Steps = ABSENT
    shared: bool = ABSENT


class MacroQuery(Listing):
    q: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    shared: bool | None = None


SORTS = Sorts(by=Macro.id, default="name", name=Macro.name, updated_at=Macro.updated_at)


@noun.get("/macros", needs="conversations.read", fr="Lister les macros", en="List macros", sorts=SORTS)
async def list_macros(call: Call, query: MacroQuery) -> Page[MacroOut]:
    return await call.page(services.macros(call.actor, shared=query.shared, query=query.q), query, _macro)


@noun.post("/macros", needs="conversations.write", fr="Créer une macro", en="Make a macro", status=201)
async def add_macro(call: Call, body: MacroIn) -> MacroOut:
    made = await services.add(call.session, actor=call.actor, name=body.name, steps=body.steps, shared=body.shared)
    return _macro(made)


@noun.get("/macros/{macro_id}", needs="conversations.read", fr="Lire une macro", en="Read a macro")
async def read_macro(call: Call, macro_id: UUID, query: Sparse) -> MacroOut:
    return _macro(await services.read(call.session, actor=call.actor, macro_id=macro_id))


@noun.patch("/macros/{macro_id}", needs="conversations.write", fr="Modifier une macro", en="Change a macro")
async def change_macro(call: Call, macro_id: UUID, body: MacroPatch) -> MacroOut:
    changed = await services.change(
        call.session, actor=call.actor, macro_id=macro_id, changes=body.given(), version=call.version
    )
    return _macro(changed)


@noun.delete(
    "/macros/{macro_id}", needs="conversations.write", fr="Supprimer une macro", en="Delete a macro", versioned=True
)
async def remove_macro(call: Call, macro_id: UUID) -> None:
    await services.remove(call.session, actor=call.actor, macro_id=macro_id, version=call.version)


def _macro(row: Macro) -> MacroOut:
    plain = ("id", "version", "name", "steps", "author", "created_at", "updated_at")
    return MacroOut(**{name: getattr(row, name) for name in plain}, shared=row.agent_id is None)
