"""What rules say: to agents by notices, and to customers in their conversation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, time
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.canned import services as canned
from crm_backend.cases import discussion
from crm_backend.cases.model import CaseWatcher
from crm_backend.errors import NotNow
from crm_backend.notices import services as notices
from crm_backend.notifications import unasked
from crm_backend.notifications.schema import Rules
from crm_backend.rules.acting import ACTOR, Done, case_of, conversation_of, subject_of
from crm_backend.rules.facts import Situation

UNASKED = frozenset({"case.waited", "clock.warned", "clock.breached", "order.changed"})
"""What happens by the clock or in the shop alone: who is written to then has not just said anything."""
NEVER_QUIET = Rules(zone=UTC, quiet_from=time(), quiet_until=time())


async def notify(session: AsyncSession, action: Mapping[str, Any], about: Situation, done: Done) -> dict[str, Any]:
    """Tells whom the action names: supervisors, the case's watchers, or its agent."""
    case, whom = about.case, action["whom"]
    if whom == "supervisors":
        agents = await notices.supervisors(session)
    elif whom == "watchers":
        watching = select(CaseWatcher.agent_id).where(CaseWatcher.case_id == case_of(about).id)
        agents = list(await session.scalars(watching))
    else:
        agents = [case.agent_id] if case is not None and case.agent_id else []
    return await tell(session, about, done, agents, action["texts"], kind="rule")


async def notify_agent(
    session: AsyncSession, action: Mapping[str, Any], about: Situation, done: Done
) -> dict[str, Any]:
    """Tells one agent."""
    return await tell(session, about, done, [UUID(action["agent_id"])], action["texts"], kind="rule")


async def tell(
    session: AsyncSession, about: Situation, done: Done, agents: list[UUID], texts: Mapping[str, str], *, kind: str
) -> dict[str, Any]:
    """Gives agents a notice, once for an event."""
    subject = subject_of(about)
    filled = {language: _filled(text, about) for language, text in texts.items()}
    told = await notices.tell(session, agents=agents, kind=kind, subject=subject, cause=about.event_id, texts=filled)
    done.told |= set(told)
    return {"told": [str(each) for each in told]}


async def reply(session: AsyncSession, action: Mapping[str, Any], about: Situation, done: Done) -> dict[str, Any]:
    """Answers the customer in the case's conversation, in their language; keeps back what nobody asked for at hours
    that are theirs."""
    case = case_of(about)
    if about.kind in UNASKED and (why := await _held(session, about)) is not None:
        return {"held_back": why.why, "until": why.until.isoformat() if why.until else None}
    if "canned" in action:
        language, text = await _canned(session, action["canned"], about)
    else:
        language = about.conversation.language if about.conversation else case.language
        text = _filled(action["texts"][language], about)
    said = await discussion.reply(session, case.id, actor=ACTOR, text=text)
    if about.conversation is not None:
        done.outgoing.add(about.conversation.id)
    return {"language": language, "message_id": str(said.message_id)}


async def _canned(session: AsyncSession, shortcut: str, about: Situation) -> tuple[str, str]:
    """A canned reply as an agent would send it there, in the conversation's language. Raises NotNow for one that there
    is no more, or that lacks a fact: half a sentence is not sent."""
    found = await canned.by_shortcut(session, shortcut)
    if found is None:
        raise NotNow("rule_no_such_reply")
    told = await canned.render(session, actor=ACTOR, reply=found, conversation_id=conversation_of(about), now=about.now)
    if told.missing:
        raise NotNow("rule_reply_lacks", names=", ".join(told.missing))
    return told.language, told.text


async def _held(session: AsyncSession, about: Situation) -> unasked.Held | None:
    who = about.customer.id if about.customer else None
    return await unasked.held(session, who, rules=about.quiet or NEVER_QUIET, now=about.now)


def _filled(text: str, about: Situation) -> str:
    """The text with what it names; a customer's own words are put in as they are, and nothing in them is filled."""
    known = {
        "{first_name}": about.customer.first_name if about.customer else "",
        "{case}": about.case.number if about.case else "",
        "{order}": about.order.number if about.order else "",
    }
    for name, value in known.items():
        text = text.replace(name, value.replace("{", "").replace("}", ""))
    return text.strip()
