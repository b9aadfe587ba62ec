"""Carrying out the actions of rules and policies, for one situation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.cases import opening, people, services, workflow
from crm_backend.cases.model import Case
from crm_backend.cases.schema import NewCase
from crm_backend.cases.settings_model import LEVELS, PRIORITIES, CasePriority
from crm_backend.errors import Invalid, NotNow, RelaisError
from crm_backend.events import services as events
from crm_backend.notices import services as notices
from crm_backend.rules import saying
from crm_backend.rules.acting import ACTOR, Done, case_of, conversation_of, subject_of
from crm_backend.rules.facts import Situation
from crm_backend.tags import tagging

ESCALATED = {"fr": "Le dossier {case} demande votre attention.", "en": "Case {case} needs your attention."}


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
    return await _change(session, case_of(about), changes)


async def _set(session: AsyncSession, action: Mapping[str, Any], about: Situation, _: Done) -> dict[str, Any]:
    value = UUID(action["value"]) if action["field"] == "category_id" else action["value"]
    return await _change(session, case_of(about), {action["field"]: value})


async def _set_status(session: AsyncSession, action: Mapping[str, Any], about: Situation, _: Done) -> dict[str, Any]:
    case = case_of(about)
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
    case = case_of(about)
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
    case = case_of(about)
    return await _change(session, case, {"tags": list(dict.fromkeys([*case.tags, action["tag"]]))})


async def _remove_tag(session: AsyncSession, action: Mapping[str, Any], about: Situation, _: Done) -> dict[str, Any]:
    case = case_of(about)
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
    new = await people.watch(session, case_of(about).id, actor=ACTOR, agent_id=UUID(action["agent_id"]))
    return {"watcher": action["agent_id"], "new": new}


async def _escalate(session: AsyncSession, action: Mapping[str, Any], about: Situation, done: Done) -> dict[str, Any]:
    result = await _raise_priority(session, action, about, done)
    if "team" in action:
        changed = await _change(session, case_of(about), {"team": action["team"]})
        result["changed"] |= changed["changed"]
    agents = await notices.supervisors(session)
    return result | await saying.tell(session, about, done, agents, ESCALATED, kind="case.escalated")


async def _open_case(session: AsyncSession, action: Mapping[str, Any], about: Situation, _: Done) -> dict[str, Any]:
    if about.case is not None:
        return {"case_id": str(about.case.id), "new": False}
    new = NewCase(type_key=action["type_key"], urgency=action.get("urgency"), team=action.get("team"))
    if about.conversation is None and about.order is not None:
        about.case = await opening.open_from_order(session, about.order, actor=ACTOR, new=new)
        return {"case_id": str(about.case.id), "new": True}
    about.case = await opening.open_from_conversation(session, conversation_of(about), actor=ACTOR, new=new, once=True)
    return {"case_id": str(about.case.id), "new": True}


async def _call(session: AsyncSession, action: Mapping[str, Any], about: Situation, _: Done) -> dict[str, Any]:
    subject = subject_of(about)
    data = {"name": action["name"], "event": about.kind, "event_id": str(about.event_id)}
    await events.emit(session, kind="rule.called", subject=subject, data=data)
    return {"called": action["name"]}


_DO: dict[str, Callable[[AsyncSession, Mapping[str, Any], Situation, Done], Awaitable[dict[str, Any]]]] = {
    "assign": _assign,
    "set": _set,
    "set_status": _set_status,
    "raise_priority": _raise_priority,
    "add_tag": _add_tag,
    "remove_tag": _remove_tag,
    "tag_conversation": _tag_conversation,
    "add_watcher": _add_watcher,
    "notify": saying.notify,
    "notify_agent": saying.notify_agent,
    "reply": saying.reply,
    "escalate": _escalate,
    "open_case": _open_case,
    "call": _call,
}
