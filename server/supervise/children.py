"""The children of one `up`: started, watched, restarted after a crash, replaced, stopped in reverse order."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from channels.ending import ended
from server.supervise.processes import Owner, ending, kill_group, spawn, stop

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY = 60.0
"""A child that lived this long is well again: its next crash counts as the first."""
LEAVING = 20.0
"""Seconds in which a child that was replaced ends what it has begun."""

Probe = Callable[[], Awaitable[bool]]


class ChildFailed(Exception):
    """A child ended, or was not ready in time. `log` holds what it said."""

    def __init__(self, message: str, log: Path) -> None:
        super().__init__(message)
        self.log = log

    def last_words(self, lines: int = 15) -> str:
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""


@dataclass
class Child:
    """What to run, and how to tell that it is ready.

    `farewell` is the signal that asks it to leave; after `patience` seconds its whole group is killed.
    """

    name: str
    argv: Sequence[str]
    ready: Probe
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    owner: Owner | None = None
    farewell: signal.Signals = signal.SIGTERM
    patience: float = 3.0
    before: Callable[[], None] | None = None
    gives_way: bool = False
    """To what answers platforms and people, when the processor is short."""


class Supervisor:
    """The children of one `up`. `tell` gets one line for every crash and every recovery."""

    def __init__(self, logs: Path, tell: Callable[[str], None]) -> None:
        self._logs = logs
        self._tell = tell
        self._children: list[Child] = []
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._watchers: dict[str, asyncio.Task[None]] = {}
        self._joining: set[asyncio.subprocess.Process] = set()
        self._stopping = False

    def log_of(self, child: Child) -> Path:
        return self._logs / f"{child.name}.log"

    def pid_of(self, name: str) -> int | None:
        """The process that runs under this name at the moment."""
        process = self._processes.get(name)
        return process.pid if process and process.returncode is None else None

    async def start(self, child: Child, *, within: float) -> None:
        """Starts a child, waits until it is ready, and watches it from then on. Raises ChildFailed."""
        self._children.append(child)
        process = await self._spawn(child)
        await self._wait_ready(child, process, within)
        self._watchers[child.name] = asyncio.create_task(self._watch(child, process, within))

    async def replace(self, child: Child, *, taken_over: Callable[[int], Awaitable[bool]], within: float) -> None:
        """Starts a child beside the one that runs under its name, and asks that one to leave once `taken_over` says of
        the new process that it works. Raises ChildFailed, with the old one untouched, when that takes too long."""
        process = await self._spawn(child, named=False)
        self._joining.add(process)
        try:
            probing = replace(child, ready=lambda: taken_over(process.pid))
            await self._wait_ready(probing, process, within)
        except BaseException:
            await asyncio.shield(stop(process, child.farewell, child.patience))
            raise
        finally:
            self._joining.discard(process)
        # Nobody brings the old one back from here on.
        await ended(self._watchers[child.name])
        old, self._processes[child.name] = self._processes[child.name], process
        self._watchers[child.name] = asyncio.create_task(self._watch(child, process, within))
        await stop(old, child.farewell, LEAVING)

    async def stop(self) -> None:
        """Stops every child, last started first."""
        self._stopping = True
        await ended(*self._watchers.values())
        for child in reversed(self._children):
            process = self._processes.get(child.name)
            if process is not None:
                await stop(process, child.farewell, child.patience)

    def kill(self) -> None:
        """Ends everything without a word: the second Ctrl-C."""
        for process in [*self._processes.values(), *self._joining]:
            kill_group(process.pid)

    async def _spawn(self, child: Child, *, named: bool = True) -> asyncio.subprocess.Process:
        if child.before:
            child.before()
        process = await spawn(
            child.argv,
            log=self.log_of(child),
            environment=child.environment,
            folder=child.folder,
            owner=child.owner,
            farewell=child.farewell,
            gives_way=child.gives_way,
        )
        if named:
            self._processes[child.name] = process
        return process

    async def _wait_ready(self, child: Child, process: asyncio.subprocess.Process, within: float) -> None:
        deadline = time.monotonic() + within
        while not await child.ready():
            if process.returncode is not None:
                raise ChildFailed(f"{child.name} ended at its start ({ending(process.returncode)})", self.log_of(child))
            if time.monotonic() > deadline:
                raise ChildFailed(f"{child.name} was not ready after {within:.0f} s", self.log_of(child))
            await asyncio.sleep(0.1)

    async def _watch(self, child: Child, process: asyncio.subprocess.Process, within: float) -> None:
        pause, since = FIRST_PAUSE, time.monotonic()
        while True:
            code = await process.wait()
            # A leader that died may have left members of its group behind, with its port or its lock.
            kill_group(process.pid)
            if time.monotonic() - since > STEADY:
                pause = FIRST_PAUSE
            self._say(child, f"{child.name} stopped by itself ({ending(code)}); starting it again in {pause:g} s")
            await asyncio.sleep(pause)
            pause, since = min(pause * 2, LONGEST_PAUSE), time.monotonic()
            process = await self._spawn(child)
            try:
                await self._wait_ready(child, process, within)
            except ChildFailed as failure:
                if process.returncode is None:
                    self._say(child, f"{failure}; killed")
                    kill_group(process.pid)
            else:
                self._say(child, f"{child.name} is back after {time.monotonic() - since:.1f} s")

    def _say(self, child: Child, line: str) -> None:
        with contextlib.suppress(OSError), self.log_of(child).open("a") as log:
            log.write(f"--- relais: {line}\n")
        self._tell(line)
