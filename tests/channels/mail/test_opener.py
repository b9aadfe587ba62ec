"""Mails are opened in processes of their own: what a mail does to its reader happens to that mail alone."""

from __future__ import annotations

import asyncio
import io
import os
import pickle
import signal
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from channels.mail import confined, opener
from channels.mail.opened import open_mail
from channels.mail.reading import Unreadable
from tests.channels.mail.letters_read import PAYLOADS
from tests.channels.mail.mails import mail

SAMPLES = sorted(PAYLOADS.glob("*.eml"))
HARMFUL = """
import os, signal, sys
sys.path.insert(0, {folder!r})
import confined
while (asked := confined.read(sys.stdin.buffer)) is not None:
    if b"poison" in asked:
        {harm}
    confined.write(sys.stdout.buffer, __import__("pickle").dumps(("refused", "healthy")))
"""


def openers() -> list[psutil.Process]:
    """The processes that open mails."""
    running = (one for one in psutil.Process().children() if one.status() != psutil.STATUS_ZOMBIE)
    return [one for one in running if any("confined" in word or "harmful" in word for word in one.cmdline())]


@pytest.fixture
def harmful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes mails with the word poison do something to the process that reads them."""

    def make(harm: str) -> None:
        program = tmp_path / "harmful.py"
        program.write_text(HARMFUL.format(folder=str(Path(confined.__file__).parent), harm=harm))
        monkeypatch.setattr(opener, "PROGRAM", program)
        end()

    def end() -> None:
        for process in openers():
            process.kill()
            while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                pass

    yield make
    end()


async def test_what_is_read_elsewhere_is_what_would_be_read_here() -> None:
    for path in SAMPLES[:: max(1, len(SAMPLES) // 12)]:
        assert await opener.open_mail(path.read_bytes()) == open_mail(path.read_bytes()), path.name


async def test_two_mails_are_opened_at_once_by_two_processes_at_most() -> None:
    opened = await asyncio.gather(*(opener.open_mail(mail(f"numéro {number}")) for number in range(8)))
    assert [one.told.text for one in opened] == [f"numéro {number}" for number in range(8)]
    assert 1 <= len(openers()) <= opener.AT_ONCE


async def test_a_reader_killed_for_no_fault_of_the_mail_is_replaced() -> None:
    await opener.open_mail(mail())
    for process in openers():
        process.kill()
    assert (await opener.open_mail(mail("bonjour"))).told.text == "bonjour"


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        ("os._exit(1)", "died with 1"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", "too_slow"),
        ("import time; time.sleep(60)", "too_slow"),
    ],
)
async def test_a_mail_that_ends_or_holds_up_its_reader_is_unreadable_and_the_next_is_read(
    harmful: Any, monkeypatch: pytest.MonkeyPatch, harm: str, why: str
) -> None:
    harmful(harm)
    monkeypatch.setattr(opener, "PATIENCE", 2.0)
    with pytest.raises(Unreadable, match=why):
        await opener.open_mail(mail("poison"))
    with pytest.raises(Unreadable, match="healthy"):
        await opener.open_mail(mail("sain"))


@pytest.mark.parametrize(
    ("work", "end"),
    [
        ("confined.SECONDS = 0; confined._allow_time()\nwhile True: pass", -signal.SIGXCPU),
        ("confined._confine(); bytearray(3 << 30)", 1),
    ],
)
async def test_computing_and_memory_have_bounds(work: str, end: int) -> None:
    folder = str(Path(confined.__file__).parent)
    code = f"import sys; sys.path.insert(0, {folder!r})\nimport confined\n{work}"
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stderr=quiet)
    assert await process.wait() == end


def test_an_answer_can_make_nothing_but_mails() -> None:
    class Harm:
        def __reduce__(self) -> Any:
            return os.system, ("true",)

    with pytest.raises(pickle.UnpicklingError):
        opener._Plain(io.BytesIO(pickle.dumps(("done", Harm())))).load()


async def test_it_has_nothing_to_steal() -> None:
    await opener.open_mail(mail())
    for process in openers():
        assert set(process.environ()) <= {"LD_LIBRARY_PATH", "SYSTEMROOT", "LC_CTYPE"}
