"""The vector of a question: the assistant's, where it needed one to understand the message, else a new one."""

from __future__ import annotations

import base64

import numpy as np

from actions.toolbox import tools
from actions.turn import Turn


async def vector_of(turn: Turn, question: str) -> list[float]:
    """384 numbers for `question`, which may be the message, a part of it, or what was asked before."""
    message = turn.tracker.latest_message
    told = message.get("vector")
    if told and question == message.get("text"):
        numbers: list[float] = np.frombuffer(base64.b64decode(told), dtype="<f2").tolist()
        return numbers
    return await tools().embed(question)
