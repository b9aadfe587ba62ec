"""What is known of a customer in a conversation: what they said, and what stands on file once it is theirs to see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.access.actor import Actor
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import at_least
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.orders.model import Order
from crm_backend.repeats.asking import FACTS, Fact
from crm_backend.repeats.saying import Words, same, stated

LOOKED_AT = 200
"""Messages of a conversation, the last of them, in which facts are looked for."""
LONGEST_VALUE, MOST_VALUES = 200, 50
"""Characters of a value, and how many different values are told apart: nobody has more of them in earnest."""


class Known(NamedTuple):
    """A fact: its value, and the message that holds it; None where it stands on file."""

    value: str
    seq: int | None


async def facts(
    session: AsyncSession, conversation: Conversation, *, actor: Actor, before: int | None = None
) -> dict[Fact, Known]:
    """What the actor can see to be known, of messages with a number below `before` and of the customer's file.

    What the customer said counts always. Their file counts from the proof `verified` on, since asking is how one
    proves who one is; addresses that a channel vouches for, at once. An order number is known when there is only one
    it could be.
    """
    rows = await said_before(session, conversation.id, before=before)
    found: dict[Fact, Known] = {}
    numbers: list[tuple[Words, int]] = []
    for message in rows:
        for fact, value in of_message(message).items():
            if fact == "order_number":
                number = Words(value)
                if len(numbers) < MOST_VALUES and not any(same(fact, number, each) for each, _ in numbers):
                    numbers.append((number, message.seq))
            else:
                found[fact] = Known(value, message.seq)
    found |= _of_passport(conversation, found)
    if len(numbers) == 1:
        found["order_number"] = Known(numbers[0][0].text, numbers[0][1])
    on_file = await _on_file(session, conversation, actor=actor, spoken_of=[each for each, _ in numbers])
    if len(numbers) > 1:
        on_file.pop("order_number", None)
        found.pop("order_number", None)
    return on_file | found


async def said_before(session: AsyncSession, conversation_id: UUID, *, before: int | None) -> list[Message]:
    """The customer's last messages below a number, in order."""
    query = select(Message).where(Message.conversation_id == conversation_id, Message.author == "customer")
    if before is not None:
        query = query.where(Message.seq < before)
    rows = await session.scalars(query.order_by(Message.seq.desc()).limit(LOOKED_AT))
    return list(rows)[::-1]


def of_message(message: Message) -> dict[Fact, str]:
    """What one message states: what was understood of it, what was filled in before it, and what its words say."""
    found: dict[Fact, str] = dict(stated(message.text))
    understood = (message.understanding or {}).get("entities", [])
    pairs = [(str(each.get("entity")), each.get("value")) for each in understood]
    for name, value in [*pairs, *message.details.get("form", {}).items()]:
        fact = _CALLED.get(name)
        if fact is not None and value:
            found[fact] = str(value)
    return {fact: value[:LONGEST_VALUE] for fact, value in found.items()}


_CALLED: dict[str, Fact] = {fact: fact for fact in FACTS if fact not in ("address", "what_happened")}


def _of_passport(conversation: Conversation, found: dict[Fact, Known]) -> dict[Fact, Known]:
    """What the passport adds: facts that the customer corrected there, and what it is about."""
    passport = conversation.passport or {}
    added: dict[Fact, Known] = {}
    for each in passport.get("facts", []):
        fact = _CALLED.get(str(each.get("name")))
        if fact is not None and fact != "order_number" and fact not in found and each.get("value"):
            added[fact] = Known(str(each["value"]), each.get("seq"))
    goal = passport.get("goal") or {}
    if goal.get("code") in ("topic", "said", "order_status"):
        added["what_happened"] = Known(str(goal.get("text") or goal.get("topic") or ""), None)
    return added


async def _on_file(
    session: AsyncSession, conversation: Conversation, *, actor: Actor, spoken_of: Sequence[Words]
) -> dict[Fact, Known]:
    found: dict[Fact, Known] = {}
    identity = await session.get(Identity, conversation.identity_id)
    if identity is not None and identity.kind in ("email", "phone"):
        found["email" if identity.kind == "email" else "phone"] = Known(identity.value, None)
    if conversation.customer_id is None:
        return found
    proved = at_least(conversation.proof, "verified")
    if actor.may("customers.read"):
        found |= await _of_customer(session, conversation.customer_id, proved=proved)
    if proved and actor.may("orders.read"):
        found = await _of_orders(session, conversation.customer_id, spoken_of) | found
    return found


async def _of_customer(session: AsyncSession, customer_id: UUID, *, proved: bool) -> dict[Fact, Known]:
    found: dict[Fact, Known] = {}
    rows = await session.execute(
        select(Identity.kind, Identity.value, Identity.proof)
        .where(Identity.customer_id == customer_id, Identity.kind.in_(("email", "phone")))
        .order_by(Identity.is_primary, Identity.created_at.desc())
    )
    for kind, value, proof in rows.tuples():
        if proved or proof != "none":
            found["email" if kind == "email" else "phone"] = Known(value, None)
    if not proved:
        return found
    customer = await session.get(Customer, customer_id)
    if customer is not None and customer.name:
        found["name"] = Known(customer.name, None)
    home = await session.scalar(
        select(Address).where(Address.customer_id == customer_id).order_by(Address.is_default.desc()).limit(1)
    )
    if home is not None:
        found |= _place(home.line1, home.postcode, home.city)
    return found


async def _of_orders(session: AsyncSession, customer_id: UUID, spoken_of: Sequence[Words]) -> dict[Fact, Known]:
    """Of the one order it can be about: its number, where it went, and its product where there is one only."""
    query = select(Order).where(Order.customer_id == customer_id).options(selectinload(Order.lines))
    rows = list(await session.scalars(query.order_by(Order.created_at.desc()).limit(LOOKED_AT)))
    if spoken_of:
        rows = [row for row in rows if _spoken_of(Words(row.number), spoken_of)]
    if len(rows) != 1:
        return {}
    order = rows[0]
    found: dict[Fact, Known] = {"order_number": Known(order.number, None)}
    found |= _place(order.ship_line1, order.ship_postcode, order.ship_city)
    if len(order.lines) == 1:
        names = order.lines[0].names
        found["product"] = Known(next(iter(names.values()), ""), None)
    return found


def _spoken_of(number: Words, numbers: Sequence[Words]) -> bool:
    return any(same("order_number", number, each) for each in numbers)


def _place(line: str, postcode: str, city: str) -> dict[Fact, Known]:
    found: dict[Fact, Known] = {}
    if line and city:
        found["address"] = Known(f"{line}, {postcode} {city}", None)
    if postcode:
        found["postcode"] = Known(postcode, None)
    return found
