"""A process with a newer model takes over from the one that runs: nobody who asks meanwhile is refused or waits."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from crm_backend.conversations.schema import ClaimedTurn
from crm_backend.database import utc_now
from server.settings import Settings
from server.supervise import assistant, probes
from server.supervise.children import Child, ChildFailed, Supervisor
from tests.support.assistant import free_port, reaching

ASSISTANT = """
import asyncio, sys
from aiohttp import web
lanes = set()
async def lane(request):
    socket = web.WebSocketResponse(timeout=0.1)
    await socket.prepare(request)
    lanes.add(socket)
    async for _ in socket:
        await asyncio.sleep(0.05)
        await socket.send_json({"status": 200, "answer": {"replies": [{"text": sys.argv[2]}], "state": {}}})
    return socket
async def leave(_):
    await asyncio.gather(*(lane.close() for lane in lanes))
app = web.Application()
app.on_shutdown.append(leave)
app.router.add_get("/webhooks/relais/turns", lane)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), reuse_port=True, print=None, shutdown_timeout=5)
"""


def version(name: str, port: int) -> Child:
    async def ready() -> bool:
        return not probes.port_is_free("127.0.0.1", port)

    return Child(name="bot", argv=[sys.executable, "-c", ASSISTANT, str(port), name], ready=ready)


def a_turn() -> ClaimedTurn:
    values: dict[str, Any] = {name: uuid4() for name in ("id", "lease", "conversation_id", "message_id")}
    return ClaimedTurn(**values, attempts=1, seq=1, version=1, text="bonjour", language="fr", language_pinned=False,
                       state=None, proof="anonymous", action=None, created_at=utc_now())  # fmt: skip


async def asked_until(stopped: asyncio.Event, port: int) -> list[str]:
    said: list[str] = []
    async with aiohttp.ClientSession() as client:
        bot = reaching(client, port, timeout=10)
        while not stopped.is_set():
            answer = await bot.ask(a_turn(), language="fr", company="")
            said.append(answer.replies[0].text)
    return said


async def test_whoever_asks_while_one_takes_over_from_the_other_is_answered(var: Path) -> None:
    port, stopped = free_port(), asyncio.Event()
    supervisor = Supervisor(var / "log", lambda _: None)
    await supervisor.start(version("old", port), within=20)
    before = supervisor.pid_of("bot")
    asking = [asyncio.create_task(asked_until(stopped, port)) for _ in range(8)]

    async def taken_over(pid: int) -> bool:
        return probes.listens(pid, port)

    await supervisor.replace(version("new", port), taken_over=taken_over, within=20)
    await asyncio.sleep(0.3)
    stopped.set()
    for said in await asyncio.gather(*asking):
        assert said[0] == "old" and said[-1] == "new"
    assert supervisor.pid_of("bot") not in (None, before)
    await supervisor.stop()
    assert supervisor.pid_of("bot") is None


async def test_one_that_cannot_start_leaves_the_old_one_at_work(var: Path) -> None:
    port = free_port()
    supervisor = Supervisor(var / "log", lambda _: None)
    await supervisor.start(version("old", port), within=20)
    before = supervisor.pid_of("bot")
    broken = Child(name="bot", argv=[sys.executable, "-c", "raise SystemExit(3)"], ready=version("", port).ready)

    async def taken_over(pid: int) -> bool:
        return probes.listens(pid, port)

    with pytest.raises(ChildFailed, match="exit code 3"):
        await supervisor.replace(broken, taken_over=taken_over, within=20)
    assert supervisor.pid_of("bot") == before
    await supervisor.stop()


async def test_each_core_may_have_a_process_of_its_own_on_the_same_port(var: Path) -> None:
    settings = Settings(var=var, bot_processes=3, bot_port=free_port())
    supervisor = Supervisor(var / "log", lambda _: None)
    made = assistant.children(settings, supervisor)
    assert [each.name for each in made] == ["bot", "bot 2", "bot 3"]
    script = [sys.executable, "-c", ASSISTANT, str(settings.bot_port), "one"]
    for each in made[1:]:
        await supervisor.start(replace(each, argv=script, environment={}, gives_way=False), within=20)
    assert supervisor.pid_of("bot 2") != supervisor.pid_of("bot 3")
    await supervisor.stop()


async def test_a_newer_model_is_taken_once_and_a_broken_one_is_said(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, said, taken = Settings(var=var), [], []  # type: ignore[var-annotated]
    assistant.model(settings).parent.mkdir(parents=True)
    assistant.model(settings).write_bytes(b"one")
    monkeypatch.setattr(assistant, "RENEWS", 0.01)

    class Replacing:
        async def replace(self, child: Child, **_: Any) -> None:
            taken.append(child.name)
            if len(taken) == 2:
                raise ChildFailed("bot ended at its start", var / "log")

    renewing = asyncio.create_task(assistant.renew(settings, Replacing(), said.append))  # type: ignore[arg-type]
    for at in (10, 20):
        await asyncio.sleep(0.1)
        os.utime(assistant.model(settings), ns=(at, at))
    await asyncio.sleep(0.1)
    renewing.cancel()
    assert taken == ["bot", "bot"]
    assert said[0].startswith("the assistant has taken the new model") and "goes on serving" in said[1]
