"""Agents' accounts."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.agents import administration, queries, services
from crm_backend.agents.model import Agent
from server.api import ABSENT, Call, In, Line, Listing, Noun, Out, Page, Patch, Sorts, Sparse, VersionedOut

noun = Noun("agents", fr="Agents", en="Agents")
Language = Literal["fr", "en"]
Address = Annotated[str, StringConstraints(min_length=3, max_length=320), Field(examples=["lea@example.com"])]
RoleKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$"), Field(examples=["senior_agent"])]
Password = Annotated[str, StringConstraints(min_length=services.SHORTEST_PASSWORD, max_length=1_024)]


class AgentOut(VersionedOut):
    id: UUID
    name: str = Field(examples=["Léa Petit"])
    email: str = Field(examples=["lea@example.com"])
    role: str = Field(examples=["senior_agent"])
    language: Language
    presence: Literal["available", "away"]
    active: bool = Field(description="Whether they may sign in.")
    second_factor: bool = Field(description="Whether signing in asks for a code of an app.")
    has_password: bool = Field(
        description="Whether they have chosen a password; not so after an invitation, or with single sign-on only."
    )
    created_at: datetime


class AgentIn(In):
    name: Line
    email: Address
    role: RoleKey
    language: Language = "fr"
    password: Password = Field(description="The first one; the agent is told it by you.")


class AgentPatch(Patch):
    name: Line = ABSENT
    email: Address = ABSENT
    role: RoleKey = ABSENT
    language: Language = ABSENT


class AgentQuery(Listing):
    role: RoleKey | None = None
    active: bool | None = None
    email: Address | None = None


class NewPassword(In):
    password: Password


class PutBackOut(Out):
    conversations: list[UUID] = Field(description="What they held, and now waits for somebody else.")


AGENT_SORTS = Sorts(by=Agent.id, default="name", name=Agent.name, email=Agent.email, created_at=Agent.created_at)


@noun.get("/agents", needs="agents.read", fr="Lister les agents", en="List agents", sorts=AGENT_SORTS)
async def list_agents(call: Call, query: AgentQuery) -> Page[AgentOut]:
    found = queries.agents(call.actor, role=query.role, active=query.active, email=query.email)
    return await call.page(found, query, AgentOut.model_validate)


@noun.post("/agents", needs="agents.configure", fr="Ajouter un agent", en="Add an agent", status=201)
async def add_agent(call: Call, body: AgentIn) -> AgentOut:
    hashed = await asyncio.to_thread(services.hash_password, body.password)
    made = await services.add_agent(
        call.session,
        actor=call.actor,
        email=body.email,
        name=body.name,
        role=body.role,
        language=body.language,
        password_hash=hashed,
    )
    return AgentOut.model_validate(made)


@noun.get("/agents/{agent_id}", needs="agents.read", fr="Lire un agent", en="Read an agent")
async def read_agent(call: Call, agent_id: UUID, query: Sparse) -> AgentOut:
    return AgentOut.model_validate(await administration.get_agent(call.session, agent_id, actor=call.actor))


@noun.patch("/agents/{agent_id}", needs="agents.configure", fr="Modifier un agent", en="Change an agent")
async def change_agent(call: Call, agent_id: UUID, body: AgentPatch) -> AgentOut:
    changed = await administration.change_agent(
        call.session, agent_id, actor=call.actor, version=call.version, **body.given()
    )
    call.after(lambda: call.means.wakes.look_again(agent_id))
    return AgentOut.model_validate(changed)


@noun.post(
    "/agents/{agent_id}/deactivate",
    needs="agents.configure",
    fr="Fermer le compte d’un agent",
    en="End an agent’s account",
    more={
        "fr": "Ses sessions prennent fin aussitôt, et ses conversations attendent quelqu’un d’autre.",
        "en": "Their sessions end at once, and their conversations wait for somebody else.",
    },
)
async def deactivate_agent(call: Call, agent_id: UUID) -> PutBackOut:
    put = await administration.deactivate(call.session, agent_id, actor=call.actor, version=call.version)

    async def tell() -> None:
        await call.means.wakes.look_again(agent_id)
        for conversation in put:
            await call.means.wakes.changed(conversation)

    call.after(tell)
    return PutBackOut(conversations=put)


@noun.post(
    "/agents/{agent_id}/reactivate", needs="agents.configure", fr="Rouvrir le compte d’un agent", en="Reopen an account"
)
async def reactivate_agent(call: Call, agent_id: UUID) -> AgentOut:
    agent = await administration.reactivate(call.session, agent_id, actor=call.actor, version=call.version)
    return AgentOut.model_validate(agent)


@noun.post(
    "/agents/{agent_id}/password",
    needs="agents.configure",
    fr="Donner un nouveau mot de passe",
    en="Give a new password",
    more={"fr": "Toutes les sessions de l’agent prennent fin.", "en": "All sessions of the agent end."},
)
async def give_agent_password(call: Call, agent_id: UUID, body: NewPassword) -> AgentOut:
    await administration.get_agent(call.session, agent_id, actor=call.actor)
    hashed = await asyncio.to_thread(services.hash_password, body.password)
    agent = await administration.give_password(
        call.session, agent_id, actor=call.actor, password_hash=hashed, version=call.version
    )
    call.after(lambda: call.means.wakes.look_again(agent_id))
    return AgentOut.model_validate(agent)
