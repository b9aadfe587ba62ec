"""One business number on WhatsApp: its webhook, and the way out."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from channels import degrade
from channels.bodies import document
from channels.port import Core, Health, Rejected, Retry
from channels.whatsapp import marks, reading
from channels.whatsapp.closed import Closed
from channels.whatsapp.graph import Graph
from channels.whatsapp.health import examined
from channels.whatsapp.hearing import Ear
from channels.whatsapp.inbound import IDENTITY, NAME
from channels.whatsapp.render import CardPart, FilePart, Part, code_part, parts, recipient, template_part
from channels.whatsapp.settings import WhatsAppSettings
from crm_backend.attachments.schema import FileRef
from crm_backend.conversations.sending import windows
from crm_backend.conversations.sending.outbox import Delivery, parts_sent
from crm_backend.database import utc_now
from crm_backend.errors import BadInput, NotAuthenticated, NotFound

WINDOW = timedelta(hours=24)
"""How long after their last message a customer may be written to freely (Meta's customer service window)."""
MARGIN = timedelta(minutes=2)
"""Kept from the window's end: a message that is on its way when it closes is refused."""
FILE_LINK_MINUTES = 24 * 60
PROOF_CODE = "proof_code"
"""The notice whose template is one for codes (docs/channels/whatsapp.md)."""


class WhatsApp:
    """The channel of one account. See docs/channels/whatsapp.md."""

    name = NAME
    settle = 3.0
    """Seconds in which the status of a message usually comes: so long a send that may have happened is waited for."""

    def __init__(self, settings: WhatsAppSettings, account: str, core: Core) -> None:
        self.account = account
        self._settings, self._core = settings, core
        self._graph = Graph(core.http, settings)
        self._closed = Closed(settings=settings, account=account, core=core, graph=self._graph)
        self._ear = Ear(settings=settings, account=account, core=core, graph=self._graph)

    def routes(self) -> list[web.RouteDef]:
        """None: Meta calls the hook."""
        return []

    async def run(self) -> None:
        """Returns at once: Meta calls us."""

    async def close(self) -> None:
        """Gives up the “typing…” that is still on its way."""
        await self._ear.close()

    async def hook(self, request: web.Request) -> web.StreamResponse:
        """Meta's calls: the handshake (GET) and what happened (POST), signed.

        Raises NotAuthenticated, BadInput, and Unavailable when something could not be stored: Meta then sends
        the whole call again, and what was stored is known by its identifiers.
        """
        if request.method in ("GET", "HEAD"):
            return self._handshake(request)
        if request.method != "POST":
            raise web.HTTPMethodNotAllowed(request.method, ("GET", "POST"))
        body = await request.read()
        if not self._signed(body, request.headers.get("X-Hub-Signature-256", "")):
            raise NotAuthenticated("wrong signature")
        parsed = document(body)
        await self._ear.hear(reading.values(parsed, number=self._settings.phone_number_id))
        return web.Response()

    def _handshake(self, request: web.Request) -> web.Response:
        told = request.query.get("hub.verify_token", "").encode("utf-8", "replace")
        ours = self._settings.verify_token.get_secret_value().encode()
        if not hmac.compare_digest(told, ours):
            raise NotAuthenticated("wrong verify token")
        challenge = request.query.get("hub.challenge", "")
        if request.query.get("hub.mode") != "subscribe" or not (challenge.isalnum() and len(challenge) <= 200):
            raise BadInput("no handshake")
        return web.Response(text=challenge)

    def _signed(self, body: bytes, told: str) -> bool:
        secret = self._settings.app_secret.get_secret_value().encode()
        ours = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(told.encode("utf-8", "replace"), ours.encode())

    async def send(self, delivery: Delivery) -> str:
        """Sends what the reply needs, one message after the other; the identifier of the last.

        After 24 hours of silence only an approved template may go: a notice's own, or the one that says that an answer
        is ready, and then Waits until they write; Rejected with `window` without one. Meta has no
        idempotency key: after an attempt that ended unknown, its statuses tell which parts it has, and they are looked
        at first.
        """
        words = parts(delivery, address=self._core.company.address, link=self._link)
        if delivery.attempts > degrade.ATTEMPTS_WITH_PICTURES:
            words = [part.plain if isinstance(part, CardPart) else part for part in words]
        done = await self._done(delivery, of=len(words))
        to_send = await self._within_rules(delivery, words, begun=bool(done))
        if not to_send:
            raise Rejected("nothing to say")
        sent = ""
        for number, part in enumerate(to_send):
            if number < len(done):
                sent = done[number]
                continue
            sent = await self._send(
                part,
                {
                    **recipient(delivery.address),
                    **_quoting(delivery, number),
                    "biz_opaque_callback_data": marks.of_part(delivery.message_id, number + 1, len(to_send)),
                },
            )
            if number < len(to_send) - 1:
                await self._core.part_sent(delivery, sent)
        return sent

    async def _done(self, delivery: Delivery, *, of: int) -> tuple[str, ...]:
        """What Meta is known to have of this delivery. Statuses of an attempt that ended unknown are waited for."""
        done = delivery.parts
        if not delivery.again:
            return done
        for pause in (0.0, *[self.settle / 4] * 4):
            if len(done) >= of:
                break
            await asyncio.sleep(pause)
            async with self._core.sessions() as session:
                known = await parts_sent(session, [delivery.message_id])
            if len(sent := known.get(delivery.message_id, [])) > len(done):
                return tuple(sent)
        return done

    async def _within_rules(self, delivery: Delivery, words: list[Part], *, begun: bool) -> list[Part]:
        """The reply's own words while they may go, else the template that stands for them."""
        wrote = await self._last_wrote(delivery.address)
        if wrote is not None and utc_now() - wrote < WINDOW - MARGIN:
            return words
        notice = delivery.reply.template
        template = self._settings.template(notice, delivery.language) if notice else None
        if template is not None and notice == PROOF_CODE:
            return [code_part(template, delivery.reply.values.get("code", ""))]
        if template is not None:
            named = self._settings.template_values == "named"
            return [template_part(template, delivery.reply.values, named=named)]
        if begun:
            # The window closed between two parts: Meta decides about the rest.
            return words
        return await self._closed.ask(delivery, since=wrote)

    async def _last_wrote(self, address: str) -> datetime | None:
        async with self._core.sessions() as session:
            return await windows.last_wrote(session, kind=IDENTITY, value=address, channel=NAME, account=self.account)

    def _link(self, file: FileRef) -> str:
        return self._core.files.link(file.id, minutes=FILE_LINK_MINUTES)

    async def _send(self, part: Part, around: dict[str, Any]) -> str:
        if isinstance(part, FilePart):
            return await self._graph.send({**around, **await self._ready(part)})
        if isinstance(part, CardPart):
            media_id = await self._uploaded(part)
            if media_id is not None:
                try:
                    return await self._graph.send({**around, **part.message(media_id)})
                except Rejected as error:
                    # Refused, so not taken: without its picture it may be.
                    if error.reason != "content":
                        raise
            part = part.plain
        return await self._graph.send({**around, **part})

    async def _uploaded(self, part: CardPart) -> str | None:
        """The identifier of a card's picture; None when it cannot be had or is not taken. Raises Retry when Meta wants
        to be left alone, Rejected when it is not the picture that is at fault."""
        picture = await degrade.picture(self._core.pictures, part.picture)
        if picture is None:
            return None
        try:
            return await self._graph.upload(picture.content, name="photo.jpg", media_type=picture.media_type)
        except Retry as error:
            if error.after is not None or error.whole_account:
                raise
        except Rejected as error:
            if error.reason != "content":
                raise
        return None

    async def _ready(self, part: FilePart) -> dict[str, Any]:
        try:
            content = await self._core.files.read(part.file.id)
        except NotFound as error:
            raise Rejected("the file is gone") from error
        name = part.file.name or "file"
        return part.message(await self._graph.upload(content, name=name, media_type=part.file.media_type))

    async def fetch(self, remote: dict[str, Any]) -> AsyncIterator[bytes]:
        """The bytes of a file by its media identifier, checked against Meta's SHA-256 once all are there.

        Raises Rejected when Meta no longer has it (after seven days), Retry when it came damaged.
        """
        media_id = str(remote.get("id") or "")
        if not media_id.isalnum():
            raise Rejected("no media identifier")
        found = await self._graph.file(media_id)
        digest = hashlib.sha256()
        async for chunk in self._graph.download(found.url):
            digest.update(chunk)
            yield chunk
        told = [each for each in (found.sha256, str(remote.get("sha256") or "")) if each]
        if told and not any(_same_digest(each, digest.digest()) for each in told):
            raise Retry("media: other bytes than were sent")

    async def check(self) -> Health:
        """What Meta says of the number and of the templates."""
        hook = f"{self._core.company.address}/hooks/{NAME}/{self.account}"
        return await examined(self._graph, self._settings, hook=hook)


def _quoting(delivery: Delivery, number: int) -> dict[str, Any]:
    """The first part points at the message it answers, when others came in between (Messages, `context`)."""
    return {"context": {"message_id": delivery.answers}} if delivery.answers and number == 0 else {}


def _same_digest(told: str, digest: bytes) -> bool:
    """Meta writes it in hexadecimal in one place and in base64 in the other."""
    if told.lower() == digest.hex():
        return True
    try:
        return base64.b64decode(told, validate=True) == digest
    except (binascii.Error, ValueError):
        return False
