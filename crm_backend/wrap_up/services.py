"""Finishing wrap-ups: a reason, a summary read over, and what is still to be done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.cases import opening
from crm_backend.cases.model import Case
from crm_backend.cases.schema import NewCase
from crm_backend.conversations.desk import reminders
from crm_backend.database import expect, utc_now
from crm_backend.errors import Empty, Invalid, NotFound, NotNow, TooLong
from crm_backend.texts import clean
from crm_backend.wrap_up import reasons
from crm_backend.wrap_up.model import ClosingReason, WrapUp
from crm_backend.wrap_up.summary import LONGEST

OPEN_FOR = timedelta(days=7)
"""After which nobody is asked for a wrap-up any more."""
LONGEST_SUBJECT = 200
_MOST = 50


@dataclass(frozen=True)
class FollowUp:
    """What is still to be done, and by when: a `case` of the agent's, for everybody to see, or a `reminder` to them."""

    kind: Literal["case", "reminder"]
    subject: str
    due_at: datetime


@dataclass(frozen=True)
class WrapUpView:
    """A wrap-up as it stands. `seconds_left` is for how long it still takes up the agent's room; `reason` is the path
    of the chosen reason, by language."""

    row: WrapUp
    seconds_left: float
    reason: dict[str, list[str]] | None
    case_number: str | None
    agent_name: str | None


async def pending(session: AsyncSession, agent: Agent) -> list[WrapUpView]:
    """What an agent has still to wrap up, the newest first: of the last seven days."""
    rows = await session.scalars(
        select(WrapUp)
        .where(
            WrapUp.agent_id == agent.id, WrapUp.ended_at.is_(None), WrapUp.created_at > utc_now() - OPEN_FOR
        )
        .order_by(WrapUp.created_at.desc())
        .limit(_MOST)
    )  # fmt: skip
    return await views(session, list(rows))


async def of_conversation(session: AsyncSession, conversation_id: UUID, *, actor: Actor) -> list[WrapUpView]:
    """Every wrap-up of a conversation, the newest first. Needs conversations.read."""
    actor.need("conversations.read")
    rows = await session.scalars(
        select(WrapUp)
        .where(WrapUp.conversation_id == conversation_id)
        .order_by(WrapUp.created_at.desc(), WrapUp.id.desc())
        .limit(_MOST)
    )
    return await views(session, list(rows))


async def finish(
    session: AsyncSession,
    wrap_up_id: UUID,
    *,
    agent: Agent,
    actor: Actor,
    summary: str,
    reason_id: UUID | None = None,
    follow_up: FollowUp | None = None,
    version: int | None = None,
) -> WrapUp:
    """Stores what the agent noted, and ends the wrap-up; one that is finished can be corrected the same way.

    With `follow_up` a case is opened about the conversation, due then and the agent's, which needs cases.write, or the
    agent is reminded of it then. Needs conversations.write. Raises NotFound (no such wrap-up of theirs), Stale, NotNow
    for a second follow-up, Invalid: a reason is `missing` where the team must give one, or is none of the team's; a
    summary too long; a day that is past or too far.
    """
    actor.need("conversations.write")
    row = await _theirs(session, wrap_up_id, agent, version)
    words = _words(summary)
    if reason_id is not None and reason_id != row.reason_id:
        offered = {each.id for each in await reasons.offered(session, row.team, language=agent.language)}
        if reason_id not in offered:
            raise Invalid("reason_id", "unknown_reason")
    if reason_id is None and row.required and await reasons.offered(session, row.team, language=agent.language):
        raise Invalid("reason_id", "missing")
    if follow_up is not None:
        await _follow(session, row, follow_up, words, agent=agent, actor=actor)
    now = utc_now()
    row.edited = row.edited or words != row.summary
    row.summary, row.reason_id, row.changed_at = words, reason_id, now
    if row.ended_by != "done":
        row.ended_at, row.ended_by = now, "done"
    await session.flush()
    _note(session, actor, "wrapped_up", row, reason=str(reason_id) if reason_id else None, edited=row.edited)
    return row


async def skip(session: AsyncSession, wrap_up_id: UUID, *, agent: Agent, actor: Actor) -> WrapUp:
    """Leaves it at what was drawn from the transcript. Needs conversations.write. Raises NotFound, NotNow
    (`reason_required`) where the team must give a reason."""
    actor.need("conversations.write")
    row = await _theirs(session, wrap_up_id, agent, None)
    if row.ended_at is not None:
        return row
    if row.required and await reasons.offered(session, row.team, language=agent.language):
        raise NotNow("reason_required")
    row.ended_at, row.ended_by = utc_now(), "skipped"
    await session.flush()
    _note(session, actor, "wrap_up_skipped", row)
    return row


async def views(session: AsyncSession, rows: Collection[WrapUp]) -> list[WrapUpView]:
    """The wrap-ups with what they refer to."""
    clock: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    paths = await _paths(session, {row.reason_id for row in rows if row.reason_id})
    wanted = {row.case_id for row in rows if row.case_id}
    found = await session.execute(select(Case.id, Case.number).where(Case.id.in_(wanted))) if wanted else ()
    numbers = {row.id: row.number for row in found}
    agents = {row.agent_id for row in rows if row.agent_id}
    called = await session.scalars(select(Agent).where(Agent.id.in_(agents))) if agents else ()
    names = {agent.id: agent.first_name for agent in called}
    return [
        WrapUpView(
            row=row,
            seconds_left=max(0.0, (row.until - clock).total_seconds()) if row.ended_at is None else 0.0,
            reason=paths.get(row.reason_id) if row.reason_id else None,
            case_number=numbers.get(row.case_id) if row.case_id else None,
            agent_name=names.get(row.agent_id) if row.agent_id else None,
        )
        for row in rows
    ]


async def _paths(session: AsyncSession, wanted: set[UUID]) -> dict[UUID, dict[str, list[str]]]:
    """What these reasons are called, from the top of the tree, by language."""
    if not wanted:
        return {}
    rows = {row.id: row for row in await session.scalars(select(ClosingReason).limit(reasons.MOST))}
    found: dict[UUID, dict[str, list[str]]] = {}
    for reason_id in wanted & rows.keys():
        names: list[dict[str, str]] = []
        above: UUID | None = reason_id
        while above is not None and len(names) < reasons.DEEPEST:
            names.insert(0, rows[above].names)
            above = rows[above].parent_id
        found[reason_id] = {language: [each[language] for each in names] for language in ("fr", "en")}
    return found


async def _theirs(session: AsyncSession, wrap_up_id: UUID, agent: Agent, version: int | None) -> WrapUp:
    row = await session.get(WrapUp, wrap_up_id, with_for_update=True, populate_existing=True)
    if row is None or row.agent_id != agent.id:
        raise NotFound("no such wrap-up of theirs")
    expect(row, version)
    return row


async def _follow(
    session: AsyncSession, row: WrapUp, wanted: FollowUp, words: str, *, agent: Agent, actor: Actor
) -> None:
    """Makes what reminds the agent, once. A case says what they noted, and nobody is written to about it."""
    if row.case_id is not None or row.reminder_at is not None:
        raise NotNow("followed_up_already")
    now = utc_now()
    if not now < wanted.due_at < now + reminders.FURTHEST:
        raise Invalid("due_at", "day_past" if wanted.due_at <= now else "day_too_far")
    subject = _line(wanted.subject)
    if wanted.kind == "reminder":
        # A wrap-up makes one reminder, however often it is sent.
        await reminders.remind(
            session, conversation_id=row.conversation_id, agent=agent, client_id=row.id, text=subject,
            due_at=wanted.due_at, now=now,
        )  # fmt: skip
        row.reminder_at = wanted.due_at
        return
    new = NewCase(subject=subject, description=words or None, due_at=wanted.due_at, agent_id=agent.id,
                  acknowledge=False)  # fmt: skip
    case = await opening.open_from_conversation(session, row.conversation_id, actor=actor, new=new)
    row.case_id = case.id


def _line(subject: str) -> str:
    try:
        return " ".join(clean(subject, max_length=LONGEST_SUBJECT).split())
    except Empty:
        raise Invalid("subject", "empty") from None
    except TooLong:
        raise Invalid("subject", "too_long", most=LONGEST_SUBJECT) from None


def _words(summary: str) -> str:
    try:
        return clean(summary, max_length=LONGEST) if summary else ""
    except Empty:
        return ""
    except TooLong:
        raise Invalid("summary", "too_long", most=LONGEST) from None


def _note(session: AsyncSession, actor: Actor, action: str, row: WrapUp, **details: Any) -> None:
    subject = ("conversation", row.conversation_id)
    audit.record(session, actor=actor, action=action, subject=subject, wrap_up=str(row.id), **details)
