"""Where agents are, what they are offered, and passing conversations on, as the desk asks for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from aiohttp import web
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.agents.model import Agent
from crm_backend.cases.model import Case
from crm_backend.conversations.desk import second_thoughts
from crm_backend.conversations.schema import owner_agent
from crm_backend.database import utc_now
from crm_backend.errors import BadInput
from crm_backend.routing import choosing, forecasting, offers, passing, presence
from server.desk import views, words
from server.desk.api import CHANGED, OFFERED, Body, Desk, body, changed, identifier
from server.desk.rights import ANY_AGENT

State = Literal["available", "busy", "away", "offline"]
Kind = Literal["chat", "messaging", "mail", "case"]


class Where(Body):
    presence: State
    reason: str = Field("", max_length=200, pattern=r"^[^\x00]*$")
    channels: dict[Kind, State] | None = None


class Declined(Body):
    why: str | None = Field(None, max_length=20, pattern=r"^[^\x00]*$")


class Passed(Body):
    version: int = Field(ge=0, le=2**31 - 1)
    team: str | None = Field(None, max_length=100, pattern=r"^[^\x00]*$")
    skill: UUID | None = None
    agent: UUID | None = None
    note: str = Field("", max_length=2_000)


class Invited(Body):
    agent: UUID
    note: str = Field("", max_length=2_000)


class Given(Body):
    version: int = Field(ge=0, le=2**31 - 1)
    agent: UUID
    reason: str = Field(max_length=2_000)


class RoutingPages:
    """`/desk/api/presence`, `/desk/api/routing/…`, and what passes a conversation on."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        ours, conversation = self._desk.signed_in, "/desk/api/conversations/{id}"
        offer = "/desk/api/routing/offers/{id}"
        return [
            web.get("/desk/api/presence", ours(self.where, ANY_AGENT)),
            web.put("/desk/api/presence", ours(self.be, ANY_AGENT)),
            web.get("/desk/api/routing/offers", ours(self.offered, "conversations.read")),
            web.post(offer + "/accept", ours(self.accept, "conversations.write")),
            web.post(offer + "/decline", ours(self.decline, "conversations.write")),
            web.get("/desk/api/routing/colleagues", ours(self.colleagues, "conversations.write")),
            web.get("/desk/api/routing/forecasts", ours(self.forecasts, "conversations.supervise")),
            web.put("/desk/api/routing/agents/{id}/presence", ours(self.set_for, "conversations.supervise")),
            web.post(conversation + "/transfer", ours(self.transfer, "conversations.write")),
            web.post(conversation + "/invite", ours(self.invite, "conversations.write")),
            web.post(conversation + "/step-out", ours(self.step_out, "conversations.write")),
            web.post(conversation + "/assign", ours(self.assign, "conversations.supervise")),
        ]

    async def where(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        return web.json_response(await _whereabouts(session, agent))

    async def be(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Where)
        channels = None if given.channels is None else {str(kind): state for kind, state in given.channels.items()}
        await presence.choose(session, agent, presence=given.presence, reason=given.reason, channels=channels)
        request[OFFERED] = {agent.id}
        return web.json_response(await _whereabouts(session, agent))

    async def offered(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        return web.json_response({"offers": await shown(session, agent)})

    async def accept(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        subject = await offers.accept(session, identifier(request), agent=agent)
        if isinstance(subject, Case):
            return web.json_response({"conversation": None, "case": str(subject.id)})
        return await changed(request, session, agent, subject)

    async def decline(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Declined) if request.can_read_body else Declined(why=None)
        offer = await offers.decline(session, identifier(request), agent=agent, why=given.why)
        if offer.conversation_id is not None:
            request[CHANGED] = offer.conversation_id
        return web.json_response({"offers": await shown(session, agent)})

    async def colleagues(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        """Whom, which teams and which skills one may pass a conversation to, and who of them is free."""
        there = await choosing.colleagues(session)
        teams, skills = await choosing.teams(session, there), await choosing.skills(session, there)
        return web.json_response(
            {
                "agents": [_colleague(one) for one in there if one.agent.id != agent.id],
                "teams": [_team(one, agent.language) for one in teams],
                "skills": [_skill(one, agent.language) for one in skills],
            }
        )

    async def forecasts(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        days = request.query.get("days", "7")
        if not (days.isascii() and days.isdigit() and 1 <= len(days) <= 3 and 1 <= int(days) <= 366):
            raise BadInput("not a number of days")
        actor = await access.actor_of(session, agent, "desk")
        found = await forecasting.errors(session, actor=actor, since=utc_now() - timedelta(days=int(days)))
        return web.json_response({"items": [each._asdict() for each in found]})

    async def set_for(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Where)
        actor = await access.actor_of(session, agent, "desk")
        other = await presence.choose_for(
            session, identifier(request), actor=actor, presence=given.presence, reason=given.reason
        )
        request[OFFERED] = {other.id}
        return web.json_response(_presence(await presence.of_agent(session, other)))

    async def transfer(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Passed)
        queued = given.team is not None or given.skill is not None
        if queued == (given.agent is not None):
            raise BadInput("a team, a skill, or an agent")
        await second_thoughts.say_now(session, conversation_id=identifier(request), agent=agent, or_refuse=True)
        whose: dict[str, Any] = {
            "conversation_id": identifier(request),
            "agent": agent,
            "version": given.version,
            "note": given.note,
        }
        if queued:
            done = await passing.to_team(session, team=given.team, skill=given.skill, **whose)
        else:
            assert given.agent is not None
            done = await passing.to_agent(session, to=given.agent, **whose)
            request[OFFERED] = {given.agent}
        return await changed(request, session, agent, done)

    async def invite(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Invited)
        offer = await passing.invite(
            session, conversation_id=identifier(request), agent=agent, to=given.agent, note=given.note
        )
        request[OFFERED] = {given.agent}
        return web.json_response({"id": str(offer.id)}, status=201)

    async def step_out(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        done = await passing.step_out(session, conversation_id=identifier(request), agent=agent)
        return await changed(request, session, agent, done)

    async def assign(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        given = await body(request, Given)
        done = await passing.override(
            session,
            conversation_id=identifier(request),
            actor=await access.actor_of(session, agent, "desk"),
            version=given.version,
            to=given.agent,
            reason=given.reason,
        )
        request[OFFERED] = {given.agent}
        return await changed(request, session, agent, done)


async def shown(session: AsyncSession, agent: Agent) -> list[dict[str, Any]]:
    """What an agent is offered, as their desk shows it."""
    return [await _offer(session, each, agent.language) for each in await offers.open_offers(session, agent.id)]


async def _offer(session: AsyncSession, offer: offers.Offered, language: str) -> dict[str, Any]:
    case = await session.get(Case, offer.case_id) if offer.case_id else None
    giver_id = owner_agent(offer.made_by)
    giver = await session.get(Agent, giver_id) if giver_id else None
    return {
        "id": str(offer.id),
        "kind": offer.kind,
        "seconds": round(offer.seconds, 1),
        "seconds_left": round(offer.seconds_left, 1),
        "from": giver.first_name if giver else None,
        "note": offer.note,
        "conversation": await views.summary(session, offer.conversation_id, language)
        if offer.conversation_id
        else None,
        "case": {"id": str(case.id), "number": case.number, "subject": case.subject} if case else None,
    }


async def _whereabouts(session: AsyncSession, agent: Agent) -> dict[str, Any]:
    """Where the agent is, and what they have in hand."""
    held = await choosing.held_by(session, agent.id)
    return _presence(await presence.of_agent(session, agent)) | held._asdict()


def _colleague(one: choosing.Colleague) -> dict[str, Any]:
    return {
        "id": str(one.agent.id),
        "name": one.agent.name,
        "presence": one.agent.presence,
        "reason": one.reason,
        "takes": sorted(one.takes),
        "load": one.load,
        "capacity": one.capacity,
        "holds": one.holds,
    }


def _team(one: choosing.TeamChoice, language: str) -> dict[str, Any]:
    name = one.team.names.get(language) or one.team.key
    return {"key": one.team.key, "name": name, "waiting": one.waiting, "present": one.present}


def _skill(one: choosing.SkillChoice, language: str) -> dict[str, Any]:
    kind, value = one.skill.kind, one.skill.value
    name = words.called(value, language) if kind == "topic" else value
    return {"id": str(one.skill.id), "kind": kind, "value": value, "name": name, "present": one.present}


def _presence(found: presence.Presence) -> dict[str, Any]:
    return {
        "presence": found.presence,
        "reason": found.reason,
        "automatic": found.automatic,
        "channels": found.channels,
        "since": found.since.isoformat(),
    }
