"""What may help with the next answer, as the desk asks for it once a conversation is open, and what became of it."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from aiohttp import web
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.access.queries import actor_of
from crm_backend.agents.model import Agent
from crm_backend.catalogue.money import lowest
from crm_backend.database import utc_now
from crm_backend.errors import BadInput
from crm_backend.knowledge.schema import path_of
from crm_backend.knowledge.search import Found
from crm_backend.offers.services import Offer
from crm_backend.suggesting import outcomes, services
from crm_backend.suggesting.services import Canned, Question, Solved, Suggestions
from crm_backend.texts import shorten
from server.desk import words
from server.desk.api import Body, Desk, body, identifier
from server.desk.offers import BECAUSE
from server.embedding import Embedder

KEPT_FOR, KEPT, VECTORS = 60.0, 500, 500
SHOWN = 400
"""Characters of a text that are shown; what is inserted is whole."""
FURTHEST = 366
HIDES = ("[…]", "[#]", "[@]")
"""What stands for something that was taken out (knowledge/masking.py)."""
_MORE = {"fr": "Pour en savoir plus\u00a0: {url}", "en": "More on this: {url}"}


class Outcome(Body):
    kind: Literal["article", "canned", "solved", "offer"]
    subject: str = Field(min_length=1, max_length=outcomes.LONGEST, pattern=r"^[^\x00]*$")
    outcome: Literal["used", "dismissed"]
    place: int = Field(1, ge=1, le=outcomes.LOWEST)
    seq: int = Field(ge=0, le=2**31 - 1)


@dataclass
class Kept:
    """The newest of what was worked out, so that opening a conversation again, or on another desk, costs little."""

    most: int
    _held: OrderedDict[Any, tuple[float, Any]] = field(default_factory=OrderedDict)

    def get(self, key: Any, *, within: float) -> Any:
        """What was kept under a key, when that is not too long ago."""
        at, value = self._held.get(key, (0.0, None))
        return value if value is not None and time.monotonic() - at < within else None

    def put(self, key: Any, value: Any) -> None:
        """Keeps it in the place of the oldest."""
        self._held[key] = (time.monotonic(), value)
        self._held.move_to_end(key)
        while len(self._held) > self.most:
            self._held.popitem(last=False)

    def drop(self, whose: UUID, conversation: UUID) -> None:
        """Forgets what an agent was suggested in a conversation."""
        for key in [key for key in self._held if key[:2] == (whose, conversation)]:
            del self._held[key]


class SuggestionPages:
    """`/desk/api/conversations/ID/suggestions` and `/desk/api/suggestions/outcomes`."""

    def __init__(self, desk: Desk, embedder: Embedder, *, address: str) -> None:
        self._desk, self._embedder, self._address = desk, embedder, address.rstrip("/")
        self._answers, self._vectors = Kept(KEPT), Kept(VECTORS)

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        ours, of_one = self._desk.signed_in, "/desk/api/conversations/{id}/suggestions"
        return [
            web.get(of_one, ours(self.suggested, "conversations.read")),
            web.post(of_one, ours(self.became, "conversations.write")),
            web.get("/desk/api/suggestions/outcomes", ours(self.counted, "conversations.supervise")),
        ]

    async def suggested(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        actor = await actor_of(session, agent, "desk")
        asked = await services.question(session, identifier(request), actor=actor)
        if asked is None:
            return web.json_response({"seq": None, "items": []})
        # What one may see is part of it: a role may change within the minute.
        key = (agent.id, asked.conversation_id, asked.seq, asked, agent.language, actor.permissions)
        shown = self._answers.get(key, within=KEPT_FOR)
        if shown is None:
            shown = await self._work_out(session, asked, agent, actor)
            self._answers.put(key, shown)
        return web.json_response(shown)

    async def _work_out(self, session: AsyncSession, asked: Question, agent: Agent, actor: Actor) -> dict[str, Any]:
        vector = self._vectors.get(asked.text, within=float("inf"))
        if vector is None:
            vector = await self._embedder.one(asked.text)
            self._vectors.put(asked.text, vector)
        found = await services.suggest(session, asked, agent=agent, actor=actor, vector=vector)
        return {"seq": asked.seq, "items": self._items(found, asked, agent.language)}

    def _items(self, found: Suggestions, asked: Question, language: str) -> list[dict[str, Any]]:
        shown = [
            *(self._article(one, asked.language) for one in found.articles),
            *(_canned(one) for one in found.canned),
            *(_solved(one, language) for one in found.solved),
            *([_offer(found.offer, asked.language, language)] if found.offer else []),
        ]
        places: dict[str, int] = {}
        for item in shown:
            item["place"] = places[item["kind"]] = places.get(item["kind"], 0) + 1
        return shown

    def _article(self, one: Found, language: str) -> dict[str, Any]:
        """An article for everybody is inserted as its short answer and its address; one for agents is for reading."""
        url = path_of(one.language, one.slug) if one.audience == "public" else None
        short = one.summary or shorten(one.text, SHOWN)
        more = _MORE[language].format(url=self._address + url) if url else ""
        return {
            "kind": "article",
            "subject": one.key,
            "title": one.title,
            "text": shorten(one.text, SHOWN),
            "url": url,
            "insert": f"{short}\n\n{more}" if url else None,
        }

    async def became(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Outcome)
        conversation = identifier(request)
        await outcomes.note(
            session,
            conversation,
            agent=agent,
            actor=await actor_of(session, agent, "desk"),
            kind=given.kind,
            subject=given.subject,
            outcome=given.outcome,
            place=given.place,
            seq=given.seq,
        )
        self._answers.drop(agent.id, conversation)
        return web.Response(status=204)

    async def counted(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        days = request.query.get("days", "30")
        if not (days.isascii() and days.isdigit() and len(days) <= 3 and 1 <= int(days) <= FURTHEST):
            raise BadInput("not a number of days")
        actor = await actor_of(session, agent, "desk")
        found = await outcomes.counts(session, actor=actor, since=utc_now() - timedelta(days=int(days)))
        return web.json_response({"items": [each._asdict() for each in found]})


def _canned(one: Canned) -> dict[str, Any]:
    """What it says once its places are filled in is asked for when it is inserted."""
    return {
        "kind": "canned",
        "subject": str(one.id),
        "title": one.title,
        "text": shorten(one.text, SHOWN),
        "shortcut": one.shortcut,
    }


def _solved(one: Solved, language: str) -> dict[str, Any]:
    """What had to be hidden was about somebody else: such an answer is for reading."""
    hides = any(mark in one.answer for mark in HIDES)
    return {
        "kind": "solved",
        "subject": str(one.conversation_id),
        "title": words.called(one.topic, language) if one.topic else one.question,
        "question": one.question if one.topic else None,
        "text": one.answer,
        "insert": None if hides else one.answer,
    }


def _offer(one: Offer, said_in: str, language: str) -> dict[str, Any]:
    """Why is for the agent, what it costs for the customer."""
    price = lowest(one.price_minor, one.currency, language)
    name = one.names.get(language) or next(iter(one.names.values()), "")
    because = one.because_names.get(language) or next(iter(one.because_names.values()), "")
    there = one.names.get(said_in) or name
    return {
        "kind": "offer",
        "subject": str(one.product_id),
        "title": name,
        "price": price,
        "text": BECAUSE[language].format(percent=round(one.confidence * 100), name=because),
        "insert": f"{there} ({lowest(one.price_minor, one.currency, said_in)})",
    }
