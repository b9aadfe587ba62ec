"""Taking in a mail: read, recognised for what it is, put where it belongs, stored once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from channels.mail import answers, placing, returned, tokens, words
from channels.mail.automatic import Kind
from channels.mail.judging import Judged, ask_dns, judge
from channels.mail.keeping import MOST_SHOWN, Kept, keep
from channels.mail.marks import marks_of
from channels.mail.mime import header_of
from channels.mail.opened import Opened
from channels.mail.opener import open_mail, tell_apart
from channels.mail.parse import Mail
from channels.mail.reading import LARGEST, Unreadable
from channels.mail.replies import Told, sent_before
from channels.mail.settings import MailSettings
from channels.mail.threading import Placed
from channels.mail.trust import Resolve
from channels.port import Core
from crm_backend.conversations import stream
from crm_backend.conversations.handing_over import owners
from crm_backend.conversations.model import Message
from crm_backend.conversations.receiving import joining
from crm_backend.conversations.schema import BOT, InboundMessage, Received, Vouched
from crm_backend.database import unreachable, utc_now
from crm_backend.errors import NotFound, Unavailable
from crm_backend.texts import clean_name

FOR_PEOPLE = frozenset({"too_many", "too_large", "encrypted"})
"""Why a mail that nobody may answer automatically is handed to a person at once."""
NO_SENDER = "no sender"
"""Why a mail is set aside at once."""


@dataclass(frozen=True)
class Read:
    """A mail and what was made of it on the way to being stored."""

    opened: Opened
    raw: bytes
    external_id: str
    size: int
    headers_only: bool
    judged: Judged
    stays: bool = True
    """Whether the whole mail is in a mailbox; a provider has only what it hands over."""
    files: Kept | None = None
    """None while it is not sure that it is stored."""

    @property
    def mail(self) -> Mail:
        """What it says."""
        return self.opened.mail

    @property
    def writer(self) -> str:
        """The address it is stored under."""
        assert self.judged.writer is not None
        return self.judged.writer.email.lower()


class Intake:
    """The way in of one mailbox, whoever brings the mails."""

    def __init__(self, *, settings: MailSettings, account: str, core: Core, resolve: Resolve = ask_dns) -> None:
        self._settings, self._account, self._core, self._resolve = settings, account, core, resolve

    async def take(self, raw: bytes, *, size: int | None = None, headers_only: bool = False) -> bool:
        """Stores a mail; false when there was nothing to store: it came before, is our own, or tells of a delivery.

        Returns after commit. Raises Unreadable for what cannot be read or has no sender, Unavailable.
        """
        return await self.store(await self.prepare(raw, size=size, headers_only=headers_only))

    async def handed(self, raw: bytes) -> bool:
        """`take` for a mail that a provider hands over: beyond what is read of mails in a mailbox only its headers are
        read here, too, and a person is asked."""
        if len(raw) <= LARGEST:
            return await self.take(raw)
        read = await self.prepare(header_of(raw), size=len(raw), headers_only=True)
        return await self.store(replace(read, stays=False) if read else None)

    async def prepare(self, raw: bytes, *, size: int | None = None, headers_only: bool = False) -> Read | None:
        """Reads a mail and keeps its files, which nobody sees before it is stored: this may go on while other mails are
        being stored. None for what needs no storing. Raises what `take` raises."""
        with _database():
            return await self._read(raw, size or len(raw), headers_only)

    async def store(self, read: Read | None) -> bool:
        """Puts a mail where it belongs; mails of one mailbox in their order. Returns and raises what `take` does."""
        if read is None:
            return False
        with _database():
            return await self._store(read)

    async def _read(self, raw: bytes, size: int, headers_only: bool) -> Read | None:
        opened = await open_mail(raw)
        mail = opened.mail
        if tokens.our_messages([mail.message_id or ""], self._core.company.secret):
            return None
        external_id = _external_id(mail, raw)
        if await self._stored(external_id, opened.fingerprint):
            return None
        judged = await judge(mail, raw, settings=self._settings, resolve=self._resolve)
        if judged.automatic == Kind.OWN:
            return None
        read = Read(opened, raw, external_id, size, headers_only, judged)
        if judged.automatic == Kind.BOUNCE:
            return read
        if judged.writer is None:
            raise Unreadable(NO_SENDER)
        return replace(read, files=await keep(self._core.files, read.mail, read.raw))

    async def _store(self, read: Read) -> bool:
        if read.judged.automatic == Kind.BOUNCE and await self._returned(read.mail, read.judged):
            return False
        if read.judged.writer is None:
            raise Unreadable(NO_SENDER)
        inbound = await self._inbound(read, read.files or await keep(self._core.files, read.mail, read.raw))
        received = await self._accepted(inbound, read.opened.fingerprint)
        if inbound.automatic in FOR_PEOPLE and not received.duplicate:
            await self._hand_over(received, inbound.automatic)
        return not received.duplicate

    async def _stored(self, external_id: str, fingerprint: str) -> bool:
        """Whether this very mail came before. Another one may bear the same Message-ID: by mistake, or so that the
        second is taken for the first."""
        async with self._core.sessions() as session:
            named = {"either": [external_id, _second(external_id, fingerprint)]}
            return any(known == fingerprint for (known,) in await session.execute(_KNOWN, named))

    async def _returned(self, mail: Mail, judged: Judged) -> bool:
        """Tells the core of a mail of ours that did not arrive; false when the report names none."""
        async with self._core.sessions() as session:
            told = await returned.receipts(
                session, mail, judged.sorted, account=self._account, secret=self._core.company.secret
            )
        for receipt in told or ():
            await self._core.report(receipt)
        return told is not None

    async def _inbound(self, read: Read, files: Kept) -> InboundMessage:
        mail, secret = read.mail, self._core.company.secret
        async with self._core.sessions() as session:
            known = await placing.look_up(session, mail, writer=read.writer, secret=secret)
            automatic = await answers.automatic_today(session, address=read.writer) if known.candidates else 0
        told = read.opened.told
        if sent_before(known.said) & read.opened.unsure:
            told = await tell_apart(mail.text, mail.html, known.said)
        placed = placing.placed(known, mail, quoted=told.quoted, text=told.to_read, secret=secret, now=utc_now())
        reason = self._automatic(read, automatic)
        language = self._settings.language or self._core.company.default_language
        text = words.of_mail(
            read.mail,
            told,
            new=placed.conversation_id is None,
            most=self._core.company.max_length,
            too_large=read.size if read.headers_only else None,
            stays=read.stays,
            unreadable=reason == "encrypted",
            language=language,
        )
        return InboundMessage(
            channel="mail",
            account=self._account,
            external_id=read.external_id,
            identity_kind="email",
            identity_value=read.writer,
            address=read.judged.answer_to,
            text=text.text,
            language=self._settings.language if placed.conversation_id is None else None,
            conversation_id=placed.conversation_id,
            start_new=placed.conversation_id is None,
            sender_name=read.judged.writer.name if read.judged.writer else "",
            vouched=Vouched(kind="email", value=read.writer) if read.judged.vouched else None,
            files=[*files.files, *([files.original] if files.original else [])],
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

    def _details(self, read: Read, placed: Placed, told: Told, files: Kept) -> dict[str, Any]:
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
            "fingerprint": read.opened.fingerprint,
            "vouched": read.judged.vouched,
            "trust": read.judged.why,
            "original": str(files.original.id) if files.original else None,
            "size": read.size,
        }
        if files.refused:
            details["refused"] = files.refused
        if told.forwarded:
            details["forwarded"] = True
        if marks := marks_of(mail.marks):
            details["marks"] = marks
        return details

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

    async def _hand_over(self, received: Received, reason: str) -> None:
        """Asks a person for what the assistant must not answer."""
        async with self._core.sessions() as session, session.begin():
            conversation = await stream.locked(session, received.conversation_id)
            if conversation.owner != BOT:
                return
            await owners.hand_over(session, conversation, reason=reason, topic=None, now=utc_now())
        await self._core.live.publish("desk", {"kind": "changed", "conversation": received.conversation_id})


@contextmanager
def _database() -> Iterator[None]:
    """Raises Unavailable for what the database could not do now."""
    try:
        yield
    except Exception as error:
        if unreachable(error):
            raise Unavailable("database") from error
        raise


def _external_id(mail: Mail, raw: bytes) -> str:
    if mail.message_id is None:
        return f"sha256:{hashlib.sha256(raw).hexdigest()}"
    if len(mail.message_id) > 250:
        return f"sha256:{hashlib.sha256(mail.message_id.encode()).hexdigest()}"
    return mail.message_id


def _second(external_id: str, fingerprint: str) -> str:
    """The identifier of a mail whose Message-ID another mail had first."""
    return f"{external_id}#{fingerprint[:16]}"


# Made once: putting a statement together takes longer than running it.
_KNOWN = select(Message.details["fingerprint"].astext).where(
    Message.channel == "mail", Message.external_id.in_(bindparam("either", expanding=True))
)
