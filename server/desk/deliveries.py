"""What could not be delivered: listed for supervisors, sent again or set aside by them, or one message by its agent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.conversations.reading import queries
from crm_backend.conversations.reading.messages import instant
from crm_backend.conversations.sending import undelivered
from crm_backend.conversations.sending.undelivered import DeadLetter, Queued
from crm_backend.errors import BadInput
from server.desk import words
from server.desk.api import Body, Desk, Handler, body, identifier
from server.desk.cursors import cursor, cursor_text
from server.desk.rights import needing

QUEUED = web.RequestKey("QUEUED", list[Queued])
"""In a request: what it has queued again."""
LONGEST_SEQ = 2**31 - 1


class Place(Body):
    channel: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")
    account: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")


class Aside(Body):
    why: str = Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")


class Deliveries:
    """`/desk/api/deliveries`, and `resend` of a message."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        message = "/desk/api/conversations/{id}/messages/{seq}"
        return [
            web.get("/desk/api/deliveries", self._signed_in(self.listing, "deliveries.manage")),
            web.post("/desk/api/deliveries/replay", self._signed_in(self.replay_all, "deliveries.manage")),
            web.post("/desk/api/deliveries/{id}/replay", self._signed_in(self.replay, "deliveries.manage")),
            web.post("/desk/api/deliveries/{id}/aside", self._signed_in(self.set_aside, "deliveries.manage")),
            web.post(message + "/resend", self._signed_in(self.resend, "conversations.write")),
            web.post(message + "/aside", self._signed_in(self.message_aside, "conversations.write")),
        ]

    def _signed_in(self, handler: Handler, needs: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """As everywhere on the desk; and after the commit whoever watches hears of what is on its way again."""
        inner = self._desk.signed_in(handler, needs)

        @needing(needs)
        async def handle(request: web.Request) -> web.StreamResponse:
            response = await inner(request)
            queued: list[Queued] = request.get(QUEUED, [])
            for each in queued:
                await self._desk.wakes.delivery(each.conversation_id, seq=each.seq, state="queued")
            if queued:
                await self._desk.live.publish("outbox", {})
            return response

        return handle

    async def listing(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        found, following = await undelivered.listing(
            session,
            channel=request.query.get("channel") or None,
            account=request.query.get("account") or None,
            aside=request.query.get("aside") == "1",
            before=cursor(request.query.get("before")),
        )
        return web.json_response(
            {"items": [_letter(letter, agent.language) for letter in found], "next": cursor_text(following)}
        )

    async def replay(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        request[QUEUED] = await undelivered.replay(session, identifier(request), agent=agent)
        return web.json_response({"count": 1})

    async def replay_all(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Place)
        queued = await undelivered.replay_all(session, channel=given.channel, account=given.account, agent=agent)
        left = await undelivered.left_behind(session, channel=given.channel, account=given.account)
        request[QUEUED] = queued
        return web.json_response({"count": len(queued), "left": left})

    async def set_aside(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Aside)
        await undelivered.set_aside(session, identifier(request), why=given.why, agent=agent)
        return web.Response(status=204)

    async def message_aside(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given, conversation, seq = await body(request, Aside), identifier(request), _seq(request)
        item = await undelivered.item_of(session, conversation_id=conversation, seq=seq)
        await undelivered.set_aside(session, item, why=given.why, agent=agent)
        view = await queries.message(session, conversation_id=conversation, seq=seq)
        return web.json_response({"message": self._desk.shown(view, agent.language)})

    async def resend(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        conversation, seq = identifier(request), _seq(request)
        request[QUEUED] = await undelivered.resend(session, conversation_id=conversation, seq=seq, agent=agent)
        view = await queries.message(session, conversation_id=conversation, seq=seq)
        return web.json_response({"message": self._desk.shown(view, agent.language)})


def _seq(request: web.Request) -> int:
    text = request.match_info["seq"]
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or int(text) > LONGEST_SEQ:
        raise BadInput("not a sequence number")
    return int(text)


def _letter(letter: DeadLetter, language: str) -> dict[str, object]:
    return {
        "id": str(letter.id),
        "conversation": str(letter.conversation_id),
        "seq": letter.seq,
        "channel": letter.channel,
        "account": letter.account,
        "to": letter.to,
        "text": letter.text,
        "error": words.undelivered(letter.reason, letter.error, language),
        "attempts": letter.attempts,
        "failed_at": instant(letter.failed_at),
        "aside": {name: letter.aside[name] for name in ("why", "by")} if letter.aside else None,
    }
