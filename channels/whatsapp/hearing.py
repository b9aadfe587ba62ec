"""What a webhook says, handed to the core item by item: one that fails takes no other along."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select

from channels.ending import ended
from channels.port import Core, Rejected, Retry
from channels.whatsapp import closed, inbound, statuses, words
from channels.whatsapp.graph import Graph
from channels.whatsapp.inbound import IDENTITY, NAME, UNREADABLE
from channels.whatsapp.reading import one, writer_of
from channels.whatsapp.settings import WhatsAppSettings
from channels.whatsapp.shapes import Fault, Message, Status, System, Value, Writer
from crm_backend.conversations import stream
from crm_backend.conversations.model import Message as Stored
from crm_backend.conversations.receiving import moving
from crm_backend.conversations.schema import BOT, InboundMessage, Received, Reply
from crm_backend.customers.model import Identity
from crm_backend.database import utc_now
from crm_backend.errors import BadInput, NotFound, RelaisError, Unavailable

log = structlog.get_logger(__name__)
OVERTAKEN = timedelta(minutes=10)
"""So young, a change to a message that is not there may have overtaken it: Meta is asked to bring it again."""


class Ear:
    """Hears for one account."""

    def __init__(self, *, settings: WhatsAppSettings, account: str, core: Core, graph: Graph) -> None:
        self._settings, self._account, self._core, self._graph = settings, account, core, graph
        self._aside: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Gives up what was done aside."""
        await ended(*self._aside)

    async def hear(self, values: Iterable[Value]) -> None:
        """Stores everything there is, in order. Raises Unavailable at the end when something could not be stored."""
        failed = 0
        for value in values:
            for raw in value.errors:
                if fault := one(Fault, raw):
                    log.error("whatsapp.fault", account=self._account, code=fault.code)
            for raw in value.messages:
                failed += not await self._safely(self._message, value, raw)
            for raw in value.statuses:
                failed += not await self._safely(self._status, value, raw)
        if failed:
            raise Unavailable(f"{failed} of a webhook's items could not be stored")

    async def _safely(self, take: Any, value: Value, raw: Any) -> bool:
        """Whether the item is dealt with: stored, or of no use at any later time."""
        try:
            await take(value, raw)
        except Unavailable:
            return False
        except RelaisError as error:
            log.warning("whatsapp.left_out", account=self._account, code=error.code, cause=str(error))
        except Exception as error:
            log.error("whatsapp.failed", account=self._account, cause=type(error).__name__, exc_info=True)
            return False
        return True

    async def _status(self, _value: Value, raw: Any) -> None:
        status = one(Status, raw)
        if status is None or inbound.too_old(status.timestamp, now=utc_now()):
            return
        receipt = statuses.receipt(status, account=self._account)
        if not await self._core.report(receipt):
            log.info("whatsapp.unknown_status", account=self._account, state=receipt.state)

    async def _message(self, value: Value, raw: Any) -> None:
        message = one(Message, raw)
        if message is None:
            return
        if inbound.too_old(message.timestamp, now=utc_now()):
            log.warning("whatsapp.too_old", account=self._account)
            return
        if message.group_id:
            log.info("whatsapp.group_declined", account=self._account)
            return
        if message.type == "system":
            await self._moved(message, message.system or System())
            return
        writer = writer_of(value, sender=message.sender, user_id=message.from_user_id)
        heard = inbound.inbound(
            message,
            writer,
            account=self._account,
            opt_out=self._settings.opt_out_words,
            longest=self._core.company.max_length,
        )
        if heard is None:
            log.warning("whatsapp.nobody", account=self._account, kind=message.type[:40])
            return
        await self._number_shown(message, writer)
        received = await self._accept(heard)
        if received is not None and not received.duplicate:
            await closed.opened(self._core, heard, received)
            await self._courtesies(heard, received)

    async def _accept(self, heard: InboundMessage) -> Received | None:
        try:
            return await self._core.accept(heard)
        except NotFound:
            if heard.event == "message":
                raise
            if heard.event != "reaction" and heard.said_at and utc_now() - heard.said_at < OVERTAKEN:
                raise Unavailable("a change overtook its message") from None
            return None
        except BadInput:
            if heard.press is None:
                raise
            # A button of another conversation, or of before a change of channel: its words still say what is wanted.
            return await self._core.accept(heard.model_copy(update={"press": None}))

    async def _courtesies(self, heard: InboundMessage, received: Received) -> None:
        if heard.automatic == UNREADABLE:
            await self._say_unreadable(received)
        elif heard.event == "message" and received.owner == BOT and self._settings.show_read:
            task = asyncio.create_task(self._show_read(heard.external_id))
            self._aside.add(task)
            task.add_done_callback(self._aside.discard)

    async def _show_read(self, message_id: str) -> None:
        try:
            await self._graph.show_read(message_id)
        except (Retry, Rejected) as error:
            log.info("whatsapp.not_shown_read", account=self._account, cause=str(error))

    async def _say_unreadable(self, received: Received) -> None:
        """Tells the customer, once in a conversation, that this kind of message does not arrive."""
        name = f"unreadable:{received.conversation_id}"
        async with self._core.sessions() as session, session.begin():
            conversation = await stream.locked(session, received.conversation_id)
            said = select(Stored.id).where(Stored.channel == NAME, Stored.external_id == name)
            if conversation.channel != NAME or await session.scalar(said) is not None:
                return
            reply = Reply(text=words.CANNOT_READ[conversation.language])
            stream.send(session, conversation, author="system", reply=reply, now=utc_now(), external_id=name)
        await self._core.live.publish("outbox", {})
        await self._core.live.publish("desk", {"kind": "changed", "conversation": received.conversation_id})

    async def _moved(self, message: Message, system: System) -> None:
        """Somebody has a new number, or a new identifier while they hide it."""
        if system.type not in ("user_changed_number", "customer_changed_number", "user_changed_user_id"):
            log.info("whatsapp.system", account=self._account, kind=system.type[:40])
            return
        number = system.wa_id or system.new_wa_id
        pairs = [(message.sender, number or system.user_id)]
        pairs.append((system.previous_user_id or message.from_user_id, number or system.user_id))
        for old, new in pairs:
            if old and new and old != new:
                await self._follow(old, new, message.timestamp)

    async def _number_shown(self, message: Message, writer: Writer) -> None:
        """Somebody who was known by an identifier only shows their number: it is still the same person."""
        identifier = writer.user_id or message.from_user_id
        number = inbound.address_of(message, writer)
        if not identifier or identifier == number:
            return
        async with self._core.sessions() as session:
            known = await session.scalar(
                select(Identity.id).where(Identity.kind == IDENTITY, Identity.value == identifier)
            )
        if known is not None:
            await self._follow(identifier, number, message.timestamp)

    async def _follow(self, old: str, new: str, timestamp: int) -> None:
        async with self._core.sessions() as session, session.begin():
            moved = await moving.account_moved(
                session,
                channel=NAME,
                kind=IDENTITY,
                old=old,
                new=new,
                moved_at=datetime.fromtimestamp(timestamp, UTC),
                old_phone=inbound.phone_of(old),
            )
        log.info("whatsapp.moved" if moved else "whatsapp.not_moved", account=self._account)
