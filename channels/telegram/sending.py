"""Handing a reply to Telegram, part by part."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

from telegram import InputFile
from telegram.error import BadRequest, ChatMigrated, TelegramError

from channels import degrade
from channels.port import Core, Rejected, Retry
from channels.telegram import rendering, standing
from channels.telegram.api import Api, Flooded, refusal
from channels.telegram.places import Place
from channels.telegram.proving import Proving
from channels.telegram.rendering import Part
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.errors import NotFound, Unavailable

_LINKS_GOOD_FOR = 24 * 60
_NO_PHOTO = (
    "photo_invalid_dimensions",
    "image_process_failed",
    "photo_save_file_invalid",
    "wrong type of the web page",
)
_VOICE_FORBIDDEN = "voice_messages_forbidden"


class Sender:
    """The way out of one account."""

    def __init__(self, api: Api, *, account: str, core: Core, proving: Proving) -> None:
        self._api, self._account, self._core, self._proving = api, account, core, proving
        self._flooded: dict[int, float] = {}

    async def send(self, delivery: Delivery) -> str:
        """Sends what is not sent yet; the identifier of the last part. Raises Retry, Rejected.

        Telegram has no key by which a repeated send is known, and a bot cannot read back what it sent: after a cut
        between Telegram's taking a part and our noting it, that part is sent again.
        """
        place = Place.parse(delivery.address)
        if place is None:
            raise Rejected("no Telegram address", reason="unreachable")
        links = [
            self._core.files.link(file.id, minutes=_LINKS_GOOD_FOR) for file in rendering.too_large(delivery.reply)
        ]
        parts = rendering.parts_of(delivery, address=self._core.company.address, links=links)
        if not parts:
            raise Rejected("nothing to send")
        if delivery.attempts > degrade.ATTEMPTS_WITH_PICTURES:
            parts = [part.unpictured() for part in parts]
        names = list(delivery.parts)
        reply_keyboard = await self._proving.keyboard(delivery, place) if not parts[-1].keyboard else None
        answered = self._answered(delivery, place)
        for number, part in enumerate(parts[len(names) :], len(names) + 1):
            if number == 1 and answered is not None:
                place = replace(place, reply_to=answered)
            last = reply_keyboard if number == len(parts) else None
            place, name = await self._sent(part, place, last)
            if number == 1 and answered is not None:
                place = replace(place, reply_to=None)
            names.append(name)
            await self._core.part_sent(delivery, name)
        return names[-1]

    def _answered(self, delivery: Delivery, place: Place) -> int | None:
        """The number of the message that this one answers, when others came in between, and it was written there. In
        groups each answer points at what it answers anyway."""
        if not place.private:
            return None
        start = place.name_of(0, account=self._account).removesuffix("0")
        number = (delivery.answers or "").removeprefix(start)
        return int(number) if number.isdecimal() and delivery.answers == start + number else None

    async def _sent(self, part: Part, place: Place, reply_keyboard: dict[str, Any] | None) -> tuple[Place, str]:
        files = await self._files(part)
        if part.picture and not files:
            part = part.unpictured()
        more = {} if reply_keyboard is None else {"reply_markup": reply_keyboard}
        try:
            result = await self._part(part, place, files, more)
        except ChatMigrated as error:
            async with self._core.sessions() as session, session.begin():
                await standing.moved(session, account=self._account, old=place.chat, new=error.new_chat_id)
            place = Place(error.new_chat_id)
            result = await self._guarded(part, place, files, more)
        except TelegramError as error:
            raise self._refused(error, place) from error
        return place, place.name_of(int(result["message_id"]), account=self._account)

    async def _guarded(self, part: Part, place: Place, files: dict[str, Any], more: dict[str, Any]) -> Any:
        try:
            return await self._part(part, place, files, more)
        except TelegramError as error:
            raise self._refused(error, place) from error

    async def _part(self, part: Part, place: Place, files: dict[str, Any], more: dict[str, Any]) -> Any:
        """The result of the method; in another way where Telegram cannot take it like this."""
        parameters = part.parameters() | more
        try:
            return await self._api.call(part.method, **place.target(), **parameters, **files)
        except BadRequest as error:
            said = error.message.lower()
            if place.topic is not None and "thread not found" in said:
                return await self._part(part, Place(place.chat, place.business), files, more)
            refused = refusal(error)
            if part.picture and isinstance(refused, Rejected) and refused.reason == "content":
                return await self._part(part.unpictured(), place, {}, more)
            if part.method == "sendPhoto" and any(words in said for words in _NO_PHOTO):
                return await self._api.call("sendDocument", **place.target(), **parameters, document=files["photo"])
            if part.method == "sendVoice" and _VOICE_FORBIDDEN in said:
                return await self._api.call("sendDocument", **place.target(), **parameters, document=files["voice"])
            raise

    async def _files(self, part: Part) -> dict[str, Any]:
        """What is uploaded with a part; nothing for a card's picture that cannot be had."""
        if part.picture is not None:
            picture = await degrade.picture(self._core.pictures, part.picture)
            return {"photo": InputFile(picture.content, filename="photo.jpg")} if picture else {}
        if part.file is None:
            return {}
        name = re.sub(r"[\x00-\x1f\"\\/]", "_", part.file.name) or "file"
        return {part.field: InputFile(await self._content(part), filename=name)}

    async def _content(self, part: Part) -> bytes:
        assert part.file is not None
        try:
            return await self._core.files.read(part.file.id)
        except NotFound as error:
            raise Rejected("the file is gone") from error
        except Unavailable as error:
            raise Retry("the file cannot be read now") from error

    def _refused(self, error: TelegramError, place: Place) -> Retry | Rejected:
        """What the error means here.

        A 429 does not say whether the chat or the bot is over its limit (about one message a second to a person, 20 a
        minute to a group, 30 a second in all). It is taken for the chat's until another chat meets one as well: nobody
        waits because somebody else is written to a lot, and the bot stops when it is the bot that is meant.
        """
        if not isinstance(error, Flooded):
            return refusal(error)
        now = time.monotonic()
        self._flooded = {chat: until for chat, until in self._flooded.items() if until > now}
        self._flooded[place.chat] = now + error.seconds
        return Retry("flood control", after=error.seconds, whole_account=len(self._flooded) > 1)
