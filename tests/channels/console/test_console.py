"""What only the console does; and the page that walks through it."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from tests.support import site
from tests.support.assistant import ScriptedBot
from tests.support.stores import Stores

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "add-a-channel.md").read_text(encoding="utf-8")
FOLDER = ROOT / "channels" / "console"


def test_every_listing_of_the_page_is_in_the_code() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.py")))
    listings = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(listings) >= 4
    assert [listing for listing in listings if listing not in code] == []


def test_the_page_names_every_file_of_both_folders() -> None:
    named = set(re.findall(r"^((?:tests/)?channels/console/\S+\.py)", PAGE, re.MULTILINE))
    there = {str(file.relative_to(ROOT)) for folder in (FOLDER, Path(__file__).parent) for file in folder.glob("*.py")}
    assert named == there


async def test_the_pages_example_is_answered_in_the_log(
    database_url: str, stores: Stores, scripted: ScriptedBot
) -> None:
    """The variables and the request as the page has them; only the port is another."""
    variables = dict(re.findall(r"(RELAIS_CONSOLE_\w+)=(\S+)", PAGE))
    line = next(line for line in PAGE.splitlines() if line.startswith("curl "))
    _, url, _, header, _, body = shlex.split(line)
    await stores.forget()
    settings = site.settings_for(database_url, stores.redis_url, bot_port=scripted.port, given=variables)
    with capture_logs() as log:
        async with site.serving(settings), aiohttp.ClientSession() as client:
            name, _, value = header.partition(": ")
            address = url.replace("http://127.0.0.1:8080", settings.address)
            async with client.post(address, data=body, headers={name: value}) as response:
                assert response.status == 200
                assert (await response.json())["seq"] == 1
            async with asyncio.timeout(20):
                while not (said := [entry for entry in log if entry["event"] == "console.say"]):
                    await asyncio.sleep(0.05)
    assert said[0]["to"] == json.loads(body)["sender"]


async def test_a_console_is_off_until_it_is_switched_on(
    database_url: str, stores: Stores, scripted: ScriptedBot
) -> None:
    settings = site.settings_for(database_url, stores.redis_url, bot_port=scripted.port, given={})
    async with site.serving(settings) as parts, aiohttp.ClientSession() as client:
        assert parts.board.find("console", "main") is None
        async with client.post(f"{settings.address}/hooks/console/main") as response:
            assert response.status == 404


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer x"])
async def test_without_a_token_nobody_writes(
    database_url: str, stores: Stores, scripted: ScriptedBot, given: str
) -> None:
    await stores.forget()
    on = {"RELAIS_CONSOLE_ENABLED": "true"}
    settings = site.settings_for(database_url, stores.redis_url, bot_port=scripted.port, given=on)
    async with site.serving(settings) as parts, aiohttp.ClientSession() as client:
        assert parts.board.find("console", "main") is not None
        headers = {"Authorization": given}
        async with client.post(f"{settings.address}/hooks/console/main", data=b"{}", headers=headers) as response:
            assert response.status == 401
