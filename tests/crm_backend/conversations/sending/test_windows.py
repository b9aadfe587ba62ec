"""When somebody last wrote to an account, by the platform's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from crm_backend.conversations.sending import windows
from crm_backend.database import Sessions, utc_now
from tests.support import core

MARIE = "33612345678"


def from_(number: str, **more: Any) -> dict[str, Any]:
    return {
        "channel": "whatsapp",
        "identity_kind": "whatsapp",
        "identity_value": number,
        "address": number,
        **more,
    }


async def last(sessions: Sessions, number: str = MARIE, account: str = "main") -> datetime | None:
    async with sessions() as session:
        return await windows.last_wrote(session, kind="whatsapp", value=number, channel="whatsapp", account=account)


async def test_nobody_has_written_yet(sessions: Sessions) -> None:
    assert await last(sessions) is None


async def test_the_platform_says_when_it_was_written(sessions: Sessions) -> None:
    at = utc_now() - timedelta(hours=5)
    await core.write(sessions, "bonjour", **from_(MARIE, said_at=at))
    assert await last(sessions) == at


async def test_a_message_that_comes_late_does_not_count_as_the_last(sessions: Sessions) -> None:
    late, early = utc_now() - timedelta(hours=30), utc_now() - timedelta(hours=2)
    await core.write(sessions, "deux", **from_(MARIE, said_at=early, order=2))
    await core.write(sessions, "un", **from_(MARIE, said_at=late, order=1))
    assert await last(sessions) == early


async def test_a_clock_that_runs_ahead_does_not_keep_the_window_open(sessions: Sessions) -> None:
    await core.write(sessions, "bonjour", **from_(MARIE, said_at=utc_now() + timedelta(days=3)))
    found = await last(sessions)
    assert found is not None and found <= utc_now()


async def test_other_people_and_other_accounts_do_not_count(sessions: Sessions) -> None:
    await core.write(sessions, "bonjour", **from_(MARIE))
    assert await last(sessions, number="33698765432") is None
    assert await last(sessions, account="second") is None
