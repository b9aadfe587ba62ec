"""Products on their way to Telegram: photos with their words and buttons under them."""

from __future__ import annotations

import pytest

from channels.port import Retry
from tests.channels.telegram.bot_api import Refused
from tests.channels.telegram.conftest import World
from tests.channels.telegram.test_sending import to_marie
from tests.support.channels import ORDER, PRODUCT, Album

OTHER = PRODUCT.model_copy(update={"title": "Taie Aubrac", "picture": "/demo/art/taie.png"})


async def test_a_product_is_a_photo_with_what_is_said_and_asked_under_it(world: World) -> None:
    await world.channel.send(to_marie("Voici.", cards=[PRODUCT], buttons=["Merci"]))
    (call,) = world.api.sent()
    assert call.method == "sendPhoto" and not {"text", "link_preview_options"} & set(call.parameters)
    assert call.parameters["caption"] == "Voici.\n\nHousse de couette Aubrac\ndès 119,00\u00a0€\nDisponible"
    assert call.files["photo"][2].endswith(b"https://shop.example/aubrac.jpg")
    rows = call.parameters["reply_markup"]["inline_keyboard"]
    assert [row[0]["text"] for row in rows] == ["Housse de couette Aubrac", "Merci"]


async def test_of_several_each_has_its_page_under_it_and_the_last_what_is_asked(world: World) -> None:
    await world.channel.send(to_marie("Voici.", cards=[PRODUCT, ORDER, OTHER], buttons=["Merci"]))
    calls = world.api.sent()
    assert [call.method for call in calls] == ["sendMessage", "sendPhoto", "sendMessage", "sendPhoto"]
    rows = [call.parameters.get("reply_markup", {}).get("inline_keyboard", []) for call in calls]
    titles = [[button["text"] for row in keyboard for button in row] for keyboard in rows]
    assert titles == [[], ["Housse de couette Aubrac"], [], ["Taie Aubrac", "Merci"]]


@pytest.mark.parametrize("why", ["PHOTO_INVALID_DIMENSIONS", "IMAGE_PROCESS_FAILED", "something new about photos"])
async def test_a_photo_that_telegram_refuses_goes_as_words_and_once(world: World, why: str) -> None:
    world.api.failing = [Refused(400, f"Bad Request: {why}")]
    await world.channel.send(to_marie("Voici.", cards=[PRODUCT], buttons=["Merci"]))
    (call,) = world.api.sent()
    assert call.method == "sendMessage" and "Housse de couette Aubrac" in call.parameters["text"]
    assert call.parameters["reply_markup"]["inline_keyboard"][1][0]["text"] == "Merci"


async def test_a_photo_that_never_gets_through_holds_up_no_answer(world: World) -> None:
    world.api.failing = ["cut"]
    with pytest.raises(Retry):
        await world.channel.send(to_marie("Voici.", cards=[PRODUCT]))
    await world.channel.send(to_marie("Voici.", cards=[PRODUCT], attempts=4))
    assert [call.method for call in world.api.sent()] == ["sendMessage"]
    assert isinstance(world.core.pictures, Album) and len(world.core.pictures.asked) == 1


async def test_words_too_long_for_a_photo_come_before_it_or_alone(world: World) -> None:
    await world.channel.send(to_marie("mot " * 250, cards=[PRODUCT]))
    assert [call.method for call in world.api.sent()] == ["sendMessage", "sendPhoto"]
    world.api.calls.clear()
    await world.channel.send(to_marie("", cards=[PRODUCT.model_copy(update={"text": "mot " * 300})]))
    assert [call.method for call in world.api.sent()] == ["sendMessage"]
