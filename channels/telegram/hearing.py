"""Taking in updates: what each kind of `Update` means to the core (https://core.telegram.org/bots/api#update)."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any
from weakref import WeakValueDictionary

import structlog
from sqlalchemy import select
from telegram import Message, Update

from channels.telegram import events
from channels.telegram.commands import HELP, PERSON, Command, addressed, code_of, command_in, without_mention
from channels.telegram.contents import Content, read
from channels.telegram.intake import NAME, Intake
from channels.telegram.places import Place
from channels.telegram.pressing import pressed
from channels.telegram.words import spoken, words
from crm_backend.conversations.model import Message as Stored
from crm_backend.conversations.receiving import joining
from crm_backend.conversations.schema import InboundMessage, Language
from crm_backend.database import unreachable
from crm_backend.errors import BadInput, NotFound, Unavailable

log = structlog.get_logger(__name__)
_MESSAGES = ("message", "edited_message", "business_message", "edited_business_message")
_PLAIN = frozenset(
    {
        "message_id",
        "date",
        "edit_date",
        "chat",
        "from",
        "sender_chat",
        "text",
        "caption",
        "entities",
        "caption_entities",
    }
    | {"business_connection_id", "message_thread_id", "is_topic_message", "media_group_id"}
)
"""What has been in messages unchanged since the Bot API began, and says who, where, when and in which words."""
_GROUPS = ("group", "supergroup")


class Hearing:
    """The way in of one account."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._albums: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def take(self, raw: Any) -> None:
        """Takes in one update; returns once it is stored, or when it is of no concern here.

        Raises BadInput for what is no update, Unavailable when it could not be stored: it is to come again.
        """
        update = _parsed(raw)
        try:
            await self._handled(update)
        except (ValueError, TypeError, AttributeError) as error:
            # The library lets pass what is not of the documented types.
            log.warning("telegram.odd_update", account=self._intake.account, cause=type(error).__name__)
            raise BadInput("not as the Bot API documents it") from error
        except Exception as error:
            if unreachable(error):
                raise Unavailable("database") from error
            raise

    def _handled(self, update: Update) -> Coroutine[Any, Any, None]:
        if update.callback_query:
            return pressed(self._intake, update.callback_query)
        if message := update.message or update.business_message:
            return self._written(message)
        if message := update.edited_message or update.edited_business_message:
            return self._edited(message)
        if update.message_reaction:
            return events.reacted(self._intake, update.message_reaction, update_id=update.update_id)
        if update.deleted_business_messages:
            return events.deleted(self._intake, update.deleted_business_messages, update_id=update.update_id)
        if update.my_chat_member:
            return events.membership(self._intake, update.my_chat_member)
        return _ignored()

    async def _written(self, message: Message) -> None:
        if message.migrate_to_chat_id or message.migrate_from_chat_id:
            await events.migrated(self._intake, message)
            return
        # Telegram may call with all pictures of an album at once: whether one came before must be certain.
        async with self._alone(message.media_group_id):
            if inbound := await self._inbound(message):
                await self._intake.stored(inbound, Place.of(message))

    def _alone(self, album: str | None) -> AbstractAsyncContextManager[Any]:
        return self._albums.setdefault(album, asyncio.Lock()) if album else nullcontext()

    async def _edited(self, message: Message) -> None:
        if message.location:
            # A live location tells where it is by edits: the message holds where it began.
            return
        inbound = await self._inbound(message)
        if inbound is None:
            return
        changed = message.edit_date or message.date
        name = f"{inbound.external_id}:{int(changed.timestamp())}"
        edit = {"event": "edited", "target": inbound.external_id, "external_id": name, "said_at": changed}
        try:
            await self._intake.core.accept(inbound.model_copy(update=edit))
        except NotFound:
            # The edit overtook the message itself, or names the bot only now: it holds all that the message does.
            await self._intake.stored(inbound, Place.of(message))
        except BadInput:
            return

    async def _inbound(self, message: Message) -> InboundMessage | None:
        """The message as the core takes it; None when it is not for us to answer."""
        user = message.from_user
        if user is None or user.is_bot or message.sender_chat or message.via_bot:
            return None
        if message.business_connection_id and user.id != message.chat.id:
            # The business's own people write there as well.
            return None
        language = self._intake.language(spoken(user.language_code))
        content = read(message, language=language)
        if content.empty:
            return None
        if message.chat.type in _GROUPS:
            username = await self._intake.aside.username()
            if not await self._for_us_in_group(message, username, language):
                return None
            content.text = without_mention(content.text, username)
            content.vouched = None
        elif message.chat.type != "private":
            return None
        return await self._message(message, content)

    async def _message(self, message: Message, content: Content) -> InboundMessage:
        user, place, intake = message.from_user, Place.of(message), self._intake
        assert user is not None
        language = spoken(user.language_code)
        values: dict[str, Any] = {
            **intake.who(user.id, place),
            "external_id": intake.name_of(place, message.message_id),
            "text": content.text,
            "language": language,
            "sender_name": user.full_name,
            "vouched": content.vouched,
            "files": content.files,
            "location": content.location,
            "contacts": content.contacts,
            "reply_to": self._quoted(message, place),
            "order": message.message_id,
            "said_at": message.date,
            "details": content.details,
        }
        if command := command_in(message):
            values |= _ordered(command, intake.language(language), private=place.private)
        elif message.media_group_id and not content.text and await self._album_begun(message.media_group_id):
            # One answer is enough for the pictures of an album, which come as messages of their own.
            values["automatic"] = "album"
        return InboundMessage(**values)

    def _quoted(self, message: Message, place: Place) -> str | None:
        quoted = message.reply_to_message
        # Every message of a topic answers the one that opened it.
        if quoted is None or (message.is_topic_message and quoted.message_id == message.message_thread_id):
            return None
        return self._intake.name_of(place, quoted.message_id)

    async def _album_begun(self, album: str) -> bool:
        async with self._intake.core.sessions() as session:
            begun = select(Stored.id).where(
                Stored.channel == NAME, Stored.account == self._intake.account, Stored.details["album"].astext == album
            )
            return await session.scalar(begun.limit(1)) is not None

    async def _for_us_in_group(self, message: Message, username: str, language: Language) -> bool:
        """Whether a group's message is to be answered there. Where it is not, says once a day where it would be."""
        intake = self._intake
        if intake.settings.groups == "ignore":
            return False
        if not addressed(message, bot_id=intake.settings.bot_id, username=username):
            return False
        # A code opens what was said in private to whoever brings it: nothing to be read aloud in a group.
        code = joining.code_in(message.text or "") is not None
        if intake.settings.groups == "answer" and not code:
            return True
        today = message.date.astimezone(intake.core.company.zone).date().isoformat()
        if code or await intake.memory.declines(message.chat.id, today=today):
            link = {"text": words("write_in_private", language), "url": f"https://t.me/{username}"}
            intake.aside.call(
                "sendMessage",
                **Place.of(message).target(),
                text=words("in_private", language),
                reply_markup={"inline_keyboard": [[link]]},
            )
        return False


def _ordered(command: Command, language: Language, *, private: bool) -> dict[str, Any]:
    """What a command means; one that we do not know is words like any."""
    if command.name in PERSON:
        return {"action": "person", "text": words("command_person", language)}
    if command.name in HELP:
        return {"action": "greet"}
    if command.name == "start":
        # A code that is no longer good is greeted like any who come in.
        return {"action": "greet", "join_code": code_of(command.argument) if private else None}
    return {}


def _parsed(raw: Any) -> Update:
    if not isinstance(raw, dict) or type(raw.get("update_id")) is not int:
        raise BadInput("not an update")
    if isinstance(query := raw.get("callback_query"), dict):
        # Required by the library, of no use here, and left out by some servers.
        raw = {**raw, "callback_query": {"chat_instance": "", **query}}
    try:
        return Update.de_json(raw, None)
    except Exception as error:
        # The Bot API adds and changes fields, and not every server that speaks it is of the library's version: what is
        # needed to know who wrote where must not be lost with a part of a message that cannot be read.
        plain = {kind: _plain(value) for kind, value in raw.items() if kind in _MESSAGES}
        if isinstance(query, dict):
            plain["callback_query"] = {**raw["callback_query"], "message": _inaccessible(query.get("message"))}
        if not plain:
            raise BadInput(f"not an update: {type(error).__name__}") from error
    try:
        return Update.de_json({"update_id": raw["update_id"], **plain}, None)
    except Exception as error:
        raise BadInput(f"not an update: {type(error).__name__}") from error


def _plain(message: Any) -> Any:
    """A message without what it carries besides words; a story stands for that, since it has no parts to be read."""
    if not isinstance(message, dict):
        return message
    kept = {name: value for name, value in message.items() if name in _PLAIN}
    return kept if "text" in kept or "caption" in kept else {**kept, "story": {"chat": message.get("chat"), "id": 0}}


def _inaccessible(message: Any) -> Any:
    """A message of which only the place is known (`InaccessibleMessage`)."""
    if not isinstance(message, dict):
        return message
    return {"message_id": message.get("message_id"), "chat": message.get("chat"), "date": 0}


async def _ignored() -> None:
    """A kind that is of no concern here: channel posts, polls, payments, or one that did not exist yet."""
