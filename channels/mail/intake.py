"""Taking in a mail: read, recognised for what it is, put where it belongs, stored once."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from channels.mail import answers, placing, returned, tokens, words
from channels.mail.automatic import Kind
from channels.mail.judging import Judged, ask_dns, judge
from channels.mail.parse import Mail, parse
from channels.mail.reading import Unreadable
from channels.mail.replies import Told, told_apart
from channels.mail.settings import MailSettings
from channels.mail.threading import Placed
from channels.mail.trust import Resolve
from channels.port import Core
from crm_backend.conversations import joining, owners, stream
from crm_backend.conversations.model import Message
from crm_backend.conversations.schema import BOT, InboundMessage, IncomingFile, Received, Vouched
from crm_backend.conversations.texts import clean_name
from crm_backend.database import unreachable, utc_now
from crm_backend.errors import NotFound, RelaisError, Unavailable

log = structlog.get_logger(__name__)
MOST_FILES = 40
MOST_SHOWN = 50
"""Recipients that are kept with a message."""
FOR_PEOPLE = frozenset({"too_many", "too_large", "encrypted"})
"""Why a mail that nobody may answer automatically is handed to a person at once."""


@dataclass(frozen=True)
class Read:
    """A mail and what was made of it on the way to being stored."""

    mail: Mail
    raw: bytes
    writer: str
    size: int
    headers_only: bool
    judged: Judged
    fingerprint: str


@dataclass
class Files:
    """What came along: kept, or refused with why; and the mail itself, to be looked at as it came."""

    kept: list[IncomingFile] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    original: IncomingFile | None = None


class Intake:
    """The way in of one mailbox, whoever brings the mails."""

    def __init__(self, *, settings: MailSettings, account: str, core: Core, resolve: Resolve = ask_dns) -> None:
        self._settings, self._account, self._core, self._resolve = settings, account, core, resolve

    async def take(self, raw: bytes, *, size: int | None = None, headers_only: bool = False) -> bool:
        """Stores a mail; false when there was nothing to store: it came before, is our own, or tells of a delivery.

        Returns after commit. Raises Unreadable for what cannot be read or has no sender, Unavailable.
        """
        try:
            return await self._taken(raw, size or len(raw), headers_only)
        except Exception as error:
            if unreachable(error):
                raise Unavailable("database") from error
            raise

    async def _taken(self, raw: bytes, size: int, headers_only: bool) -> bool:
        mail = await self._parsed(raw)
        if tokens.our_messages([mail.message_id or ""], self._core.company.secret):
            return False
        fingerprint, external_id = _fingerprint(mail), _external_id(mail, raw)
        if await self._stored(external_id, fingerprint):
            return False
        judged = await judge(mail, raw, settings=self._settings, resolve=self._resolve)
        if judged.automatic == Kind.OWN or (judged.automatic == Kind.BOUNCE and await self._returned(mail, judged)):
            return False
        if judged.writer is None:
            raise Unreadable("no sender")
        read = Read(
            mail=mail,
            raw=raw,
            writer=judged.writer.email.lower(),
            size=size,
            headers_only=headers_only,
            judged=judged,
            fingerprint=fingerprint,
        )
        inbound = await self._inbound(read, external_id)
        received = await self._accepted(inbound, fingerprint)
        if inbound.automatic in FOR_PEOPLE and not received.duplicate:
            await self._hand_over(received)
        return not received.duplicate

    async def _parsed(self, raw: bytes) -> Mail:
        try:
            return await asyncio.to_thread(parse, raw)
        except RelaisError as error:
            raise Unreadable(f"it cannot be read ({error.code})") from error

    async def _stored(self, external_id: str, fingerprint: str) -> bool:
        """Whether this very mail came before. Another one may bear the same Message-ID: by mistake, or so that the
        second is taken for the first."""
        async with self._core.sessions() as session:
            rows = await session.execute(
                select(Message.external_id, Message.details["fingerprint"].astext).where(
                    Message.channel == "mail",
                    Message.external_id.in_((external_id, _second(external_id, fingerprint))),
                )
            )
            return any(known == fingerprint for _, known in rows)

    async def _returned(self, mail: Mail, judged: Judged) -> bool:
        """Tells the core of a mail of ours that did not arrive; false when the report names none."""
        async with self._core.sessions() as session:
            told = await returned.receipts(
                session, mail, judged.sorted, account=self._account, secret=self._core.company.secret
            )
        for receipt in told or ():
            await self._core.report(receipt)
        return told is not None

    async def _inbound(self, read: Read, external_id: str) -> InboundMessage:
        mail, secret = read.mail, self._core.company.secret
        async with self._core.sessions() as session:
            known = await placing.look_up(session, mail, writer=read.writer, secret=secret)
            automatic = await answers.automatic_today(session, address=read.writer)
        told = await asyncio.to_thread(told_apart, mail.text, mail.html, sent=known.said)
        placed = placing.placed(known, mail, quoted=told.quoted, text=told.to_read, secret=secret, now=utc_now())
        reason = self._automatic(read, automatic)
        language = self._settings.language or self._core.company.default_language
        text = words.of_mail(
            read.mail,
            told,
            new=placed.conversation_id is None,
            most=self._core.company.max_length,
            too_large=read.size if read.headers_only else None,
            unreadable=reason == "encrypted",
            language=language,
        )
        files = await self._files(read)
        return InboundMessage(
            channel="mail",
            account=self._account,
            external_id=external_id,
            identity_kind="email",
            identity_value=read.writer,
            address=read.judged.answer_to,
            text=text.text,
            language=self._settings.language if placed.conversation_id is None else None,
            conversation_id=placed.conversation_id,
            start_new=placed.conversation_id is None,
            sender_name=read.judged.writer.name if read.judged.writer else "",
            vouched=Vouched(kind="email", value=read.writer) if read.judged.vouched else None,
            files=[*files.kept, *([files.original] if files.original else [])],
            reply_to=mail.in_reply_to,
            said_at=mail.date if mail.date and mail.date < utc_now() + timedelta(days=1) else None,
            automatic=reason,
            join_code=joining.code_in(mail.subject),
            team=self._settings.team,
            details=self._details(read, placed, told, files) | ({"cut": True} if text.cut else {}),
        )

    def _automatic(self, read: Read, automatic_today: int) -> str | None:
        """Why no answer is due, if none is."""
        if read.judged.automatic:
            return read.judged.automatic
        if read.headers_only:
            return "too_large"
        if read.mail.marks.pgp_encrypted or read.mail.marks.smime_encrypted:
            return "encrypted"
        return "too_many" if automatic_today >= self._settings.automatic_per_day else None

    def _details(self, read: Read, placed: Placed, told: Told, files: Files) -> dict[str, Any]:
        mail = read.mail
        details: dict[str, Any] = {
            "subject": clean_name(mail.subject, length=300),
            "from": read.writer,
            "to": [one.email for one in mail.to[:MOST_SHOWN]],
            "cc": [one.email for one in mail.cc[:MOST_SHOWN]],
            "recipients": mail.recipients,
            "message_id": mail.message_id,
            "references": list(mail.references[-20:]) or ([mail.in_reply_to] if mail.in_reply_to else []),
            "thread": placed.told(),
            "fingerprint": read.fingerprint,
            "vouched": read.judged.vouched,
            "trust": read.judged.why,
            "original": str(files.original.id) if files.original else None,
            "size": read.size,
        }
        if files.refused:
            details["refused"] = files.refused
        if told.forwarded:
            details["forwarded"] = True
        return details

    async def _files(self, read: Read) -> Files:
        """Keeps what came along, and the mail itself."""
        files = Files()
        for one in read.mail.attachments[:MOST_FILES]:
            if (kept := await self._keep(files, one.content, one.name, one.type)) is not None:
                files.kept.append(kept.model_copy(update={"inline": one.inline}))
        files.refused += [
            {"name": clean_name(one.name), "why": "too_many"} for one in read.mail.attachments[MOST_FILES:]
        ]
        files.original = await self._keep(files, read.raw, words.ORIGINAL, "message/rfc822")
        return files

    async def _keep(self, files: Files, content: bytes, name: str, declared_type: str) -> IncomingFile | None:
        try:
            ref = await self._core.files.keep(_pieces(content), name=name, declared_type=declared_type)
        except Unavailable:
            raise
        except RelaisError as error:
            if len(files.refused) < MOST_SHOWN:
                files.refused.append({"name": clean_name(name), "why": error.code})
            return None
        return IncomingFile(id=ref.id, kind=ref.kind, name=ref.name)

    async def _accepted(self, inbound: InboundMessage, fingerprint: str) -> Received:
        """Stores it. Meanwhile another mail may have come under the same Message-ID, or the conversation be gone."""
        try:
            received = await self._core.accept(inbound)
        except NotFound:
            thread = inbound.details["thread"] | {"conversation": None, "why": "other_sender"}
            alone = {"conversation_id": None, "start_new": True, "details": inbound.details | {"thread": thread}}
            received = await self._core.accept(inbound.model_copy(update=alone))
        except IntegrityError:
            # Another writer's mail took the identifier between the look and the storing: now it is there to be seen.
            received = await self._core.accept(inbound)
        if received.duplicate and not await self._stored(inbound.external_id, fingerprint):
            other = {"external_id": _second(inbound.external_id, fingerprint)}
            received = await self._core.accept(inbound.model_copy(update=other))
        return received

    async def _hand_over(self, received: Received) -> None:
        """Asks a person for what the assistant must not answer."""
        async with self._core.sessions() as session, session.begin():
            conversation = await stream.locked(session, received.conversation_id)
            if conversation.owner != BOT:
                return
            await owners.hand_over(session, conversation, reason="failure", topic=None, now=utc_now())
        await self._core.live.publish("desk", {"kind": "changed", "conversation": received.conversation_id})


def _fingerprint(mail: Mail) -> str:
    """What makes it this mail and no other: what its author wrote, not what servers added on the way."""
    content = [
        [one.email.lower() for one in mail.authors],
        mail.headers.first("date"),
        mail.subject,
        mail.text,
        mail.html,
        [hashlib.sha256(one.content).hexdigest() for one in mail.attachments],
    ]
    return hashlib.sha256(json.dumps(content).encode("utf-8", "replace")).hexdigest()


def _external_id(mail: Mail, raw: bytes) -> str:
    if mail.message_id is None:
        return f"sha256:{hashlib.sha256(raw).hexdigest()}"
    if len(mail.message_id) > 250:
        return f"sha256:{hashlib.sha256(mail.message_id.encode()).hexdigest()}"
    return mail.message_id


def _second(external_id: str, fingerprint: str) -> str:
    """The identifier of a mail whose Message-ID another mail had first."""
    return f"{external_id}#{fingerprint[:16]}"


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 65_536):
        yield content[start : start + 65_536]
