"""Buttons that are pressed: once, late, twice, by nobody we know."""

from __future__ import annotations

import asyncio

from crm_backend.database import new_id
from tests.channels.telegram.conftest import World
from tests.channels.telegram.updates import MARIE, payload, pressed, text


async def offered(world: World, *buttons: str):
    """The delivery of a question under Marie's message, and its number in the chat."""
    await world.take(text("bonjour", number=1))
    sent = await world.reply("Est-ce la commande 10234 ?", buttons=buttons or ("Oui", "Non"))
    return str(sent.message_id), world.api.sent()[-1].message_id


async def last(world: World):
    return (await world.messages())[-1]


async def test_a_press_is_what_its_button_stands_for(world: World) -> None:
    ours, number = await offered(world)
    await world.take(pressed(ours, 0, chat_message=number))
    message = await last(world)
    assert (message.author, message.text, message.content["payload"]) == ("customer", "Oui", "/Oui")
    (answer,) = await world.api.until("answerCallbackQuery")
    assert answer.parameters == {"callback_query_id": "1"}
    (edit,) = await world.api.until("editMessageReplyMarkup")
    assert (edit.parameters["chat_id"], edit.parameters["message_id"]) == (MARIE, number)
    assert edit.parameters["reply_markup"]["inline_keyboard"] == [[{"text": "✓ Oui", "callback_data": "-"}]]


async def test_buttons_are_used_once_however_often_they_are_touched(world: World) -> None:
    ours, number = await offered(world)
    presses = [pressed(ours, index, chat_message=number, query=str(index)) for index in (0, 1, 0)]
    await asyncio.gather(*(world.take(press) for press in presses))
    assert len([message for message in await world.messages() if message.author == "customer"]) == 2
    await world.api.until("answerCallbackQuery", 3)


async def test_a_press_that_is_delivered_again_is_answered_again_and_stored_once(world: World) -> None:
    ours, number = await offered(world)
    for _ in range(2):
        await world.take(pressed(ours, 0, chat_message=number))
    answers = await world.api.until("answerCallbackQuery", 2)
    assert all("text" not in answer.parameters for answer in answers)
    assert len(await world.messages()) == 3


async def test_an_old_question_is_not_answered_once_the_customer_has_gone_on(world: World) -> None:
    ours, number = await offered(world)
    await world.take(text("en fait, autre chose", number=number + 1))
    await world.take(pressed(ours, 0, chat_message=number))
    assert (await last(world)).text == "en fait, autre chose"
    (answer,) = await world.api.until("answerCallbackQuery")
    assert answer.parameters["text"].startswith("Ce choix n’est plus valable")
    (edit,) = await world.api.until("editMessageReplyMarkup")
    assert edit.parameters["reply_markup"]["inline_keyboard"] == []


async def test_an_old_question_is_not_answered_once_another_was_asked(world: World) -> None:
    ours, number = await offered(world)
    await world.reply("Ou bien l’autre ?", buttons=("Celle-ci",))
    await world.take(pressed(ours, 0, chat_message=number))
    (answer,) = await world.api.until("answerCallbackQuery")
    assert "text" in answer.parameters and (await last(world)).author == "bot"


async def test_buttons_of_messages_that_telegram_no_longer_shows_still_count(world: World) -> None:
    ours, number = await offered(world)
    await world.take(pressed(ours, 1, chat_message=number, name="callback_query_inaccessible"))
    assert (await last(world)).text == "Non"


async def test_a_press_counts_though_the_message_under_it_cannot_be_read(world: World) -> None:
    ours, number = await offered(world)
    press = pressed(ours, 0, chat_message=number)
    press["callback_query"]["message"]["link_preview_options"] = "of another version"
    await world.take(press)
    assert (await last(world)).text == "Oui"


async def test_buttons_that_nobody_offered_are_answered_kindly(world: World) -> None:
    ours, number = await offered(world)
    for query, (message_id, index) in enumerate([(str(new_id()), 0), (ours, 7)]):
        await world.take(pressed(message_id, index, chat_message=number, query=str(query)))
    await world.take({"update_id": 1, "callback_query": {**payload("callback_query")["callback_query"], "data": "x"}})
    answers = await world.api.until("answerCallbackQuery", 3)
    assert all("text" in answer.parameters for answer in answers)
    assert len(await world.messages()) == 2


async def test_the_button_that_shows_the_choice_is_no_choice(world: World) -> None:
    await world.take(payload("callback_query_used_button"))
    (answer,) = await world.api.until("answerCallbackQuery")
    assert "text" not in answer.parameters and not await world.messages()


async def test_somebody_elses_button_is_not_pressed_by_knowing_its_name(world: World) -> None:
    ours, number = await offered(world)
    press = pressed(ours, 0, chat_message=number)
    press["callback_query"]["from"]["id"] = press["callback_query"]["message"]["chat"]["id"] = 412000002
    await world.take(press)
    assert (await last(world)).author == "bot"


async def test_links_to_pages_stay_after_a_choice(world: World) -> None:
    ours, number = await offered(world)
    press = pressed(ours, 0, chat_message=number)
    page = [{"text": "Suivi", "url": "https://example.com/suivi"}]
    press["callback_query"]["message"]["reply_markup"]["inline_keyboard"].insert(0, page)
    await world.take(press)
    (edit,) = await world.api.until("editMessageReplyMarkup")
    assert edit.parameters["reply_markup"]["inline_keyboard"][0] == page
