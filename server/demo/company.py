"""Filling an empty database with the demo company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.catalogue.model import Product, Variant
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.database import Base
from crm_backend.orders.model import Order, OrderLine, Shipment, TrackingEvent
from server.demo.after_sales import after_sales
from server.demo.articles import Embed, load_articles
from server.demo.cases import load_cases
from server.demo.catalogue import catalogue
from server.demo.chance import Chance, beginning, morning
from server.demo.dossiers import dossiers
from server.demo.history import tell
from server.demo.orders import OrderRows, order_rows
from server.demo.people import Member, agent_rows, members, people_rows
from server.demo.readers import read_lately
from server.demo.service_levels import promise
from server.demo.shops import open_shops
from server.demo.value import fill

Rows = Sequence[dict[str, Any]]
ARTICLES = Path(__file__).parent / "articles"
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(7235203)"


@dataclass(frozen=True)
class Loaded:
    """How much was loaded; all zero when the database already had customers."""

    agents: int = 0
    customers: int = 0
    products: int = 0
    variants: int = 0
    orders: int = 0
    lines: int = 0
    shipments: int = 0
    events: int = 0
    articles: int = 0
    cases: int = 0

    def __bool__(self) -> bool:
        return bool(self.customers)


async def load(
    session: AsyncSession,
    *,
    today: date,
    embed: Embed,
    password_hash: str,
    articles: Path = ARTICLES,
    now: datetime | None = None,
    past: bool = False,
) -> Loaded:
    """Stores the demo company as it is on this day, unless there are customers; the caller commits.

    It is the company of that day's morning, and nothing of it lies ahead of an earlier `now`. With its `past` there are
    the conversations of the last weeks, too. The same day gives the same company, identifiers and all. Every agent
    signs in with the password of the hash.
    """
    await session.execute(text(_ONE_AT_A_TIME))
    if await session.scalar(select(Customer.id).limit(1)):
        return Loaded()
    tables = tables_on(today, password_hash=password_hash)
    present = min(now or morning(today), morning(today))
    for model, rows in tables.items():
        await session.execute(insert(model), happened(rows, by=present, today=today))
    await promise(session)
    joined = {row["id"]: row["created_at"] for row in tables[Customer]}
    await open_shops(session, joined, today)
    await fill(session, joined, present)
    cases = await load_cases(session, present)
    if past:
        await tell(session, today)
    published = await load_articles(session, articles, embed)
    if past:
        await read_lately(session, today)
    counts = {model: len(rows) for model, rows in tables.items()}
    return Loaded(
        agents=counts[Agent],
        customers=counts[Customer],
        products=counts[Product],
        variants=counts[Variant],
        orders=counts[Order],
        lines=counts[OrderLine],
        shipments=counts[Shipment],
        events=counts[TrackingEvent],
        articles=published,
        cases=cases,
    )


def tables_on(today: date, *, password_hash: str) -> dict[type[Base], Rows]:
    """Every row of the company as it is on this day, by table, in the order they can be stored."""
    people = members(today)
    products, variants, items = catalogue(today)
    orders = order_rows(people, items, today)
    joined = _joined(people, orders, today)
    customers, identities, addresses = people_rows(people, joined)
    return {
        Agent: agent_rows(today, password_hash),
        Customer: customers,
        Identity: identities,
        Address: addresses,
        Product: products,
        Variant: variants,
        Order: orders.orders,
        OrderLine: orders.lines,
        Shipment: orders.shipments,
        TrackingEvent: orders.events,
        **after_sales(orders, today),
        **dossiers(people, joined, today),
    }


def happened(rows: Rows, *, by: datetime, today: date) -> list[dict[str, Any]]:
    """The rows with what is told of the day's morning moved to `by` where it lies ahead of it: who starts the demo at
    night is not told of parcels that leave hours later."""
    ahead = morning(today)
    return [
        {name: by if isinstance(value, datetime) and by < value <= ahead else value for name, value in row.items()}
        for row in rows
    ]


def _joined(people: list[Member], orders: OrderRows, today: date) -> dict[UUID, datetime]:
    """Customers join shortly before their first order; those without one, some time in the two years."""
    chance = Chance("joined")
    days = (morning(today) - beginning(today)).days
    return {
        member.id: orders.first.get(member.id, morning(today) - timedelta(days=days * chance.random()))
        - timedelta(minutes=chance.randrange(2, 40))
        for member in people
    }
