"""What goes out of the chat by e-mail: a transcript now, or a person's answer when the visitor has left."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from babel.dates import format_date, format_time
from pydantic import BaseModel, ConfigDict, Field

from channels.degrade import card_text, contact_text, place_text
from channels.port import Company, Core
from channels.webchat.discretion import discreet
from channels.webchat.frames import masked
from channels.webchat.visitors import Visitor
from channels.webchat.visits import Visits
from crm_backend.accounts.elsewhere import Way, way_to_write
from crm_backend.conversations import stream
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.reading import queries
from crm_backend.conversations.reading.messages import MessageView
from crm_backend.conversations.schema import Card, at_least, owner_kind
from crm_backend.conversations.sending import by_mail
from crm_backend.conversations.waiting import instead_mail
from crm_backend.customers import people
from crm_backend.customers.emails import email_address
from crm_backend.customers.model import Identity
from crm_backend.database import new_id, utc_now
from crm_backend.errors import BadAddress, NotAllowed, NotProved, NoWay

ASKED_PER_MINUTE = 5
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_WORDS = {
    "fr": {
        "title": "Votre conversation avec {company}, {day}",
        "why": "Vous avez demandé à la recevoir sur notre site. Si ce n’est pas vous, ignorez ce message.",
        "you": "Vous",
        "link": "[lien]",
        "cut": "[Le début n’est pas repris ici.]",
    },
    "en": {
        "title": "Your conversation with {company}, {day}",
        "why": "You asked for it on our website. If that wasn’t you, ignore this message.",
        "you": "You",
        "link": "[link]",
        "cut": "[The beginning is left out.]",
    },
}


class Posting(BaseModel):
    """What is asked for, of which conversation, and the address where it is to go."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    conversation: UUID
    email: str | None = Field(None, max_length=320)


async def possible(core: Core) -> bool:
    """Whether there is a mailbox to send by."""
    async with core.sessions() as session:
        return await _way(session, core) is not None


async def transcript(core: Core, visits: Visits, visitor: Visitor, asked: Posting) -> dict[str, Any]:
    """Sends the visitor their conversation; where it goes, as they may be told.

    Raises NotFound (not theirs), BadAddress, NotProved (an address that is not the customer's), NoWay, RateLimited, and
    NotAllowed where transcripts are switched off.
    """
    if not visits.settings.transcripts:
        raise NotAllowed("transcripts are switched off")
    now = utc_now()
    async with core.sessions() as session, session.begin():
        way, conversation, identity, to = await _granted(session, core, visits, visitor, asked)
        views = await queries.messages_after(session, conversation_id=conversation.id, after=0)
        # Nothing is sent that this browser does not show.
        views = await discreet(session, visitor, conversation.id, views, core.labels)
        known = at_least(conversation.proof, "channel")
        text = written(views, core.company, conversation.language, links=known)
        made = await by_mail.send_transcript(
            session, of=conversation, visitor=identity, by=way, to=to, text=text, now=now
        )
    await core.live.publish("outbox", {})
    await core.live.publish("desk", {"kind": "changed", "conversation": made})
    return {"email": masked(to)}


async def answer_later(core: Core, visits: Visits, visitor: Visitor, asked: Posting) -> dict[str, Any]:
    """Promises that a person's answer comes by e-mail; where to. A customer with no address on file who waits is sent a
    code to the one they give, which is asked for in the conversation. Raises as `transcript` does, but NotAllowed."""
    by_code = False
    async with core.sessions() as session, session.begin():
        try:
            way, conversation, identity, to = await _granted(session, core, visits, visitor, asked)
        except (BadAddress, NotProved):
            conversation = await visits.theirs(session, visitor, asked.conversation)
            to = await _ask_for_code(session, visitor, conversation, asked.email or "")
            if not to:
                raise
            by_code = True
        else:
            await by_mail.promise(
                session, conversation_id=conversation.id, visitor=identity, by=way, to=to, now=utc_now()
            )
    if by_code:
        await core.live.publish("outbox", {})
    await core.live.publish("desk", {"kind": "changed", "conversation": conversation.id})
    await core.live.publish(f"conversation:{conversation.id}", {"kind": "news"})
    return {"email": masked(to)} | ({"code": True} if by_code else {})


def written(views: list[MessageView], company: Company, language: str, *, links: bool) -> str:
    """The conversation in words, as a mail tells it. Without `links` those in the customer's own words are left out:
    nobody has proved that who reads it has written it."""
    words = _WORDS[language]
    begun = (views[0].at if views else utc_now()).astimezone(company.zone)
    day = format_date(begun, "full", locale=language)
    parts = [words["title"].format(company=company.name, day=day), words["why"]]
    if views and views[0].seq > 1:
        parts.append(words["cut"])
    last: datetime | None = None
    for view in sorted(views, key=lambda each: (each.place, each.seq)):
        at = view.at.astimezone(company.zone)
        if last is not None and at.date() != last.date():
            parts.append(f"— {format_date(at, 'full', locale=language)} —")
        last = at
        parts.append(
            f"{_speaker(view, company, words)} ({format_time(at, 'short', locale=language)})\n"
            f"{_said(view, company, language, links=links)}"
        )
    return "\n\n".join(parts)


def _speaker(view: MessageView, company: Company, words: dict[str, str]) -> str:
    if view.author == "customer":
        return words["you"]
    return f"{view.name} – {company.name}" if view.author == "agent" and view.name else company.name


def _said(view: MessageView, company: Company, language: str, *, links: bool) -> str:
    text, words = view.text, _WORDS[language]
    place, contacts = view.location, view.contacts
    if view.author == "customer" and not links:
        text = _LINK.sub(words["link"], text)
        place, contacts = None, []
    lines = [
        text,
        *(card_text(Card(**card), language=language, address=company.address) for card in view.cards),
        *([place_text(place)] if place else []),
        *map(contact_text, contacts),
        *(f"[{file.name}]" for file in view.files if not file.inline),
    ]
    return "\n".join(line for line in lines if line) or "–"


async def _granted(
    session: Any, core: Core, visits: Visits, visitor: Visitor, asked: Posting
) -> tuple[Way, Conversation, Identity, str]:
    """By which account, of which conversation, who asks, and where to, once all of it is permitted."""
    await core.limiter.check("chat-mail", visitor.token, ASKED_PER_MINUTE)
    way = await _way(session, core)
    if way is None:
        raise NoWay("no mailbox")
    conversation = await visits.theirs(session, visitor, asked.conversation)
    vouched = visitor.person.email if visitor.person else None
    to = await by_mail.address_for(session, conversation, asked.email, vouched=vouched)
    identity = await people.writer(session, kind=visitor.kind, value=visitor.value, now=utc_now())
    return way, conversation, identity, to


async def _ask_for_code(session: Any, visitor: Visitor, conversation: Conversation, given: str) -> str:
    """Sends a code to the address that who waits has given, and asks for it in the conversation; the address, and none
    where that may not be."""
    to = email_address(given)
    vouched = visitor.person is not None and bool(visitor.person.email)
    if to is None or vouched or not await instead_mail.may_prove(session, conversation):
        return ""
    found, now = await stream.locked(session, conversation.id), utc_now()
    if owner_kind(found.owner) != "queue":
        return ""
    reply, noted = await instead_mail.send(session, found, message_id=new_id(), to=to, now=now)
    stream.send(session, found, author="bot", reply=reply, now=now, content=noted)
    await session.flush()
    return to


async def _way(session: Any, core: Core) -> Way | None:
    return await way_to_write(session, [channel for channel, kind in core.starts.items() if kind == "email"])
