"""`./relais train`."""

from __future__ import annotations

import sys

from server.settings import Settings
from server.supervise import assistant
from server.supervise.steps import StepFailed, Steps


async def train(settings: Settings, *, force: bool, vectors: bool = False) -> int:
    """Trains the assistant if it must be; `./relais up` that runs takes the new model at once. With `vectors`,
    those of the sentences are first written for other machines (bot/taught.vectors)."""
    try:
        async with Steps() as steps:
            async with steps.step("assistant's environment") as step:
                await assistant.install(settings, step)
            if vectors:
                async with steps.step("vectors of the sentences") as step:
                    await assistant.write_vectors(settings, step)
            async with steps.step("training the assistant") as step:
                await assistant.train(settings, step, force=force)
    except StepFailed as failure:
        print(f"{failure.detail}\nrelais: {failure}", file=sys.stderr)
        return 1
    return 0
