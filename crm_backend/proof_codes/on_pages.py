"""Codes that are asked for on a page instead of in a conversation; beside the code goes a link that does the same.

They are good in the browser that asked (`browser_key`), the link wherever the mail is read. What is asked is noted at
once and sent a moment later: whether anybody is known at the address makes no difference to who asks, not even in time.
How many of them there may be, and what guessing comes to, is in `limits`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations import hiding
from crm_backend.conversations.hiding import HIDDEN
from crm_backend.conversations.schema import Reply
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import new_id, utc_now
from crm_backend.notifications.schema import Start
from crm_backend.proof_codes import codes, limits, redeeming, ways
from crm_backend.proof_codes.model import ProofCode
from crm_backend.proof_codes.places import Place
from crm_backend.proof_codes.redeeming import Heard
from crm_backend.proof_codes.services import TEMPLATE, Purpose


@dataclass(frozen=True)
class Asker:
    """Who asks for a code: the browser, by what only it has, and the place it asks from, which is kept as a fingerprint
    under a key of ours. A browser in which this very address was proved before is `known`, and a place of its own."""

    browser: str
    place: str
    known: bool = False


@dataclass(frozen=True)
class Letter:
    """What is written: `text` with `hiding.HIDDEN` for the code, and once more for the link where there is one. What
    has no way to the people of the demo company, or to an address that one of them adds, is told to `demo` instead."""

    text: str
    link: Callable[[str], str] | None = None
    demo: Callable[[str], None] | None = None


@dataclass(frozen=True)
class Looked:
    """What a link would come to; the address on file that it was sent to, and whether this browser asked for it."""

    outcome: Heard
    address: str = ""
    here: bool = False


def key(token: str) -> str:
    """What is kept of what tells a browser, or a link, from another."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


async def note(
    session: AsyncSession, asker: Asker, *, kind: str, value: str, purpose: Purpose = "prove"
) -> UUID | Literal["too_many"]:
    """Notes that a code was asked for in a browser; which, to be given to `send`. `too_many` is counted of known and
    unknown addresses alike. `value` is as `customers.checks` makes it."""
    now, address = utc_now(), codes.address_key(kind, value)
    for name in (f"proof code {address}", f"proof code {key(asker.browser)}"):
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    own = (ProofCode.browser_key == key(asker.browser), limits.HOUR, limits.OF_BROWSER)
    if await limits.too_many(session, own, address=address, place=Place(asker.place, asker.known), now=now):
        return "too_many"
    row = ProofCode(
        id=new_id(),
        created_at=now,
        browser_key=key(asker.browser),
        asked_from=asker.place,
        purpose=purpose,
        kind=kind,
        address_key=address,
        expires_at=now + codes.GOOD_FOR,
    )
    session.add(row)
    await session.flush()
    return row.id


async def send(
    session: AsyncSession, code_id: UUID, *, value: str, letter: Letter, language: str, starts: Sequence[Start]
) -> bool:
    """Sends the code that was noted to this address, where it proves something; false where there is nobody, or no way.
    To `prove`, that is an address on file of one customer; to `change`, any e-mail address."""
    row = await session.get(ProofCode, code_id, with_for_update=True)
    if row is None or row.code_hash is not None:
        return False
    owner = None
    if row.purpose == "change":
        route = ways.new_way(value, starts=starts)
    else:
        known = await ways.on_file(session, kind=row.kind, value=value)
        if known is None or known.customer_id is None:
            return False
        owner, row.identity_id = known.customer_id, known.id
        route = await ways.way(session, owner, kind=row.kind, value=value, starts=starts, here=("", "", ""))
    nobodys = owner is None or (await session.get_one(Customer, owner)).demo
    aloud = letter.demo if route is None and nobodys else None
    if route is None and aloud is None:
        return False
    code = codes.make()
    row.code_hash, parts = await codes.fingerprint(code, salt=row.id), [code]
    if letter.link is not None:
        token = secrets.token_urlsafe(32)
        row.link_hash = key(token)
        parts.append(letter.link(token))
    secret, now = "\n".join(parts), utc_now()
    if route is not None:
        reply = Reply(text=letter.text, template=TEMPLATE, values={"code": HIDDEN})
        await ways.write(session, route, customer_id=owner, reply=reply, language=language, now=now, secret=secret)
    elif aloud is not None:
        aloud(hiding.shown(letter.text, secret))
    return True


async def redeem(
    session: AsyncSession, *, browser: str, code: str, purpose: Purpose = "prove"
) -> tuple[Heard, ProofCode | None]:
    """What a code comes to that was typed in a browser, and, when it is the last one asked for there, its row."""
    lock = f"proof code {key(browser)}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(lock, 0))))
    rows = await _asked_for(session, key(browser), purpose)
    if not rows:
        return "wrong", None
    outcome, _ = await redeeming.weigh(session, rows, code, now=utc_now())
    return outcome, rows[0] if outcome == "ok" else None


async def look(session: AsyncSession, token: str, *, browser: str) -> Looked:
    """What following a link would do; nothing is changed or spent, however often somebody looks."""
    row = await session.scalar(_linked(token))
    if row is None:
        return Looked("wrong")
    outcome = await _state(session, row, utc_now())
    identity = await session.get(Identity, row.identity_id) if row.identity_id and outcome == "ok" else None
    return Looked(outcome, identity.value if identity else "", here=row.browser_key == key(browser))


async def follow(session: AsyncSession, token: str) -> tuple[Heard, ProofCode | None]:
    """What a link comes to, once; with its row when it is good. Nobody guesses 256 bits: tries are not counted."""
    row = await session.scalar(_linked(token))
    if row is None:
        return "wrong", None
    now = utc_now()
    outcome = await _state(session, row, now)
    if outcome == "ok":
        outcome = await redeeming.settle(session, row, now)
    return outcome, row if outcome == "ok" else None


def _linked(token: str) -> Select[tuple[ProofCode]]:
    found = select(ProofCode).where(ProofCode.link_hash == key(token))
    return found.execution_options(populate_existing=True)


async def _state(session: AsyncSession, row: ProofCode, now: datetime) -> Heard:
    if row.used_at is not None:
        return "used"
    newer = select(ProofCode.id).where(
        ProofCode.browser_key == row.browser_key, ProofCode.purpose == row.purpose, ProofCode.id > row.id
    )
    if await session.scalar(newer.limit(1)) is not None:
        return "replaced"
    return "ok" if row.expires_at > now else "expired"


async def _asked_for(session: AsyncSession, browser_key: str, purpose: Purpose) -> list[ProofCode]:
    rows = await session.scalars(
        select(ProofCode)
        .where(ProofCode.browser_key == browser_key, ProofCode.purpose == purpose)
        .order_by(ProofCode.created_at.desc(), ProofCode.id.desc())
        .limit(limits.OF_BROWSER)
        .execution_options(populate_existing=True)
    )
    return list(rows)
