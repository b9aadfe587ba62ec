"""Deliveries of dead processes: given back as if their lease had ended, and no others."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from crm_backend.conversations.processes import SPACE, lease_of, name_of
from crm_backend.conversations.sending import deserted
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import Sessions, new_id
from tests.support.outbox import claim, replies, settle

DEAD, LIVING, ASKING = 7, 2**31 - 2, 11


async def leased(sessions: Sessions, visitor: str, lease: UUID) -> Delivery:
    await replies(sessions, visitor, visitor=visitor)
    (delivery,) = await claim(sessions, lease=lambda _: lease)
    assert delivery.lease == lease
    return delivery


async def test_what_a_dead_process_had_may_be_sent_once_it_is_known_to_be_dead_and_is_told_as_unsure(
    sessions: Sessions, database_url: str
) -> None:
    of_the_dead = await leased(sessions, "marie", lease_of(DEAD))
    for visitor, lease in (("paul", lease_of(LIVING)), ("lea", lease_of(ASKING)), ("emma", new_id())):
        await leased(sessions, visitor, lease)
    unsure = await leased(sessions, "jean", lease_of(DEAD))
    await settle(sessions, "retry", unsure, error="lost", after=60, unsure=True)
    living = await asyncpg.connect(database_url)
    try:
        await living.execute("select pg_advisory_lock($1, $2)", SPACE, LIVING)
        first = await deserted.give_back(living, dead=(), process=ASKING)
        assert first == ({name_of(DEAD)}, 0) and await claim(sessions) == []
        # Whoever is known to live is not dead, whatever was thought before.
        assert (await deserted.give_back(living, dead=[name_of(DEAD), name_of(LIVING)], process=ASKING)).given_back == 1
        (again,) = await claim(sessions)
        assert (again.id, again.again, again.attempts) == (of_the_dead.id, True, 2)
        assert await deserted.give_back(living, dead=[name_of(DEAD)], process=ASKING) == (set(), 0)
    finally:
        await living.close()
