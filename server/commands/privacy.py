"""`./relais person` and `./relais retention`: a person's data, their erasure, and the end to keeping."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.customers.model import Customer, Identity
from crm_backend.customers.successors import now_called
from crm_backend.errors import NotFound, NotNow
from crm_backend.privacy import erasing, retention
from crm_backend.privacy.erasing import Report
from crm_backend.privacy.export import export
from crm_backend.privacy.kinds import KINDS
from crm_backend.privacy.map import HELD
from crm_backend.privacy.reasons import REASONS
from server.settings import Settings
from server.supervise.records import open_sessions


async def copy(settings: Settings, who: str, file: Path) -> int:
    """Writes the archive; the exit code."""
    from server.files import file_store
    from server.privacy.copy import archive

    async with open_sessions(settings) as sessions:
        try:
            async with sessions() as session, session.begin():
                found = await export(session, await _customer(session, who), actor=COMMAND_LINE)
        except NotFound:
            return _unknown()
        content = await archive(found, files=file_store(settings, sessions), company=settings.company)
    try:
        file.write_bytes(content)
    except OSError as error:
        print(f"relais: {file} cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    rows = sum(map(len, found["tables"].values()))
    print(f"{file}: {rows} rows of {len(found['tables'])} tables, {len(found['files'])} files.")
    return 0


async def erase(settings: Settings, who: str, *, really: bool, regardless: bool) -> int:
    """Shows or erases; the exit code."""
    async with open_sessions(settings) as sessions:
        try:
            async with sessions() as session, session.begin():
                customer_id = await _customer(session, who)
                report, under_way = await erasing.preview(session, customer_id, actor=COMMAND_LINE)
                if really:
                    await erasing.erase(session, customer_id, actor=COMMAND_LINE, regardless=regardless)
        except NotFound:
            return _unknown()
        except NotNow as refused:
            still = ", ".join(f"{count} {name}" for name, count in refused.facts.items() if count)
            print(f"relais: still under way: {still}. Finish these, or add --regardless.", file=sys.stderr)
            return 1
    _show(report)
    if really:
        print("Erased. The files go with the next sweep of the running server, within the hour.")
    else:
        still = ", ".join(f"{count} {name}" for name, count in under_way.items() if count)
        print(f"Nothing was changed.{f' Still under way: {still}.' if still else ''} Add --yes to erase.")
    return 0


async def night(settings: Settings, *, dry_run: bool) -> int:
    """Counts, or lets go; the exit code."""
    async with open_sessions(settings) as sessions:
        async with sessions() as session:
            due = await retention.dry_run(session, actor=COMMAND_LINE)
        table = Table("Kind", "Kept for", "On", "Due", "Oldest", box=None)
        for kind, each in due.items():
            oldest = each["oldest"].date().isoformat() if each["oldest"] else ""
            table.add_row(
                KINDS[kind].en, f"{each['days']} days", "yes" if each["enabled"] else "no", str(each["count"]), oldest
            )
        Console(highlight=False).print(table)
        if dry_run:
            return 0
        gone = await retention.night(sessions, day=datetime.now(ZoneInfo(settings.timezone)).date())
    print("Done already today, or under way." if gone is None else f"{sum(gone.values())} let go.")
    return 0


async def _customer(session: AsyncSession, who: str) -> UUID:
    """Raises NotFound for nobody, and for an address that several customers have on file."""
    try:
        return await now_called(session, UUID(who))
    except ValueError:
        pass
    by_address = (
        select(Identity.customer_id)
        .where(Identity.kind == "email", func.lower(Identity.value) == who.strip().lower())
        .where(Identity.customer_id.is_not(None))
        .distinct()
    )
    by_number = select(Customer.id).where(Customer.external_id == who.strip())
    found = list(await session.scalars(by_number)) or list(await session.scalars(by_address))
    if len(found) != 1 or found[0] is None:
        raise NotFound("nobody, or several")
    return found[0]


def _unknown() -> int:
    print("relais: nobody is known by that, or several are: give the identifier.", file=sys.stderr)
    return 1


def _show(report: Report) -> None:
    table = Table("What", "Deleted", "Emptied", "Kept", "Why", box=None)
    for name, done in report.items():
        counts = [str(done.get(each, "")) for each in ("deleted", "emptied", "kept")]
        table.add_row(HELD[name].en, *counts, REASONS[done["why"]]["en"] if "why" in done else "")
    Console(highlight=False).print(table)
