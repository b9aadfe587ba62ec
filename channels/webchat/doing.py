"""What a visitor does in the chat: writes, brings files, rates, reads, switches the language."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

from channels.webchat import asking, leaving, portal
from channels.webchat.frames import NAME, Rated, Written, rated_out
from channels.webchat.visitors import Visit, hashed
from channels.webchat.visits import Visits
from crm_backend.attachments.limits import at_most
from crm_backend.conversations import services
from crm_backend.conversations.handing_over import ratings
from crm_backend.conversations.reading.messages import file_out
from crm_backend.conversations.schema import BOT, InboundMessage, IncomingFile
from crm_backend.errors import NotFound, TooLong
from crm_backend.proof_codes import places

ADDRESS_FACTOR = 10
"""One network address may send this many times what one visitor may: offices and schools share one."""
TYPING_EVERY = 1.0
FILES_PER_MINUTE = 20
RATINGS_PER_MINUTE = 10


async def write(visits: Visits, visit: Visit, frame: Written) -> dict[str, Any]:
    """Stores what the visitor wrote; the ack frame. Raises what `Core.accept` raises, TokenExpired, and
    RateLimited."""
    visit.visitor.check()
    if len(frame.text) > visits.company.max_length:
        raise TooLong("too long")
    token = hashed(visit.visitor.token)
    per_minute = visits.company.messages_per_minute
    await visits.limiter.check("chat", visit.visitor.token, per_minute)
    await visits.limiter.check("chat-address", visit.remote, per_minute * ADDRESS_FACTOR)
    visit.page = visits.page(visit, frame.page) or visit.page
    read = await portal.there(visits.sessions, visit.visitor.person, read=frame.read)
    place = {places.ASKED_FROM: places.of_network(visits.company.secret, visit.remote)}
    received = await visits.core.accept(
        InboundMessage(
            channel=NAME,
            # The browser is part of it: nobody can guess another's identifiers into being duplicates. It is the
            # same before and after signing in, so that a message that is sent again is known.
            external_id=f"{token[:32]}:{frame.client_id}",
            text=frame.text,
            language=visit.language,
            conversation_id=visit.conversation,
            press=frame.button,
            action=frame.action,
            start_new=visit.start_new,
            files=[IncomingFile(id=each, uploaded_by=token) for each in dict.fromkeys(frame.files)],
            details=asking.details(visits.settings, frame, page=visit.page, language=visit.language) | read | place,
            **visit.visitor.says(),
        )
    )
    visit.conversation, visit.start_new = received.conversation_id, False
    thinks = (received.owner, visit.owner["kind"]) == (BOT, BOT) and not received.outgoing
    visit.wrote = received.seq if thinks else 0
    if frame.answer_to is not None and not received.duplicate:
        await leaving.promised(visits, visit.visitor, received.conversation_id, frame.answer_to)
    return {
        "type": "ack",
        "client_id": str(frame.client_id),
        "seq": received.seq,
        "conversation": str(received.conversation_id),
    }


async def keep_file(
    visits: Visits, token: str, chunks: AsyncIterator[bytes], *, name: str, declared_type: str, remote: str
) -> dict[str, Any]:
    """Keeps a file for a message of this visitor to take. Raises BadFile, TooLarge, RateLimited, Unavailable."""
    await visits.limiter.check("chat-files", token, FILES_PER_MINUTE)
    await visits.limiter.check("chat-files-address", remote, FILES_PER_MINUTE * ADDRESS_FACTOR)
    kept = await visits.core.files.keep(
        at_most(chunks, visits.company.max_upload_bytes),
        name=name,
        declared_type=declared_type,
        uploaded_by=hashed(token),
    )
    return file_out(kept, visits.path)


async def rate(visits: Visits, visit: Visit, frame: Rated) -> dict[str, Any]:
    """Stores what the customer thinks of the conversation; the frame that says so.

    Raises NotFound, Conflict when it is not or no longer to be rated, TooLong, TokenExpired, RateLimited.
    """
    visit.visitor.check()
    await visits.limiter.check("chat-rating", visit.visitor.token, RATINGS_PER_MINUTE)
    if visit.conversation is None:
        raise NotFound("no conversation yet")
    async with visits.sessions() as session, session.begin():
        found = await visits.theirs(session, visit.visitor, visit.conversation)
        said = await ratings.rate(session, conversation_id=found.id, score=frame.score, comment=frame.comment)
    await visits.live.publish(f"conversation:{visit.conversation}", {"kind": "news"})
    await visits.live.publish("desk", {"kind": "changed", "conversation": visit.conversation})
    return {"type": "rated", "rating": rated_out(said)}


async def mark_seen(visits: Visits, visit: Visit, seq: int) -> None:
    """Marks as read, and tells the desk."""
    if visit.conversation is None:
        return
    visit.visitor.check()
    async with visits.sessions() as session, session.begin():
        await visits.theirs(session, visit.visitor, visit.conversation)
        changed = await services.seen_by_customer(session, conversation_id=visit.conversation, seq=seq)
    if changed:
        note = {"kind": "delivery", "conversation": visit.conversation, "seq": changed[-1], "delivery": "read"}
        await visits.live.publish("desk", note)


async def tell_typing(visits: Visits, visit: Visit) -> None:
    """Tells the desk that the customer is writing: every desk hears it, so not more often than is of use."""
    now = time.monotonic()
    if visit.conversation is not None and now - visit.typed_at >= TYPING_EVERY:
        visit.typed_at = now
        note = {"kind": "typing", "conversation": visit.conversation, "from": "customer"}
        await visits.live.publish("desk", note)


async def switch_language(visits: Visits, visit: Visit, language: str) -> None:
    """The interface's language was switched by hand: the assistant follows."""
    visit.language = language
    if visit.conversation is not None:
        visit.visitor.check()
        async with visits.sessions() as session, session.begin():
            await visits.theirs(session, visit.visitor, visit.conversation)
            await services.set_language(session, conversation_id=visit.conversation, language=language)
