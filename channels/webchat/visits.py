"""What a visitor may see and do, whichever way the browser is connected."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog

from channels.port import Core
from channels.webchat import asking, leaving, portal
from channels.webchat.discretion import discreet, discreet_past
from channels.webchat.frames import (
    NAME,
    TOKEN,
    Hello,
    Rated,
    Written,
    message_out,
    new_token,
    owner_out,
    past_out,
    rated_out,
)
from channels.webchat.page import page_of
from channels.webchat.settings import WebChatSettings
from channels.webchat.sign_in import SignIn
from channels.webchat.visitors import Visit, Visitor, hashed
from crm_backend.attachments.limits import at_most
from crm_backend.conversations import participants, queries, ratings, services, signing_in
from crm_backend.conversations.history import of_identity
from crm_backend.conversations.messages import MessageView, file_out, instant
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import BOT, InboundMessage, IncomingFile
from crm_backend.database import reading, utc_now
from crm_backend.errors import BadToken, NotFound, TooLong
from crm_backend.satisfaction import settings as satisfaction

log = structlog.get_logger(__name__)
ADDRESS_FACTOR = 10
"""One network address may send this many times what one visitor may: offices and schools share one."""
TYPING_EVERY = 1.0
FILES_PER_MINUTE = 20
BAD_TOKENS_PER_MINUTE = 60
RATINGS_PER_MINUTE = 10


class Visits:
    """The web chat's use of the core."""

    def __init__(self, core: Core, settings: WebChatSettings) -> None:
        self.core, self.company, self.settings = core, core.company, settings
        self.sessions, self.live, self.limiter = core.sessions, core.live, core.limiter
        self.signs_in = SignIn(settings, address=core.company.address)

    async def visitor(self, token: str, user: object, *, remote: str) -> Visitor:
        """The browser with this token, or who is signed in on its page. Raises BadToken, RateLimited."""
        if user is None:
            return Visitor(token)
        if (known := await portal.person(self.sessions, user, secret=self.company.secret)) is not None:
            return Visitor(token, known)
        try:
            return Visitor(token, self.signs_in.person(user))
        except BadToken as error:
            await self.limiter.check("chat-bad-token", remote, BAD_TOKENS_PER_MINUTE)
            # For who builds the site: the reason is nobody's secret, and no part of the token.
            log.info("webchat.not_signed_in", cause=str(error))
            raise

    async def hello(self, hello: Hello, *, remote: str, host: str = "") -> tuple[Visit, dict[str, Any]]:
        """Resumes or begins a visit; the visit and the welcome frame. Raises BadToken, RateLimited."""
        token = hello.visitor if hello.visitor and TOKEN.fullmatch(hello.visitor) else None
        visitor = await self.visitor(token or new_token(), hello.user, remote=remote)
        person = visitor.person
        language = hello.language or (person.language if person else None) or self.company.default_language
        visit = Visit(visitor=visitor, language=language, remote=remote, host=host)
        visit.page = self._page(visit, hello.page)
        messages: list[dict[str, Any]] = []
        if token is not None and person is not None:
            visit.conversation = await self._brought_along(visitor, hello.conversation)
        if visit.conversation is None and (token is not None or person is not None):
            async with reading(self.sessions) as session:
                visit.conversation = await self._resumed(session, visitor, hello.conversation)
            if hello.conversation is not None and visit.conversation is None and person is None:
                visit.visitor = Visitor(new_token())
        if visit.conversation is not None:
            messages = await self._news(visit, hello.after if visit.conversation == hello.conversation else 0)
        return visit, {
            "type": "welcome",
            "visitor": visit.visitor.token,
            "conversation": str(visit.conversation) if visit.conversation else None,
            "owner": visit.owner,
            "messages": messages,
            "last": visit.last,
            "signed_in": person is not None,
            "until": instant(datetime.fromtimestamp(person.until, UTC)) if person and person.until else None,
        }

    async def _brought_along(self, visitor: Visitor, wanted: UUID | None) -> UUID | None:
        """What this browser's visitor had begun to write before they signed in."""
        account = InboundMessage(channel=NAME, external_id="", **visitor.says())
        async with self.sessions() as session, session.begin():
            moved = await signing_in.bring_along(
                session, account, browser=visitor.browser, wanted=wanted, now=utc_now()
            )
        if moved is not None:
            # Other tabs that show it are not signed in: they look, and find that it is no longer theirs.
            await self.live.publish(f"conversation:{moved}", {"kind": "news"})
            await self.live.publish("desk", {"kind": "changed", "conversation": moved})
        return moved

    async def _resumed(self, session: Any, visitor: Visitor, wanted: UUID | None) -> UUID | None:
        if wanted is not None:
            found = await queries.owned_by_identity(
                session, conversation_id=wanted, kind=visitor.kind, value=visitor.value
            )
            if found is not None or visitor.person is None:
                return found.id if found else None
        # Who has just signed in still names what the browser showed before: their own is shown instead.
        identity = await queries.identity_id(session, kind=visitor.kind, value=visitor.value)
        return await participants.latest_open(session, identity, NAME) if identity else None

    async def _news(self, visit: Visit, after: int) -> list[dict[str, Any]]:
        """The messages after `after`. Notes on the visit what was told, and only when nothing can fail any more.

        Raises NotFound when the conversation is no longer theirs, TokenExpired.
        """
        assert visit.conversation is not None
        visit.visitor.check()
        async with reading(self.sessions) as session:
            found = await self.theirs(session, visit.visitor, visit.conversation)
            views = await queries.messages_after(session, conversation_id=found.id, after=after)
            views = await discreet(session, visit.visitor, found.id, views, self.core.labels)
            owner = await self._owner(session, found)
        visit.owner, visit.version = owner, found.version
        visit.last = max([after, *(view.seq for view in views)]) if views else min(after, found.last_seq)
        return [self._shown(view) for view in views]

    async def theirs(self, session: Any, visitor: Visitor, conversation: UUID) -> Conversation:
        """The conversation. Raises NotFound when it is not this visitor's, TokenExpired."""
        await portal.still(session, visitor.person.portal if visitor.person else None)
        found = await queries.owned_by_identity(
            session, conversation_id=conversation, kind=visitor.kind, value=visitor.value
        )
        if found is None:
            raise NotFound("no such conversation")
        return found

    async def _owner(self, session: Any, found: Conversation) -> dict[str, Any]:
        """Who answers; whether the conversation may be rated, and what was said of it already."""
        view = await queries.owner_view(session, found)
        said = None
        if found.closed_at is not None or found.version > 1:
            said = (await ratings.of(session, [found.id])).get(found.id)
        ask = self.settings.rating and view.kind == "nobody" and await ratings.wanted(session, found)
        promised = found.answer_by["address"] if found.answer_by else None
        words = (await satisfaction.of_channel(session, found.channel)).words if ask else {}
        return owner_out(view, rate=ask, rated=said, answer_to=promised, question=words)

    def _shown(self, view: MessageView) -> dict[str, Any]:
        return message_out(view, company=self.company.name, link=self._path)

    def _path(self, file_id: UUID) -> str:
        # The widget looks at addresses from where it was loaded itself, which may not be the public one.
        return self.core.files.link(file_id).removeprefix(self.company.address)

    async def again(self, visit: Visit, seq: int) -> list[dict[str, Any]]:
        """The frame of a message that was told already and has changed since."""
        if visit.conversation is None or seq > visit.last:
            return []
        visit.visitor.check()
        async with reading(self.sessions) as session:
            await self.theirs(session, visit.visitor, visit.conversation)
            changed = [await queries.message(session, conversation_id=visit.conversation, seq=seq)]
            changed = await discreet(session, visit.visitor, visit.conversation, changed, self.core.labels)
        return [{"type": "message", "message": self._shown(view)} for view in changed]

    async def news(self, visit: Visit) -> list[dict[str, Any]]:
        """The frames for everything that happened since the visit was last told."""
        if visit.conversation is None:
            return []
        owner = visit.owner
        messages = await self._news(visit, visit.last)
        messages.sort(key=lambda message: message["seq"])
        frames: list[dict[str, Any]] = [{"type": "message", "message": message} for message in messages]
        if visit.owner != owner:
            frames.append({"type": "owner", "owner": visit.owner})
        return frames

    async def written(self, visit: Visit, frame: Written) -> dict[str, Any]:
        """Stores what the visitor wrote; the ack frame. Raises what `Core.accept` raises, TokenExpired, and
        RateLimited."""
        visit.visitor.check()
        if len(frame.text) > self.company.max_length:
            raise TooLong("too long")
        token = hashed(visit.visitor.token)
        await self.limiter.check("chat", visit.visitor.token, self.company.messages_per_minute)
        await self.limiter.check("chat-address", visit.remote, self.company.messages_per_minute * ADDRESS_FACTOR)
        visit.page = self._page(visit, frame.page) or visit.page
        read = await portal.there(self.sessions, visit.visitor.person, read=frame.read)
        received = await self.core.accept(
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
                details=asking.details(self.settings, frame, page=visit.page, language=visit.language) | read,
                **visit.visitor.says(),
            )
        )
        visit.conversation, visit.start_new = received.conversation_id, False
        thinks = (received.owner, visit.owner["kind"]) == (BOT, BOT) and not received.outgoing
        visit.wrote = received.seq if thinks else 0
        if frame.answer_to is not None and not received.duplicate:
            await leaving.promised(self, visit.visitor, received.conversation_id, frame.answer_to)
        return {
            "type": "ack",
            "client_id": str(frame.client_id),
            "seq": received.seq,
            "conversation": str(received.conversation_id),
        }

    async def upload(
        self, token: str, chunks: AsyncIterator[bytes], *, name: str, declared_type: str, remote: str
    ) -> dict[str, Any]:
        """Keeps a file for a message of this visitor to take. Raises BadFile, TooLarge, RateLimited, Unavailable."""
        await self.limiter.check("chat-files", token, FILES_PER_MINUTE)
        await self.limiter.check("chat-files-address", remote, FILES_PER_MINUTE * ADDRESS_FACTOR)
        kept = await self.core.files.keep(
            at_most(chunks, self.company.max_upload_bytes),
            name=name,
            declared_type=declared_type,
            uploaded_by=hashed(token),
        )
        return file_out(kept, self._path)

    async def history(self, visitor: Visitor) -> list[dict[str, Any]]:
        """The visitor's conversations, newest first."""
        async with reading(self.sessions) as session:
            identity = await queries.identity_id(session, kind=visitor.kind, value=visitor.value)
            pasts = await of_identity(session, identity, channel=NAME) if identity else []
            return [past_out(await discreet_past(session, visitor, past, self.core.labels)) for past in pasts]

    async def rated(self, visit: Visit, frame: Rated) -> dict[str, Any]:
        """Stores what the customer thinks of the conversation; the frame that says so.

        Raises NotFound, Conflict when it is not or no longer to be rated, TooLong, TokenExpired, RateLimited.
        """
        visit.visitor.check()
        await self.limiter.check("chat-rating", visit.visitor.token, RATINGS_PER_MINUTE)
        if visit.conversation is None:
            raise NotFound("no conversation yet")
        async with self.sessions() as session, session.begin():
            found = await self.theirs(session, visit.visitor, visit.conversation)
            said = await ratings.rate(session, conversation_id=found.id, score=frame.score, comment=frame.comment)
        await self.live.publish(f"conversation:{visit.conversation}", {"kind": "news"})
        await self.live.publish("desk", {"kind": "changed", "conversation": visit.conversation})
        return {"type": "rated", "rating": rated_out(said)}

    async def seen(self, visit: Visit, seq: int) -> None:
        """Marks as read, and tells the desk."""
        if visit.conversation is None:
            return
        visit.visitor.check()
        async with self.sessions() as session, session.begin():
            await self.theirs(session, visit.visitor, visit.conversation)
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
            visit.visitor.check()
            async with self.sessions() as session, session.begin():
                await self.theirs(session, visit.visitor, visit.conversation)
                await services.set_language(session, conversation_id=visit.conversation, language=language)

    async def owned(self, visitor: Visitor, conversation: UUID) -> Visit:
        """The visit of a plain HTTP request. Raises NotFound when the conversation is not this visitor's."""
        async with reading(self.sessions) as session:
            found = await self.theirs(session, visitor, conversation)
        return Visit(visitor=visitor, language=found.language, remote="", conversation=found.id)

    def _page(self, visit: Visit, given: Any) -> dict[str, str] | None:
        return page_of(given, query=self.settings.page_query, origins=self.company.allowed_origins, host=visit.host)
