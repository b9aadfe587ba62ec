"""API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.keys import services
from crm_backend.keys.model import ApiKey
from server.api import Call, In, Listing, Moment, Noun, Out, Page, Sorts

noun = Noun("keys", fr="Clés d’API", en="API keys")
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=services.LONGEST_NAME, strip_whitespace=True),
    Field(examples=["Warehouse"]),
]


class KeyOut(Out):
    id: UUID
    name: str = Field(examples=["Warehouse"])
    prefix: str = Field(description="The visible beginning of the key.", examples=["relais_Zk3wQa"])
    scopes: list[str] = Field(examples=[["orders.read", "orders.write"]])
    per_minute: int = Field(description="Requests a minute.", examples=[600])
    made_by: str = Field(examples=["command-line"])
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="Exact to a minute.")


class NewKeyOut(KeyOut):
    token: str = Field(
        description="The key itself: shown here, and never again.",
        examples=["relais_Zk3wQaEXAMPLE-EXAMPLE-EXAMPLE-EXAMPLE-EXAM"],
    )


class KeyIn(In):
    name: Name
    scopes: Annotated[
        list[Annotated[str, StringConstraints(max_length=100)]],
        Field(min_length=1, max_length=100, examples=[["orders.read"]]),
    ]
    expires_at: Moment | None = Field(None, examples=["2199-12-31T23:59:59+00:00"])
    per_minute: Annotated[int, Field(ge=1, le=services.MOST_PER_MINUTE)] = services.PER_MINUTE


class KeyQuery(Listing):
    live: bool | None = Field(None, description="Only keys that are good, or only those that are not any more.")


KEY_SORTS = Sorts(by=ApiKey.id, default="-created_at", created_at=ApiKey.created_at, name=ApiKey.name)


@noun.get("/keys", needs="keys.configure", fr="Lister les clés", en="List keys", sorts=KEY_SORTS)
async def list_keys(call: Call, query: KeyQuery) -> Page[KeyOut]:
    return await call.page(services.listing(call.actor, live=query.live), query, KeyOut.model_validate)


@noun.post("/keys", needs="keys.configure", fr="Créer une clé", en="Make a key", status=201)
async def make_key(call: Call, body: KeyIn) -> NewKeyOut:
    made = await services.make(
        call.session,
        actor=call.actor,
        name=body.name,
        scopes=body.scopes,
        expires_at=body.expires_at,
        per_minute=body.per_minute,
    )
    return NewKeyOut(**KeyOut.model_validate(made.key).model_dump(), token=made.token)


@noun.delete("/keys/{key_id}", needs="keys.configure", fr="Révoquer une clé", en="Revoke a key")
async def revoke_key(call: Call, key_id: UUID) -> None:
    await services.revoke(call.session, key_id, actor=call.actor)
