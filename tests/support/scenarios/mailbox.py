"""A mailbox that the company writes from in some scenarios, and the customer who reads the codes that it sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import select

from actions import toolbox
from crm_backend.conversations.model import OutboxItem
from crm_backend.notifications.schema import Start
from server.app import Parts
from tests.support.scenarios.made import World

STARTS = (Start(kind="email", channel="mail", account="main"),)
NONE_YET = "no code"


@contextmanager
def writes_first(yes: bool) -> Iterator[None]:
    """While this lasts the company's mailbox may write first, or nothing may. What it sends stays in the outbox: no
    such mailbox is there to take it."""
    before = toolbox.tools()
    toolbox.equip(replace(before, starts=lambda: STARTS if yes else ()))
    try:
        yield
    finally:
        toolbox.equip(before)


async def read(company: Parts, world: World) -> None:
    """The customer looks into their mail: `{code}` is the one that came last, to either of their addresses."""
    theirs = [world.known["email"], world.known["new_email"]]
    async with company.sessions() as session:
        query = select(OutboxItem.secret).where(OutboxItem.address.in_(theirs), OutboxItem.secret.is_not(None))
        found = await session.scalar(query.order_by(OutboxItem.created_at.desc()).limit(1))
    world.known["code"] = found or NONE_YET
