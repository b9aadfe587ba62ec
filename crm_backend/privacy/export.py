"""A copy of everything that is kept of a person (GDPR, articles 15 and 20)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.database import utc_now
from crm_backend.model import Base
from crm_backend.privacy.map import HELD, Held
from crm_backend.privacy.person import person, typed

FORMAT = 1


async def export(session: AsyncSession, customer_id: UUID, *, actor: Actor) -> dict[str, Any]:
    """Plain JSON: `tables` holds the rows of each table under its name, `titles` what each is called in both languages,
    `files` the identifiers of the files whose content goes with it. Raises NotAllowed, NotFound."""
    actor.need("customers.export")
    found = await person(session, customer_id)
    tables: dict[str, list[dict[str, Any]]] = {}
    for name, held in HELD.items():
        rows = await session.scalars(
            typed(f"select {_told(held)} from {name} t where {held.where} order by {_order(name)}"),  # noqa: S608
            found.parameters(),
        )
        if told := list(rows):
            tables[name] = told
    audit.record(session, actor=actor, action="exported", subject=("customer", customer_id))
    return {
        "format": FORMAT,
        "made_at": utc_now().isoformat(),
        "customer": str(customer_id),
        "titles": {name: {"fr": HELD[name].fr, "en": HELD[name].en} for name in tables},
        "tables": tables,
        "files": [
            {"id": row["id"], "name": row["name"], "media_type": row["media_type"], "size": row["size"]}
            for row in tables.get("attachments", ())
            if row["state"] == "kept"
        ],
    }


def _told(held: Held) -> str:
    untold = ", ".join(f"'{column}'" for column in sorted(held.untold)) or "''"
    within = [f" #- '{{{column},{key}}}'" for column, keys in held.untold_in.items() for key in sorted(keys)]
    return f"to_jsonb(t) - array[{untold}]{''.join(within)}"


def _order(name: str) -> str:
    columns = Base.metadata.tables[name].columns
    wanted = [column for column in ("created_at", "at", "seq", "position", "id") if column in columns]
    return ", ".join(f"t.{column}" for column in wanted) or "1"
