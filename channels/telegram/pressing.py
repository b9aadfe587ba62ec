"""Taking in presses of buttons (https://core.telegram.org/bots/api#callbackquery)."""

from __future__ import annotations

from telegram import CallbackQuery, Message

from channels.telegram import buttons
from channels.telegram.intake import Intake
from channels.telegram.places import Place
from channels.telegram.words import spoken, words
from crm_backend.conversations.schema import InboundMessage, Press


async def pressed(intake: Intake, query: CallbackQuery) -> None:
    """Stores what was chosen. Whatever comes of it, Telegram is told: until then the button shows that it waits."""
    message, press = query.message, buttons.press_of(query.data)
    stale = words("stale", intake.language(spoken(query.from_user.language_code)))
    if message is None or press is None:
        # The button that shows what was chosen is no choice, and needs no words.
        text = None if query.data == buttons.USED else stale
        intake.aside.call("answerCallbackQuery", callback_query_id=query.id, text=text)
        return
    shown = message if isinstance(message, Message) else None
    place = Place.of(shown) if shown else Place(message.chat.id)
    title, links = _button(shown, query.data or "")
    taken = await _taken(intake, query, press, place, message_id=message.message_id, title=title)
    intake.aside.call("answerCallbackQuery", callback_query_id=query.id, text=None if taken else stale)
    intake.aside.call(
        "editMessageReplyMarkup",
        chat_id=place.chat,
        message_id=message.message_id,
        business_connection_id=place.business,
        reply_markup={"inline_keyboard": buttons.used(title, links) if taken and title else links},
    )


async def _taken(
    intake: Intake, query: CallbackQuery, press: Press, place: Place, *, message_id: int, title: str
) -> bool:
    """Whether the choice still held, and is stored."""
    inbound = InboundMessage(
        **intake.who(query.from_user.id, place),
        # A message's buttons can be used once, however often and fast they are touched.
        external_id=f"{intake.name_of(place, message_id)}:press",
        text=title or "…",
        language=spoken(query.from_user.language_code),
        sender_name=query.from_user.full_name,
        press=press,
    )
    async with intake.core.sessions() as session:
        if await buttons.is_stale(session, press, external_id=inbound.external_id):
            return False
    return await intake.stored(inbound, place) is not None


def _button(message: Message | None, data: str) -> tuple[str, buttons.Keyboard]:
    """The words on the button, and the rows of the message that lead to pages."""
    rows = message.reply_markup.inline_keyboard if message and message.reply_markup else ()
    title = next((button.text for row in rows for button in row if button.callback_data == data), "")
    return title, [[{"text": button.text, "url": button.url} for button in row] for row in rows if row[0].url]
