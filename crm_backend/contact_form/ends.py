"""What the contact form saved: whoever said that an article answered, and did not write within a day on any channel.

Whoever it was is recognised by the address they had typed, by the chat's visitor in their browser, and as the customer
who is signed in at the portal: as keyed hashes, until the day is over. Nothing is put into a browser for it; who is
known by none of these is counted apart, as unknown.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Text, bindparam, false, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.contact_form.model import FormEnd
from crm_backend.conversations.schema import MACHINES
from crm_backend.customers.emails import email_address

WITHIN = timedelta(hours=24)
"""Who writes within this time was not saved anything."""
AT_ONCE = 500
MARKS = ("browser", "customer")

# Whatever a person writes, books or has a colleague open a case about; by each address that is theirs or was typed.
_CAME = text("""
with wrote as (
    select m.identity_id, c.customer_id, m.created_at as at, m.details #>> '{form,email}' as typed
    from conversations c join messages m on m.conversation_id = c.id
    where c.last_message_at > :start and m.author = 'customer' and m.created_at > :start and m.created_at <= :end
        and coalesce(m.content->>'automatic', '') <> all(:machines)
), people as (
    select customer_id, at from wrote
    union select customer_id, created_at from bookings where created_at > :start and created_at <= :end
    union select customer_id, created_at from cases where created_at > :start and created_at <= :end
)
select i.value, wrote.at from wrote join identities i on i.id = wrote.identity_id and i.kind = 'email'
union select i.value, people.at from people join identities i on i.customer_id = people.customer_id and i.kind = 'email'
union select typed, at from wrote where typed is not null
union select 'browser:' || i.value, wrote.at from wrote join identities i on i.id = wrote.identity_id
    and i.kind = 'browser'
union select 'customer:' || customer_id, at from people where customer_id is not null
""").bindparams(
    bindparam("start", type_=TIMESTAMP(timezone=True)),
    bindparam("end", type_=TIMESTAMP(timezone=True)),
    bindparam("machines", value=sorted(MACHINES), type_=ARRAY(Text)),
)


def hashed(email: str, *, key: bytes) -> str | None:
    """What stands for an address; None for what is none."""
    plain = email_address(email)
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest() if plain else None


def hashed_mark(kind: str, value: str, *, key: bytes) -> str:
    """What stands for a `browser` of the chat, by the hash of its token, or for a `customer`, by the identifier."""
    return hmac.new(key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


async def answered(
    session: AsyncSession,
    *,
    form: UUID,
    language: str,
    article_id: UUID | None,
    who: Sequence[str],
    now: datetime,
) -> None:
    """Notes that an article answered whoever had this form before them, known by these hashes; a form that was sent
    stays sent, and whoever is waited for already is not counted again."""
    waited = or_(false(), *(FormEnd.who_hash.contains(each) for each in who))
    if who and await session.scalar(select(FormEnd.id).where(waited).limit(1)):
        return
    row = {"id": form, "created_at": now, "language": language, "outcome": "answered", "suggested": True}
    fate = {"article_id": article_id, "who_hash": " ".join(who) or None, "fate": "open" if who else "unknown"}
    await session.execute(insert(FormEnd).values(**row, **fate).on_conflict_do_nothing())


async def sent(
    session: AsyncSession, *, form: UUID, language: str, article_id: UUID | None, suggested: bool, now: datetime
) -> None:
    """Notes that a form was sent, whatever was said of it before."""
    values = {"outcome": "sent", "suggested": suggested, "article_id": article_id, "who_hash": None, "fate": None}
    made = insert(FormEnd).values(id=form, created_at=now, language=language, settled_at=now, **values)
    await session.execute(made.on_conflict_do_update(index_elements=["id"], set_={**values, "settled_at": now}))


async def settle(session: AsyncSession, *, key: bytes, now: datetime) -> int:
    """Decides the fate of those whose day is over; how many."""
    due = (
        select(FormEnd)
        .where(FormEnd.fate == "open", FormEnd.created_at <= now - WITHIN)
        .order_by(FormEnd.created_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = list(await session.scalars(due))
    if not rows:
        return 0
    span = {"start": rows[0].created_at, "end": rows[-1].created_at + WITHIN}
    came: dict[str, list[datetime]] = {}
    for address, at in (await session.execute(_CAME, span)).tuples():
        kind, mark, value = address.partition(":")
        marked = mark and kind in MARKS and "@" not in address
        who = hashed_mark(kind, value, key=key) if marked else hashed(address, key=key)
        if who is not None:
            came.setdefault(who, []).append(at)
    for row in rows:
        ats = [at for who in (row.who_hash or "").split() for at in came.get(who, ())]
        back = any(row.created_at < at <= row.created_at + WITHIN for at in ats)
        row.fate, row.who_hash, row.settled_at = "returned" if back else "saved", None, now
    await session.flush()
    return len(rows)
