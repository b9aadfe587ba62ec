"""Ending tasks for certain."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN = 2.0
"""Seconds after which a task that goes on is told again."""


async def ended(*tasks: asyncio.Task[Any] | None) -> None:
    """Cancels tasks and returns once all have ended, however they did; None stands for one that was never begun.

    One that goes on is cancelled again: a cancellation can be lost. `asyncio.wait_for` before Python 3.12 loses one
    that comes together with what it waits for (python/cpython#86296), and libraries turn one into an error of theirs
    when closing a connection fails.
    """
    left: Iterable[asyncio.Task[Any]] = {task for task in tasks if task and not task.done()}
    while left:
        for each in left:
            each.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN)
    for task in tasks:
        if task and not task.cancelled():
            # Asked for, so that nothing complains that nobody did.
            task.exception()
