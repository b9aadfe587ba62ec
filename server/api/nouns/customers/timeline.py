"""A customer's timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.timeline import queries
from server.api import Call, Listing, Moment, Out, Page, Place
from server.api.nouns.customers.noun import noun

Kind = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$"), Field(examples=["message"])]
Channel = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,30}$"), Field(examples=["email"])]


class EntryOut(Out):
    at: datetime
    id: UUID
    kind: str = Field(examples=["message"])
    channel: str | None
    conversation_id: UUID | None
    facts: dict[str, Any]


class TimelineQuery(Listing):
    kind: list[Kind] = Field(default_factory=list, max_length=20)
    channel: list[Channel] = Field(default_factory=list, max_length=20)
    since: Moment | None = None
    until: Moment | None = None


@noun.get(
    "/customers/{customer_id}/timeline",
    needs="customers.read",
    fr="Lire la chronologie d’un client",
    en="Read a customer’s timeline",
    more={
        "fr": "Du plus récent au plus ancien. Ce que l’appelant n’a pas le droit de voir n’y figure pas.",
        "en": "The newest first. Kinds that the caller may not see are left out.",
    },
)
async def read_timeline(call: Call, customer_id: UUID, query: TimelineQuery) -> Page[EntryOut]:
    place = call.place(query)
    entries = await queries.timeline(
        call.session,
        actor=call.actor,
        customer_id=customer_id,
        kinds=query.kind,
        channels=query.channel,
        since=query.since,
        until=query.until,
        before=(place.value, place.id) if place else None,
        limit=query.limit + 1,
    )
    items = [EntryOut.model_validate(each) for each in entries[: query.limit]]
    last = entries[query.limit - 1] if len(entries) > query.limit else None
    return Page(items, call.cursor(query, Place(last.at, last.id)) if last else None)
