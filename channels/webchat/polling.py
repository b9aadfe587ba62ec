"""Waiting for news over plain HTTP."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from channels.webchat.visitors import Visit
from channels.webchat.visits import Visits

LONGEST_WAIT = 25.0


async def poll(visits: Visits, visit: Visit, wait: float) -> dict[str, Any]:
    """Messages and owner, at once or when there is something new, after `wait` seconds (25 at most) in any case."""
    # Whatever is no number of seconds, such as nan, waits not at all.
    deadline = asyncio.get_running_loop().time() + (min(wait, LONGEST_WAIT) if wait > 0 else 0.0)
    async with visits.live.listen(f"conversation:{visit.conversation}") as notes:
        frames = await visits.news(visit)
        while not any(frame["type"] == "message" for frame in frames):
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                break
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(anext(notes), left)
            frames += await visits.news(visit)
    messages = [frame["message"] for frame in frames if frame["type"] == "message"]
    return {"messages": messages, "owner": visit.owner, "last": visit.last}
