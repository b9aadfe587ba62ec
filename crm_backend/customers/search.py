"""Finding customers by anything that names them, with what it was found by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import phonenumbers
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.errors import Invalid
from crm_backend.orders.numbers import number_key

MOST = 50
COUNTRIES = ("FR", "GB")
"""Where a telephone number is looked for that begins with neither + nor 00: the product's two languages."""
_DIGITS = re.compile(r"[\d\s().+/\-\u00a0\u202f]{6,40}")


@dataclass(frozen=True)
class Match:
    """What of a customer matched: `by` is `id`, `external_id`, `email`, `phone`, `order`, `identity`, `case` or `name`,
    `value` what is on file. `score` is 100 for the very same, less for what is only like it."""

    by: str
    value: str
    score: int


@dataclass(frozen=True)
class Hit:
    """A customer who was found, with every reason."""

    customer_id: UUID
    first_name: str
    last_name: str
    company: str
    language: str
    matches: list[Match]


_EXACT = """
select id as customer_id, 'id' as by, id::text as value, 100 as score from customers where id = cast(:id as uuid)
union all
select id, 'external_id', external_id, 100 from customers where external_id = :bare
union all
select kept_id, 'external_id', gone_external_id, 100 from merges
where gone_external_id = :bare and undone_at is null
union all
select customer_id, kind, value, 100 from identities
where kind = 'email' and lower(value) = :lower and customer_id is not null
union all
(select customer_id, 'email', value, 90 from identities
 where kind = 'email' and relais_mailbox(value) = relais_mailbox(:lower) and :has_at
 and lower(value) <> :lower and customer_id is not null limit :limit)
union all
(select customer_id, 'email', value, 70 from identities
 where kind = 'email' and customer_id is not null
 and lower(value) ~>=~ :beginning and lower(value) ~<~ :beyond limit :limit)
union all
select customer_id, kind, value, 100 from identities
where kind = 'phone' and value = any(:phones) and customer_id is not null
union all
select customer_id, 'identity', value, 100 from identities
where kind in ('telegram', 'whatsapp', 'external', 'account', 'browser') and value = any(:values)
and customer_id is not null
union all
select customer_id, 'order', number, 100 from orders where number_key = :order_key
union all
select customer_id, 'case', number, 100 from cases where number = :upper and customer_id is not null
"""
# From which likeness a word is taken for another is pg_trgm's own default: 0.6 of a word, 0.3 of the whole.
_LIKE_NAMES = """
(select id as customer_id, 'name' as by, first_name || ' ' || last_name as value,
  round(100 * {likeness})::int as score
 from customers where {where} order by {likeness} desc, id limit :limit)
"""
_LIKENESS = """greatest(similarity(name_key, relais_plain(:name)),
  0.95 * strict_word_similarity(relais_plain(:name), name_key))"""
MOST_WORDS = 6
_WHO = """
select f.customer_id, f.by, f.value, f.score, c.first_name, c.last_name, c.company, c.language
from ({found}) f join customers c on c.id = f.customer_id
"""


async def search(session: AsyncSession, *, actor: Actor, wanted: str, limit: int = 20) -> list[Hit]:
    """The customers whom these words name, the surest first: an e-mail address or its beginning, a telephone number,
    the number of an order or case, any identifier, or a name, even one that is misspelt. Raises Invalid for fewer than
    two characters."""
    actor.need("customers.read")
    bare = " ".join(wanted.encode("utf-8", "ignore").decode().replace("\0", "").split())[:200]
    if len(bare) < 2:
        raise Invalid("q", "too_short_to_search")
    limit = max(1, min(limit, MOST))
    phones = _phones(bare)
    lower = bare.lower()
    # Names have no digits; what has an @ is an address, or the beginning of one.
    name = "" if "@" in bare or any(letter.isdigit() for letter in bare) else bare
    beginning = lower if len(lower) >= 3 and " " not in lower else ""
    words = {f"word{at}": word for at, word in enumerate(name.split()[:MOST_WORDS])}
    facts = {
        "bare": bare,
        "lower": lower,
        "upper": bare.upper(),
        "has_at": "@" in bare,
        "beginning": beginning,
        "beyond": beginning + "\U0010ffff" if beginning else "",
        "id": _identifier(bare),
        "phones": phones,
        "values": [bare, *(phone.removeprefix("+") for phone in phones)],
        "order_key": number_key(bare) or "-",
        "limit": limit,
    }
    if not name:
        return _hits((await session.execute(text(_WHO.format(found=_EXACT)), facts)).all(), limit)
    # Every word like one of theirs, in any order: few are.
    alike = " and ".join(f"relais_plain(:{word}) <% name_key" for word in words)
    found = _EXACT + " union all " + _LIKE_NAMES.format(where=alike, likeness=_LIKENESS)
    rows = (await session.execute(text(_WHO.format(found=found)), {**facts, **words, "name": name})).all()
    if not rows:
        # A word may be misspelt beyond that, or be none of theirs.
        found = _LIKE_NAMES.format(where="name_key % relais_plain(:name)", likeness=_LIKENESS)
        rows = (await session.execute(text(_WHO.format(found=found)), {"name": name, "limit": limit})).all()
    return _hits(rows, limit)


def _hits(rows: Sequence[Any], limit: int) -> list[Hit]:
    found: dict[UUID, Hit] = {}
    for customer_id, by, value, score, first, last, company, language in rows:
        hit = found.setdefault(customer_id, Hit(customer_id, first, last, company, language, []))
        hit.matches.append(Match(by, value, score))
    for hit in found.values():
        hit.matches.sort(key=lambda match: (-match.score, match.by, match.value))
    best = sorted(
        found.values(), key=lambda hit: (-hit.matches[0].score, hit.last_name, hit.first_name, hit.customer_id)
    )
    return best[:limit]


def _identifier(bare: str) -> str | None:
    try:
        return str(UUID(bare))
    except ValueError:
        return None


def _phones(bare: str) -> list[str]:
    """The numbers in E.164 that these words may be."""
    if not _DIGITS.fullmatch(bare):
        return []
    found = []
    for country in COUNTRIES:
        try:
            read = phonenumbers.parse(bare, country)
        except phonenumbers.NumberParseException:
            continue
        found.append(phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164))
    return sorted({*found, "+" + re.sub(r"\D", "", bare)})
