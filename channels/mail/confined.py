"""Opens mails for as long as it is asked to. Run as a program of its own, by `channels.mail.opener`.

A mail is a stranger's: one that nobody thought of may take for ever to read, or all the memory there is. It does so in
a process that has a bound for both and nothing to steal, and takes only itself along. Requests come in on standard
input and answers go out, each a pickle behind its length; the end of the input is the end of the program.
"""

from __future__ import annotations

import contextlib
import math
import pickle
import struct
import sys
import time
import types
from pathlib import Path
from typing import Any, BinaryIO

MEMORY = 1 << 30
SECONDS = 20
"""Of computing, for one mail."""
LENGTH = struct.Struct("!Q")
"""What stands before each pickle: its length in bytes."""


def main() -> None:
    """Answers until nobody asks any more."""
    root = Path(__file__).resolve().parents[2]
    sys.path.insert(0, str(root))
    # The package itself opens with the whole channel, its database and its network; what is needed here does not.
    package = types.ModuleType("channels.mail")
    package.__path__ = [str(root / "channels" / "mail")]
    sys.modules["channels.mail"] = package
    from channels.mail.opened import open_mail
    from channels.mail.replies import told_apart
    from crm_backend.errors import RelaisError

    _confine()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while (asked := read(requests)) is not None:
        what, *given = pickle.loads(asked)  # noqa: S301  from the server that started us
        _allow_time()
        try:
            done: Any = open_mail(*given) if what == "open" else told_apart(given[0], given[1], sent=given[2])
        except RelaisError as error:
            answer: tuple[str, Any] = ("refused", error.code)
        except MemoryError:
            answer = ("refused", "too_large")
        except Exception as error:  # noqa: BLE001  whatever a mail makes of its reader, it is the mail
            answer = ("refused", type(error).__name__)
        else:
            answer = ("done", done)
        write(answers, pickle.dumps(answer, protocol=5))


def read(stream: BinaryIO) -> bytes | None:
    """The next pickle; None at the end, also when the end comes too early."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = stream.read(length)
    return body if len(body) == length else None


def write(stream: BinaryIO, pickled: bytes) -> None:
    """Raises OSError when nobody is there any more."""
    stream.write(LENGTH.pack(len(pickled)))
    stream.write(pickled)
    stream.flush()


def _confine() -> None:
    try:
        import resource
    except ImportError:  # Windows: the patience of whoever asks is the only bound
        return
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        # macOS knows some of these and refuses them.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))


def _allow_time() -> None:
    """Past this much computing the system ends the process (SIGXCPU)."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + SECONDS, hard))


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        main()
