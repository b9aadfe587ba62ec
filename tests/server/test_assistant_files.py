"""Files that the assistant makes: sent with the answer of their turn, and with no other."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web

from actions.toolbox import tools
from crm_backend.attachments.schema import FileRef
from server.app import Parts
from server.loops import turns as loop
from tests.conftest import MakeCustomer
from tests.support import samples
from tests.support.assistant import ScriptedBot, said


async def made(turn: dict[str, Any]) -> FileRef:
    return await tools().keep(UUID(turn["turn"]), samples.PDF, name="Facture.pdf", media_type="application/pdf")


def carrying(file: FileRef) -> web.Response:
    return web.json_response(said() | {"replies": [{"text": "voici", "files": [file.model_dump(mode="json")]}]})


async def test_a_file_made_in_a_turn_is_sent_once_however_often_it_is_run(
    server: Parts, customer: MakeCustomer, scripted: ScriptedBot
) -> None:
    files: list[FileRef] = []

    async def answer(turn: dict[str, Any]) -> web.Response:
        files.append(await made(turn))
        return web.json_response({}, status=500) if len(files) == 1 else carrying(files[-1])

    scripted.script = answer
    marie = await customer()
    shown = await marie.say("ma facture")
    assert len(files) == 2 and files[0] == files[1]
    assert [file["name"] for file in shown["files"]] == ["Facture.pdf"]
    async with marie.client.get(marie.address + shown["files"][0]["url"]) as opened:
        assert await opened.read() == samples.PDF


async def test_a_file_that_was_made_for_somebody_else_cannot_be_sent(
    server: Parts, customer: MakeCustomer, scripted: ScriptedBot
) -> None:
    theirs: list[FileRef] = []

    async def making(turn: dict[str, Any]) -> web.Response:
        theirs.append(await made(turn))
        return web.json_response(said("bonjour"))

    async def stealing(turn: dict[str, Any]) -> web.Response:
        return carrying(theirs[0])

    marie, emma = await customer(), await customer("en")
    scripted.script = making
    await marie.say("bonjour")
    scripted.script = stealing
    shown = await emma.say("my invoice")
    assert shown["text"].startswith("I can’t answer you right now, sorry.") and not shown["files"]
    assert len(scripted.asked) == 1 + loop.MAX_ATTEMPTS
