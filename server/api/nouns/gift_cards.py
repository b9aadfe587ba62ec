"""Gift cards."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.gift_cards import queries, services
from crm_backend.gift_cards.model import GiftCard, GiftCardEntry
from server.api import Call, Currency, In, Listing, Moment, Noun, Out, Page, Sorts, Sparse, VersionedOut

noun = Noun("gift-cards", fr="Cartes cadeaux", en="Gift cards")


class GiftCardIn(In):
    amount_minor: Annotated[int, Field(ge=1, le=10**11, description="Minor units.", examples=[5000])]
    currency: Currency
    expires_at: Moment | None = Field(None, description="As the policy says, without it.")
    customer_id: UUID | None = None


class CodeIn(In):
    code: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(examples=["7K2M-Q9TA-40XE-RW8D"])


class GiftCardOut(VersionedOut):
    id: UUID
    last_letters: str = Field(description="The end of its code.", examples=["RW8D"])
    currency: str
    balance_minor: int
    expires_at: datetime
    blocked_at: datetime | None
    customer_id: UUID | None
    created_at: datetime


class IssuedOut(GiftCardOut):
    code: str | None = Field(description="Told this once, and kept nowhere.", examples=["7K2M-Q9TA-40XE-RW8D"])


class EntryOut(Out):
    id: UUID
    kind: str = Field(examples=["redeemed"])
    amount_minor: int = Field(description="Below zero when it went off the card.")
    order_id: UUID | None
    actor: str
    created_at: datetime


class GiftCardQuery(Listing):
    customer_id: UUID | None = None
    last_letters: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{4}$")] | None = None


CARD_SORTS = Sorts(by=GiftCard.id, default="-created_at", created_at=GiftCard.created_at)
ENTRY_SORTS = Sorts(by=GiftCardEntry.id, default="created_at", created_at=GiftCardEntry.created_at)


@noun.get("/gift-cards", needs="orders.read", fr="Lister les cartes cadeaux", en="List gift cards", sorts=CARD_SORTS)
async def list_gift_cards(call: Call, query: GiftCardQuery) -> Page[GiftCardOut]:
    found = queries.gift_cards(call.actor, customer_id=query.customer_id, last_letters=query.last_letters)
    return await call.page(found, query, GiftCardOut.model_validate)


@noun.post("/gift-cards", needs="orders.refund", fr="Émettre une carte cadeau", en="Issue a gift card", status=201)
async def issue_gift_card(call: Call, body: GiftCardIn) -> IssuedOut:
    values = {name: getattr(body, name) for name in GiftCardIn.model_fields}
    card, code = await services.issue(call.session, actor=call.actor, **values)
    return IssuedOut(**{name: getattr(card, name) for name in GiftCardOut.model_fields}, code=code)


@noun.get("/gift-cards/{card_id}", needs="orders.read", fr="Lire une carte cadeau", en="Read a gift card")
async def read_gift_card(call: Call, card_id: UUID, query: Sparse) -> GiftCardOut:
    return GiftCardOut.model_validate(await queries.gift_card(call.session, card_id, actor=call.actor))


@noun.get(
    "/gift-cards/{card_id}/entries", needs="orders.read", fr="Lister les mouvements d’une carte",
    en="List the changes of a card", sorts=ENTRY_SORTS,
)  # fmt: skip
async def list_gift_card_entries(call: Call, card_id: UUID, query: Listing) -> Page[EntryOut]:
    await queries.gift_card(call.session, card_id, actor=call.actor)
    return await call.page(queries.entries(call.actor, card_id), query, _entry)


@noun.post("/gift-cards/find", needs="orders.read", fr="Trouver par le code", en="Find by the code")
async def find_gift_card(call: Call, body: CodeIn) -> GiftCardOut:
    return GiftCardOut.model_validate(await services.look_up(call.session, body.code, actor=call.actor))


@noun.post("/gift-cards/{card_id}/block", needs="orders.refund", fr="Bloquer une carte", en="Block a card")
async def block_gift_card(call: Call, card_id: UUID) -> GiftCardOut:
    card = await services.block(call.session, card_id, actor=call.actor, version=call.version)
    return GiftCardOut.model_validate(card)


@noun.post("/gift-cards/{card_id}/unblock", needs="orders.refund", fr="Débloquer une carte", en="Unblock a card")
async def unblock_gift_card(call: Call, card_id: UUID) -> GiftCardOut:
    card = await services.block(call.session, card_id, actor=call.actor, version=call.version, blocked=False)
    return GiftCardOut.model_validate(card)


def _entry(row: GiftCardEntry) -> EntryOut:
    return EntryOut(**{name: getattr(row, name) for name in EntryOut.model_fields})
