"""What a mail is, whose it is, and whom an answer may go to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from channels.mail import tokens
from channels.mail.addresses import Address
from channels.mail.automatic import Kind, Own, Sorted, sort_out
from channels.mail.parse import Mail
from channels.mail.settings import MailSettings
from channels.mail.trust import Resolve, vouch

MOST_RECIPIENTS = 50
"""A mail to more than so many is no question to us."""
MOST_HOPS = 40
"""A mail that passed more servers goes round in circles (RFC 5321, section 6.3, counts from 100)."""
DNS_PATIENCE = 5.0


@dataclass(frozen=True)
class Judged:
    """What is made of a mail before it is placed. `writer` is None for mails that nobody signs as author."""

    sorted: Sorted
    writer: Address | None
    automatic: str | None
    """Why no answer is due, if none is."""
    vouched: bool
    why: str
    answer_to: str
    """Where answers go: Reply-To only where it is proved who set it, else an answer could be led astray."""


async def judge(mail: Mail, raw: bytes, *, settings: MailSettings, resolve: Resolve) -> Judged:
    """Sorts a mail out and asks who vouches for it. May ask the name service, where the mail is signed."""
    found = sort_out(mail, own=Own(addresses=settings.ours))
    writer = mail.from_ or next(iter(mail.authors), None) or mail.sender
    form = _form(mail, found, settings)
    if form is not None:
        # The form vouches for nobody: whoever filled it in could write any address.
        return Judged(found, form, _automatic(mail, Kind.PERSON), False, "by a form of ours", form.email.lower())
    asks = mail.headers.has("dkim-signature")
    proof = await asyncio.to_thread(
        vouch,
        mail,
        raw if asks else None,
        trusted=[settings.trusted_receiver] if settings.trusted_receiver else [],
        resolve=resolve if asks and not settings.trusted_receiver else None,
    )
    address = writer.email.lower() if writer else ""
    if proof.vouched and len(mail.reply_to) == 1 and tokens.unmarked(mail.reply_to[0].email) not in settings.ours:
        address = mail.reply_to[0].email
    return Judged(found, writer, _automatic(mail, found.kind), proof.vouched, proof.reason, address)


def _automatic(mail: Mail, kind: Kind) -> str | None:
    if kind is not Kind.PERSON:
        return kind.value
    if len(mail.headers.all("received")) > MOST_HOPS:
        return "loop"
    return "bulk" if mail.recipients > MOST_RECIPIENTS else None


def _form(mail: Mail, found: Sorted, settings: MailSettings) -> Address | None:
    """Who filled in a form of the company's site: those write from our own address, and name the person in Reply-To."""
    if found.kind is not Kind.OWN or len(mail.reply_to) != 1:
        return None
    person = mail.reply_to[0]
    return None if tokens.unmarked(person.email) in settings.ours else person


def ask_dns(name: str) -> Sequence[str]:
    """The TXT records of a name, each put together. Raises TimeoutError when nobody answers."""
    import dns.exception
    import dns.resolver

    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=DNS_PATIENCE)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise TimeoutError("the name service does not answer") from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
