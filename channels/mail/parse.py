"""Raw bytes of a mail to what it says, who it claims to be from, and what comes with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from channels.mail.addresses import Address, Mailboxes, read_mailboxes
from channels.mail.bodies import Attachment, Bodies, Marks, gather
from channels.mail.headers import Headers, date_field, identifiers, text_field
from channels.mail.mime import walk
from crm_backend.errors import Empty, TooLong

MAX_BYTES = 40_000_000
MAX_SUBJECT = 500

__all__ = ["MAX_BYTES", "Address", "Attachment", "Headers", "Mail", "Marks", "parse"]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it came. Nothing in it is proved: `trust.vouch` says whether the sender's domain stands for it."""

    from_: Address | None
    """The one address it claims to be from; None when there is none, or several."""
    from_name: str
    """The display name, for showing beside the address, never instead of it."""
    authors: tuple[Address, ...]
    """Every address in every From field: more than one deserves no trust."""
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    recipients: int
    """How many mailboxes To and Cc name in all; the tuples are capped."""
    subject: str
    date: datetime | None
    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    """Oldest first, without angle brackets."""
    text: str
    """The words in plain text: the sender's own, or drawn from the page when there is none."""
    text_is_own: bool
    """Whether the mail came with plain text."""
    html: str
    """The page as sent: hostile until it went through `html.sanitise`."""
    attachments: tuple[Attachment, ...]
    reports: tuple[Attachment, ...]
    """Machine-readable parts (delivery status, read receipts, complaints, returned headers)."""
    marks: Marks
    type: str
    """Content type of the whole mail."""
    headers: Headers
    size: int


def parse(raw: bytes, *, max_bytes: int = MAX_BYTES) -> Mail:
    """Reads a mail, however broken. Archives are never unpacked; enclosed mails stay files that `parse` reads again.

    Raises Empty for nothing at all, TooLong past `max_bytes` or the limits on header size, parts and depth.
    """
    if len(raw) > max_bytes:
        raise TooLong(f"the mail is over {max_bytes} bytes")
    if not raw.strip(b"\x00\r\n\t "):
        raise Empty("the mail is empty")
    headers, leaves = walk(raw)
    body = gather(leaves)
    return _mail(headers, body, len(raw))


def _mail(headers: Headers, body: Bodies, size: int) -> Mail:
    authors = _merged(headers, "from")
    sender, reply_to = _merged(headers, "sender"), _merged(headers, "reply-to")
    to, cc = _merged(headers, "to"), _merged(headers, "cc")
    only = authors.kept[0] if authors.total == 1 else None
    answered = identifiers(headers.first("in-reply-to"))
    own = identifiers(headers.first("message-id"))
    return Mail(
        from_=only,
        from_name=only.name if only else next(iter(authors.names), ""),
        authors=authors.kept,
        sender=sender.kept[0] if sender.kept else None,
        reply_to=reply_to.kept,
        to=to.kept,
        cc=cc.kept,
        recipients=to.total + cc.total,
        subject=text_field(headers.first("subject"), MAX_SUBJECT),
        date=date_field(headers.first("date")),
        message_id=own[0] if own else None,
        in_reply_to=answered[0] if answered else None,
        references=tuple(identifiers(" ".join(headers.all("references")[:20]))),
        text=body.text,
        text_is_own=body.text_is_own,
        html=body.html,
        attachments=body.attachments,
        reports=body.reports,
        marks=body.marks,
        type=body.type,
        headers=headers,
        size=size,
    )


def _merged(headers: Headers, name: str) -> Mailboxes:
    fields = [read_mailboxes(value) for value in headers.all(name)[:50]]
    return Mailboxes(
        tuple(address for field in fields for address in field.kept)[:200],
        sum(field.total for field in fields),
        tuple(each for field in fields for each in field.names),
    )
