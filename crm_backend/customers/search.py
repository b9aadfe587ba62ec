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
REACH = 200
"""So many are found in all: who wants more has not said enough."""
COUNTRIES = ("FR", "GB")
"""Where a telephone number is looked for that begins with neither + nor 00: the product's two languages."""
_DIGITS = re.compile(r"[\d\s().+/\-\u00a0\u202f]{6,40}")


@dataclass(frozen=True)
class Match:
    """What of a customer matched: `by` is `id`, `external_id`, `email`, `phone`, `order`, `identity`, `case`, `company`
    or `name`, `value` what is on file. `score` is 100 for the very same, less for what is only like it."""

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
_COMPANY = """
 union all
(select id, 'company', company, case when relais_plain(company) = relais_plain(:bare) then 95 else 80 end
 from (select id, company from customers where company <> '' and relais_plain(company) like
  '%' || regexp_replace(relais_plain(:bare), '([%_\\\\])', '\\\\\\1', 'g') || '%' limit 2000) c
 order by length(company), id limit :limit)
"""
_LIKE_NAMES = """
(with asked as materialized (
  select relais_plain(:name) as name, {plain}
), held as materialized (
  select id, name_key from (
    select c.id, c.name_key from asked cross join lateral (
      select id, name_key from customers where {holding} limit 2000
    ) c
  ) few order by length(name_key), id limit :limit
), {levels}
select id as customer_id, 'name' as by, first_name || ' ' || last_name as value, round(100 * likeness)::int as score
from (
  select f.id, {likeness} as likeness from ({all}) f cross join asked
  order by likeness desc, f.id limit :limit
) named join customers using (id))
"""
"""Those whose name holds every word come first, the shortest names before others: they are the likest. While they are
not enough, the names are searched whose every word is like one of theirs, first the very like."""
_LEVEL = """
asked{n} as materialized (
  select set_config('pg_trgm.word_similarity_threshold', '{threshold}', true), * from asked
  where (select count(*) from ({before}) before) < :limit
), alike{n} as materialized (
  select c.id, c.name_key from asked{n} cross join lateral (
    select id, name_key from customers where {alike} limit 100
  ) c
)"""
LEVELS = (0.7, 0.6)
"""Shares of a word's groups of three letters that a name has to have: of a long word one slip leaves seven tenths; the
last is pg_trgm's own default. A hundred of each level are compared, since comparing takes longer than finding."""
_LIKE_WHOLE = """
select id as customer_id, 'name' as by, first_name || ' ' || last_name as value, round(100 * {likeness})::int as score
from (select relais_plain(:name) as name) asked cross join lateral (
  select * from customers where name_key % asked.name limit 300
) c order by {likeness} desc, id limit :limit
"""
_LIKENESS = "greatest(similarity(name_key, asked.name), 0.95 * strict_word_similarity(asked.name, name_key))"
MOST_WORDS = 6
_WHO = """
select f.customer_id, f.by, f.value, f.score, c.first_name, c.last_name, c.company, c.language
from ({found}) f join customers c on c.id = f.customer_id
"""


async def search(
    session: AsyncSession, *, actor: Actor, wanted: str, limit: int = 20, skip: int | None = None
) -> list[Hit]:
    """The customers whom these words name, the surest first: an e-mail address or its beginning, a telephone number,
    the number of an order or case, any identifier, a part of their company's name, or their own, even misspelt. With
    `skip`, those after so many of REACH, whose order does not depend on it. Raises Invalid for fewer than two
    characters."""
    actor.need("customers.read")
    bare = " ".join(wanted.encode("utf-8", "ignore").decode().replace("\0", "").split())[:200]
    if len(bare) < 2:
        raise Invalid("q", "too_short_to_search")
    limit = max(1, min(limit, MOST))
    page, limit = slice(skip or 0, (skip or 0) + limit), limit if skip is None else REACH
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
    found = _EXACT + (_COMPANY if len(bare) > 2 and "@" not in bare else "")
    if not name:
        return _hits((await session.execute(text(_WHO.format(found=found)), facts)).all(), limit)[page]
    found += " union all " + _like_names(list(words.values()))
    rows = (await session.execute(text(_WHO.format(found=found)), {**facts, **words, "name": name})).all()
    if not rows:
        # A word may be misspelt beyond that, or be none of theirs.
        found = _LIKE_WHOLE.format(likeness=_LIKENESS)
        rows = (await session.execute(text(_WHO.format(found=found)), {"name": name, "limit": limit})).all()
    return _hits(rows, limit)[page]


def _like_names(words: Sequence[str]) -> str:
    """The part of the statement that looks for names, for these words: of one or two letters a name's word begins with
    them, since the index knows groups of three."""
    escaped = "regexp_replace(relais_plain(:word{0}), '([%_\\\\])', '\\\\\\1', 'g') as part{0}"
    plain = ", ".join(f"relais_plain(:word{at}) as word{at}, " + escaped.format(at) for at in range(len(words)))
    holding = " and ".join(
        f"name_key like '%' || part{at} || '%'"
        if len(word) > 2
        else f"(name_key like part{at} || '%' or name_key like '% ' || part{at} || '%')"
        for at, word in enumerate(words)
    )
    levels, sources = [], ["select * from held"]
    for n, threshold in enumerate(LEVELS):
        alike = " and ".join(f"asked{n}.word{at} <% name_key" for at in range(len(words)))
        levels.append(_LEVEL.format(n=n, threshold=threshold, before=" union ".join(sources), alike=alike))
        sources.append(f"select * from alike{n}")  # noqa: S608  a number
    return _LIKE_NAMES.format(
        plain=plain,
        holding=holding,
        levels=",".join(levels),
        likeness=_LIKENESS,
        all=" union ".join(sources),
    )


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
