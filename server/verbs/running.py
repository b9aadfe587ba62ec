"""What every verb begins with: its settings, and a loop to run on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import typer
from pydantic import ValidationError

from server import secrets
from server.settings import Settings


def settings_or_exit(*, production: bool = False) -> Settings:
    """The settings with their secrets; ends the program with one line for every setting that is wrong."""
    try:
        settings = Settings()
        if production:
            settings = settings.model_copy(update={"production": True})
        return secrets.load(settings)
    except ValidationError as error:
        for fault in error.errors():
            name = ".".join(str(part) for part in fault["loc"]).upper().removeprefix("RELAIS_")
            variable = name if name.endswith("_URL") and name[:-4] in ("DATABASE", "REDIS") else f"RELAIS_{name}"
            print(f"relais: {variable}: {fault['msg']}", file=sys.stderr)
        raise typer.Exit(1) from None


def fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's event loop, where it runs."""
    try:
        import uvloop
    except ImportError:  # Windows
        return None
    return uvloop.new_event_loop


def run(work: Coroutine[Any, Any, int], *, serving: bool = False) -> None:
    """Runs a verb to its exit code. What serves runs on the faster loop where there is one."""
    try:
        with asyncio.Runner(loop_factory=fast_loop() if serving else None) as runner:
            code = runner.run(work)
    except KeyboardInterrupt:
        code = 130
    raise typer.Exit(code)
