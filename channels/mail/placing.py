"""Gathering what speaks for each conversation a mail might belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from channels.mail import tokens
from channels.mail.parse import Mail
from channels.mail.threading import Evidence, Placed, numbers, place, quoted_share
from crm_backend.conversations.receiving.candidates import Candidate, candidates

MOST_NAMED = 40
_ENVELOPE = ("delivered-to", "x-original-to", "envelope-to", "x-forwarded-to")


@dataclass(frozen=True)
class Known:
    """What the database holds that a mail may have to do with."""

    candidates: tuple[Candidate, ...]
    marked: frozenset[str]
    """Conversations that the mail's addresses are marked with."""

    @property
    def said(self) -> list[str]:
        """What was said in them: quoted, it is no news."""
        return [text for one in self.candidates for text in one.texts]


async def look_up(session: AsyncSession, mail: Mail, *, writer: str, secret: bytes) -> Known:
    """The conversations that a mail from `writer` names, is marked with, or may go on with."""
    identifiers = _named(mail)
    marked = tokens.conversation_marked(_addresses(mail), secret)
    found = await candidates(
        session,
        channel="mail",
        writer=("email", writer),
        named=tokens.our_messages(identifiers, secret),
        external_ids=identifiers,
        also=[marked] if marked else [],
    )
    return Known(tuple(found), frozenset([str(marked)] if marked else []))


def placed(known: Known, mail: Mail, *, quoted: str, text: str, secret: bytes, now: datetime) -> Placed:
    """Where the mail belongs, and why."""
    named = _named(mail)
    last = named[-1:]
    answered = {*last, *map(str, tokens.our_messages(last, secret))}
    about = numbers(f"{mail.subject}\n{text}")
    evidence = [
        Evidence(
            conversation_id=one.conversation_id,
            writes_there=one.writes_there,
            token=str(one.conversation_id) in known.marked,
            answers=bool(answered & one.named),
            refers=bool(one.named),
            subject=one.subject,
            quotes=quoted_share(quoted, one.texts),
            numbers=bool(about and about & numbers("\n".join([one.subject, *one.texts]))),
            closed=one.closed,
            idle_days=(now - one.last_message_at).total_seconds() / 86_400,
        )
        for one in known.candidates
    ]
    return place(evidence, subject=mail.subject)


def _named(mail: Mail) -> list[str]:
    """The mails that this one names, the one it answers last. Many programs fill only one of the two fields."""
    chain = [*mail.references, *([mail.in_reply_to] if mail.in_reply_to else [])]
    return list(dict.fromkeys(reversed(chain[-MOST_NAMED:])))[::-1]


def _addresses(mail: Mail) -> list[str]:
    """Everybody it was sent to, as far as it says."""
    envelope = [value.strip(" <>") for name in _ENVELOPE for value in mail.headers.all(name)[:5]]
    return [one.email for one in (*mail.to, *mail.cc)] + envelope
