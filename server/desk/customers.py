"""The desk's pages of customers: finding them, what they ordered, where they wrote, who may be one person twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from aiohttp import web
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.reading.messages import instant
from crm_backend.conversations.schema import owner_agent
from crm_backend.customers import duplicates, glances, merge_history, search
from crm_backend.customers.glances import Glance
from crm_backend.customers.merges import DuplicatePair
from crm_backend.customers.search import Hit
from crm_backend.errors import BadInput
from crm_backend.orders import views as orders
from server.desk import views, words
from server.desk.api import Desk, identifier
from server.desk.cursors import cursor, cursor_text
from server.desk.orders import told

SHOWN = 20
"""Of a list at a time."""
MOST_ORDERS = 100
LONGEST = 200


class CustomerPages:
    """`/desk/api/customers` and `/desk/api/duplicates`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        ours, one = self._desk.signed_in, "/desk/api/customers/{id}"
        return [
            web.get("/desk/api/customers", ours(self.listed, "customers.read")),
            web.get("/desk/api/duplicates", ours(self.duplicates, "customers.read")),
            web.get(one + "/merges", ours(self.merges, "customers.read")),
            web.get(one + "/orders", ours(self.orders, "orders.read")),
            web.get(one + "/conversations", ours(self.conversations, "conversations.read")),
        ]

    async def listed(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """Whom some words name, the surest first; without words, the newest customers."""
        actor = await access.actor_of(session, agent, "desk")
        wanted, place = request.query.get("q", "").strip()[:LONGEST], request.query.get("cursor")
        hits: list[Hit] = []
        if wanted:
            skip = _count(place)
            hits = await search.search(session, actor=actor, wanted=wanted, limit=SHOWN + 1, skip=skip)
            more = str(skip + SHOWN) if len(hits) > SHOWN else None
            ids = [hit.customer_id for hit in hits[:SHOWN]]
        else:
            rows = await glances.latest(session, actor=actor, before=cursor(place), limit=SHOWN + 1)
            more = cursor_text(rows[SHOWN - 1]) if len(rows) > SHOWN else None
            ids = [customer for _, customer in rows[:SHOWN]]
        shown = await glances.glances(session, actor=actor, ids=ids)
        by = {hit.customer_id: {"by": hit.matches[0].by, "value": hit.matches[0].value} for hit in hits}
        items = [self._glance(shown[each], agent) | {"found": by.get(each)} for each in ids if each in shown]
        return web.json_response({"items": items, "next": more})

    async def duplicates(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """Pairs that may be one person, the likeliest first, with what tells the two apart; `customer`: only theirs."""
        actor = await access.actor_of(session, agent, "desk")
        customer = _identifier(request.query.get("customer"))
        asked = duplicates.suggestions(actor, customer_id=customer)
        if (place := request.query.get("cursor")) is not None:
            asked = asked.where(tuple_(DuplicatePair.score, DuplicatePair.id) < _scored(place))
        asked = asked.order_by(DuplicatePair.score.desc(), DuplicatePair.id.desc()).limit(SHOWN + 1)
        pairs = list(await session.scalars(asked))
        both = {each for pair in pairs for each in (pair.low_id, pair.high_id)}
        shown = await glances.glances(session, actor=actor, ids=both)
        items = [
            {
                "id": str(pair.id),
                "score": pair.score,
                "evidence": pair.evidence,
                "customers": [self._glance(shown[each], agent) for each in (pair.low_id, pair.high_id)],
            }
            for pair in pairs[:SHOWN]
        ]
        last = pairs[SHOWN - 1] if len(pairs) > SHOWN else None
        return web.json_response({"items": items, "next": f"{last.score}.{last.id}" if last else None})

    async def merges(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """What was merged into a customer, the last first, with whose name it was and who did it."""
        actor = await access.actor_of(session, agent, "desk")
        found = await merge_history.of_customer(session, actor=actor, customer_id=identifier(request))
        names = await _names(session, [name for one in found for name in (one.actor, one.undone_by) if name])
        items = [
            {
                "id": str(one.id),
                "gone": one.gone_name,
                "at": instant(one.created_at),
                "by": names.get(one.actor),
                "undone_at": instant(one.undone_at) if one.undone_at else None,
                "undone_by": names.get(one.undone_by or ""),
                "outcome": one.outcome,
                "undoable": one.undoable,
            }
            for one in found
        ]
        return web.json_response({"items": items})

    async def orders(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """A customer's orders with what policy allows for each now."""
        actor = await access.actor_of(session, agent, "desk")
        actor.need("customers.read")
        found = await orders.of_customer(session, customer_id=identifier(request), limit=MOST_ORDERS)
        items = await told(
            session, found, actor, language=agent.language, zone=self._desk.zone, link=self._desk.files.path
        )
        return web.json_response({"items": items})

    async def conversations(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """A customer's conversations on every channel, the latest first."""
        key = tuple_(Conversation.last_message_at, Conversation.id)
        asked = select(Conversation).where(Conversation.customer_id == identifier(request))
        if (before := cursor(request.query.get("cursor"))) is not None:
            asked = asked.where(key < before)
        asked = asked.options(joinedload(Conversation.customer))
        asked = asked.order_by(Conversation.last_message_at.desc(), Conversation.id.desc()).limit(SHOWN + 1)
        found = list(await session.scalars(asked))
        more = (found[SHOWN - 1].last_message_at, found[SHOWN - 1].id) if len(found) > SHOWN else None
        rows = await views.summaries(session, found[:SHOWN], agent.language)
        return web.json_response({"items": rows, "next": cursor_text(more)})

    def _glance(self, one: Glance, agent: Agent) -> dict[str, Any]:
        zone, language = self._desk.zone, agent.language
        return {
            "id": str(one.id),
            "name": one.name,
            "company": one.company,
            "language": one.language,
            "external_id": one.external_id,
            "email": one.email,
            "phone": one.phone,
            "place": " ".join(filter(None, [one.postcode, one.city])),
            "country": words.country(one.country, language) if one.country else None,
            "vip": one.vip,
            "stage": one.stage,
            "since": words.day(one.created_at, language, zone),
            "last_contact": words.day(one.last_contact_at, language, zone),
            "orders": one.orders,
            "last_order": words.day(one.last_order_at, language, zone),
        }


async def _names(session: AsyncSession, actors: Iterable[str]) -> dict[str, str]:
    """The names of the agents among these."""
    ids = {agent: actor for actor in actors if (agent := owner_agent(actor)) is not None}
    rows = await session.execute(select(Agent.id, Agent.name).where(Agent.id.in_(ids)))
    return {ids[agent]: name for agent, name in rows.tuples()}


def _count(text: str | None) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise BadInput("not a cursor")
    return min(int(text), search.REACH)


def _scored(text: str) -> tuple[int, UUID]:
    score, _, pair = text.partition(".")
    try:
        return _count(score), UUID(pair)
    except ValueError as error:
        raise BadInput("not a cursor") from error


def _identifier(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise BadInput("not an identifier") from error
