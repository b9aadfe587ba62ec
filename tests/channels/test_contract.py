"""What every channel keeps of what comes in, whatever its platform does."""

from __future__ import annotations

import ast
import asyncio
import inspect
import random
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from channels import installed
from server.accounts import kind_of, labels
from tests.channels.contract import cases
from tests.channels.stage import Play, only
from tests.support.typography import faults

CASES = cases()
ROOT = Path(__file__).parents[2]
each_installed = pytest.mark.parametrize("name", sorted(installed()))

# The folders


def test_every_channel_has_a_case() -> None:
    folders = {path.parent.name for path in (ROOT / "channels").glob("*/__init__.py")}
    assert folders == set(installed()), "a folder in channels/ without a CHANNEL"
    assert folders == set(CASES), "a channel without tests/channels/<name>/case.py"


@each_installed
def test_a_channel_is_described_in_both_languages(name: str) -> None:
    blueprint = installed()[name]
    assert set(blueprint.label) == set(blueprint.where) == {"fr", "en"}
    said = []
    for setting, field in blueprint.settings.model_fields.items():
        assert field.title, f"{setting} has no title"
        said += [text for text in (field.title, field.description) if text]
        if kind_of(field) == "choice":
            extra = field.json_schema_extra
            assert isinstance(extra, dict) and "choices" in extra, f"{setting}: its choices have no names"
            assert extra["choices"] == labels(field), f"{setting}: other choices are named than there are"
            said += labels(field).values()
    missing = [text for text in [*said, *own_refusals(blueprint.settings)] if not blueprint.french.get(text)]
    assert not missing, f"no French in channels/{name}: " + "; ".join(missing)
    wrong = [fault for text in said for fault in faults(text, "en")]
    wrong += [fault for text in blueprint.french.values() for fault in faults(text, "fr")]
    assert not wrong


def own_refusals(settings: type[BaseModel]) -> list[str]:
    """What the module of these settings says of a value that it refuses, without the setting that it names first."""
    module = sys.modules[settings.__module__]
    tree = ast.parse(inspect.getsource(module))
    said = [
        eval(ast.unparse(node.args[0]), vars(module))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("ValueError", "BadInput")
    ]
    return [text.split(": ", 1)[1] if text.split(": ", 1)[0] in settings.model_fields else text for text in said]


def test_no_code_outside_its_folder_names_a_channel() -> None:
    named = []
    for folder in ("crm_backend", "server"):
        for file in (ROOT / folder).rglob("*.py"):
            if "migrations" not in file.parts:
                text = file.read_text(encoding="utf-8")
                named += [f"{file.relative_to(ROOT)}: {name}" for name in installed() if f"channels.{name}" in text]
    assert not named


# Coming in


async def test_a_message_is_stored_and_then_acknowledged(play: Play) -> None:
    assert await play.call(await play.case.heard("où est ma commande ?")) == 200
    (message,) = await play.heard()
    assert "où est ma commande ?" in message.text
    assert (message.channel, message.account) == (play.case.name, "main")


async def test_redelivery_is_stored_once(play: Play) -> None:
    for _ in range(3):
        assert await play.call(await play.case.heard("bonjour")) == 200
    assert len(await play.heard()) == 1


async def test_concurrent_redelivery_is_stored_once(play: Play) -> None:
    calls = [await play.case.heard("bonjour") for _ in range(6)]
    assert set(await asyncio.gather(*(play.call(call) for call in calls))) == {200}
    assert len(await play.heard()) == 1


async def test_shuffled_and_redelivered_messages_are_each_stored_once(play: Play) -> None:
    said = [f"message {n}" for n in range(1, 6)]
    calls = [await play.case.heard(text, number=n) for n, text in enumerate(said, 1) for _ in range(2)]
    random.Random(7).shuffle(calls)
    for begin in range(0, len(calls), 2):
        assert set(await asyncio.gather(*(play.call(call) for call in calls[begin : begin + 2]))) == {200}
    texts = [message.text.strip() for message in await play.heard()]
    assert sorted(texts) == said
    if play.case.ordered:
        assert texts == said


async def test_two_people_have_a_conversation_each(play: Play) -> None:
    await play.hear("bonjour", sender="marie")
    await play.hear("hello", sender="thomas")
    assert await play.conversations() == 2


@pytest.mark.parametrize("how", ["away", "at_commit"])
async def test_nothing_is_acknowledged_before_it_is_stored(play: Play, how: str) -> None:
    call = await play.case.heard("bonjour")
    setattr(play.database, how, True)
    assert await play.call(call) == 503
    setattr(play.database, how, False)
    assert await play.heard() == []
    assert await play.call(await play.case.heard("bonjour")) == 200
    assert len(await play.heard()) == 1


async def test_what_is_not_authenticated_is_refused_and_not_stored(play: Play) -> None:
    forged = await play.case.forged()
    assert forged
    for call in forged:
        assert await play.call(call) == 401, call
    assert await play.stored() == 0


async def test_many_forgeries_are_limited_and_what_is_genuine_still_comes_in(play: Play) -> None:
    forged = (await play.case.forged())[0]
    only(play, forged.path.startswith("/hooks/"), "has no hook")
    answers = [await play.call(forged) for _ in range(30)]
    assert answers[0] == 401
    assert answers[-1] == 429
    assert await play.call(await play.case.heard("bonjour")) == 200


async def test_the_secret_of_another_account_is_refused(play: Play) -> None:
    only(play, len(play.case.accounts) > 1, "has one account")
    call = await play.case.heard("bonjour", account="second")
    assert await play.call(call.to_account(play.case.name, "main")) == 401
    assert await play.stored() == 0
    assert await play.call(call) == 200
    assert [message.account for message in await play.heard()] == ["second"]


async def test_kinds_that_nobody_knows_are_ignored(play: Play) -> None:
    unknown = await play.case.unknown()
    only(play, bool(unknown), "has no kinds")
    for call in unknown:
        assert await play.call(call) == 200, call
    assert await play.stored() == 0


async def test_what_cannot_be_read_is_refused_and_the_next_message_is_not(play: Play) -> None:
    for call in await play.case.broken():
        status, body = await play.answer(call)
        assert status == 200 or 400 <= status < 500, (call, status)
        assert "Traceback" not in body
    assert await play.stored() == 0
    await play.hear()


async def test_a_body_beyond_the_limit_is_refused(play: Play) -> None:
    call = await play.case.heard("bonjour")
    only(play, call.path.startswith("/hooks/"), "has no hook")
    largest = installed()[play.case.name].largest_body
    genuine = dict(call.headers)
    huge = type(call)(call.path, b"x" * (largest + 1), genuine, call.method)
    assert await play.call(huge) in (401, 413)
    assert await play.stored() == 0


async def test_a_text_that_is_too_long_is_answered_clearly(play: Play) -> None:
    status, body = await play.answer(await play.case.heard("trop " * 5_000))
    assert status < 500, body
    if status == 200:
        told = bool(await play.arrived())
        kept = [message for message in await play.heard() if message.text.startswith("trop trop")]
        assert told or kept, "neither stored nor told"
    await play.hear("bonjour", number=2)


async def test_strange_texts_come_in_whole_or_are_refused(play: Play) -> None:
    for number, text in enumerate(
        ("🦊 e\u0301te\u0301 \u202eabc", "<b>&amp;</b>\r\n--", "'; drop table messages; --"), 1
    ):
        status = await play.call(await play.case.heard(text, number=number))
        assert status < 500, text
    assert len(await play.heard()) == 3
