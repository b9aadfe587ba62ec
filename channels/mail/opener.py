"""Having mails opened in processes of their own: beside whatever the server does, and without harm to it."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import io
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import structlog

from channels.mail import confined
from channels.mail.opened import Opened
from channels.mail.reading import Unreadable
from channels.mail.replies import Told
from crm_backend.errors import Unavailable

log = structlog.get_logger(__name__)
UNREADABLE = "it cannot be read"
"""What an Unreadable raised here begins with."""
PROGRAM = Path(confined.__file__)
AT_ONCE = 2
"""Processes: the second is started when the first is busy."""
PATIENCE = 120.0
"""Seconds that pass, on a machine with much else to do, before a mail that is not read yet is given up."""
_TRIES = 2
_NEEDED = ("LD_LIBRARY_PATH", "SYSTEMROOT")
_KNOWN = {
    ("channels.mail.addresses", "Address"),
    ("channels.mail.bodies", "Attachment"),
    ("channels.mail.bodies", "Marks"),
    ("channels.mail.headers", "Headers"),
    ("channels.mail.opened", "Opened"),
    ("channels.mail.parse", "Mail"),
    ("channels.mail.replies", "Told"),
    ("builtins", "frozenset"),
    ("datetime", "datetime"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
}

_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mail-opener")
_mine = threading.local()


async def open_mail(raw: bytes) -> Opened:
    """What a mail says. Raises Unreadable for one that cannot be read, or not in time; Unavailable."""
    return cast("Opened", await _asked("open", raw))


async def tell_apart(text: str, html: str, sent: Sequence[str]) -> Told:
    """`replies.told_apart`, and raises what `open_mail` raises."""
    return cast("Told", await _asked("tell", text, html, list(sent)))


async def _asked(*request: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_threads, _ask, request)


def _ask(request: tuple[Any, ...]) -> Any:
    """Asks this thread's process. It may have died for no fault of the mail: then that is tried once more."""
    for attempt in range(1, _TRIES + 1):
        process = getattr(_mine, "process", None) or _Process()
        _mine.process = process
        try:
            how, what = process.ask(request)
        except _Died as death:
            _mine.process = None
            log.warning("mail.opener_died", cause=str(death), attempt=attempt)
            if death.slow or attempt == _TRIES:
                raise Unreadable(f"{UNREADABLE} ({death})") from death
            continue
        if how != "done":
            raise Unreadable(f"{UNREADABLE} ({what})")
        return what
    raise AssertionError("unreachable")


class _Died(Exception):
    def __init__(self, cause: str, *, slow: bool) -> None:
        super().__init__(cause)
        self.slow = slow


class _Process:
    """One running `confined`."""

    def __init__(self) -> None:
        try:
            self._process = subprocess.Popen(
                (sys.executable, "-I", str(PROGRAM)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _NEEDED if name in os.environ},
                # Keys pressed in the terminal are for the server, which closes the pipe when it stops.
                start_new_session=True,
            )
        except OSError as error:
            raise Unavailable("no process for mails") from error
        self._given_up = False
        atexit.register(self.end)

    def ask(self, request: tuple[Any, ...]) -> tuple[str, Any]:
        """Its answer. Raises _Died, and then there is no process any more."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Timer(PATIENCE, self._give_up)
        late.start()
        try:
            confined.write(cast("io.BufferedWriter", process.stdin), pickle.dumps(request, protocol=5))
            answer = confined.read(cast("io.BufferedReader", process.stdout))
        except OSError:
            answer = None
        finally:
            late.cancel()
        if answer is not None:
            return cast("tuple[str, Any]", _Plain(io.BytesIO(answer)).load())
        self.end()
        slow = self._given_up or process.returncode == -getattr(signal, "SIGXCPU", 0)
        raise _Died("too_slow" if slow else f"died with {process.returncode}", slow=slow)

    def _give_up(self) -> None:
        self._given_up = True
        self._process.kill()

    def end(self) -> None:
        """Lets it go; kills it when it does not."""
        atexit.unregister(self.end)
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _Plain(pickle.Unpickler):
    """What a stranger's mail may have had a hand in is made of our few plain classes, and of nothing that acts."""

    def find_class(self, module: str, name: str) -> Any:
        """Raises UnpicklingError for any other."""
        if (module, name) not in _KNOWN:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return super().find_class(module, name)
