"""Taking messages in: each in a transaction, several in one where they come faster than they are committed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable
from typing import NamedTuple, Protocol
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.receiving.receive import MoreToAsk
from crm_backend.conversations.schema import InboundMessage, Received
from crm_backend.database import Sessions, one_by_one

log = structlog.get_logger(__name__)
LANES = 16
"""Messages on their way at the same time, nearly all of them without a lock. More would only wait for the processor."""
TOGETHER = 16
"""Messages in one transaction: what is locked for the first is locked until the last is stored."""


class Store(Protocol):
    """Stores one message. With `at_once` or `unlocked` it raises MoreToAsk, with nothing written, where it may have to
    wait."""

    def __call__(
        self, session: AsyncSession, inbound: InboundMessage, *, at_once: bool = False, unlocked: bool = False
    ) -> Awaitable[Received]: ...


class _Waiting(NamedTuple):
    inbound: InboundMessage
    told: asyncio.Future[Received | None]


class Receiving:
    """The way in of one process.

    While there is a free lane a message takes it at once. What comes when all are taken waits a moment and then goes
    together: to begin and to commit costs as much as to store. In a lane nobody waits for a lock, so that no two groups
    wait for each other and nothing holds up the next; what has to wait leaves it and does so by itself. So does every
    message of a group of which one is refused: nothing of that group was kept.
    """

    def __init__(self, sessions: Sessions, store: Store) -> None:
        self._sessions, self._store = sessions, store
        self._busy = 0
        self._waiting: deque[_Waiting] = deque()
        self._groups: set[asyncio.Task[None]] = set()
        self._writers: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def take(self, inbound: InboundMessage) -> Received:
        """What became of it, once it is committed. Raises what storing it raises."""
        received = await self._in_a_lane(inbound)
        if received is None:
            # Of one writer one at a time: the others would wait for the same lock, each with a connection that is
            # missing elsewhere.
            who = (inbound.identity_kind, inbound.identity_value)
            one = self._writers.setdefault(who, asyncio.Lock())
            async with one, self._sessions() as session, session.begin():
                received = await self._store(session, inbound)
        return received

    async def _in_a_lane(self, inbound: InboundMessage) -> Received | None:
        if self._busy >= LANES:
            told: asyncio.Future[Received | None] = asyncio.get_running_loop().create_future()
            self._waiting.append(_Waiting(inbound, told))
            return await told
        self._busy += 1
        try:
            return await self._quickly(inbound) or await self._alone(inbound)
        finally:
            self._leave()

    async def _quickly(self, inbound: InboundMessage) -> Received | None:
        """Stored by one statement, which is a transaction of its own; None where that does not do."""
        try:
            async with one_by_one(self._sessions) as session:
                return await self._store(session, inbound, unlocked=True)
        except (MoreToAsk, IntegrityError):
            # The same message may have come twice at once.
            return None

    async def _alone(self, inbound: InboundMessage) -> Received | None:
        try:
            async with self._sessions() as session, session.begin():
                return await self._store(session, inbound, at_once=True)
        except MoreToAsk:
            return None

    def _leave(self) -> None:
        """A lane is free: who waits goes on it."""
        if not self._waiting:
            self._busy -= 1
            return
        group = [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]
        task = asyncio.create_task(self._together(group), name="receiving")
        self._groups.add(task)
        task.add_done_callback(self._groups.discard)

    async def _together(self, group: list[_Waiting]) -> None:
        kept: list[Received | None] = [None] * len(group)
        try:
            async with self._sessions() as session, session.begin():
                stored = [await self._stored(session, one.inbound) for one in group]
            kept = stored
        except Exception as error:  # noqa: BLE001  whoever's message it is meets it again, alone
            log.debug("receiving.apart", messages=len(group), cause=type(error).__name__)
        finally:
            self._leave()
            for one, received in zip(group, kept, strict=True):
                if not one.told.done():
                    one.told.set_result(received)

    async def _stored(self, session: AsyncSession, inbound: InboundMessage) -> Received | None:
        try:
            return await self._store(session, inbound, at_once=True)
        except MoreToAsk:
            return None
