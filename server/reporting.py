"""Hearing from platforms what became of messages: stored, then told to whoever watches."""

from __future__ import annotations

import asyncio

import structlog

from channels.port import Live, Report
from crm_backend.conversations.schema import Receipt
from crm_backend.conversations.sending import receipts
from crm_backend.conversations.sending.receipts import Standing
from crm_backend.database import Sessions, unreachable
from crm_backend.errors import Unavailable
from server.metrics import RECEIPTS
from server.wakes import Wakes

log = structlog.get_logger(__name__)
PAUSES = (0.1, 0.4, 1.0, 2.0)
"""A platform may tell of a message before it has told its sender what the message is called. So a name that nobody
knows is looked for again while something is on its way."""


def reporter(sessions: Sessions, live: Live) -> Report:
    """The `report` that channels are given."""
    wakes = Wakes(live)

    async def report(receipt: Receipt) -> bool:
        standing = await _stored(sessions, receipt)
        RECEIPTS.labels(receipt.channel, receipt.state if standing else "unknown").inc()
        if standing is None:
            log.info("receipt.unknown", channel=receipt.channel, account=receipt.account, state=receipt.state)
            return False
        if standing.changed:
            if standing.delivery == "failed":
                conversation = str(standing.conversation_id)
                log.error("receipt.failed", conversation=conversation, seq=standing.seq, cause=receipt.cause)
            await wakes.delivery(standing.conversation_id, seq=standing.seq, state=standing.delivery)
        return True

    return report


async def _stored(sessions: Sessions, receipt: Receipt) -> Standing | None:
    try:
        for pause in PAUSES:
            async with sessions() as session, session.begin():
                found = await receipts.apply(session, receipt)
                if found is not None:
                    return found
                if not await receipts.being_sent(session, channel=receipt.channel, account=receipt.account):
                    # Once more below: it may have been noted between the two looks.
                    break
            await asyncio.sleep(pause)
        async with sessions() as session, session.begin():
            return await receipts.apply(session, receipt)
    except Exception as error:
        if unreachable(error):
            raise Unavailable("database") from error
        raise
