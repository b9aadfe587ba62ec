"""Processes that lead groups of their own: started, run to their end, stopped, killed with all they started."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from server.supervise.folders import ROOT
from server.supervise.priority import give_way

LARGEST_LOG = 5_000_000
KEPT_LOGS = 3

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Owner:
    """The unprivileged user a child runs as when we are root."""

    uid: int
    gid: int


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


async def run_here(argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> int:
    """Runs a command of ours at this terminal to its end and returns its exit code; when we are cancelled it is asked
    to leave, and waited for."""
    process = await asyncio.create_subprocess_exec(*argv, cwd=ROOT, env=environment)
    try:
        return await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise


def ending(code: int) -> str:
    """How a process ended, in words."""
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
