"""Requests sent twice: one effect, one answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.database import Sessions, utc_now
from crm_backend.errors import Invalid, NotNow
from crm_backend.keys import repeats
from crm_backend.keys.model import KeptAnswer
from crm_backend.keys.repeats import Answer

DONE = Answer(201, {"Location": "/x"}, b"{}")
ASKED = {"caller": "key:1", "key": "k", "fingerprint": "f"}


async def test_the_same_request_gets_the_same_answer_and_another_is_refused(crm: AsyncSession) -> None:
    assert await repeats.answered(crm, **ASKED) is None
    repeats.keep(crm, DONE, **ASKED)
    await crm.flush()
    assert await repeats.answered(crm, **ASKED) == DONE
    with pytest.raises(Invalid):
        await repeats.answered(crm, **{**ASKED, "fingerprint": "other"})
    assert await repeats.answered(crm, **{**ASKED, "caller": "key:2"}) is None


async def test_after_a_day_the_key_is_free_again(crm: AsyncSession) -> None:
    for caller in ("key:1", "key:2"):
        repeats.keep(crm, DONE, **{**ASKED, "caller": caller})
    await crm.flush()
    for kept in await crm.scalars(select(KeptAnswer)):
        kept.created_at = utc_now() - repeats.KEPT - timedelta(seconds=1)
    await crm.flush()
    assert await repeats.answered(crm, **{**ASKED, "fingerprint": "other"}) is None
    assert await repeats.forget_old(crm) == 1
    assert await crm.scalar(select(func.count()).select_from(KeptAnswer)) == 0


async def test_while_one_transaction_is_at_it_others_are_told_to_wait(sessions: Sessions) -> None:
    async with sessions() as one, sessions() as other:
        assert await repeats.answered(one, **ASKED) is None
        repeats.keep(one, DONE, **ASKED)
        await one.flush()
        with pytest.raises(NotNow):
            await repeats.answered(other, **ASKED)
        await other.rollback()
        assert await repeats.answered(other, **{**ASKED, "caller": "key:2"}) is None
        await one.commit()
        assert await repeats.answered(other, **ASKED) == DONE
        await other.rollback()


async def test_what_failed_can_be_tried_again_with_its_key(sessions: Sessions) -> None:
    async with sessions() as session:
        assert await repeats.answered(session, **ASKED) is None
        repeats.keep(session, DONE, **ASKED)
        await session.rollback()
        assert await repeats.answered(session, **ASKED) is None
