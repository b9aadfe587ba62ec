"""What the terminal shows while things are set up: one line a step, with its time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

QUIET = 3.0
"""Seconds after which a step that still runs is announced where no spinner can show it."""


STYLES = {"✓": "green", "✗": "red", "·": "dim"}


class StepFailed(Exception):
    """A step could not be done; the message is one sentence for the person at the terminal, `detail` what was said."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


@dataclass
class Step:
    """A step that runs. It ends as done, unless it is called unchanged."""

    doing: str
    started: float = field(default_factory=time.monotonic)
    said: str = ""
    sign: str = "✓"

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def done(self, what: str) -> None:
        """Names what has been achieved."""
        self.said = what

    def unchanged(self, what: str) -> None:
        """Says that there was nothing to do."""
        self.said, self.sign = what, "·"

    def failed(self, what: str) -> None:
        """Says that it went wrong, without ending everything."""
        self.said, self.sign = what, "✗"


class Steps:
    """Shows steps, several at a time: spinners on a terminal, plain lines elsewhere."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)
        self._running: list[Step] = []
        self._live: Live | None = None
        self._painter: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self.console.is_terminal:
            # Painted from the event loop, not from rich's own thread: a process with threads is a poor one to fork.
            self._live = Live(console=self.console, auto_refresh=False, transient=True)
            self._live.start()
            self._painter = asyncio.create_task(self._paint())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._painter:
            self._painter.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._painter
        if self._live:
            self._live.update(Group(), refresh=True)
            self._live.stop()
            self._live = None

    @asynccontextmanager
    async def step(self, doing: str) -> AsyncIterator[Step]:
        """Shows `doing` while the body runs, and its time afterwards."""
        step = Step(doing)
        self._running.append(step)
        announcer = None if self.console.is_terminal else asyncio.create_task(self._announce(step))
        try:
            yield step
        except BaseException as error:
            if not isinstance(error, asyncio.CancelledError):
                self._line("✗", STYLES["✗"], doing, step.seconds)
            raise
        else:
            self._line(step.sign, STYLES[step.sign], step.said or doing, None if step.sign == "·" else step.seconds)
        finally:
            self._running.remove(step)
            if announcer:
                announcer.cancel()

    def say(self, line: str) -> None:
        """One line between the steps."""
        self.console.print(Text(line))

    def _line(self, sign: str, style: str, what: str, seconds: float | None) -> None:
        text = Text.assemble((sign, style), " ", (what, "dim" if style == "dim" else ""))
        if seconds is not None:
            text.append(f"  {seconds:.1f} s", "dim")
        self.console.print(text)

    async def _announce(self, step: Step) -> None:
        await asyncio.sleep(QUIET)
        self.console.print(Text(f"… {step.doing}"))

    async def _paint(self) -> None:
        spinners: dict[int, Spinner] = {}
        while self._live:
            rows = []
            for step in self._running:
                spinner = spinners.setdefault(id(step), Spinner("dots", style="cyan"))
                spinner.update(text=Text.assemble(step.doing, (f"  {step.seconds:.0f} s", "dim")))
                rows.append(spinner)
            self._live.update(Group(*rows), refresh=True)
            await asyncio.sleep(0.1)
