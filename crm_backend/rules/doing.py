"""Carrying out the actions of rules and policies, for one situation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, time
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.access.permissions import ALL
from crm_backend.canned import services as canned
from crm_backend.cases import discussion, opening, people, services, workflow
from crm_backend.cases.model import Case, CaseWatcher
from crm_backend.cases.schema import NewCase
from crm_backend.cases.settings_model import LEVELS, PRIORITIES, CasePriority
from crm_backend.errors import Invalid, NotNow, RelaisError
from crm_backend.events import services as events
from crm_backend.notices import services as notices
from crm_backend.notifications import unasked
from crm_backend.notifications.schema import Rules
from crm_backend.rules.facts import Situation
from crm_backend.tags import tagging

ACTOR = Actor("system", ALL, "rules")
"""In whose name rules act; what they did is in their own log."""
UNASKED = frozenset({"case.waited", "clock.warned", "clock.breached", "order.changed"})
"""What happens by the clock or in the shop alone: who is written to then has not just said anything."""
NEVER_QUIET = Rules(zone=UTC, quiet_from=time(), quiet_until=time())
NOTICES: dict[str, dict[str, str]] = {
    "case.escalated": {
        "fr": "Le dossier {case} demande votre attention.",
        "en": "Case {case} needs your attention.",
    },
}


@dataclass
class Done:
    """What came of some actions. `steps` is the log: each action, with what changed or why it was refused. Once it is
    committed, `told` are the agents to wake and `outgoing` says that something is to be sent."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    told: set[UUID] = field(default_factory=set)
    outgoing: set[UUID] = field(default_factory=set)
    refused: bool = False


async def do(session: AsyncSession, actions: Iterable[Mapping[str, Any]], about: Situation) -> Done:
    """Carries out actions in their order. One that is refused is noted and undone, and the others go on: a rule does
    what it can."""
    done = Done()
    for action in actions:
        try:
            async with session.begin_nested():
                result = await _DO[action["do"]](session, action, about, done)
        except RelaisError as error:
            done.refused = True
            done.steps.append({"do": action["do"], "refused": error.code, **_reason(error)})
            if about.case is not None:
                await session.refresh(about.case)
        else:
            done.steps.append({"do": action["do"], **result})
    return done


def _reason(error: RelaisError) -> dict[str, Any]:
    if isinstance(error, Invalid | NotNow):
        return {"reason": error.reason, "facts": {name: str(value) for name, value in error.facts.items()}}
    return {}


def _case(about: Situation) -> Case:
    if about.case is None:
        raise NotNow("rule_without_case")
    return about.case


async def _change(session: AsyncSession, case: Case, changes: Mapping[str, Any]) -> dict[str, Any]:
    names = [*changes, "priority"]
    before = {name: getattr(case, name) for name in names}
    await services.change(session, case.id, actor=ACTOR, changes=changes)
    after = {name: getattr(case, name) for name in names}
    return {
        "changed": {name: [_plain(before[name]), _plain(after[name])] for name in names if before[name] != after[name]}
    }


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


async def _assign(session: AsyncSession, action: Mapping[str, Any], about: Situation, _: Done) -> dict[str, Any]:
    changes: dict[str, Any] = {"team": action["team"]} if "team" in action else {}
    if "agent_id" in action:
        changes["agent_id"] = UUID(action["agent_id"])
    return await _change(session, _case(about), changes)


async def _set(session: AsyncSession, action: Mapping[str, Any], about: Situation, _: Done) -> dict[str, Any]:
    value = UUID(action["value"]) if action["field"] == "category_id" else action["value"]
    return await _change(session, _case(about), {action["field"]: value})


async def _set_status(session: AsyncSession, action: Mapping[str, Any], about: Situation, _: Done) -> dict[str, Any]:
    case = _case(about)
    before = case.status
    await workflow.move(
        session,
        case.id,
        actor=ACTOR,
        to=action["to"],
        reason=action.get("reason", ""),
        resolution=action.get("resolution"),
        summary=action.get("summary", ""),
    )
    return {"changed": {"status": [before, case.status]} if before != case.status else {}}


async def _raise_priority(session: AsyncSession, _a: Mapping[str, Any], about: Situation, _: Done) -> dict[str, Any]:
    """The smallest step up in urgency, then in impact, that makes the case more pressing by the company's matrix."""
    case = _case(about)
    matrix = {(each.impact, each.urgency): each.priority for each in await session.scalars(select(CasePriority))}
    now = PRIORITIES.index(case.priority)
    higher = [
        (LEVELS.index(impact) - LEVELS.index(case.impact), LEVELS.index(urgency) - LEVELS.index(case.urgency))
        for (impact, urgency), priority in matrix.items()
        if PRIORITIES.index(priority) < now
    ]
    possible = [(impact + urgency, impact, urgency) for impact, urgency in higher if impact >= 0 and urgency >= 0]
    if not possible:
        return {"changed": {}}
    _steps, impact, urgency = min(possible)
    return await _change(
        session,
        case,
        {
            "impact": LEVELS[LEVELS.index(case.impact) + impact],
            "urgency": LEVELS[LEVELS.index(case.urgency) + urgency],
        },
    )


async def _add_tag(session: AsyncSession, action: Mapping[str, Any], about: Situation, _: Done) -> dict[str, Any]:
    case = _case(about)
    return await _change(session, case, {"tags": list(dict.fromkeys([*case.tags, action["tag"]]))})


async def _remove_tag(session: AsyncSession, action: Mapping[str, Any], about: Situation, _: Done) -> dict[str, Any]:
    case = _case(about)
    return await _change(session, case, {"tags": [tag for tag in case.tags if tag != action["tag"]]})


async def _tag_conversation(
    session: AsyncSession, action: Mapping[str, Any], about: Situation, _: Done
) -> dict[str, Any]:
    if about.conversation is None:
        raise NotNow("rule_without_conversation")
    before = set(about.conversation.tag_ids)
    tag = UUID(action["tag_id"])
    await tagging.tag(session, actor=ACTOR, conversation_id=about.conversation.id, add=[tag])
    return {"tag": str(tag), "new": tag not in before}


async def _add_watcher(session: AsyncSession, action: Mapping[str, Any], about: Situation, _: Done) -> dict[str, Any]:
    new = await people.watch(session, _case(about).id, actor=ACTOR, agent_id=UUID(action["agent_id"]))
    return {"watcher": action["agent_id"], "new": new}


async def _notify(session: AsyncSession, action: Mapping[str, Any], about: Situation, done: Done) -> dict[str, Any]:
    case, whom = about.case, action["whom"]
    if whom == "supervisors":
        agents = await notices.supervisors(session)
    elif whom == "watchers":
        watching = select(CaseWatcher.agent_id).where(CaseWatcher.case_id == _case(about).id)
        agents = list(await session.scalars(watching))
    else:
        agents = [case.agent_id] if case is not None and case.agent_id else []
    return await _tell(session, about, done, agents, action["texts"], kind="rule")


async def _notify_agent(
    session: AsyncSession, action: Mapping[str, Any], about: Situation, done: Done
) -> dict[str, Any]:
    return await _tell(session, about, done, [UUID(action["agent_id"])], action["texts"], kind="rule")


async def _tell(
    session: AsyncSession, about: Situation, done: Done, agents: list[UUID], texts: Mapping[str, str], *, kind: str
) -> dict[str, Any]:
    subject = _subject(about)
    filled = {language: _filled(text, about) for language, text in texts.items()}
    told = await notices.tell(session, agents=agents, kind=kind, subject=subject, cause=about.event_id, texts=filled)
    done.told |= set(told)
    return {"told": [str(each) for each in told]}


async def _reply(session: AsyncSession, action: Mapping[str, Any], about: Situation, done: Done) -> dict[str, Any]:
    case = _case(about)
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
    reply = await canned.by_shortcut(session, shortcut)
    if reply is None:
        raise NotNow("rule_no_such_reply")
    told = await canned.render(session, actor=ACTOR, reply=reply, conversation_id=_conversation(about), now=about.now)
    if told.missing:
        raise NotNow("rule_reply_lacks", names=", ".join(told.missing))
    return told.language, told.text


async def _held(session: AsyncSession, about: Situation) -> unasked.Held | None:
    who = about.customer.id if about.customer else None
    return await unasked.held(session, who, rules=about.quiet or NEVER_QUIET, now=about.now)


async def _escalate(session: AsyncSession, action: Mapping[str, Any], about: Situation, done: Done) -> dict[str, Any]:
    result = await _raise_priority(session, action, about, done)
    if "team" in action:
        changed = await _change(session, _case(about), {"team": action["team"]})
        result["changed"] |= changed["changed"]
    agents = await notices.supervisors(session)
    return result | await _tell(session, about, done, agents, NOTICES["case.escalated"], kind="case.escalated")


async def _open_case(session: AsyncSession, action: Mapping[str, Any], about: Situation, _: Done) -> dict[str, Any]:
    if about.case is not None:
        return {"case_id": str(about.case.id), "new": False}
    new = NewCase(type_key=action["type_key"], urgency=action.get("urgency"), team=action.get("team"))
    if about.conversation is None and about.order is not None:
        about.case = await opening.open_from_order(session, about.order, actor=ACTOR, new=new)
        return {"case_id": str(about.case.id), "new": True}
    about.case = await opening.open_from_conversation(session, _conversation(about), actor=ACTOR, new=new, once=True)
    return {"case_id": str(about.case.id), "new": True}


async def _call(session: AsyncSession, action: Mapping[str, Any], about: Situation, _: Done) -> dict[str, Any]:
    subject = _subject(about)
    data = {"name": action["name"], "event": about.kind, "event_id": str(about.event_id)}
    await events.emit(session, kind="rule.called", subject=subject, data=data)
    return {"called": action["name"]}


def _subject(about: Situation) -> tuple[str, UUID]:
    """The case; where there is none, the order or the conversation."""
    if about.case is not None:
        return ("case", about.case.id)
    return ("order", about.order.id) if about.order is not None else ("conversation", _conversation(about))


def _conversation(about: Situation) -> UUID:
    if about.conversation is None:
        raise NotNow("rule_without_conversation")
    return about.conversation.id


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


_DO: dict[str, Callable[[AsyncSession, Mapping[str, Any], Situation, Done], Awaitable[dict[str, Any]]]] = {
    "assign": _assign,
    "set": _set,
    "set_status": _set_status,
    "raise_priority": _raise_priority,
    "add_tag": _add_tag,
    "remove_tag": _remove_tag,
    "tag_conversation": _tag_conversation,
    "add_watcher": _add_watcher,
    "notify": _notify,
    "notify_agent": _notify_agent,
    "reply": _reply,
    "escalate": _escalate,
    "open_case": _open_case,
    "call": _call,
}
