"""One case as its page shows it: every field, its clocks, steps, checklist, what was written and said, its links and
its history, from one look."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.cases import checklist, people, queries, workflow
from crm_backend.cases.model import Case, CaseComment, CaseEvent, CaseItem
from crm_backend.cases.schema import Step
from crm_backend.conversations.model import Conversation
from crm_backend.orders.model import Order
from crm_backend.service_levels import clocks
from crm_backend.texts import shorten
from server.api.nouns.cases.shapes import CaseOut
from server.desk.case_rows import agent_names, clock_out, customer_names, plain
from server.files import FileStore

SAID, HAPPENED = 200, 100
"""The latest comments and replies, and the latest of the history, that come at once."""
TALKS = "conversations.read"
OF_CASE = ("id", "number", "subject", "status", "stage", "priority")


async def whole(session: AsyncSession, case: Case, *, actor: Actor, files: FileStore) -> dict[str, Any]:
    """Everything about a case that the agent may see. Raises NotAllowed."""
    linked = await queries.hanging(session, case, actor=actor)
    said = list((await session.execute(_latest(case, actor))).tuples())[::-1]
    happened = list(
        await session.scalars(queries.history(case.id, actor=actor).order_by(CaseEvent.seq.desc()).limit(HAPPENED))
    )
    items = await checklist.items(session, case.id, actor=actor)
    named = [case.opened_by, *(each.author for each, _ in said), *(each.actor for each in happened)]
    names = await agent_names(session, [*named, *(item.done_by for item in items), *_agents(case, happened)])
    customers = await customer_names(session, [case.customer_id], actor)
    others = [case.parent_id, case.duplicate_of_id]
    above: dict[UUID | None, Case] = {
        each.id: each for each in await session.scalars(select(Case).where(Case.id.in_(filter(None, others))))
    }
    kept = await people.files(session, case.id, actor=actor)
    return {
        "case": CaseOut.model_validate(case).model_dump(mode="json"),
        "customer": {"id": str(case.customer_id), "name": customers[case.customer_id]}
        if case.customer_id in customers
        else None,
        "clocks": [clock_out(each) for each in await clocks.of_case(session, case.id)],
        "steps": [_step(each) for each in await workflow.steps(session, case, actor=actor)],
        "items": [_item(each) for each in items],
        "said": [_said(each, text) for each, text in said],
        "history": [_event(each) for each in happened],
        "names": names,
        "links": {
            "conversations": [_conversation(each) for each in linked.conversations] if actor.may(TALKS) else [],
            "orders": [_order(each) for each in linked.orders] if actor.may("orders.read") else [],
            "related": [_other(each) for each in linked.related],
            "children": [_other(each) for each in linked.children],
            "duplicates": [_other(each) for each in linked.duplicates],
            "parent": _other(above.get(case.parent_id)),
            "original": _other(above.get(case.duplicate_of_id)),
            "watchers": [_agent(each) for each in linked.watchers],
        },
        "files": [
            {
                "id": str(each.id),
                "name": each.name,
                "media_type": each.media_type,
                "size": each.size,
                "path": files.path(each.id) if each.state == "kept" else None,
                "comment_id": plain(comment_id),
            }
            for each, comment_id in kept
        ],
    }


def _latest(case: Case, actor: Actor) -> Any:
    newest_first = (CaseComment.created_at.desc(), CaseComment.id.desc())
    return queries.comments(case.id, actor=actor).order_by(*newest_first).limit(SAID)


def _agents(case: Case, happened: list[CaseEvent]) -> list[str]:
    """The agents that the history speaks of, as actors."""
    told = [each.changes.get("agent_id") or {} for each in happened]
    found = {value for change in told for value in change.values() if value}
    return [f"agent:{each}" for each in found | ({str(case.agent_id)} if case.agent_id else set())]


def _step(step: Step) -> dict[str, Any]:
    return _of(step, "to", "stage", "needs", "missing", "permitted")


def _item(item: CaseItem) -> dict[str, Any]:
    return _of(item, "id", "texts", "required", "done_at", "done_by")


def _said(comment: CaseComment, text: str | None) -> dict[str, Any]:
    told = _of(comment, "id", "author", "agent_id", "created_at", "edited_at", "version")
    return told | {"reply": comment.message_id is not None, "body": text if text is not None else comment.body}


def _event(event: CaseEvent) -> dict[str, Any]:
    return _of(event, "id", "at", "actor", "action", "changes", "details")


def _conversation(row: Conversation) -> dict[str, Any]:
    told = _of(row, "id", "channel", "last_message_at")
    return told | {"subject": shorten(row.subject, 120) if row.subject else None}


def _order(row: Order) -> dict[str, Any]:
    return _of(row, "id", "number", "status")


def _other(case: Case | None) -> dict[str, Any] | None:
    return _of(case, *OF_CASE) if case is not None else None


def _agent(row: Agent) -> dict[str, Any]:
    return _of(row, "id", "name")


def _of(row: Any, *names: str) -> dict[str, Any]:
    return {name: plain(getattr(row, name)) for name in names}
