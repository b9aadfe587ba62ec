"""The loop that sends: order, retries, and trouble that holds up nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from channels.port import Rejected, Retry
from crm_backend.conversations.processes import lease_of
from crm_backend.conversations.sending.deliveries import GIVE_UP_AFTER
from crm_backend.database import Sessions
from server.loops import outbox as sending
from server.loops.alive import Alive
from server.loops.outbox import OutboxLoop
from server.loops.wake import Workers
from server.working import leases
from tests.support.channels import Notes
from tests.support.outbox import made_older, replies
from tests.support.sending import Platform, deliveries, looping, until_idle


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def live() -> Notes:
    return Notes()


@pytest.fixture
async def loop(sessions: Sessions, platform: Platform, live: Notes) -> AsyncIterator[OutboxLoop]:
    made = looping(sessions, platform, live)
    yield made
    await made.close()


async def test_replies_arrive_in_order(sessions: Sessions, loop: OutboxLoop, platform: Platform) -> None:
    conversation = await replies(sessions, "un", "deux", "trois")
    await until_idle(loop)
    assert platform.got == ["un", "deux", "trois"]
    assert await deliveries(sessions, conversation) == ["sent"] * 3


async def test_the_platforms_pause_is_kept_and_the_order_too(
    sessions: Sessions, loop: OutboxLoop, platform: Platform
) -> None:
    await replies(sessions, "un", "deux")
    platform.answers["un"] = [Retry("busy", after=0.4)]
    await until_idle(loop)
    assert platform.got == []
    await asyncio.sleep(0.45)
    await until_idle(loop)
    assert platform.got == ["un", "deux"]


@pytest.mark.parametrize("error", [RuntimeError("odd"), ConnectionError(), TimeoutError()])
async def test_whatever_a_platform_does_the_reply_is_tried_again(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, error: Exception
) -> None:
    await replies(sessions, "un")
    platform.answers["un"] = [error]
    await until_idle(loop)
    await asyncio.sleep(1.05)
    await until_idle(loop)
    assert platform.got == ["un"]


async def test_a_rejected_reply_is_seen_as_failed_at_the_desk(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, live: Notes
) -> None:
    conversation = await replies(sessions, "un", "deux")
    platform.answers["un"] = [Rejected("blocked by the customer")]
    await until_idle(loop)
    assert await deliveries(sessions, conversation) == ["failed", "sent"]
    note = {"kind": "delivery", "conversation": conversation, "seq": 2, "delivery": "failed"}
    shown = {"kind": "delivery", "seq": 2, "delivery": "failed"}
    assert live.published[:2] == [("desk", note), (f"conversation:{conversation}", shown)]
    assert [note["delivery"] for topic, note in live.published if topic == "desk"] == ["failed", "sent"]


async def test_a_reply_given_up_is_seen_as_failed_at_the_desk(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, live: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_backend.conversations.sending.deliveries.MAX_FAULTS", 1)
    conversation = await replies(sessions, "un")
    platform.answers["un"] = [KeyError("a bug")]
    await until_idle(loop)
    assert await deliveries(sessions, conversation) == ["failed"]
    assert [note["delivery"] for topic, note in live.published if topic == "desk"] == ["failed"]


async def test_replies_wait_for_a_channel_that_is_not_here_and_fail_after_a_day(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, live: Notes
) -> None:
    conversation = await replies(sessions, "un")
    nowhere = looping(sessions, None, live)
    await until_idle(nowhere)
    assert await deliveries(sessions, conversation) == ["queued"]
    await made_older(sessions, GIVE_UP_AFTER)
    await until_idle(nowhere)
    assert await deliveries(sessions, conversation) == ["failed"]


async def test_slow_deliveries_hold_up_no_other_conversation(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, live: Notes
) -> None:
    for visitor in ("a", "b", "c"):
        await replies(sessions, f"slow {visitor}", visitor=visitor)
        platform.answers[f"slow {visitor}"] = [5.0]
    workers = Workers(name="outbox", topic="outbox", count=2, work=loop.work, live=live, close=loop.close)
    workers.start()
    try:
        await asyncio.sleep(0.5)
        await replies(sessions, "quick", visitor="zoe")
        async with asyncio.timeout(3):
            while "quick" not in platform.got:
                workers.wake()
                await asyncio.sleep(0.05)
    finally:
        await workers.stop(grace=0.1)


async def test_an_account_that_hangs_leaves_room_for_the_others(
    sessions: Sessions, loop: OutboxLoop, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 3)
    monkeypatch.setattr(sending, "BATCH", 3)
    for number in range(12):
        await replies(sessions, f"hangs {number}", visitor=f"h{number}")
        platform.answers[f"hangs {number}"] = [60.0]
    for number in range(4):
        await replies(sessions, f"fine {number}", visitor=f"f{number}", account="second")
    async with asyncio.timeout(20):
        while await loop.work() or len(platform.got) < 4:
            await asyncio.sleep(0.01)
    assert sorted(platform.got) == [f"fine {number}" for number in range(4)]
    assert platform.most["main"] <= 5


def test_a_lease_names_its_process_unless_the_platform_tells_by_itself_what_it_has() -> None:
    class Process:
        def lease(self) -> object:
            return lease_of(7)

    lease = leases(cast("Alive", Process()))
    versions = {channel: lease(channel).version for channel in ("telegram", "mail", "webchat", "whatsapp")}
    assert versions == {"telegram": 8, "mail": 8, "webchat": 8, "whatsapp": 7}
