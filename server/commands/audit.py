"""`./relais audit`: sealing the audit log, and checking that nobody has changed it."""

from __future__ import annotations

import sys

from rich.console import Console

from crm_backend.audit import sealing
from crm_backend.audit.sealing import Fault, Head
from crm_backend.database import Sessions
from server.settings import Settings
from server.supervise.records import open_sessions

BROKEN = 1
UNREADABLE = 2


async def verify(settings: Settings, *, kept: str | None = None) -> int:
    """Seals what is new and checks the chain, also against a head that was kept elsewhere. The exit code: 0, BROKEN, or
    UNREADABLE for a head that is none."""
    head = _head(kept) if kept else None
    if kept and head is None:
        print("relais: a head looks like 1234:9f86d0…, as `./relais audit verify` printed it", file=sys.stderr)
        return UNREADABLE
    async with open_sessions(settings) as sessions:
        sealed = await _seal_all(sessions)
        async with sessions() as session:
            found = await sealing.verify(session, kept=head)
    console = Console(highlight=False, soft_wrap=True)
    for fault in found.faults:
        console.print(_told(fault), style="red", markup=False)
    if found.faults:
        return BROKEN
    console.print(f"{found.entries} entries, {sealed} of them sealed now: the chain is whole.", markup=False)
    if found.unsealed:
        console.print(f"{found.unsealed} more came meanwhile and are sealed next time.", markup=False)
    console.print(f"Its head, to be kept elsewhere: {found.head}", markup=False)
    return 0


async def seal(settings: Settings) -> int:
    """Seals what is new; the running server does so by itself."""
    async with open_sessions(settings) as sessions:
        sealed = await _seal_all(sessions)
        async with sessions() as session:
            head = await sealing.head(session)
    print(f"{sealed} entries were sealed. The head of the chain: {head}")
    return 0


async def _seal_all(sessions: Sessions) -> int:
    total, batch = 0, sealing.BATCH
    while batch == sealing.BATCH:
        async with sessions.begin() as session:
            batch = await sealing.seal(session)
        total += batch
    return total


def _told(fault: Fault) -> str:
    match fault.kind:
        case "changed":
            return f"Entry {fault.position} is not what was sealed, or does not follow the one before it."
        case "missing":
            return f"Entry {fault.position} is missing."
        case "head":
            return f"Entry {fault.position} is not the one whose hash was kept: the log was made anew."


def _head(text: str) -> Head | None:
    position, _, digest = text.strip().partition(":")
    if not (position.isascii() and position.isdigit() and len(position) < 19 and len(digest) == 64):
        return None
    return Head(int(position), digest.lower())
