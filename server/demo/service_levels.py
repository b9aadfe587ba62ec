"""What the demo company promises: two calendars, three policies and three rules to begin with."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.calendars import services as calendars
from crm_backend.cases import events as case_events
from crm_backend.rules import services as rules
from crm_backend.service_levels import following, policies

_OFFICE = ("mon", "tue", "wed", "thu", "fri")
PARIS: dict[str, Any] = {
    "name": "Paris",
    "zone": "Europe/Paris",
    "place": "FR",
    "week": {day: [["09:00", "12:30"], ["13:30", "18:00"]] for day in _OFFICE} | {"sat": [["10:00", "16:00"]]},
}
LONDON: dict[str, Any] = {
    "name": "Londres",
    "zone": "Europe/London",
    "place": "GB-ENG",
    "week": {day: [["09:00", "17:30"]] for day in _OFFICE},
}
LATE = {
    "fr": "Le délai promis pour le dossier {case} est dépassé.",
    "en": "The time promised for case {case} has passed.",
}
POLICIES: tuple[dict[str, Any], ...] = (
    {"name": "Standard", "first_response": 240, "next_response": 240, "resolution": 2400},
    {
        "name": "Réclamations",
        "type_key": "complaint",
        "first_response": 120,
        "next_response": 120,
        "resolution": 1440,
        "on_breach": [{"do": "notify", "whom": "supervisors", "texts": LATE}],
    },
    {
        "name": "Urgent",
        "priority": "urgent",
        "first_response": 30,
        "next_response": 30,
        "resolution": 480,
        "warn_percent": 50,
        "on_warning": [{"do": "notify", "whom": "agent", "texts": {
            "fr": "Le dossier {case} attend, et il est urgent.",
            "en": "Case {case} is waiting, and it is urgent.",
        }}],
        "on_breach": [{"do": "escalate"}],
    },
)  # fmt: skip
RULES: tuple[dict[str, Any], ...] = (
    {
        "name": "Les superviseurs apprennent les réclamations pressantes",
        "event": "case.opened",
        "condition": {
            "all": [
                {"field": "case.type", "is": "is", "value": "complaint"},
                {"field": "case.priority", "is": "in", "value": ["urgent", "high"]},
            ]
        },
        "actions": [
            {
                "do": "notify",
                "whom": "supervisors",
                "texts": {
                    "fr": "Réclamation pressante\u00a0: dossier {case}.",
                    "en": "A pressing complaint: case {case}.",
                },
            }
        ],
    },
    {
        "name": "Un client que nous attendons est relancé au bout de trois jours",
        "event": "case.waited",
        "wait": {"status": "waiting_on_customer", "hours": 72},
        "actions": [
            {
                "do": "reply",
                "texts": {
                    "fr": "Bonjour {first_name}, nous attendons votre réponse pour avancer sur votre dossier {case}.",
                    "en": "Hello {first_name}, we need your answer to go on with your case {case}.",
                },
            }
        ],
    },
    {
        "name": "Un délai promis et dépassé se voit",
        "event": "clock.breached",
        "actions": [{"do": "add_tag", "tag": "late"}, {"do": "notify", "whom": "agent", "texts": LATE}],
    },
)


async def promise(session: AsyncSession) -> None:
    """Stores calendars, policies and rules. The caller commits.

    Cases that are stored afterwards have their clocks; rules are for what happens once the company is open.
    """
    case_events.follow(following.count)
    paris = await calendars.add(session, actor=COMMAND_LINE, **PARIS)
    await calendars.add(session, actor=COMMAND_LINE, **LONDON)
    for policy in POLICIES:
        await policies.add(session, actor=COMMAND_LINE, fields={**policy, "calendar_id": paris.id})
    for rule in RULES:
        await rules.add(session, actor=COMMAND_LINE, fields=rule)
