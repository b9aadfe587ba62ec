"""What waits, with all that decides who gets it and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.catalogue.model import Product, Variant
from crm_backend.orders.model import Order, OrderLine
from crm_backend.orders.numbers import number_key
from crm_backend.routing.deciding import Need, Waiting
from crm_backend.routing.loads import Weights
from crm_backend.routing.settings_model import Skill

MOST = 1000
"""Of a longer queue, those who wait longest are looked at."""

_WAITING = text("""
select e.id, e.team, e.front, e.needs, e.foreseen_at, e.conversation_id, e.case_id,
    extract(epoch from clock_timestamp() - e.entered_at) as waited,
    coalesce(c.channel, 'case') as channel, coalesce(c.language, k.language) as language, c.topic,
    coalesce(c.mood, 'calm') as mood, coalesce(k.priority, c.priority) as priority, c.passport,
    coalesce(v.vip_by_hand, v.vip_by_rule, false) as vip,
    extract(epoch from due.due_at - clock_timestamp()) as due_in, last.agent_id as last_agent,
    (select array_agg(o.agent_id) from routing_offers o where o.entry_id = e.id and o.state in ('declined', 'timed_out')
        and o.ended_at > clock_timestamp() - make_interval(secs => coalesce(t.offer_again_after, 300))) as refused_by
from queue_entries e
left join conversations c on c.id = e.conversation_id
left join cases k on k.id = e.case_id
left join customer_values v on v.customer_id = coalesce(c.customer_id, k.customer_id)
left join teams t on t.key = e.team
left join lateral (
    select min(l.due_at) as due_at from (
        select e.case_id
        union all select b.case_id from case_conversations b where b.conversation_id = e.conversation_id
    ) its join case_clocks l on l.case_id = its.case_id where l.state = 'running'
) due on true
left join lateral (
    select p.agent_id from (
        select c.id
        union all select d.id from conversations d where d.customer_id = coalesce(c.customer_id, k.customer_id)
    ) theirs join queue_entries p on p.conversation_id = theirs.id
    where p.agent_id is not null and p.taken_at > clock_timestamp() - interval '30 days'
    order by p.taken_at desc limit 1
) last on true
where e.left_at is null and (c.owner like 'queue:%' or (k.agent_id is null and k.stage = 'active'))
and not exists (select 1 from routing_offers o where o.entry_id = e.id and o.state = 'offered')
order by e.front desc, e.entered_at, e.id limit :most
""")


async def waiting(session: AsyncSession, *, weights: Weights) -> tuple[list[Waiting], dict[Any, Any]]:
    """What waits and is offered to nobody, and the row behind each by its entry."""
    rows = list(await session.execute(_WAITING, {"most": MOST}))
    skills = {(one.kind, one.value): one for one in await session.scalars(select(Skill))} if rows else {}
    products = await _products(session, rows) if any(kind == "product" for kind, _ in skills) else {}
    return [_item(row, skills, products, weights) for row in rows], {row.id: row for row in rows}


def _item(
    row: Any, skills: Mapping[tuple[str, str], Skill], products: Mapping[str, set[str]], weights: Weights
) -> Waiting:
    return Waiting(
        id=row.id,
        team=row.team,
        kind=weights.kind(row.channel),
        weight=weights.weight(row.channel),
        waited=max(0.0, float(row.waited)),
        channel_points=weights.points(row.channel),
        needs=tuple(_needs(row, skills, products)),
        vip=row.vip,
        upset=row.mood == "upset",
        priority=row.priority,
        due_in=None if row.due_in is None else float(row.due_in),
        front=row.front,
        refused_by=frozenset(row.refused_by or ()),
        last_agent=row.last_agent,
    )


def _needs(row: Any, skills: Mapping[tuple[str, str], Skill], products: Mapping[str, set[str]]) -> Iterable[Need]:
    """The skills an item asks for: those the company has of its language, its topic and the products spoken of."""
    goal = (row.passport or {}).get("goal") or {}
    orders = {number_key(str(number)) for number in (row.passport or {}).get("orders", [])}
    asked = [("language", row.language), ("topic", row.topic or goal.get("topic"))]
    asked += [("product", each) for key in sorted(orders) for each in sorted(products.get(key, ()))]
    found = {key: Need(skills[key].kind, key[1], skills[key].level, skills[key].firm) for key in asked if key in skills}  # type: ignore[arg-type]
    for each in row.needs:
        by_hand = Need(each["kind"], each["value"], each["level"])
        found[by_hand.kind, by_hand.value] = by_hand
    return found.values()


async def _products(session: AsyncSession, rows: Iterable[Any]) -> dict[str, set[str]]:
    """The categories of what was ordered, by the key of the order's number."""
    numbers = {number_key(str(number)) for row in rows for number in (row.passport or {}).get("orders", [])}
    if not numbers:
        return {}
    found = await session.execute(
        select(Order.number_key, func.lower(Product.category))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(Order.number_key.in_(numbers), Product.category != "")
    )
    by_order: dict[str, set[str]] = {}
    for key, category in found.tuples():
        by_order.setdefault(key, set()).add(category)
    return by_order
