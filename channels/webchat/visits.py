"""What a visitor may see and do, whichever way the browser is connected."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from channels.port import Accept, Limiter, Live
from channels.webchat.frames import TOKEN, Hello, Written, message_out, new_token, owner_out
from crm_backend.conversations import queries, receive, services
from crm_backend.conversations.schema import InboundMessage
from crm_backend.database import Sessions
from crm_backend.errors import NotFound, TooLong

NAME = "webchat"
IDENTITY = "browser"
ADDRESS_FACTOR = 10
"""One network address may send this many times what one visitor may: offices and schools share one."""


TYPING_EVERY = 1.0


@dataclass(frozen=True)
class Options:
    """What the company set."""

    company: str
    accent: str | None
    hours: str
    default_language: str
    max_length: int
    per_minute: int
    sockets_per_address: int
    origins: frozenset[str]


def hashed(token: str) -> str:
    """What is stored of a visitor's token."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass
class Visit:
    """One connected browser: who it is, which conversation it shows, and what it was told last."""

    token: str
    language: str
    remote: str
    conversation: UUID | None = None
    start_new: bool = False
    last: int = 0
    version: int = 0
    owner: dict[str, Any] = field(default_factory=lambda: {"kind": "bot"})
    typed_at: float = float("-inf")


class Visits:
    """The web chat's use of the core."""

    def __init__(self, *, sessions: Sessions, live: Live, limiter: Limiter, options: Options) -> None:
        self.sessions, self.live, self.limiter, self.options = sessions, live, limiter, options

    async def hello(self, hello: Hello, *, remote: str) -> tuple[Visit, dict[str, Any]]:
        """Resumes or begins a visit; the visit and the welcome frame."""
        language = hello.language or self.options.default_language
        token = hello.visitor if hello.visitor and TOKEN.fullmatch(hello.visitor) else None
        visit = Visit(token=token or new_token(), language=language, remote=remote)
        messages: list[dict[str, Any]] = []
        async with self.sessions() as session:
            if token is not None:
                visit.conversation = await self._resumed(session, token, hello.conversation)
                if hello.conversation is not None and visit.conversation is None:
                    visit.token = new_token()
        if visit.conversation is not None:
            messages = await self._news(visit, hello.after if visit.conversation == hello.conversation else 0)
        return visit, {
            "type": "welcome",
            "visitor": visit.token,
            "conversation": str(visit.conversation) if visit.conversation else None,
            "owner": visit.owner,
            "messages": messages,
            "last": visit.last,
        }

    async def _resumed(self, session: Any, token: str, wanted: UUID | None) -> UUID | None:
        if wanted is not None:
            found = await queries.owned_by_identity(session, conversation_id=wanted, kind=IDENTITY, value=hashed(token))
            return found.id if found else None
        identity = await queries.identity_id(session, kind=IDENTITY, value=hashed(token))
        return await receive.latest_open(session, identity, NAME) if identity else None

    async def _news(self, visit: Visit, after: int) -> list[dict[str, Any]]:
        """The messages after `after`. Notes on the visit what was told, and only when nothing can fail any more."""
        assert visit.conversation is not None
        async with self.sessions() as session:
            found = await queries.conversation(session, visit.conversation)
            views = await queries.messages_after(session, conversation_id=found.id, after=after)
            owner = owner_out(await queries.owner_view(session, found))
        visit.owner, visit.version = owner, found.version
        visit.last = max(after, views[-1].seq) if views else min(after, found.last_seq)
        return [message_out(view, company=self.options.company) for view in views]

    async def news(self, visit: Visit) -> list[dict[str, Any]]:
        """The frames for everything that happened since the visit was last told."""
        if visit.conversation is None:
            return []
        owner = visit.owner
        messages = await self._news(visit, visit.last)
        frames: list[dict[str, Any]] = [{"type": "message", "message": message} for message in messages]
        if visit.owner != owner:
            frames.append({"type": "owner", "owner": visit.owner})
        return frames

    async def written(self, visit: Visit, frame: Written, accept: Accept) -> dict[str, Any]:
        """Stores what the visitor wrote; the ack frame. Raises what `accept` raises, and RateLimited."""
        if len(frame.text) > self.options.max_length:
            raise TooLong("too long")
        await self.limiter.check("chat", visit.token, self.options.per_minute)
        await self.limiter.check("chat-address", visit.remote, self.options.per_minute * ADDRESS_FACTOR)
        received = await accept(
            InboundMessage(
                channel=NAME,
                # The visitor is part of it: nobody can guess another's identifiers into being duplicates.
                external_id=f"{hashed(visit.token)[:32]}:{frame.client_id}",
                identity_kind=IDENTITY,
                identity_value=hashed(visit.token),
                address=hashed(visit.token),
                text=frame.text,
                language=visit.language,
                conversation_id=visit.conversation,
                press=frame.button,
                action=frame.action,
                start_new=visit.start_new,
            )
        )
        visit.conversation, visit.start_new = received.conversation_id, False
        return {
            "type": "ack",
            "client_id": str(frame.client_id),
            "seq": received.seq,
            "conversation": str(received.conversation_id),
        }

    async def seen(self, visit: Visit, seq: int) -> None:
        """Marks as read, and tells the desk."""
        if visit.conversation is None:
            return
        async with self.sessions() as session, session.begin():
            changed = await services.seen_by_customer(session, conversation_id=visit.conversation, seq=seq)
        if changed:
            note = {"kind": "delivery", "conversation": visit.conversation, "seq": changed[-1], "delivery": "read"}
            await self.live.publish("desk", note)

    async def typing(self, visit: Visit) -> None:
        """Tells the desk that the customer is writing: every desk hears it, so not more often than is of use."""
        now = time.monotonic()
        if visit.conversation is not None and now - visit.typed_at >= TYPING_EVERY:
            visit.typed_at = now
            note = {"kind": "typing", "conversation": visit.conversation, "from": "customer"}
            await self.live.publish("desk", note)

    async def language(self, visit: Visit, language: str) -> None:
        """The interface's language was switched by hand: the assistant follows."""
        visit.language = language
        if visit.conversation is not None:
            async with self.sessions() as session, session.begin():
                await services.set_language(session, conversation_id=visit.conversation, language=language)

    async def owned(self, token: str, conversation: UUID) -> Visit:
        """The visit of a plain HTTP request. Raises NotFound when the conversation is not this visitor's."""
        async with self.sessions() as session:
            found = await queries.owned_by_identity(
                session, conversation_id=conversation, kind=IDENTITY, value=hashed(token)
            )
        if found is None:
            raise NotFound("no such conversation")
        return Visit(token=token, language=found.language, remote="", conversation=found.id)
