"""The order in which `./relais test` begins its checks: what can run does, and what the set-up lacks ends it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rich.console import Console

from server.commands import test as checking
from server.commands.test import Check
from server.settings import Settings
from server.supervise.steps import StepFailed, Steps


async def played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checks: list[Check], ready: checking.Ready
) -> list[checking.Result]:
    monkeypatch.setattr(checking, "checks", lambda _: checks)
    monkeypatch.setattr(checking, "AT_ONCE", 1)
    return await checking._all(Settings(var=tmp_path), Steps(Console(quiet=True)), ready)


async def test_a_check_waits_for_what_it_needs_and_holds_up_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, there = tmp_path / "told", asyncio.Event()

    def saying(name: str, code: int = 0, **more: list[str]) -> Check:
        return Check(name, ["sh", "-c", f"echo {name} >> {told}; exit {code}"], **more)

    async def seen() -> None:
        while not told.exists() or "third" not in told.read_text():
            await asyncio.sleep(0.01)
        there.set()

    ready = {"model": asyncio.create_task(there.wait()), "looking": asyncio.create_task(seen())}
    checks = [saying("first", needs=["model"]), saying("second"), saying("third", 3)]
    async with asyncio.timeout(20):
        results = await played(tmp_path, monkeypatch, checks, ready)  # type: ignore[arg-type]
    assert told.read_text().split() == ["second", "third", "first"]
    assert [(each.name, each.failed) for each in results] == [("first", 0), ("second", 0), ("third", 1)]


async def test_what_cannot_be_set_up_ends_the_checks_that_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = tmp_path / "begun", tmp_path / "ended"
    script = f"trap 'touch {ended}; exit 1' TERM; touch {begun}; while :; do sleep 0.05; done"

    async def failing() -> None:
        while not begun.exists():
            await asyncio.sleep(0.01)
        raise StepFailed("there is no network")

    ready = {"pages": asyncio.create_task(failing())}
    checks = [Check("running", ["sh", "-c", script]), Check("waiting", ["true"], needs=["pages"])]
    async with asyncio.timeout(20):
        with pytest.raises(StepFailed):
            await played(tmp_path, monkeypatch, checks, ready)
    assert ended.exists()
