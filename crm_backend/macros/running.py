"""Running a macro in a conversation: all of it or nothing, and the same beforehand to see what would come of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.audit.services import record
from crm_backend.calendars.wall_clock import instant
from crm_backend.canned import services as canned
from crm_backend.canned.model import CannedReply
from crm_backend.cases import opening, workflow
from crm_backend.cases.model import CaseConversation
from crm_backend.cases.schema import NewCase
from crm_backend.conversations import services, stream
from crm_backend.conversations.desk import second_thoughts
from crm_backend.conversations.handing_over import overlap, owners, snoozes
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import agent_owner
from crm_backend.errors import NotNow, NotOwner, OwnerChanged, RelaisError
from crm_backend.macros.model import Macro
from crm_backend.macros.steps import LAST, tags_of
from crm_backend.routing import passing
from crm_backend.tags import tagging

_MORNING = 9 * 60
_OUT = ("send", *LAST)
"""Steps that the customer sees, or after which the agent does not see the customer."""


@dataclass
class Did:
    """A step and what came of it. `refused` is why it cannot be done; of one that was not tried neither is set."""

    step: Mapping[str, Any]
    done: bool = False
    refused: RelaisError | None = None
    told: dict[str, Any] = field(default_factory=dict)


@dataclass
class Ran:
    """What a macro did, or would do. Nothing of it stays unless `done`. `insert` is for the composer, and `offered` an
    agent who is offered the conversation. What is `barred` is to say anything, and to put the conversation away."""

    steps: list[Did]
    done: bool = False
    insert: str = ""
    offered: UUID | None = None
    barred: RelaisError | None = None


@dataclass(frozen=True)
class Running:
    """Where and by whom a macro is run. `now` is where the company is; on the channels of `ask_in` customers are asked
    how a conversation was when it is closed. Repeating a `client_id` says nothing twice; with `seen`, the last message
    the agent had before their eyes, nothing is said over an answer, or put away over a customer's words, that came
    since. A page that does not tell it (an older one) says something once for each message of the customer."""

    actor: Actor
    agent: Agent
    conversation_id: UUID
    version: int
    client_id: UUID
    now: datetime
    ask_in: Collection[str] = ()
    seen: int | None = None


class _TakeBack(Exception):
    """Leaves the savepoint, and what was done in it."""


async def run(session: AsyncSession, macro: Macro, running: Running, *, rehearse: bool = False) -> Ran:
    """Does every step, or none when one is refused, which is said with it. To `rehearse` is to try every step and take
    all of it back, so that refusals are the real ones. Raises NotFound for no such conversation, and NotAllowed."""
    running.actor.need("conversations.write")
    ran = Ran([Did(step) for step in macro.steps])
    await tagging.hold(session, tags_of(macro.steps))
    conversation = await stream.locked(session, running.conversation_id)
    try:
        async with session.begin_nested():
            if any(step["do"] in _OUT for step in macro.steps):
                if running.seen is None:
                    running = replace(running, seen=await overlap.last_of_customer(session, conversation))
                ran.barred = await _barred(session, macro, running, conversation)
            for did in ran.steps:
                await _try(session, did, running, ran)
                if did.refused is not None and not rehearse:
                    raise _TakeBack
            if rehearse:
                raise _TakeBack
    except _TakeBack:
        if not rehearse:
            for did in ran.steps:
                did.done = False
            ran.insert, ran.offered = "", None
        return ran
    ran.done = True
    record(
        session,
        actor=running.actor,
        action="ran",
        subject=("macro", macro.id),
        conversation=str(running.conversation_id),
        does=[step["do"] for step in macro.steps],
    )
    await session.flush()
    return ran


async def _barred(
    session: AsyncSession, macro: Macro, running: Running, conversation: Conversation
) -> RelaisError | None:
    """Why nothing may leave a locked conversation, nor it be left, by this macro; else what its agent still has waiting
    there has been said."""
    agent, seen = running.agent, running.seen
    sends = [n for n, step in enumerate(macro.steps) if step["do"] == "send"]
    try:
        async with session.begin_nested():
            if conversation.owner == agent_owner(agent.id) and conversation.version != running.version:
                raise OwnerChanged("changed meanwhile", holder=agent.first_name)
            if sends and seen is not None:
                own = [f"agent:{agent.id}:{uuid5(running.client_id, str(n))}" for n in sends]
                await overlap.refuse_again(session, conversation, agent=agent, seen=seen, but=own)
            await second_thoughts.say_now(session, conversation_id=conversation.id, agent=agent, or_refuse=True)
    except RelaisError as error:
        return error
    return None


async def _try(session: AsyncSession, did: Did, running: Running, ran: Ran) -> None:
    if ran.barred is not None and did.step["do"] in _OUT:
        did.refused = ran.barred
        return
    try:
        async with session.begin_nested():
            did.told = await _DO[did.step["do"]](session, did.step, running, ran)
            await session.flush()
        did.done = True
    except RelaisError as error:
        did.refused = error


async def _said(session: AsyncSession, step: Mapping[str, Any], running: Running) -> dict[str, Any]:
    """The words of a step, filled in for the conversation."""
    if "canned" in step:
        reply = await canned.by_shortcut(session, step["canned"])
        if reply is None:
            raise NotNow("macro_no_reply", shortcut=step["canned"])
    else:
        # Never added to the session: it is filled in as a reply that is kept would be.
        reply = CannedReply(texts=step["texts"])
    made = await canned.render(
        session, actor=running.actor, reply=reply, conversation_id=running.conversation_id, now=running.now
    )
    return {"text": made.text, "language": made.language, "missing": made.missing}


async def _insert(session: AsyncSession, step: Mapping[str, Any], running: Running, ran: Ran) -> dict[str, Any]:
    told = await _said(session, step, running)
    ran.insert = told["text"]
    return told


async def _send(session: AsyncSession, step: Mapping[str, Any], running: Running, ran: Ran) -> dict[str, Any]:
    told = await _said(session, step, running)
    place = next(n for n, did in enumerate(ran.steps) if did.step is step)
    await owners.answer(
        session,
        conversation_id=running.conversation_id,
        agent=running.agent,
        client_id=uuid5(running.client_id, str(place)),
        text=told["text"],
        seen=running.seen,
    )
    return told


async def _tag(session: AsyncSession, step: Mapping[str, Any], running: Running, _: Ran) -> dict[str, Any]:
    ids = [UUID(step["tag"])]
    put = {"add": ids} if step["do"] == "add_tag" else {"remove": ids}
    await tagging.tag(session, actor=running.actor, conversation_id=running.conversation_id, **put)
    return {}


async def _language(session: AsyncSession, step: Mapping[str, Any], running: Running, _: Ran) -> dict[str, Any]:
    conversation = await stream.locked(session, running.conversation_id)
    if conversation.owner != agent_owner(running.agent.id):
        raise NotOwner("not the owner")
    if conversation.language != step["language"]:
        await services.set_language(session, conversation_id=conversation.id, language=step["language"])
        subject = ("conversation", conversation.id)
        record(session, actor=running.actor, action="language_set", subject=subject, language=step["language"])
    return {}


async def _open_case(session: AsyncSession, step: Mapping[str, Any], running: Running, _: Ran) -> dict[str, Any]:
    new = NewCase(type_key=step["type"], urgency=step.get("urgency"))
    case = await opening.open_from_conversation(
        session, running.conversation_id, actor=running.actor, new=new, once=True
    )
    return {"case": case.number}


async def _change_case(session: AsyncSession, step: Mapping[str, Any], running: Running, _: Ran) -> dict[str, Any]:
    going = select(CaseConversation.case_id).where(
        CaseConversation.conversation_id == running.conversation_id, CaseConversation.going
    )
    found = list(await session.scalars(going))
    if len(found) != 1:
        raise NotNow("macro_several_cases" if found else "macro_no_case")
    case = await workflow.move(
        session,
        found[0],
        actor=running.actor,
        to=step["status"],
        reason=step.get("reason", ""),
        resolution=step.get("resolution"),
        summary=step.get("summary", ""),
    )
    return {"case": case.number}


async def _assign(session: AsyncSession, step: Mapping[str, Any], running: Running, ran: Ran) -> dict[str, Any]:
    whose: dict[str, Any] = {
        "conversation_id": running.conversation_id,
        "agent": running.agent,
        "version": running.version,
    }
    if "team" in step:
        await passing.to_team(session, team=step["team"], **whose)
    else:
        await passing.to_agent(session, to=UUID(step["agent"]), **whose)
        ran.offered = UUID(step["agent"])
    return {}


async def _snooze(session: AsyncSession, step: Mapping[str, Any], running: Running, _: Ran) -> dict[str, Any]:
    until = when(step["until"], running.now)
    await snoozes.snooze(
        session,
        conversation_id=running.conversation_id,
        agent=running.agent,
        version=running.version,
        until=until,
        now=running.now,
        seen=running.seen,
    )
    return {"until": until.isoformat() if until else None}


async def _close(session: AsyncSession, _step: Mapping[str, Any], running: Running, _: Ran) -> dict[str, Any]:
    await owners.close(
        session,
        conversation_id=running.conversation_id,
        agent=running.agent,
        version=running.version,
        ask_in=running.ask_in,
        seen=running.seen,
    )
    return {}


def when(until: str, now: datetime) -> datetime | None:
    """The moment that `until` (one of steps.SNOOZES) means at `now`, which is in the company's zone."""
    if until == "written":
        return None
    if until in ("hour", "four_hours"):
        return now + timedelta(hours=1 if until == "hour" else 4)
    assert now.tzinfo is not None
    return instant(now.date() + timedelta(days=1 if until == "tomorrow" else 7), _MORNING, now.tzinfo)


_DO: dict[str, Callable[[AsyncSession, Mapping[str, Any], Running, Ran], Awaitable[dict[str, Any]]]] = {
    "insert": _insert,
    "send": _send,
    "add_tag": _tag,
    "remove_tag": _tag,
    "set_language": _language,
    "open_case": _open_case,
    "change_case": _change_case,
    "assign": _assign,
    "snooze": _snooze,
    "close": _close,
}
