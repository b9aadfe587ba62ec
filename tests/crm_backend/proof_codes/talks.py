"""Browsers that ask for codes in conversations, and what was sent to them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation, Message, OutboxItem, Turn
from crm_backend.customers import people
from crm_backend.customers.model import Identity
from crm_backend.database import new_id, utc_now
from crm_backend.notifications.schema import Start
from crm_backend.proof_codes import places, redeeming, services
from tests.support import shop

STARTS = [Start(kind="email", channel="mail", account="main"), Start(kind="phone", channel="whatsapp", account="main")]
EMAIL, PHONE = "marie@example.fr", "+33639980001"
KEEPER = Actor("bot", frozenset({"customers.write"}), "assistant")


@dataclass
class Talk:
    """A conversation of a browser."""

    crm: AsyncSession
    id: UUID

    async def asks(self, value: str = EMAIL, *, turn: UUID | None = None, purpose: services.Purpose = "prove") -> str:
        kind = "email" if "@" in value else "phone"
        return await services.send(
            self.crm,
            conversation_id=self.id,
            turn_id=turn or new_id(),
            kind=kind,
            value=value,
            purpose=purpose,
            starts=STARTS,
        )

    async def types(self, code: str, *, turn: UUID | None = None, purpose: services.Purpose = "prove") -> str:
        return await redeeming.redeem(
            self.crm, conversation_id=self.id, turn_id=turn or new_id(), code=code, purpose=purpose
        )

    async def says(self, said: str) -> tuple[UUID, Message]:
        """A message of theirs and its turn."""
        row = await stream.locked(self.crm, self.id)
        message = stream.append(self.crm, row, author="customer", text=said, now=utc_now())
        turn = Turn(id=new_id(), conversation_id=self.id, message_id=message.id, seq=message.seq)
        await self.crm.flush()
        self.crm.add(turn)
        await self.crm.flush()
        return turn.id, message

    @property
    async def row(self) -> Conversation:
        return await self.crm.get_one(Conversation, self.id, populate_existing=True)


async def talk(
    crm: AsyncSession, *, writer: str | None = None, proof: str = "anonymous", network: str | None = None
) -> Talk:
    """A conversation that has proved so much, of a browser in a network."""
    who = await people.writer(crm, kind="browser", value=writer or new_id().hex, now=utc_now())
    row = Conversation(
        id=new_id(), channel="webchat", address=who.value, identity_id=who.id, proof=proof, language="en"
    )
    crm.add(row)
    await crm.flush()
    if network is not None:
        locked = await stream.locked(crm, row.id)
        stream.append(crm, locked, author="customer", text="?", now=utc_now()).details = {places.ASKED_FROM: network}
        await crm.flush()
    return Talk(crm, row.id)


async def marie(crm: AsyncSession, **values: str) -> UUID:
    """A customer with these addresses on file."""
    owner = (await shop.customer(crm)).id
    for kind, value in (values or {"email": EMAIL}).items():
        crm.add(Identity(kind=kind, value=value, customer_id=owner, is_primary=True))
    await crm.flush()
    return owner


async def sent(crm: AsyncSession) -> list[OutboxItem]:
    return list(await crm.scalars(select(OutboxItem).order_by(OutboxItem.created_at, OutboxItem.id)))


async def code(crm: AsyncSession) -> str:
    """The one that was sent last."""
    last = (await sent(crm))[-1]
    assert last.secret is not None and len(last.secret) == 6 and last.secret.isdigit()
    return last.secret
