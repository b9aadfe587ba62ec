"""Mails as customers send them, for tests of everything but reading them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import uuid4

from tests.channels.mail.servers import USER


def mail(
    text: str = "Où est ma commande ?",
    *,
    sender: str = "Marie Dupont <marie@client.example>",
    to: str = USER,
    subject: str = "Ma commande",
    message_id: str | None = None,
    in_reply_to: str | None = None,
    references: Sequence[str] = (),
    cc: str = "",
    date: datetime | None = None,
    files: Sequence[tuple[str, str, bytes]] = (),
    **headers: str,
) -> bytes:
    """A mail as raw bytes. Identifiers are given without brackets; an empty `message_id` leaves the field out."""
    made = EmailMessage()
    made["From"] = sender
    made["To"] = to
    if cc:
        made["Cc"] = cc
    made["Subject"] = subject
    made["Date"] = format_datetime(date or datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
    if message_id != "":
        made["Message-ID"] = f"<{message_id or f'{uuid4().hex}@client.example'}>"
    if in_reply_to:
        made["In-Reply-To"] = f"<{in_reply_to}>"
    if references:
        made["References"] = " ".join(f"<{one}>" for one in references)
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    for name, media_type, content in files:
        main, _, sub = media_type.partition("/")
        made.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return made.as_bytes()
