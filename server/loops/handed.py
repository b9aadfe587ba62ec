"""Turns that this process took together with their messages, until one of its workers thinks about them.

What is taken as it is stored need not be looked for: neither the statement that takes it nor the word that it is there
leaves the process. Only so many are: the rest is queued, for whichever process has time first.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from crm_backend.conversations.taking_in import Lease
from crm_backend.conversations.thinking.claiming import Claimed
from crm_backend.database import new_id, utc_now
from server.loops.alive import Alive

LOOKS_EVERY = 0.5
"""Seconds after which a worker looks into the queue again, however much was handed over: others' turns, and those that
are tried again, wait only there."""
ANEW_AFTER = timedelta(seconds=1)
"""How long a turn may wait here before it is asked whether all is still as it was: a person may have taken the
conversation over, and the assistant is not to act in it then."""
MOST_KNOWN = 1000
"""Turns of the queue of which is known when they came."""


class Handed:
    """A `claiming.Hand`: first in, first out, with what this process queued itself in its place."""

    def __init__(self, *, most: int, lease_seconds: float, alive: Alive | None = None) -> None:
        """`alive` names the leases, and has what is lost of them given back before they end."""
        self._most, self._lease, self._alive = most, timedelta(seconds=lease_seconds), alive
        self._turns: deque[Claimed] = deque()
        self._queued: deque[datetime] = deque(maxlen=MOST_KNOWN)
        self._looked_at = 0.0
        self._closed = False
        self.wake: Callable[[], None] = lambda: None
        """Called for each turn that is handed over."""

    def lease(self) -> Lease | None:
        """A lease on one more turn; None when it is to be queued, since too many wait here."""
        if self._closed or len(self._turns) >= self._most:
            return None
        return Lease(self.new_lease(), utc_now() + self._lease)

    def new_lease(self) -> UUID:
        """A lease of this process."""
        return self._alive.lease() if self._alive else new_id()

    def lost(self, lease: UUID) -> None:
        """If a turn was taken under this lease, nobody here thinks about it."""
        if self._alive:
            self._alive.lost(lease)

    def take(self, claimed: Claimed) -> None:
        """This one is to be thought about here."""
        self._turns.append(claimed)
        self.wake()

    def queued(self) -> None:
        """One was queued just now: its turn comes before those that are handed over later."""
        self._queued.append(utc_now())

    def next(self) -> Claimed | None:
        """The oldest; None when there is none, or when it is time to look into the queue."""
        if not self._turns or time.monotonic() - self._looked_at > LOOKS_EVERY:
            return None
        if self._queued and self._queued[0] < self._turns[0].turn.created_at:
            return None
        return self._turns.popleft()

    def looked(self, *, found: bool) -> Claimed | None:
        """Somebody looked into the queue. The oldest turn here where there was none in it."""
        self._looked_at = time.monotonic()
        if found:
            if self._queued:
                self._queued.popleft()
            if self._turns:
                # Whoever was woken for it did something else.
                self.wake()
            return None
        self._queued.clear()
        return self._turns.popleft() if self._turns else None

    def late(self, claimed: Claimed) -> bool:
        """Whether a turn waited here for so long that thinking might not end within its lease."""
        return claimed.until is not None and claimed.until - utc_now() < self._lease * (2 / 3)

    def doubtful(self, claimed: Claimed) -> bool:
        """Whether a turn waited here for so long that much may have happened in its conversation."""
        return claimed.until is not None and self._lease - (claimed.until - utc_now()) > ANEW_AFTER

    def close(self) -> list[Claimed]:
        """Takes nothing any more; what nobody has thought about."""
        self._closed = True
        left, self._turns = list(self._turns), deque()
        return left
