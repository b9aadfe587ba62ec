"""The cases of the demo company: a tree of categories, three templates, and some twenty cases in every status."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.access.permissions import ALL
from crm_backend.agents.model import Agent
from crm_backend.cases import categories, checklist, discussion, links, people, services, templates, workflow
from crm_backend.cases.model import Case
from crm_backend.cases.schema import NewCase
from crm_backend.customers.model import Customer
from crm_backend.orders.model import Order
from server.demo.case_stories import CATEGORIES, STORIES, TEMPLATES, Story


@dataclass
class Desk:
    """Who works there, and which orders no story has taken yet."""

    session: AsyncSession
    agents: list[Agent]
    folders: dict[str, UUID]
    taken: set[UUID] = field(default_factory=set)

    def actor(self, at: int) -> Actor:
        """An agent by their place."""
        return Actor(f"agent:{self.agents[at % len(self.agents)].id}", ALL, "desk")


async def load_cases(session: AsyncSession, now: datetime) -> int:
    """Stores them in the caller's transaction, as they are now, by the services that agents use; how many."""
    agents = list(await session.scalars(select(Agent).where(Agent.demo).order_by(Agent.email)))
    folders = await _folders(session)
    for key, given in TEMPLATES.items():
        category = folders[str(given["category"])]
        told = {name: value for name, value in given.items() if name != "category"} | {"category_id": category}
        await templates.add(session, actor=SYSTEM, key=key, given=told)
    desk = Desk(session, agents, folders)
    made = [await _told(desk, at, story, now) for at, story in enumerate(STORIES)]
    parent, part = (
        next(case for case in made if case.subject == subject) for subject in ("Verres dépareillés", "Un verre manque")
    )
    await links.relate(session, parent.id, actor=desk.actor(0), other_id=part.id, now=parent.updated_at)
    return len(made)


async def _folders(session: AsyncSession) -> dict[str, UUID]:
    found: dict[str, UUID] = {}
    for position, (key, under, fr, en) in enumerate(CATEGORIES):
        parent = found[under] if under else None
        names = {"fr": fr, "en": en}
        made = await categories.add(session, actor=SYSTEM, names=names, parent_id=parent, position=position)
        found[key] = made.id
    return found


async def _told(desk: Desk, at: int, story: Story, now: datetime) -> Case:
    order = await _order(desk, story)
    actor, opened = desk.actor(at), now - timedelta(days=story.days_ago, minutes=17 * at)
    new = NewCase(
        type_key=story.type_key,
        template_key=story.template,
        subject=story.subject,
        description=story.description,
        fields=story.fields,
        customer_id=order.customer_id,
        order_ids=[order.id],
        language=story.language,
        channel=story.channel,
        category_id=desk.folders[story.category],
        impact=story.impact,
        urgency=story.urgency,
        agent_id=desk.agents[at % len(desk.agents)].id if story.steps else None,
        tags=story.tags,
        due_at=now + timedelta(days=story.due_in) if story.due_in is not None else None,
        # Nobody can be reached at the addresses of the demo company.
        acknowledge=False,
        demo=True,
    )
    case = await services.open_case(desk.session, new, actor=actor, now=opened)
    if story.comment:
        await discussion.comment(
            desk.session, case.id, actor=actor, body=story.comment, now=opened + timedelta(hours=2)
        )
        watcher = desk.agents[(at + 1) % len(desk.agents)].id
        await people.watch(desk.session, case.id, actor=actor, agent_id=watcher, now=opened + timedelta(hours=2))
    if story.steps and story.steps[-1][1] in ("resolved", "closed", "reopened"):
        await _tick(desk, case, actor, opened + timedelta(hours=3))
    for hours, to, how in story.steps:
        when = min(opened + timedelta(hours=hours), now)
        how_told: dict[str, Any] = dict(how)
        await workflow.move(desk.session, case.id, actor=actor, to=to, now=when, **how_told)
    return case


async def _tick(desk: Desk, case: Case, actor: Actor, when: datetime) -> None:
    for item in await checklist.items(desk.session, case.id, actor=actor):
        await checklist.change(desk.session, case.id, item.id, actor=actor, changes={"done": True}, now=when)


async def _order(desk: Desk, story: Story) -> Order:
    """The next order of the kind that the story is about: the same every time on the same day."""
    found = await desk.session.scalars(
        select(Order)
        .join(Customer, Customer.id == Order.customer_id)
        .where(Customer.language == story.language, Order.id.not_in(desk.taken))
        # Not every day has an order of each kind left; another does.
        .order_by((Order.status == story.order).desc(), Order.placed_at.desc(), Order.number.desc())
        .limit(1)
    )
    order = found.one()
    desk.taken.add(order.id)
    return order
