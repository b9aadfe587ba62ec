"""`./relais scenarios`: simulated customers against the whole product, several times each."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Sequence

from server.settings import Settings
from server.supervise import assistant
from server.supervise.folders import ROOT
from server.supervise.processes import run_here
from server.supervise.steps import StepFailed, Steps

NEEDED = ("pytest", "yaml")
"""What the tests bring with them, and an installation without them lacks."""


async def play(settings: Settings, words: Sequence[str]) -> int:
    """Makes and trains the assistant if need be, then plays the scenarios; 1 when a run went wrong."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing or not (ROOT / "tests").is_dir():
        print("relais: scenarios are part of the tests, which are not here; run ./relais test once", file=sys.stderr)
        return 1
    try:
        # What is found may be read by a program: nothing else goes to standard output.
        with contextlib.redirect_stdout(sys.stderr):
            async with Steps() as steps:
                async with steps.step("assistant's environment") as step:
                    await assistant.install(settings, step, dev=True)
                async with steps.step("training the assistant") as step:
                    await assistant.train(settings, step)
    except StepFailed as failure:
        print(f"{failure.detail}\nrelais: {failure}", file=sys.stderr)
        return 1
    return await run_here([sys.executable, "-m", "tests.support.scenarios", *words])
