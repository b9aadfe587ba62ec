"""The channel against `telegram-test-api`, a Bot API server that others wrote."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.supervise.frontends import Node, node
from tests.channels.telegram.conftest import OpenWorld, World
from tests.channels.telegram.test_polling import LOCAL, polling, until
from tests.channels.telegram.updates import MARIE, TOKEN
from tests.support.assistant import free_port
from tests.support.stores import ROOT

HERE = Path(__file__).parent
MARIE_THERE = {"id": MARIE, "first_name": "Marie", "username": "marie_dpt", "is_bot": False, "language_code": "fr"}
CHAT = {"id": MARIE, "first_name": "Marie", "type": "private"}


def _installed() -> tuple[Node, Path]:
    """Node, and the folder under var/ that the package is installed in; skips where it cannot be."""
    tool = node()
    lock = HERE / "package-lock.json"
    folder = ROOT / "var" / "telegram-test-api" / hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    if not (folder / "ready").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        command = [*tool.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        try:
            subprocess.run(
                command,
                cwd=folder,
                env={**os.environ, **tool.environment},
                check=True,
                capture_output=True,
                timeout=180,
            )
        except (OSError, subprocess.SubprocessError) as error:
            pytest.skip(f"telegram-test-api cannot be installed (npm registry not reached?): {type(error).__name__}")
        (folder / "ready").touch()
    return tool, folder


class OthersServer:
    """The running server, and what a user of it does."""

    def __init__(self, address: str, client: aiohttp.ClientSession) -> None:
        self.address, self._client = address, client

    async def post(self, path: str, **body: Any) -> Any:
        async with self._client.post(f"{self.address}{path}", json=body) as response:
            return await response.json()

    async def says(self, words: str, **more: Any) -> None:
        path = "/sendCommand" if "entities" in more else "/sendMessage"
        message = {"botToken": TOKEN, "from": MARIE_THERE, "chat": CHAT, "date": int(time.time()), "text": words}
        await self.post(path, **message, **more)

    async def presses(self, button: dict[str, Any], message: dict[str, Any]) -> None:
        bot = {"id": 666, "is_bot": True, "first_name": "TestNameBot"}
        shown = {name: message[name] for name in ("message_id", "text", "reply_markup")}
        shown |= {"chat": CHAT, "from": bot, "date": int(time.time())}
        press = {"botToken": TOKEN, "from": MARIE_THERE, "data": button["callback_data"], "message": shown}
        await self.post("/sendCallback", **press)

    async def bot_messages(self) -> list[dict[str, Any]]:
        """What the bot sent, oldest first, as (message id, message)."""
        history = await self.post("/getUpdatesHistory", token=TOKEN)
        return [
            {**entry["message"], "message_id": entry["messageId"]}
            for entry in history["result"]
            if "chat_id" in entry.get("message", {})
        ]


@pytest.fixture
async def others() -> AsyncIterator[OthersServer]:
    """`telegram-test-api`, running."""
    tool, folder = await asyncio.to_thread(_installed)
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        "node",
        str(HERE / "run_test_api.cjs"),
        str(folder),
        str(port),
        env={**os.environ, **tool.environment},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            assert await process.stdout.readline() == b"ready\n"
        async with aiohttp.ClientSession() as client:
            yield OthersServer(f"http://127.0.0.1:{port}", client)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@pytest.fixture
async def there(others: OthersServer, open_world: OpenWorld) -> AsyncIterator[World]:
    """Our bot, reading from that server."""
    world = await open_world(address=LOCAL, api_url=others.address)
    async with polling(world):
        yield world


async def test_a_conversation_by_polling(there: World, others: OthersServer) -> None:
    await others.says("Bonjour, où est ma commande ?")
    await until(there.messages)
    sent = await there.reply("La commande 10234 ?", buttons=("Oui", "Non"))
    (question,) = await others.bot_messages()
    assert question["text"] == "La commande 10234 ?"
    button = question["reply_markup"]["inline_keyboard"][0][1]
    assert button == {"text": "Non", "callback_data": f"{sent.message_id}:1"}
    await others.presses(button, question)

    async def pressed() -> bool:
        return len(await there.messages()) == 3

    await until(pressed)
    pressed_message = (await there.messages())[-1]
    assert (pressed_message.text, pressed_message.content["payload"]) == ("Non", "/Non")

    async def marked() -> bool:
        (now,) = await others.bot_messages()
        return now["reply_markup"]["inline_keyboard"] == [[{"text": "✓ Non", "callback_data": "-"}]]

    await until(marked)


async def test_a_command_is_a_control(there: World, others: OthersServer) -> None:
    await others.says("/start", entities=[{"offset": 0, "length": 6, "type": "bot_command"}])
    (message,) = await until(there.messages)
    assert message.content["action"] == "greet"


async def test_long_replies_arrive_whole(there: World, others: OthersServer) -> None:
    await others.says("Racontez")
    await until(there.messages)
    await there.reply("Il était une fois. " * 500)
    parts = await others.bot_messages()
    assert len(parts) == 3 and " ".join(part["text"] for part in parts) == ("Il était une fois. " * 500).strip()


async def test_the_bot_is_known_by_its_name(there: World) -> None:
    assert (await there.channel.check()).name == "@TestNameBot"
