"""What one network may have done for it in the help centre, so that whoever copies it whole leaves the rest to readers.

Counted is what costs: a page that must be written, a search. Pages that are kept are for everybody, at any time, so
that an office, which reads what others read, is the last to notice. Each process counts by itself.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from crm_backend.errors import RateLimited

SEARCH, PAGE = 4, 1
"""What a search, and a page that is written anew, take of the allowance."""
NETWORKS = 20_000
"""How many are remembered; who is forgotten begins anew."""


class Allowance:
    """So much a minute for each network, and at first a whole minute's at once."""

    def __init__(self, searches_per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = float(SEARCH * searches_per_minute), clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, network: str, cost: int) -> None:
        """Counts it. Raises RateLimited when there is not enough left."""
        now = self._clock()
        left, at = self._left.pop(network, (self._most, now))
        left = min(self._most, left + (now - at) * self._most / 60)
        enough = left >= cost
        self._left[network] = (left - cost if enough else left, now)
        if len(self._left) > NETWORKS:
            self._left.popitem(last=False)
        if not enough:
            wait = (cost - left) * 60 / self._most
            raise RateLimited("the help centre", retry_after=max(1, math.ceil(wait)))
