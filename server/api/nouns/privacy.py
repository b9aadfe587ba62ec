"""Privacy: a copy of a person's data, their erasure, and how long what is kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from crm_backend.privacy import erasing, retention
from crm_backend.privacy.export import export
from crm_backend.privacy.kinds import KINDS
from crm_backend.privacy.model import Erasure, RetentionRule, RetentionRun
from crm_backend.privacy.reasons import REASONS
from server.api import ABSENT, Call, File, In, Listing, Noun, Out, Page, Patch, Sorts, Sparse, VersionedOut
from server.privacy.copy import archive

noun = Noun("privacy", fr="Vie privée", en="Privacy")
Days = Annotated[int, Field(ge=1, le=retention.LONGEST)]


class WorkOut(Out):
    deleted: int = 0
    emptied: int = 0
    kept: int = 0
    why: str | None = Field(None, description="Why it was not deleted, in the caller’s language.")


class PreviewOut(Out):
    tables: dict[str, WorkOut]
    under_way: dict[str, int] = Field(description="What speaks against it now.", examples=[{"orders": 1}])


class ErasureOut(Out):
    id: UUID
    customer_id: UUID
    actor: str
    reason: Literal["asked", "retention"]
    tables: dict[str, WorkOut]
    created_at: datetime


class ErasureIn(In):
    regardless: bool = Field(False, description="Erase although something is under way.")


class RuleOut(VersionedOut):
    kind: str = Field(examples=["conversations"])
    name: str = Field(examples=["Closed conversations, with their files"])
    enabled: bool
    days: int = Field(description="For how many days it is kept.", examples=[1095])
    least: int = Field(description="The fewest days that can be set.")


class RulePatch(Patch):
    enabled: bool = ABSENT
    days: Days = ABSENT


class DueOut(Out):
    kind: str
    enabled: bool
    days: int
    count: int = Field(description="How many the next night would let go.")
    oldest: datetime | None


class RunOut(Out):
    day: date
    started_at: datetime
    ended_at: datetime | None
    report: dict[str, int] = Field(description="How many of each kind were let go.")


class RulesOut(Out):
    items: list[RuleOut]


class DuesOut(Out):
    items: list[DueOut]


ERASURE_SORTS = Sorts(by=Erasure.id, default="-created_at", created_at=Erasure.created_at)
RUN_SORTS = Sorts(by=RetentionRun.day, default="-started_at", started_at=RetentionRun.started_at)


@noun.get(
    "/customers/{customer_id}/data",
    needs="customers.export",
    fr="Copier les données d’une personne",
    en="Copy a person’s data",
    produces="application/zip",
    writes=True,
    more={
        "fr": "Une archive\u00a0: `data.json`, une page à lire en français et en anglais, et les fichiers.",
        "en": "An archive: `data.json`, a page to read in French and in English, and the files.",
    },
)
async def copy_data(call: Call, customer_id: UUID) -> File:
    copy = await export(call.session, customer_id, actor=call.actor)
    content = await archive(copy, files=call.means.files, company=call.means.settings.company)
    return File(f"{customer_id}.zip", "application/zip", content)


@noun.get(
    "/customers/{customer_id}/erasure",
    needs="customers.erase",
    fr="Voir ce que l’effacement ferait",
    en="See what erasing would do",
)
async def preview_erasure(call: Call, customer_id: UUID, query: Sparse) -> PreviewOut:
    report, under_way = await erasing.preview(call.session, customer_id, actor=call.actor)
    return PreviewOut(tables=_tables(call, report), under_way=under_way)


@noun.post(
    "/customers/{customer_id}/erasure",
    needs="customers.erase",
    fr="Effacer une personne",
    en="Erase a person",
    more={
        "fr": "Irréversible. Les factures restent dix ans\u00a0; le rapport dit ce qui est gardé et pourquoi.",
        "en": "Cannot be undone. Invoices stay for ten years; the report says what is kept and why.",
    },
)
async def erase_customer(call: Call, customer_id: UUID, body: ErasureIn) -> ErasureOut:
    record = await erasing.erase(call.session, customer_id, actor=call.actor, regardless=body.regardless)
    return _erasure(call, record)


@noun.get("/erasures", needs="customers.erase", fr="Lister les effacements", en="List erasures", sorts=ERASURE_SORTS)
async def list_erasures(call: Call, query: Listing) -> Page[ErasureOut]:
    return await call.page(erasing.erasures(call.actor), query, lambda row: _erasure(call, row))


@noun.get("/retention", needs="privacy.configure", fr="Lire les durées de conservation", en="Read retention rules")
async def read_retention(call: Call, query: Sparse) -> RulesOut:
    found = await retention.rules(call.session, actor=call.actor)
    return RulesOut(items=[_rule(call, rule) for rule in found])


@noun.patch(
    "/retention/{kind}",
    needs="privacy.configure",
    fr="Modifier une durée de conservation",
    en="Change a retention rule",
)
async def change_retention(call: Call, kind: str, body: RulePatch) -> RuleOut:
    changed = await retention.set_rule(call.session, kind, actor=call.actor, version=call.version, **body.given())
    return _rule(call, changed)


@noun.get(
    "/retention/due",
    needs="privacy.configure",
    fr="Voir ce que la prochaine nuit effacerait",
    en="See what the next night would let go",
)
async def read_due(call: Call, query: Sparse) -> DuesOut:
    found = await retention.dry_run(call.session, actor=call.actor)
    return DuesOut(items=[DueOut(kind=kind, **each) for kind, each in found.items()])


@noun.get("/retention/runs", needs="privacy.configure", fr="Lister les nuits", en="List nights", sorts=RUN_SORTS)
async def list_retention_runs(call: Call, query: Listing) -> Page[RunOut]:
    return await call.page(retention.runs(call.actor), query, RunOut.model_validate)


def _rule(call: Call, rule: RetentionRule) -> RuleOut:
    kind = KINDS[rule.kind]
    return RuleOut(
        kind=rule.kind,
        name=kind.fr if call.language == "fr" else kind.en,
        enabled=rule.enabled,
        days=rule.days,
        least=kind.least,
        version=rule.version,
    )


def _erasure(call: Call, row: Erasure) -> ErasureOut:
    return ErasureOut(
        id=row.id,
        customer_id=row.customer_id,
        actor=row.actor,
        reason="asked" if row.reason == "asked" else "retention",
        tables=_tables(call, row.report),
        created_at=row.created_at,
    )


def _tables(call: Call, report: dict[str, dict[str, Any]]) -> dict[str, WorkOut]:
    return {
        name: WorkOut(**done | {"why": REASONS[done["why"]][call.language] if "why" in done else None})
        for name, done in report.items()
    }
