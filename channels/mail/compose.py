"""The mail that carries a letter: fields that every program understands, and nothing a customer wrote between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from channels.mail.letters import Letter, as_page, as_text
from channels.mail.threading import bare
from crm_backend.conversations.reading.vcards import MEDIA_TYPE as VCARD
from crm_backend.texts import clean_name

MOST_REFERENCES = 20
LONGEST_SUBJECT = 200
_IDENTIFIERS = {"references", "in-reply-to", "message-id", "list-unsubscribe"}


@dataclass(frozen=True)
class File:
    """A file that goes along."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Inline:
    """A picture that the page shows, under the identifier by which it names it."""

    cid: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Envelope:
    """Who writes to whom about what, and what is answered. Identifiers are without angle brackets."""

    sender: str
    sender_name: str
    to: str
    to_name: str
    copies: tuple[str, ...]
    reply_to: str
    subject: str
    message_id: str
    date: datetime
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    automatic: bool = True
    """Written by a program: nothing automatic should answer it (RFC 3834)."""
    answer: bool = True
    """It answers a mail; otherwise it comes by itself."""
    unsubscribe: str | None = None


class _Policy(EmailPolicy):
    """The standard policy, but identifiers are never encoded and broken only between each other: the standard one
    encodes those that are longer than a line, and then nobody recognises them."""

    def fold(self, name: str, value: Any) -> str:
        if name.lower() in _IDENTIFIERS:
            return f"{name}: " + f"{self.linesep} ".join(str(value).split()) + self.linesep
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in _IDENTIFIERS:
            return self.fold(name, value).encode("utf-8", "surrogateescape")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n", max_line_length=78)


def compose(envelope: Envelope, letter: Letter, files: Sequence[File] = (), inline: Sequence[Inline] = ()) -> bytes:
    """The mail as it goes over the wire; the pictures of its page go along, so that nothing is fetched.

    Raises ValueError for an address that is none.
    """
    everybody = (envelope.sender, envelope.to, envelope.reply_to, *envelope.copies)
    # Letters beyond ASCII before an @ cannot be encoded: they go as they are (RFC 6532), to servers that say they can.
    mail = EmailMessage(policy=_POLICY.clone(utf8=not all(_local(one).isascii() for one in everybody)))
    mail["From"] = _mailbox(envelope.sender, envelope.sender_name)
    mail["To"] = _mailbox(envelope.to, envelope.to_name)
    if envelope.copies:
        mail["Cc"] = [_mailbox(copy) for copy in envelope.copies]
    if envelope.reply_to != envelope.sender:
        mail["Reply-To"] = _mailbox(envelope.reply_to, envelope.sender_name)
    mail["Subject"] = one_line(envelope.subject)
    mail["Date"] = format_datetime(envelope.date)
    mail["Message-ID"] = f"<{envelope.message_id}>"
    _answering(mail, envelope)
    _manners(mail, envelope)
    mail.set_content(as_text(letter), cte="quoted-printable")
    mail.add_alternative(as_page(letter), subtype="html", cte="quoted-printable")
    for number, one in enumerate(inline, 1):
        main, _, sub = one.media_type.partition("/")
        # RFC 2387: the page with what it shows, beside the plain text.
        page = mail.get_payload()[-1]  # type: ignore[index]
        name = f"{number}.{sub.replace('jpeg', 'jpg')}"
        page.add_related(one.content, main, sub, cid=f"<{one.cid}>", disposition="inline", filename=name)  # type: ignore[union-attr]
    for file in files:
        main, _, sub = file.media_type.partition("/")
        known = main in ("image", "application", "audio", "video") or file.media_type == VCARD
        maintype, subtype = (main, sub) if known and sub.isascii() else ("application", "octet-stream")
        params = {"charset": "utf-8"} if file.media_type == VCARD else None
        name = one_line(file.name) or "file"
        mail.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=name, params=params)
    return mail.as_bytes()


def answer_subject(subject: str) -> str:
    """`Re: ` and the subject as the customer wrote it, without the prefixes that gathered on it."""
    line = one_line(subject)
    rest = bare(line)
    kept = line[len(line) - len(rest) :] if rest and line.casefold().endswith(rest) else line
    return f"Re: {kept}" if kept else "Re:"


def references(chain: Sequence[str], answered: str | None) -> tuple[str, ...]:
    """The chain with what is answered at its end. A long one keeps its first, the root that programs thread by, and its
    last ones (RFC 5322, section 3.6.4, sets no limit; servers do)."""
    whole = [one for one in dict.fromkeys([*chain, *([answered] if answered else [])]) if _is_identifier(one)]
    return tuple(whole if len(whole) <= MOST_REFERENCES else [whole[0], *whole[1 - MOST_REFERENCES :]])


def one_line(text: str) -> str:
    """What may stand in a field: no line break, nothing invisible."""
    return clean_name(text, length=LONGEST_SUBJECT)


def _answering(mail: EmailMessage, envelope: Envelope) -> None:
    if envelope.in_reply_to and _is_identifier(envelope.in_reply_to):
        mail["In-Reply-To"] = f"<{envelope.in_reply_to}>"
    if envelope.references:
        mail["References"] = " ".join(f"<{one}>" for one in envelope.references)


def _manners(mail: EmailMessage, envelope: Envelope) -> None:
    """What keeps machines from answering machines, and lets people leave."""
    if envelope.automatic:
        mail["Auto-Submitted"] = "auto-replied" if envelope.answer else "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
    else:
        mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    if envelope.unsubscribe:
        # RFC 2369, and RFC 8058 for the one click.
        mail["List-Unsubscribe"] = f"<{envelope.unsubscribe}>"
        if envelope.unsubscribe.startswith("https://"):
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _mailbox(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    if not local or not domain or any(letter in address for letter in "\r\n\0 <>,;"):
        raise ValueError("no address")
    return Address(one_line(name), local.strip('"'), _ascii(domain))


def _local(address: str) -> str:
    return address.rpartition("@")[0]


def _ascii(domain: str) -> str:
    """The domain as servers know it."""
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode()
    except UnicodeError as error:
        raise ValueError("no domain") from error


def _is_identifier(text: str) -> bool:
    return bool(text) and len(text) <= 900 and text.isascii() and not any(letter in text for letter in "<> \t\r\n\0")
