"""Who visits and what they are told, whichever way the browser is connected."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog

from channels.port import Answered, Core
from channels.webchat import portal
from channels.webchat.discretion import discreet, discreet_past
from channels.webchat.frames import (
    NAME,
    TOKEN,
    Hello,
    message_out,
    new_token,
    owner_out,
    past_out,
)
from channels.webchat.page import page_of
from channels.webchat.settings import WebChatSettings
from channels.webchat.sign_in import SignIn
from channels.webchat.visitors import Visit, Visitor
from crm_backend.conversations import participants
from crm_backend.conversations.handing_over import ratings
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.reading import queries
from crm_backend.conversations.reading.history import of_identity
from crm_backend.conversations.reading.messages import MessageView, instant
from crm_backend.conversations.receiving import signing_in
from crm_backend.conversations.schema import BOT, InboundMessage
from crm_backend.database import reading, utc_now
from crm_backend.errors import BadToken, NotFound
from crm_backend.satisfaction import settings as satisfaction

log = structlog.get_logger(__name__)
BAD_TOKENS_PER_MINUTE = 60


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
        visit.page = self.page(visit, hello.page)
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
            found = await queries.taken_part_in(session, conversation_id=wanted, kind=visitor.kind, value=visitor.value)
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
            await portal.still(session, visit.visitor.person.portal if visit.visitor.person else None)
            told = await queries.news(
                session,
                conversation_id=visit.conversation,
                kind=visit.visitor.kind,
                value=visit.visitor.value,
                after=after,
            )
            if told is None:
                raise NotFound("no such conversation")
            found, views = told
            views = await discreet(session, visit.visitor, found.id, views, self.core.labels)
            owner = await self._owner(session, found)
        visit.owner = owner
        visit.last = max([after, *(view.seq for view in views)]) if views else min(after, found.last_seq)
        return [self._shown(view) for view in views]

    async def theirs(self, session: Any, visitor: Visitor, conversation: UUID) -> Conversation:
        """The conversation. Raises NotFound when it is not this visitor's, TokenExpired."""
        await portal.still(session, visitor.person.portal if visitor.person else None)
        found = await queries.taken_part_in(
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
        return message_out(view, company=self.company.name, link=self.path)

    def path(self, file_id: UUID) -> str:
        """Where the widget finds a file."""
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

    def answered(self, visit: Visit, told: Answered | None) -> list[dict[str, Any]]:
        """The frames for the answer to what this visit wrote last; none when they are to be read.

        Nothing has changed in the conversation since it was theirs to write in, nor has the visit missed anything.
        """
        if told is None or visit.visitor.person is not None or visit.owner["kind"] != BOT:
            return []
        if not visit.wrote == told.seq == visit.last + 1 or any(view.channel != NAME for view in told.messages):
            return []
        visit.last = told.messages[-1].seq
        return [{"type": "message", "message": self._shown(view)} for view in told.messages]

    async def history(self, visitor: Visitor) -> list[dict[str, Any]]:
        """The visitor's conversations, newest first."""
        async with reading(self.sessions) as session:
            identity = await queries.identity_id(session, kind=visitor.kind, value=visitor.value)
            pasts = await of_identity(session, identity, channel=NAME) if identity else []
            return [past_out(await discreet_past(session, visitor, past, self.core.labels)) for past in pasts]

    async def owned(self, visitor: Visitor, conversation: UUID) -> Visit:
        """The visit of a plain HTTP request. Raises NotFound when the conversation is not this visitor's."""
        async with reading(self.sessions) as session:
            found = await self.theirs(session, visitor, conversation)
        return Visit(visitor=visitor, language=found.language, remote="", conversation=found.id)

    def page(self, visit: Visit, given: Any) -> dict[str, str] | None:
        """The page that the browser says it is on, as far as it may be kept."""
        return page_of(given, query=self.settings.page_query, origins=self.company.allowed_origins, host=visit.host)
