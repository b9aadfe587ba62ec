"""The signals that end `up`."""

from __future__ import annotations

import asyncio
import os
import signal

from server.supervise.children import Supervisor


class Signals:
    """The first Ctrl-C (SIGTERM, closed terminal) ends the body in order, the second ends everything at once."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._task: asyncio.Task[object] | None = None
        self.caught = False

    def listen(self) -> None:
        """Takes the signals over for the task that runs now."""
        self._task = asyncio.current_task()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._received)

    def release(self) -> None:
        """From here on we stop anyway; the next signal but one still ends everything at once."""
        self._task = None

    def _received(self) -> None:
        if self.caught:
            self._supervisor.kill()
            os._exit(130)
        self.caught = True
        if self._task:
            self._task.cancel()
