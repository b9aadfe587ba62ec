"""Rules, what they did, and trying one without doing it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from crm_backend.cases import queries as cases
from crm_backend.rules import services, trying
from crm_backend.rules.fields import COMPARISONS, FIELDS
from crm_backend.rules.model import Rule, RuleRun
from crm_backend.rules.services import Begins
from server.api import ABSENT, Call, In, Listing, Noun, Out, Page, Patch, Sorts, Sparse, VersionedOut
from server.problems.reasons import told
from server.schedule import notification_rules

noun = Noun("rules", fr="Règles", en="Rules")
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, strip_whitespace=True),
    Field(examples=["Urgent complaints to the experts"]),
]
Condition = Annotated[
    dict[str, Any],
    Field(
        description="A tree of all, any and not, with comparisons (/rule-fields) at its ends; empty holds always.",
        examples=[{"all": [{"field": "case.priority", "is": "is", "value": "urgent"}]}],
    ),
]
Actions = Annotated[
    list[dict[str, Any]], Field(min_length=1, max_length=20, examples=[[{"do": "assign", "team": "experts"}]])
]
Position = Annotated[int, Field(ge=0, le=10_000)]


class WaitIn(In):
    status: Annotated[str, Field(min_length=1, max_length=60, examples=["waiting_on_customer"])]
    hours: Annotated[int, Field(ge=1, le=services.LONGEST_WAIT, examples=[72])]
    calendar_id: UUID | None = Field(None, description="Makes them hours of work.")


class RuleOut(VersionedOut):
    id: UUID
    name: str = Field(examples=["Urgent complaints to the experts"])
    enabled: bool
    position: int
    event: str = Field(examples=["case.opened"])
    wait: dict[str, Any] | None
    condition: dict[str, Any]
    actions: list[dict[str, Any]]
    stop: bool
    created_at: datetime


class RuleIn(In):
    name: Name
    enabled: bool = True
    position: Position | None = Field(None, description="Last, if it is not given.")
    event: Begins
    wait: WaitIn | None = Field(None, description="Goes with case.waited: time that passes.")
    condition: Condition = Field(default_factory=dict)
    actions: Actions
    stop: bool = Field(default=False, description="Whether later rules are left out once it matched.")


class RulePatch(Patch):
    name: Name = ABSENT
    enabled: bool = ABSENT
    position: Position = ABSENT
    event: Begins = ABSENT
    wait: WaitIn | None = ABSENT
    condition: Condition = ABSENT
    actions: Actions = ABSENT
    stop: bool = ABSENT


class RuleQuery(Listing):
    event: Begins | None = None
    enabled: bool | None = None


class OrderIn(In):
    rules: Annotated[list[UUID], Field(max_length=services.MOST_RULES)]


class TryIn(In):
    event: Begins
    wait: WaitIn | None = None
    condition: Condition = Field(default_factory=dict)
    actions: Actions
    case_id: UUID | None = Field(None, description="The case to try it with, as it is now.")
    event_id: UUID | None = Field(None, description="An event that happened, to try it with.")
    days: Annotated[int | None, Field(ge=1, le=31, description="The newest 100 events of so many days.")] = None
    last: Annotated[int, Field(ge=1, le=50, description="Else so many of the newest cases.")] = 20
    change: dict[Literal["from", "to"], Annotated[str, Field(max_length=100)]] = Field(
        default_factory=dict, description="What the event would tell."
    )


class TriedOut(Out):
    case_id: UUID | None
    number: str | None = Field(examples=["C-2026-000123"])
    matches: bool
    steps: list[dict[str, Any]] = Field(
        description="What each action would change, or why (in words) it would be refused.",
        examples=[[{"do": "assign", "changed": {"team": ["support", "experts"]}}]],
    )
    at: datetime | None = Field(description="When the event happened that it was tried with.")


class RunOut(Out):
    id: UUID
    rule_id: UUID
    event_id: UUID
    event: str = Field(examples=["case.opened"])
    case_id: UUID | None
    outcome: Literal["done", "failed", "held"]
    steps: list[dict[str, Any]]
    created_at: datetime


class FieldOut(Out):
    field: str = Field(examples=["case.priority"])
    label: str = Field(description="In the caller’s language.", examples=["Case priority"])
    type: Literal["word", "text", "number", "yes_no", "list"]
    comparisons: list[str] = Field(examples=[["is", "is_not"]])
    choices: list[str]


RULE_SORTS = Sorts(by=Rule.id, default="position", position=Rule.position)
RUN_SORTS = Sorts(by=RuleRun.id, default="-created_at", created_at=RuleRun.created_at)


@noun.get("/rules", needs="cases.read", fr="Lister les règles", en="List rules", sorts=RULE_SORTS)
async def list_rules(call: Call, query: RuleQuery) -> Page[RuleOut]:
    statement = services.listed(call.actor, event=query.event, enabled=query.enabled)
    return await call.page(statement, query, RuleOut.model_validate)


@noun.post("/rules", needs="cases.configure", fr="Ajouter une règle", en="Add a rule", status=201)
async def add_rule(call: Call, body: RuleIn) -> RuleOut:
    fields = body.model_dump()
    if body.position is None:
        del fields["position"]
    return RuleOut.model_validate(await services.add(call.session, actor=call.actor, fields=_plain(fields)))


@noun.get("/rules/{rule_id}", needs="cases.read", fr="Lire une règle", en="Read a rule")
async def read_rule(call: Call, rule_id: UUID, query: Sparse) -> RuleOut:
    return RuleOut.model_validate(await services.one(call.session, rule_id, actor=call.actor))


@noun.patch("/rules/{rule_id}", needs="cases.configure", fr="Modifier une règle", en="Change a rule")
async def change_rule(call: Call, rule_id: UUID, body: RulePatch) -> RuleOut:
    changes = _plain(body.model_dump(include=set(body.given())))
    changed = await services.change(call.session, rule_id, actor=call.actor, changes=changes, version=call.version)
    return RuleOut.model_validate(changed)


@noun.delete("/rules/{rule_id}", needs="cases.configure", fr="Supprimer une règle", en="Delete a rule", versioned=True)
async def remove_rule(call: Call, rule_id: UUID) -> None:
    await services.remove(call.session, rule_id, actor=call.actor, version=call.version)


@noun.post("/rules/reorder", needs="cases.configure", fr="Ordonner les règles", en="Put rules in order")
async def reorder_rules(call: Call, body: OrderIn) -> Page[RuleOut]:
    found = await services.order(call.session, body.rules, actor=call.actor)
    return Page([RuleOut.model_validate(each) for each in found])


@noun.post(
    "/rules/try", needs="cases.configure", fr="Essayer une règle", en="Try a rule",
    more={
        "fr": "Montre ce que la règle ferait. Rien n’est changé, personne n’est prévenu.",
        "en": "Shows what the rule would do. Nothing is changed, and nobody is told.",
    },
)  # fmt: skip
async def try_rule(call: Call, body: TryIn) -> Page[TriedOut]:
    fields = _plain(body.model_dump(include={"event", "wait", "condition", "actions"}))
    tried = await trying.try_rule(
        call.session,
        actor=call.actor,
        fields=fields,
        case_id=body.case_id,
        event_id=body.event_id,
        days=body.days,
        last=body.last,
        data={str(name): value for name, value in body.change.items()},
        quiet=notification_rules(call.means.settings),
    )
    return Page(
        [TriedOut.model_validate({**asdict(each), "steps": _worded(each.steps, call.language)}) for each in tried]
    )


@noun.get(
    "/rules/{rule_id}/runs",
    needs="cases.read",
    fr="Lire ce qu’a fait une règle",
    en="Read what a rule did",
    sorts=RUN_SORTS,
)
async def list_rule_runs(call: Call, rule_id: UUID, query: Listing) -> Page[RunOut]:
    await services.one(call.session, rule_id, actor=call.actor)
    return await call.page(services.runs(call.actor, rule_id), query, partial(_run, language=call.language))


@noun.get(
    "/cases/{case_id}/rule-runs", needs="cases.read", fr="Lire ce que des règles ont fait d’un dossier",
    en="Read what rules did for a case",
)  # fmt: skip
async def list_case_rule_runs(call: Call, case_id: UUID) -> Page[RunOut]:
    await cases.one(call.session, case_id, actor=call.actor)
    found = await services.log_of_case(call.session, case_id, actor=call.actor)
    return Page([_run(each, language=call.language) for each in found])


@noun.get("/rule-fields", needs="cases.read", fr="Lister ce que demandent les règles", en="List what rules can ask")
async def list_rule_fields(call: Call) -> Page[FieldOut]:
    return Page(
        [
            FieldOut(
                field=path,
                label=field.fr if call.language == "fr" else field.en,
                type=field.type,
                comparisons=list(COMPARISONS[field.type]),
                choices=list(field.choices),
            )
            for path, field in FIELDS.items()
        ]
    )


def _run(row: RuleRun, *, language: str) -> RunOut:
    found = RunOut.model_validate(row)
    return found.model_copy(update={"steps": _worded(found.steps, language)})


def _worded(steps: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """With the reason of each refusal in words."""
    return [
        {**step, "why": told(step["reason"], language, step.get("facts"))} if "reason" in step else step
        for step in steps
    ]


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """With the calendar of a wait as text, as it is stored."""
    wait = fields.get("wait")
    if wait is not None:
        fields["wait"] = {name: str(value) if name == "calendar_id" else value for name, value in wait.items() if value}
    return fields
