"""Open desks hear which orders something happened to, whoever did it: from the queue of what happened, which every
change of an order goes through."""

from __future__ import annotations

import time
from uuid import UUID

from server.wakes import Wakes

AT_ONCE, WITHIN = 20, 1.0
"""So many orders are told one by one in a second; of an import that changes more, that many changed."""
EVERY = 5.0


class OrderNews:
    """Tells of orders, each by itself as long as they are few."""

    def __init__(self, wakes: Wakes) -> None:
        self._wakes = wakes
        self._began, self._count, self._untold = float("-inf"), 0, 0.0

    async def changed(self, order_id: UUID, customer_id: UUID | None) -> None:
        """One order changed. Losing it costs a refusal: what is done goes by the version that was seen."""
        now = time.monotonic()
        if now - self._began > WITHIN:
            self._began, self._count = now, 0
        self._count += 1
        if self._count <= AT_ONCE:
            await self._wakes.order(order_id, customer_id)
            return
        self._untold = self._untold or now
        if now - self._untold > EVERY:
            await self.rested()

    async def rested(self) -> None:
        """Nothing more waits for now."""
        if self._untold:
            self._untold = 0.0
            await self._wakes.order(None)
