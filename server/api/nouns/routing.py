"""How work is handed out: teams, skills, what channels weigh, and how well waits were foreseen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints
from sqlalchemy import select

from crm_backend.database import utc_now
from crm_backend.routing import configuring, forecasting
from crm_backend.routing.settings_model import ChannelWeight, Skill, Team
from server.api import ABSENT, Call, In, Listing, Noun, Out, Page, Patch, Sorts, Sparse, VersionedOut

noun = Noun("routing", fr="Distribution", en="Routing")
READS, SETS = "agents.read", configuring.MAY
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$"), Field(examples=["support"])]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Seconds = Annotated[int, Field(ge=0, le=86_400)]
Level = Annotated[int, Field(ge=1, le=5)]
Mode = Literal["manual", "offer", "assign"]
Strategy = Literal["longest_idle", "most_free"]
Kind = Literal["chat", "messaging", "mail", "case"]
SkillKind = Literal["language", "topic", "product"]


class Names(In):
    fr: Word = Field(examples=["Service client"])
    en: Word = Field(examples=["Customer service"])


class NamesOut(Out):
    fr: str = Field(examples=["Service client"])
    en: str = Field(examples=["Customer service"])


class TeamOut(VersionedOut):
    key: str = Field(examples=["support"])
    names: NamesOut
    mode: Mode = Field(description="Agents take by themselves, are offered what waits, or get it at once.")
    strategy: Strategy
    everyone: bool = Field(description="Every agent belongs to it; else only its members.")
    prefer_last: bool = Field(description="Who had the customer last gets them again, if free.")
    cases: bool = Field(description="Whether cases without an agent are handed out too.")
    offer_seconds: int = Field(examples=[30])
    offer_again_after: int = Field(description="Seconds for which who declined is left alone.", examples=[300])
    missed_limit: int = Field(description="Offers let pass in a row, after which one is set away; 0 for never.")
    vanish_after: int = Field(description="Seconds after which what a vanished agent held goes back.", examples=[60])
    relax_after: int | None = Field(description="Seconds after each of which less skill is asked for.", examples=[120])
    overflow_team: str | None = Field(examples=[None])
    overflow_after: int | None = Field(examples=[None])
    calendar_id: UUID | None = Field(description="Its hours; without, it is always open.")
    created_at: datetime


class TeamIn(In):
    key: Key
    names: Names
    mode: Mode = "offer"
    strategy: Strategy = "longest_idle"
    everyone: bool = True
    prefer_last: bool = True
    cases: bool = False
    offer_seconds: Annotated[int, Field(ge=5, le=3_600)] = 30
    offer_again_after: Seconds = 300
    missed_limit: Annotated[int, Field(ge=0, le=100)] = 2
    vanish_after: Seconds = 60
    relax_after: Annotated[int, Field(ge=1, le=86_400)] | None = 120
    overflow_team: Key | None = None
    overflow_after: Annotated[int, Field(ge=0, le=604_800)] | None = None
    calendar_id: UUID | None = None


class TeamPatch(Patch):
    names: Names = ABSENT
    mode: Mode = ABSENT
    strategy: Strategy = ABSENT
    everyone: bool = ABSENT
    prefer_last: bool = ABSENT
    cases: bool = ABSENT
    offer_seconds: Annotated[int, Field(ge=5, le=3_600)] = ABSENT
    offer_again_after: Seconds = ABSENT
    missed_limit: Annotated[int, Field(ge=0, le=100)] = ABSENT
    vanish_after: Seconds = ABSENT
    relax_after: Annotated[int, Field(ge=1, le=86_400)] | None = ABSENT
    overflow_team: Key | None = ABSENT
    overflow_after: Annotated[int, Field(ge=0, le=604_800)] | None = ABSENT
    calendar_id: UUID | None = ABSENT


class TeamMembersIn(In):
    agents: Annotated[list[UUID], Field(max_length=1_000)]


class TeamMemberOut(Out):
    id: UUID
    name: str = Field(examples=["Claire Martin"])


class SkillOut(VersionedOut):
    id: UUID
    kind: SkillKind
    value: str = Field(examples=["en"])
    level: int = Field(description="What work asks for at least.", examples=[1])
    firm: bool = Field(description="Whether it is asked for however long somebody waits.")
    created_at: datetime


class SkillIn(In):
    kind: SkillKind
    value: Word = Field(examples=["en"])
    level: Level = 1
    firm: bool = False


class SkillPatch(Patch):
    level: Level = ABSENT
    firm: bool = ABSENT


class AgentSkillIn(In):
    skill_id: UUID
    level: Level


class AgentRoutingIn(In):
    capacity: Annotated[int, Field(ge=0, le=10_000)] | None = Field(
        None, description="What they can hold, in hundredths of a chat.", examples=[300]
    )
    skills: Annotated[list[AgentSkillIn], Field(max_length=500)] | None = Field(
        None, description="All of them; without, they stay as they are.", examples=[None]
    )


class AgentSkillOut(Out):
    skill_id: UUID
    level: int = Field(examples=[3])


class AgentRoutingOut(Out):
    capacity: int = Field(examples=[300])
    skills: list[AgentSkillOut]


class WeightOut(Out):
    channel: str = Field(examples=["webchat"])
    kind: Kind
    weight: int = Field(description="In hundredths of a chat.", examples=[100])
    points: float = Field(description="Its priority, in minutes of waiting.", examples=[6.0])
    returns: bool = Field(description="Whether what a vanished agent held goes back to the queue.")


class WeightIn(In):
    kind: Kind
    weight: Annotated[int, Field(ge=1, le=1_000)]
    points: Annotated[float, Field(ge=0, le=60)] = 0.0
    returns: bool = False


class ForecastQuery(In):
    days: Annotated[int, Field(ge=1, le=366)] = 7


class ForecastOut(Out):
    team: str | None = Field(description="None for all together.", examples=["support"])
    waits: int
    mean_absolute: float | None = Field(description="Seconds off, on average.")
    median_absolute: float | None
    bias: float | None = Field(description="Above nothing when too much was foreseen.")
    right: float | None = Field(description="The share at most a minute, or a fifth of the wait, off.")


TEAM_SORTS = Sorts(by=Team.key, default="created_at", created_at=Team.created_at)
SKILL_SORTS = Sorts(by=Skill.id, default="created_at", created_at=Skill.created_at)


@noun.get("/teams", needs=READS, fr="Lister les équipes", en="List teams", sorts=TEAM_SORTS)
async def list_teams(call: Call, query: Listing) -> Page[TeamOut]:
    call.actor.need(READS)
    return await call.page(select(Team), query, TeamOut.model_validate)


@noun.post("/teams", needs=SETS, fr="Ajouter une équipe", en="Add a team", status=201)
async def add_team(call: Call, body: TeamIn) -> TeamOut:
    given = body.model_dump(exclude={"key"})
    return TeamOut.model_validate(await configuring.add_team(call.session, body.key, actor=call.actor, given=given))


@noun.get("/teams/{key}", needs=READS, fr="Lire une équipe", en="Read a team")
async def read_team(call: Call, key: str, query: Sparse) -> TeamOut:
    return TeamOut.model_validate(await configuring.team(call.session, key, actor=call.actor))


@noun.patch("/teams/{key}", needs=SETS, fr="Modifier une équipe", en="Change a team")
async def change_team(call: Call, key: str, body: TeamPatch) -> TeamOut:
    given = body.model_dump(include=set(body.given()))
    return TeamOut.model_validate(
        await configuring.change_team(call.session, key, actor=call.actor, given=given, version=call.version)
    )


@noun.delete("/teams/{key}", needs=SETS, fr="Supprimer une équipe", en="Delete a team", versioned=True)
async def remove_team(call: Call, key: str) -> None:
    await configuring.remove_team(call.session, key, actor=call.actor, version=call.version)


@noun.get("/teams/{key}/members", needs=READS, fr="Lister les membres d’une équipe", en="List a team’s members")
async def list_team_members(call: Call, key: str) -> Page[TeamMemberOut]:
    return _members(await configuring.members(call.session, key, actor=call.actor))


@noun.put("/teams/{key}/members", needs=SETS, fr="Définir les membres d’une équipe", en="Set a team’s members")
async def set_team_members(call: Call, key: str, body: TeamMembersIn) -> Page[TeamMemberOut]:
    return _members(await configuring.set_members(call.session, key, actor=call.actor, agents=body.agents))


@noun.get("/skills", needs=READS, fr="Lister les compétences", en="List skills", sorts=SKILL_SORTS)
async def list_skills(call: Call, query: Listing) -> Page[SkillOut]:
    call.actor.need(READS)
    return await call.page(select(Skill), query, SkillOut.model_validate)


@noun.post("/skills", needs=SETS, fr="Ajouter une compétence", en="Add a skill", status=201)
async def add_skill(call: Call, body: SkillIn) -> SkillOut:
    return SkillOut.model_validate(await configuring.add_skill(call.session, actor=call.actor, **body.model_dump()))


@noun.get("/skills/{skill_id}", needs=READS, fr="Lire une compétence", en="Read a skill")
async def read_skill(call: Call, skill_id: UUID, query: Sparse) -> SkillOut:
    return SkillOut.model_validate(await configuring.skill(call.session, skill_id, actor=call.actor))


@noun.patch("/skills/{skill_id}", needs=SETS, fr="Modifier une compétence", en="Change a skill")
async def change_skill(call: Call, skill_id: UUID, body: SkillPatch) -> SkillOut:
    given = body.model_dump(include=set(body.given()))
    return SkillOut.model_validate(
        await configuring.change_skill(call.session, skill_id, actor=call.actor, given=given, version=call.version)
    )


@noun.delete("/skills/{skill_id}", needs=SETS, fr="Supprimer une compétence", en="Delete a skill", versioned=True)
async def remove_skill(call: Call, skill_id: UUID) -> None:
    await configuring.remove_skill(call.session, skill_id, actor=call.actor, version=call.version)


@noun.get(
    "/agents/{agent_id}/routing", needs=READS, fr="Lire ce qu’un agent peut suivre", en="Read what an agent can hold"
)
async def read_agent_routing(call: Call, agent_id: UUID) -> AgentRoutingOut:
    return _agent(await configuring.of_agent(call.session, agent_id, actor=call.actor))


@noun.put(
    "/agents/{agent_id}/routing", needs=SETS, fr="Définir ce qu’un agent peut suivre", en="Set what an agent can hold"
)
async def set_agent_routing(call: Call, agent_id: UUID, body: AgentRoutingIn) -> AgentRoutingOut:
    skills = None if body.skills is None else {each.skill_id: each.level for each in body.skills}
    return _agent(
        await configuring.set_agent(call.session, agent_id, actor=call.actor, capacity=body.capacity, skills=skills)
    )


@noun.get(
    "/channel-weights", needs=READS, fr="Lister le poids des canaux", en="List what channels weigh",
    sorts=Sorts(by=ChannelWeight.channel, default="weight", weight=ChannelWeight.weight),
)  # fmt: skip
async def list_channel_weights(call: Call, query: Listing) -> Page[WeightOut]:
    call.actor.need(READS)
    return await call.page(select(ChannelWeight), query, WeightOut.model_validate)


@noun.put("/channel-weights/{channel}", needs=SETS, fr="Définir le poids d’un canal", en="Set what a channel weighs")
async def set_channel_weight(call: Call, channel: str, body: WeightIn) -> WeightOut:
    return WeightOut.model_validate(
        await configuring.set_weight(call.session, channel, actor=call.actor, **body.model_dump())
    )


@noun.get(
    "/wait-forecasts", needs="conversations.supervise", fr="Mesurer les attentes prévues",
    en="Measure waits that were foreseen",
)  # fmt: skip
async def list_wait_forecasts(call: Call, query: ForecastQuery) -> Page[ForecastOut]:
    since = utc_now() - timedelta(days=query.days)
    found = await forecasting.errors(call.session, actor=call.actor, since=since)
    return Page(items=[ForecastOut(**each._asdict()) for each in found], next=None)


def _members(found: list[Any]) -> Page[TeamMemberOut]:
    return Page(items=[TeamMemberOut(id=each.id, name=each.name) for each in found], next=None)


def _agent(found: tuple[int, dict[UUID, int]]) -> AgentRoutingOut:
    capacity, skills = found
    return AgentRoutingOut(
        capacity=capacity, skills=[AgentSkillOut(skill_id=one, level=level) for one, level in sorted(skills.items())]
    )
