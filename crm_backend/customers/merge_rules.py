"""What merging two customers means in tables where moving every row would not be right."""

from __future__ import annotations

from typing import Any

from crm_backend.conversations.model import Conversation
from crm_backend.customers.folding import Combine, Folding, Row, Rule
from crm_backend.customers.merges import DuplicatePair
from crm_backend.customers.model import Address, Identity
from crm_backend.database import Base, new_id

FOREIGN = """
select c.id from conversations c where c.customer_id = cast(:gone as uuid) and exists (
  select from identities i
  where i.id in (
    select c.identity_id
    union all select p.identity_id from participants p where p.conversation_id = c.id
    union all select m.identity_id from messages m where m.conversation_id = c.id and m.identity_id is not null
  ) and (
    i.customer_id not in (cast(:gone as uuid), cast(:kept as uuid))
    or i.customer_id is null and i.kind in ('email', 'phone')
      and exists (
        select from identities f where f.kind = i.kind and f.customer_id is not null
        and (f.value = i.value or f.kind = 'email' and lower(f.value) = lower(i.value)))
      and not exists (
        select from identities f where f.kind = i.kind
        and f.customer_id in (cast(:gone as uuid), cast(:kept as uuid))
        and (f.value = i.value or f.kind = 'email' and lower(f.value) = lower(i.value)))
  )
)
"""
"""Conversations in which somebody wrote who is neither of the two: from an account that is another customer's, or from
an address that only others have on file."""


_THINK_ANEW = """
update conversations t set version = version + 1
where t.customer_id = cast(:gone as uuid) and t.owner = 'bot' and t.proof <> 'anonymous' returning to_jsonb(t)
"""


def _table(model: type[Base]) -> Any:
    return model.__table__


async def conversations(fold: Folding, gone: str, kept: str) -> None:
    """A conversation with somebody else in it stays with who wrote it. The others begin without proof: what somebody
    proved as one customer does not open what belonged to the other (docs/adr/0008); who writes on is proved anew."""
    table, facts = _table(Conversation), {"gone": gone, "kept": kept}
    left = await fold.change(table, f"t.id in ({FOREIGN})", {"customer_id": None}, facts)
    fold.moved["conversations_left"] += left
    theirs = "t.customer_id = cast(:gone as uuid) and t.owner <> 'nobody' and t.proof <> 'anonymous'"
    # What the assistant is thinking about for the one is not told to the other.
    await fold.rows(_THINK_ANEW, {"gone": gone})
    await fold.change(table, theirs, {"proof": "anonymous"}, {"gone": gone})


async def identities(fold: Folding, gone: str, kept: str) -> None:
    """What came first of a kind with who stays, comes first."""
    where = (
        "t.customer_id = cast(:gone as uuid) and t.is_primary and exists (select from identities o"
        " where o.customer_id = cast(:kept as uuid) and o.kind = t.kind and o.is_primary)"
    )
    await fold.change(_table(Identity), where, {"is_primary": False}, {"gone": gone, "kept": kept})


async def addresses(fold: Folding, gone: str, kept: str) -> None:
    """The default address of who stays is the default one."""
    where = (
        "t.customer_id = cast(:gone as uuid) and t.is_default and exists (select from addresses o"
        " where o.customer_id = cast(:kept as uuid) and o.is_default)"
    )
    await fold.change(_table(Address), where, {"is_default": False}, {"gone": gone, "kept": kept})


async def duplicate_pairs(fold: Folding, gone: str, kept: str) -> None:
    """Who is surely not the one is not the other either. What else was suggested of who goes is looked for anew."""
    table = _table(DuplicatePair)
    pairs = await fold.rows(
        "select to_jsonb(t) from duplicate_pairs t where cast(:gone as uuid) in (low_id, high_id) order by t.id",
        {"gone": gone},
    )
    for pair in pairs:
        await fold.remove(table, pair)
        other = pair["high_id"] if pair["low_id"] == gone else pair["low_id"]
        if other == kept or pair["dismissed_at"] is None:
            continue
        low, high = sorted((other, kept))
        found = await fold.rows(
            "select to_jsonb(t) from duplicate_pairs t"
            " where low_id = cast(:low as uuid) and high_id = cast(:high as uuid)",
            {"low": low, "high": high},
        )
        dismissed = {"dismissed_at": pair["dismissed_at"], "dismissed_by": pair["dismissed_by"]}
        if not found:
            await fold.make(table, {**pair, **dismissed, "id": str(new_id()), "low_id": low, "high_id": high})
        elif found[0]["dismissed_at"] is None:
            await fold.change(table, "{key}", dismissed, fold.found_by(table, found[0]))


async def portal_visits(fold: Folding, gone: str, kept: str) -> None:
    """Whoever was signed in as one of the two would see what is the other's: both prove anew who they are. Not on the
    record, since undoing the merge signs nobody in."""
    ended = "delete from portal_visits t where t.customer_id in (cast(:gone as uuid), cast(:kept as uuid))"
    await fold.rows(ended + " returning to_jsonb(t.id)", {"gone": gone, "kept": kept})


def _identity(kept: Row, gone: Row) -> Row:
    """The same address on both files: the better proof of it counts."""
    strength = ("none", "channel", "verified")
    if strength.index(gone["proof"]) <= strength.index(kept["proof"]):
        return {}
    return {"proof": gone["proof"], "proved_at": gone["proved_at"]}


def _preference(kept: Row, gone: Row) -> Row:
    """Whoever of the two wanted no messages unasked is heard."""
    taken: Row = {}
    if kept["unasked"] and not gone["unasked"]:
        taken["unasked"] = False
    if not kept["channel"] and gone["channel"]:
        taken["channel"] = gone["channel"]
    if kept["hours_from"] is None and gone["hours_from"] is not None:
        taken |= {"hours_from": gone["hours_from"], "hours_until": gone["hours_until"]}
    return taken


def _membership(kept: Row, gone: Row) -> Row:
    """Both were members: they are one since the first of the two days, and as long as either is."""
    if gone["left_at"] is not None:
        return {}
    if kept["left_at"] is not None:
        return {"joined_at": gone["joined_at"], "left_at": None}
    return {"joined_at": gone["joined_at"]} if gone["joined_at"] < kept["joined_at"] else {}


RULES: dict[str, Rule] = {
    "conversations": conversations,
    "identities": identities,
    "addresses": addresses,
    "duplicate_pairs": duplicate_pairs,
    "portal_visits": portal_visits,
}
COMBINE: dict[str, Combine] = {
    "identities": _identity,
    "contact_preferences": _preference,
    "loyalty_members": _membership,
}
