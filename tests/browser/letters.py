"""Mail and messages of other channels as their adapters hand them to the core, for the desk to show."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update

from crm_backend.conversations.model import Message, OutboxItem
from crm_backend.conversations.schema import ContactCard, InboundMessage, IncomingFile, Location
from crm_backend.database import utc_now
from server.app import Parts
from tests.support.samples import PDF, chunks, picture

WRITER = "marie.d@example.fr"
SUBJECT = "Lampe cassée, commande 10860"
RAW = (
    "From: =?utf-8?q?Marie_Dupr=C3=A9?= <marie.d@example.fr>\r\nTo: support@maison-tilleul.example\r\n"
    "Cc: paul@example.fr\r\nSubject: =?utf-8?q?Lampe_cass=C3=A9e=2C_commande_10860?=\r\nMessage-ID: <1@example.fr>\r\n"
    "Date: Sun, 22 Nov 2026 08:50:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    "<p>Bonjour, la lampe est <b>arrivée cassée</b>.</p><script>window.top.hurt = 1</script>"
    '<img src="https://elsewhere.example/pixel.png" alt="logo" onerror="window.top.hurt = 1">'
)


async def kept(parts: Parts, content: bytes, name: str, declared_type: str = "") -> IncomingFile:
    """A file that came with a message."""
    ref = await parts.core.files.keep(chunks(content), name=name, declared_type=declared_type)
    return IncomingFile(id=ref.id, kind=ref.kind, name=ref.name)


async def mail(parts: Parts, text: str, *, conversation: UUID | None = None, **more: Any) -> UUID:
    """A mail of Marie's, with a photo, an invoice and its original; the conversation it is in."""
    original = await kept(parts, RAW.encode(), "original.eml", "message/rfc822")
    details = {
        "subject": SUBJECT if conversation is None else f"Re: {SUBJECT}",
        "from": WRITER,
        "to": ["support@maison-tilleul.example"],
        "cc": ["paul@example.fr"],
        "original": str(original.id),
        "thread": {
            "conversation": str(conversation) if conversation else None,
            "score": 95,
            "reasons": ["answers", "subject"] if conversation else [],
            "why": None if conversation else "new_subject",
            "related": None,
        },
    }
    values: dict[str, Any] = {"details": details, "files": [original], **more}
    return await _heard(parts, "mail", "email", WRITER, text, conversation, **values)


async def broken_lamp(parts: Parts) -> UUID:
    """A conversation by mail that moved to another channel: every kind of message an agent may meet."""
    files = [
        await kept(parts, picture(size=(800, 600)), "lampe.png"),
        await kept(parts, PDF, "facture-10860.pdf"),
    ]
    first = await mail(parts, "Bonjour, la lampe est arrivée cassée. Photo et facture jointes.", files=files)
    await mail(parts, "Je suis absente jusqu’au 28 novembre.", conversation=first, automatic="auto_reply")
    await mail(parts, "Me voilà de retour\u00a0: avez-vous vu la photo\u00a0?", conversation=first)
    return first


async def shared_things(parts: Parts) -> UUID:
    """A conversation on the console, with a place, somebody's details, and what was filled in and answered before."""
    place = Location(latitude=45.75781, longitude=4.83201, name="Boutique de Lyon", address="12 rue Auguste-Comte")
    contact = ContactCard(name="Paul Dupré", phones=["+33 6 12 34 56 78"], emails=["paul@example.fr"])
    before = {
        "form": {"name": "Marie D.", "email": WRITER},
        "greeting": "Bonjour\u00a0! Une question sur la livraison\u00a0?",
    }
    more = {"location": place, "contacts": [contact], "sender_name": "Marie D.", "details": before}
    return await _heard(parts, "console", "console", "marie", "Je suis là, appelez Paul.", None, **more)


async def undelivered(parts: Parts, conversation: UUID, error: str) -> None:
    """What was last said there could not be delivered."""
    async with parts.sessions.begin() as session:
        failed = update(OutboxItem).where(OutboxItem.conversation_id == conversation)
        await session.execute(failed.values(state="failed", failed_at=utc_now(), last_error=error, attempts=3))
        said = update(Message).where(Message.conversation_id == conversation, Message.author != "customer")
        await session.execute(said.values(delivery="failed"))


async def _heard(
    parts: Parts, channel: str, kind: str, who: str, text: str, conversation: UUID | None, **more: Any
) -> UUID:
    received = await parts.core.accept(
        InboundMessage(
            channel=channel,
            external_id=str(uuid4()),
            identity_kind=kind,
            identity_value=who,
            address=who,
            text=text,
            language="fr",
            conversation_id=conversation,
            **{"sender_name": "Marie Dupré", **more},
        )
    )
    return received.conversation_id
