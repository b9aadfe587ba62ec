"""Sending replies: each becomes one mail, in the thread it belongs to, that people and programs can answer rightly."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parseaddr

import structlog

from channels.mail import answers, illustrations, tokens
from channels.mail.answers import Context
from channels.mail.compose import Envelope, File, answer_subject, compose, references
from channels.mail.letters import Letter, Part, accent_or_default, part_of
from channels.mail.settings import MailSettings
from channels.mail.smtp import Submission
from channels.port import Core, Rejected
from crm_backend.attachments.schema import FileRef
from crm_backend.conversations.reading import vcards
from crm_backend.conversations.schema import Reply
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.errors import NotFound
from crm_backend.texts import shorten

log = structlog.get_logger(__name__)
MOST_ATTACHED = 15 * 1024 * 1024
"""Bytes of files in one mail: encoded that is 20 MB, which nearly every server takes. The rest is linked."""
LINK_DAYS = 7
MOST_COPIES = 20
_ABOUT = {"fr": "Votre conversation avec {company}", "en": "Your conversation with {company}"}


class Sending:
    """The way out of one mailbox."""

    def __init__(self, *, settings: MailSettings, core: Core, submission: Submission) -> None:
        self._settings, self._core, self._submission = settings, core, submission

    async def send(self, delivery: Delivery) -> str:
        """Sends a reply, with the others of its turn; its Message-ID. Raises Retry or Rejected."""
        secret, domain = self._core.company.secret, self._settings.domain
        identifier = tokens.message_id(delivery.message_id, domain, secret)
        async with self._core.sessions() as session:
            context = await answers.context(session, delivery)
        if context.carried_by is not None or answers.mere(delivery):
            return identifier
        proactive = delivery.reply.template is not None
        limit = self._settings.automatic_per_day
        if delivery.author != "agent" and not proactive and context.automatic_today >= limit:
            raise Rejected(f"more than {limit} automatic answers to this address in a day")
        replies = [delivery.reply, *(reply for _, reply in context.along)]
        files, links = await self._files([file for reply in replies for file in reply.files])
        files += [
            File(vcards.file_name(contact), vcards.MEDIA_TYPE, vcards.vcard(contact))
            for reply in replies
            for contact in reply.contacts
        ]
        shown, inline = await illustrations.of(replies, self._core.pictures, domain=domain)
        envelope = self._envelope(delivery, context, identifier, proactive)
        try:
            letter = replace(self._letter(delivery, replies, links, envelope), pictures=shown)
            raw = compose(envelope, letter, files, inline)
        except (ValueError, IndexError) as error:
            raise Rejected("not an address that mail can be sent to", reason="unreachable") from error
        raw = await self._sealed(raw)
        blind = _others((*delivery.bcc, self._settings.blind_copy or ""), delivery.address, *envelope.copies)
        refused = await self._submission.submit(
            raw, sender=self._settings.address, to=delivery.address, copies=[*envelope.copies, *blind]
        )
        for one in refused:
            log.warning("mail.copy_refused", conversation=str(delivery.conversation_id), cause=one.code)
        async with self._core.sessions() as session, session.begin():
            await answers.note_sent(
                session, delivery, along=context.along, platform_id=identifier, refused=len(refused)
            )
        return identifier

    def _envelope(self, delivery: Delivery, context: Context, identifier: str, proactive: bool) -> Envelope:
        given, company = self._settings, self._core.company
        answered = context.answered
        ours = [tokens.message_id(one, given.domain, company.secret) for one in context.before]
        if answered is not None:
            chain, last = [*answered.references], answered.message_id
        else:
            chain, last = ours, ours[-1] if ours else None
        reply_to = given.address
        if given.plus_addressing:
            reply_to = tokens.reply_address(given.address, delivery.conversation_id, company.secret)
        unsubscribe = delivery.reply.values.get("unsubscribe") if proactive else None
        return Envelope(
            sender=given.address,
            sender_name=f"{delivery.speaker} – {company.name}" if delivery.speaker else company.name,
            to=delivery.address,
            to_name="",
            copies=self._copies(delivery, context),
            reply_to=reply_to,
            subject=self._subject(delivery, context),
            message_id=identifier,
            date=datetime.now(UTC),
            in_reply_to=last,
            references=references(chain, last),
            automatic=delivery.author != "agent",
            answer=answered is not None and not proactive,
            unsubscribe=unsubscribe if unsubscribe and unsubscribe.startswith("https://") else None,
        )

    def _subject(self, delivery: Delivery, context: Context) -> str:
        """The customer's own, answered; for a mail that begins something, what it says first."""
        before = context.answered.subject if context.answered else context.subject
        if before:
            return answer_subject(before)
        if delivery.reply.template is not None and delivery.reply.text:
            return shorten(delivery.reply.text.split("\n")[0], 78)
        return _ABOUT[delivery.language].format(company=self._core.company.name)

    def _copies(self, delivery: Delivery, context: Context) -> tuple[str, ...]:
        """Those whom the agent or the customer let read along, but not ourselves, and nobody twice."""
        given = context.answered.copies if context.answered else ()
        wanted = [*delivery.cc, *(parseaddr(copy)[1] for copy in given)]
        others = _others((one for one in wanted if tokens.unmarked(one) not in self._settings.ours), delivery.address)
        return tuple(others[:MOST_COPIES])

    def _letter(self, delivery: Delivery, replies: Sequence[Reply], links: Sequence[str], envelope: Envelope) -> Letter:
        company = self._core.company
        parts = [part_of(reply) for reply in replies]
        if links:
            parts.insert(len(parts) - 1, Part("\n".join(links)))
        return Letter(
            language=delivery.language,
            company=company.name,
            address=company.address,
            accent=accent_or_default(company.accent),
            parts=tuple(parts),
            speaker=delivery.speaker,
            proactive=delivery.reply.template is not None,
            unsubscribe=envelope.unsubscribe,
        )

    async def _files(self, wanted: Sequence[FileRef]) -> tuple[list[File], list[str]]:
        """The files that fit, and lines with links to the others."""
        room, attached, links = MOST_ATTACHED, [], []
        for file in wanted:
            if file.size > room:
                links.append(f"{file.name}\n{self._core.files.link(file.id, minutes=LINK_DAYS * 24 * 60)}")
                continue
            try:
                content = await self._core.files.read(file.id)
            except NotFound as error:
                raise Rejected("a file of this message is gone") from error
            room -= len(content)
            attached.append(File(file.name, file.media_type, content))
        return attached, links

    async def _sealed(self, raw: bytes) -> bytes:
        """The mail with our DKIM signature before it, where one is set (RFC 6376)."""
        key, selector = self._settings.dkim_key, self._settings.dkim_selector
        if key is None:
            return raw
        return await asyncio.to_thread(_signed, raw, selector, self._settings.domain, key.get_secret_value())


def _others(addresses: Iterable[str], *known: str) -> list[str]:
    """The addresses, each once, without those that are `known`."""
    found: dict[str, str] = {}
    for one in addresses:
        if "@" in one:
            found.setdefault(one.lower(), one)
    for one in known:
        found.pop(one.lower(), None)
    return list(found.values())


def _signed(raw: bytes, selector: str, domain: str, key: str) -> bytes:
    import dkim

    fields = [b"from", b"to", b"cc", b"reply-to", b"subject", b"date", b"message-id", b"in-reply-to", b"references"]
    try:
        signature: bytes = dkim.sign(
            raw,
            selector.encode(),
            domain.encode(),
            key.encode(),
            include_headers=[*fields, b"mime-version", b"content-type"],
            canonicalize=(b"relaxed", b"relaxed"),
        )
    except Exception as error:
        raise Rejected("the DKIM key cannot sign", reason="settings") from error
    return signature + raw
