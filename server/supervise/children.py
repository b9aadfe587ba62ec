"""Child processes: started in groups of their own, watched, restarted after a crash, stopped in reverse order."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from channels.ending import ended
from server.supervise.priority import give_way

LARGEST_LOG = 5_000_000
KEPT_LOGS = 3
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY = 60.0
"""A child that lived this long is well again: its next crash counts as the first."""

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

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


@dataclass(frozen=True)
class Owner:
    """The unprivileged user a child runs as when we are root."""

    uid: int
    gid: int


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


async def spawn(
    argv: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    owner: Owner | None = None,
    farewell: signal.Signals = signal.SIGTERM,
    gives_way: bool = False,
) -> asyncio.subprocess.Process:
    """Starts a process that leads its own group, writes to `log`, and is sent `farewell` if we die (on Linux)."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    rotate(log)
    # uv complains about an active environment that is not the project's own.
    inherited = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**inherited, **(environment or {})},
            cwd=folder,
            start_new_session=True,
            preexec_fn=_beginning(farewell, gives_way=gives_way),
            user=owner.uid if owner else None,
            group=owner.gid if owner else None,
            extra_groups=[] if owner else None,
        )


def tie_to_parent(farewell: signal.Signals) -> Callable[[], None] | None:
    """What a new process does before it becomes its program, so that `kill -9` of its parent leaves no orphan.

    The signal is forgotten at a change of user (prctl(2)), which subprocess makes earlier than this.
    """
    if _libc is None:
        return None
    parent = os.getpid()

    def tie() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(farewell))
        if os.getppid() != parent:
            os._exit(1)

    return tie


def _beginning(farewell: signal.Signals, *, gives_way: bool) -> Callable[[], None] | None:
    tie = tie_to_parent(farewell)
    if not gives_way:
        return tie

    def begin() -> None:
        if tie is not None:
            tie()
        # Whatever keeps it from giving way, it starts.
        with contextlib.suppress(Exception):
            give_way()

    return begin


def die_with_parent() -> None:
    """Sends SIGTERM to this process when the one that started it dies: `uv run` may be killed above us."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))


def rotate(log: Path) -> None:
    """Moves a log that has grown large aside; the oldest is dropped."""
    if not log.exists() or log.stat().st_size < LARGEST_LOG:
        return
    for number in range(KEPT_LOGS - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    log.replace(log.with_name(f"{log.name}.1"))


def kill_group(pid: int) -> None:
    """Ends a process and everything it started, at once."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


async def stop(process: asyncio.subprocess.Process, farewell: signal.Signals, patience: float) -> None:
    """Asks a process to leave, then kills its group. Returns when it is gone."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(farewell)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), patience)
    kill_group(process.pid)
    await process.wait()


async def run(
    argv: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    owner: Owner | None = None,
) -> int:
    """Runs a command to its end and returns its exit code; its group dies with us or when we are cancelled."""
    process = await spawn(argv, log=log, environment=environment, folder=folder, owner=owner)
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            await asyncio.shield(stop(process, signal.SIGTERM, 2.0))


class Supervisor:
    """The children of one `up`. `tell` gets one line for every crash and every recovery."""

    def __init__(self, logs: Path, tell: Callable[[str], None]) -> None:
        self._logs = logs
        self._tell = tell
        self._children: list[Child] = []
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._watchers: dict[str, asyncio.Task[None]] = {}
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
        for process in self._processes.values():
            kill_group(process.pid)

    async def _spawn(self, child: Child) -> asyncio.subprocess.Process:
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


def ending(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
