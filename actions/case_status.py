"""Where cases stand, for the customers whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Final

from actions import awaited, still
from actions.tasks import proving
from actions.tasks.asking import Words
from actions.tasks.buttons import yes_no
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from actions.turn import Turn
from actions.wording import on
from crm_backend.cases import theirs
from crm_backend.cases.model import Case
from crm_backend.cases.queries import OVER
from crm_backend.cases.settings_model import CaseType
from crm_backend.errors import NotProved

MOST: Final = 3
STAGES: Final = {
    "active": "utter_case_status_active",
    "waiting_customer": "utter_case_status_waiting_customer",
    "waiting_other": "utter_case_status_waiting_other",
}
Known = tuple[Case, CaseType]


class CaseStatus(Topic):
    name = "case_status"
    title: ClassVar[Words] = {"fr": "le suivi d’une demande", "en": "following a request"}
    reads = True

    async def goes_on(self, turn: Turn) -> bool:
        return still.waits(turn.text) or awaited.is_asked(turn)

    def points_back(self, turn: Turn) -> bool:
        return awaited.is_asked(turn)

    async def plan(self, talk: Talk) -> None:
        asks = talk.heard and talk.task.asked is None and awaited.is_asked(talk.turn)
        if asks and await awaited.told(talk):
            return
        if still.is_told_again(talk):
            return
        found = await known(talk)
        if not found:
            talk.say("utter_case_status_none", buttons=yes_no(talk.language))
            talk.offer_person("asked")
            return
        going = [each for each in found if each[0].stage not in OVER]
        shown = (going or found)[:MOST]
        for case, kind in shown:
            _tell(talk, case, kind)
        _propose(talk, [case for case, _ in shown])


async def known(talk: Talk) -> Sequence[Known]:
    """The customer's cases, or the one that is named; asks for the proof where it needs one. A number that is none of
    theirs is said to be none, and all of theirs are given."""
    if (named := talk.task.given.pop("case_number", None)) is not None:
        talk.task.settle("case_number", named)
    number = talk.facts.get("case_number")
    conversation = talk.turn.conversation
    try:
        found = await theirs.theirs(talk.session, conversation_id=conversation, number=number)
    except NotProved:
        await proving.customer(talk)
        found = await theirs.theirs(talk.session, conversation_id=conversation, number=number)
    if found or number is None:
        return found
    talk.say("utter_case_status_unknown", number=number)
    talk.task.forget("case_number")
    return await theirs.theirs(talk.session, conversation_id=conversation)


def _propose(talk: Talk, shown: Sequence[Case]) -> None:
    """Offers to take down the word that one of them waits for, or what is not settled after all."""
    for stage, response in (("waiting_customer", "utter_case_status_add"), ("resolved", "utter_case_status_reopen")):
        waiting = [case.number for case in shown if case.stage == stage]
        if waiting:
            talk.say(response, buttons=yes_no(talk.language), number=waiting[0])
            talk.propose("add_to_case", case=waiting[0])
            return


def _tell(talk: Talk, case: Case, kind: CaseType) -> None:
    language = talk.language
    values: dict[str, Any] = {
        "kind": kind.names[language],
        "number": case.number,
        "opened": _on(case.created_at, language),
    }
    if case.stage in OVER:
        ended = case.closed_at if case.stage == "closed" else case.resolved_at
        response = "utter_case_status_closed" if case.stage == "closed" else "utter_case_status_resolved"
        talk.say(response, day=_on(ended or case.status_since, language), **values)
    elif case.stage == "active" and kind.due_months is not None and case.due_at is not None:
        talk.say("utter_case_status_due", day=_on(case.due_at, language), **values)
    else:
        talk.say(STAGES[case.stage], **values)


def _on(when: datetime, language: str) -> str:
    now = tools().now()
    return on(when.astimezone(now.tzinfo).date(), language, today=now.date())
