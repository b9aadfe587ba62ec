"""Tags: words that customers are sorted by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.audit import services as audit
from crm_backend.customers import checks
from crm_backend.customers.profiles import locked, touch
from crm_backend.customers.records import CustomerTag, Tag
from crm_backend.customers.telling import tell
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotFound, NotNow

LONGEST = 40
MOST = 50


@dataclass(frozen=True)
class Used:
    """A tag, and how many customers have it."""

    tag: Tag
    customers: int


async def set_tags(session: AsyncSession, *, actor: Actor, customer_id: UUID, names: Sequence[str]) -> list[str]:
    """Gives the customer exactly these tags, which are made when there are none such: `VIP` and `vip` are the same. The
    names, in order of the alphabet. Raises NotFound, Invalid, NotNow (`enough_there`)."""
    actor.need("customers.write")
    wanted: dict[str, str] = {}
    for index, name in enumerate(names):
        plain = " ".join(checks.text(f"tags.{index}", name, longest=LONGEST, needed=True).split())
        wanted.setdefault(plain.casefold(), plain)
    if len(wanted) > MOST:
        raise NotNow("enough_there", most=MOST)
    customer = await locked(session, customer_id)
    before = await of_customer(session, customer_id)
    tags = await _named(session, wanted)
    await session.execute(
        delete(CustomerTag).where(
            CustomerTag.customer_id == customer_id, CustomerTag.tag_id.not_in([tag.id for tag in tags])
        )
    )
    if tags:
        rows = [{"customer_id": customer_id, "tag_id": tag.id, "actor": actor.name, "at": utc_now()} for tag in tags]
        await session.execute(insert(CustomerTag).values(rows).on_conflict_do_nothing())
    after = sorted((tag.name for tag in tags), key=str.casefold)
    if before != after:
        touch(customer)
        told: dict[str, Any] = {"old": {"tags": before}, "new": {"tags": after}, "plain": ("tags",)}
        await tell(session, customer_id, actor=actor, action="tagged", fields=["tags"], **told)
    await session.flush()
    return after


async def of_customer(session: AsyncSession, customer_id: UUID) -> list[str]:
    """The names, in order of the alphabet."""
    rows = await session.scalars(
        select(Tag.name).join(CustomerTag, CustomerTag.tag_id == Tag.id).where(CustomerTag.customer_id == customer_id)
    )
    return sorted(rows, key=str.casefold)


async def used(session: AsyncSession, *, actor: Actor) -> list[Used]:
    """Every tag with how many customers have it, the most used first."""
    actor.need("customers.read")
    count = func.count(CustomerTag.customer_id)
    rows = await session.execute(
        select(Tag, count)
        .outerjoin(CustomerTag, CustomerTag.tag_id == Tag.id)
        .group_by(Tag.id)
        .order_by(count.desc(), Tag.key)
    )
    return [Used(tag, customers) for tag, customers in rows]


async def rename(session: AsyncSession, *, actor: Actor, tag_id: UUID, name: str) -> Tag:
    """Renames the tag wherever it is. Raises NotFound, Invalid (`taken`)."""
    actor.need("customers.write", "attributes.configure")
    tag = await session.get(Tag, tag_id, with_for_update=True, populate_existing=True)
    if tag is None:
        raise NotFound("no such tag")
    plain = " ".join(checks.text("name", name, longest=LONGEST, needed=True).split())
    if await session.scalar(select(Tag.id).where(Tag.key == plain.casefold(), Tag.id != tag_id)):
        raise Invalid("name", "taken")
    old, tag.name, tag.key = tag.name, plain, plain.casefold()
    await session.flush()
    audit.record(
        session, actor=actor, action="renamed", subject=("tag", tag_id), old={"name": old}, new={"name": plain},
        plain=("name",),
    )  # fmt: skip
    return tag


async def remove(session: AsyncSession, *, actor: Actor, tag_id: UUID) -> None:
    """Takes the tag away from everybody. Raises NotFound."""
    actor.need("customers.write", "attributes.configure")
    tag = await session.get(Tag, tag_id, with_for_update=True, populate_existing=True)
    if tag is None:
        raise NotFound("no such tag")
    name = tag.name
    await session.delete(tag)
    await session.flush()
    old = {"name": name}
    audit.record(session, actor=actor, action="removed", subject=("tag", tag_id), old=old, plain=("name",))


async def _named(session: AsyncSession, wanted: dict[str, str]) -> list[Tag]:
    if not wanted:
        return []
    rows = [{"id": new_id(), "name": name, "key": key} for key, name in sorted(wanted.items())]
    await session.execute(insert(Tag).values(rows).on_conflict_do_nothing())
    return list(await session.scalars(select(Tag).where(Tag.key.in_(wanted)).order_by(Tag.key)))
