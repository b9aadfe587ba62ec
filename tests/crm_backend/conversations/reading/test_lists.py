"""The desk's lists: what a row says of its conversation, and what was said last in it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.attachments.model import Attachment
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.reading import inbox, lists
from crm_backend.conversations.schema import agent_owner
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id, utc_now

NOW = utc_now()


async def talk(crm: AsyncSession, owner: str, said: str, *, minutes: int, customer: Customer | None = None) -> Message:
    """A conversation with one message, so many minutes old."""
    then = NOW - timedelta(minutes=minutes)
    who = Identity(id=new_id(), kind="browser", value=str(new_id()), proof="none")
    held = Conversation(
        id=new_id(), channel="webchat", address="x", identity_id=who.id, owner=owner, last_seq=1, last_message_at=then,
        customer_id=customer.id if customer else None,
    )  # fmt: skip
    content = {"author": "customer", "channel": "webchat", "text": said, "content": {}}
    message = Message(id=new_id(), conversation_id=held.id, seq=1, place=1, **content)
    crm.add(who)
    await crm.flush()
    crm.add(held)
    await crm.flush()
    crm.add(message)
    await crm.flush()
    return message


async def test_a_page_goes_on_where_the_one_before_ended_and_tells_what_was_said_last(crm: AsyncSession) -> None:
    emma = Agent(id=new_id(), email="emma@example.com", name="Emma Roy", password_hash="-")
    zoe = Customer(id=new_id(), first_name="Zoé", last_name="Lefèvre")
    crm.add_all([emma, zoe])
    await crm.flush()
    waiting = [await talk(crm, "queue:support", f"no {minutes}", minutes=minutes) for minutes in (3, 9, 6)]
    mine = await talk(crm, agent_owner(emma.id), "", minutes=1, customer=zoe)
    await talk(crm, agent_owner(new_id()), "somebody else’s", minutes=1)
    await talk(crm, "nobody", "y" * 1000, minutes=1)
    crm.add(Attachment(id=new_id(), message_id=mine.id, name="photo.jpg", kind="image"))
    await crm.flush()

    first, next_ = await lists.listing(crm, agent=emma, view="waiting", limit=2)
    rest, end = await lists.listing(crm, agent=emma, view="waiting", limit=2, before=next_)
    order = [waiting[place].conversation_id for place in (1, 2, 0)]
    assert ([each.id for each in (*first, *rest)], end) == (order, None)
    (own,), _ = await lists.listing(crm, agent=emma, view="mine")
    assert own.customer == (zoe.id, "Zoé Lefèvre") and first[0].customer is None
    (closed,), _ = await lists.listing(crm, agent=emma, view="closed")
    said = await lists.last_messages(crm, [*first, own, closed])
    assert [said[each.id].gist for each in (*first, own, closed)] == ["no 9", "no 6", "photo.jpg", "y" * lists.GIST]
    assert await inbox.counts(crm, agent=emma) == {
        "waiting": 3,
        "mine": 1,
        "assistant": 0,
        "team": 5,
        "longest": 0,
        "risk": 0,
        "snoozed": 0,
        "mentioned": 0,
        "reminders": 0,
    }
    assert await lists.last_messages(crm, []) == {}
