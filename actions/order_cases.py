"""What people have to see to about an order: one open case of a kind at a time, told with its number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from actions.tasks import casework
from actions.tasks.how_long import asks_how_long
from actions.tasks.orders import Meant
from actions.tasks.talk import Talk
from actions.toolbox import tools
from crm_backend.cases import queries as cases
from crm_backend.cases import troubles
from crm_backend.cases.model import Case
from crm_backend.cases.schema import NewCase
from crm_backend.texts import shorten

TELLING, QUOTED = 15, 400
"""Characters of a message that tells something, and of what is quoted of it."""


def remember_words(talk: Talk) -> None:
    """Keeps what the customer came with, for whoever reads the case. Called first in a plan."""
    text = talk.turn.text.strip()
    begins = talk.heard and talk.turn.intent == talk.task.topic and talk.task.asked is None
    if begins and "said" not in talk.facts and len(text) >= TELLING and not text.startswith("/"):
        talk.facts["said"] = shorten(text, QUOTED)


def quoted(talk: Talk, text: str) -> str:
    """The text of a case, with what the customer came with below."""
    said = talk.facts.get("said")
    return f"{text}\n\n{troubles.SAID[talk.language].format(said=said)}" if said else text


def agreed(talk: Talk, order: Meant, kind: str, **values: str) -> dict[str, Any]:
    """What is agreed to when a case of this kind of trouble is opened, for `open_case`; its text holds what the
    customer came with, and `values` (`troubles.told`)."""
    said = str(talk.facts.get("said", ""))
    return {
        "order": str(order.allowed.order_id),
        "number": order.number,
        "subject": troubles.SUBJECTS[kind][talk.language].format(number=order.number),
        "text": troubles.told(kind, order.view, talk.language, said=said, **values),
        "urgency": troubles.urgency(kind, order.view, today=tools().now().date()),
    }


def tells_how_long(talk: Talk) -> bool:
    """Says until when such a case is seen to, before it is opened, to who asks that: a time is set when it is."""
    if talk.task.asked is None or not asks_how_long(talk.turn.meant):
        return False
    talk.say("utter_case_how_long")
    return True


async def already_open(talk: Talk, order: Meant, *, tag: str) -> bool:
    """Whether a case of this kind is open for the order; it is told then, and a person offered."""
    case = await cases.open_about(talk.session, order.allowed.order_id, tag=tag)
    if case is None:
        return False
    talk.say("utter_case_already_open", case=case.number)
    talk.offer_person("asked")
    talk.focus(order.number)
    return True


async def open_case(
    talk: Talk, session: AsyncSession, agreed: Mapping[str, Any], *, tag: str, urgency: str = "medium"
) -> Case:
    """Opens the case that was agreed to: `order` (its identifier), `number`, `subject`, `text`, and the `type` when it
    is no incident. Once for a task. Raises Invalid."""
    new = NewCase(
        type_key=str(agreed.get("type") or "incident"),
        subject=str(agreed["subject"]),
        description=str(agreed["text"]),
        urgency=urgency,
        tags=[tag],
        order_ids=[UUID(agreed["order"])],
    )
    case = await casework.open_case(talk, session, new)
    talk.focus(str(agreed["number"]))
    return case
