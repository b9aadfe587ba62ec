"""How many codes may be asked for in conversations and how many typed, and for how long is kept what that takes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.conversations.model import Message
from crm_backend.database import utc_now
from crm_backend.portal import leftovers
from crm_backend.privacy.export import export
from crm_backend.proof_codes import on_pages, places
from crm_backend.proof_codes.model import ProofCode
from crm_backend.proof_codes.on_pages import Asker
from tests.crm_backend.proof_codes.talks import EMAIL, code, marie, talk


async def test_tries_are_counted_over_conversations(crm: AsyncSession) -> None:
    await marie(crm)
    for _ in range(2):
        again = await talk(crm, writer="one browser")
        await again.asks()
        wrong = "000000" if await code(crm) != "000000" else "000001"
        for _ in range(5):
            await again.types(wrong)
    third = await talk(crm, writer="one browser")
    await third.asks("somebody@example.com")
    assert await third.types(wrong) == "locked"
    other = await talk(crm)
    await other.asks()
    secret = await code(crm)
    await crm.execute(update(ProofCode).where(ProofCode.conversation_id != other.id).values(wrong=8))
    assert await other.types(secret) == "locked" and (await other.row).proof == "anonymous"


async def test_codes_are_counted_over_conversations(crm: AsyncSession) -> None:
    await marie(crm)
    here = await talk(crm)
    asked = [await here.asks(f"a{number}@example.com") for number in range(5)]
    assert asked == ["asked"] * 4 + ["too_many"]
    for known in (EMAIL, "nobody@example.com"):
        told = [await (await talk(crm, network="cafe")).asks(known) for _ in range(6)]
        assert told == ["asked"] * 5 + ["too_many"]
    told = [await (await talk(crm, writer="w")).asks(f"b{number}@example.com") for number in range(9)]
    assert told == ["asked"] * 8 + ["too_many"]


async def test_a_stranger_in_the_chat_uses_up_their_own_share_of_an_address(crm: AsyncSession) -> None:
    await marie(crm)
    owner = await talk(crm, writer="hers", network="home")
    await owner.asks()
    secret = await code(crm)
    for _ in range(5):
        stranger = await talk(crm, network="elsewhere")
        await stranger.asks()
        wrong = "000000" if await code(crm) != "000000" else "000001"
        assert [await stranger.types(wrong) for _ in range(5)][-1] == "locked"
    assert await (await talk(crm, network="elsewhere")).asks() == "too_many"
    assert await owner.types(secret) == "ok"
    # From everywhere together there is an end to it, later for a browser that has proved the address.
    told = [await (await talk(crm, network=f"net {at}")).asks() for at in range(10)]
    assert told == ["asked"] * 9 + ["too_many"]
    assert await (await talk(crm, network="home")).asks() == "too_many"
    assert await (await talk(crm, writer="hers", network="home")).asks() == "asked"
    assert await on_pages.note(crm, Asker("b", "p"), kind="email", value=EMAIL) == "too_many", "one share for both"


async def test_where_a_browser_wrote_from_is_forgotten_after_a_day_and_told_nobody(crm: AsyncSession) -> None:
    owner = await marie(crm)
    here, there = await talk(crm, network="home"), await talk(crm, network="home")
    for each in (here, there):
        (await each.row).customer_id = owner
        await crm.execute(
            update(Message)
            .where(Message.conversation_id == each.id)
            .values(details={places.ASKED_FROM: "home", "page": {"title": "Table"}})
        )
    await crm.execute(
        update(Message).where(Message.conversation_id == here.id).values(created_at=utc_now() - timedelta(hours=25))
    )
    told = (await export(crm, owner, actor=SYSTEM))["tables"]["messages"]
    assert [each["details"] for each in told] == [{"page": {"title": "Table"}}] * 2
    await leftovers.clear(crm, idle=timedelta(minutes=30), now=utc_now())
    kept = {row[0]: row[1] for row in await crm.execute(select(Message.conversation_id, Message.details))}
    assert kept[here.id] == {"page": {"title": "Table"}} and kept[there.id][places.ASKED_FROM] == "home"
