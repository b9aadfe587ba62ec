"""What is foretold of customers: fitting the models to all of them, and applying what was fitted to some."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Float, Row, Uuid, bindparam, delete, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers.consents import PROFILING, objectors
from crm_backend.value import bg_nbd, gamma_gamma
from crm_backend.value.bg_nbd import BgNbd, Fit, Numbers, numbers
from crm_backend.value.gamma_gamma import GammaGamma
from crm_backend.value.model import CustomerValue, ValueModel, ValueSettings

WEEK_SECONDS = 7 * 86_400.0
KEPT = timedelta(days=90)
"""How long a fit is kept to compare later ones with."""
_LARGEST = 10**15
_V = CustomerValue
_ROWS = select(
    _V.customer_id,
    _V.order_days,
    _V.currency,
    _V.currency_orders,
    _V.spent_minor,
    func.extract("epoch", _V.first_order_at).label("first"),
    func.extract("epoch", _V.last_order_at).label("last"),
).where(_V.first_order_at.is_not(None))
_WRITE = text("""
update customer_values v
set alive = n.alive, leaving_risk = n.risk, expected_orders = n.orders, expected_order_minor = n.amount::bigint,
    lifetime_value_minor = n.value::bigint, model_id = case when n.risk is null then null else cast(:model as uuid) end
from unnest(:ids, :alive, :risk, :orders, :amount, :value)
    as n (customer_id, alive, risk, orders, amount, value)
where v.customer_id = n.customer_id
""").bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    *(bindparam(name, type_=ARRAY(Float)) for name in ("alive", "risk", "orders", "amount", "value")),
)
_FORGET = text("""
update customer_values
set alive = null, leaving_risk = null, expected_orders = null, expected_order_minor = null,
    lifetime_value_minor = null, model_id = null
where customer_id = any(:ids) and model_id is not null
    and (first_order_at is null or not :known)
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)))


@dataclass(frozen=True)
class Models:
    """The models that hold, as last fitted; amounts by currency. None where there is too little to know."""

    orders: tuple[UUID, BgNbd] | None
    amounts: dict[str, GammaGamma]


@dataclass(frozen=True)
class History:
    """Customers' purchases as the models take them, in one order: times in weeks."""

    x: Numbers
    t_x: Numbers
    age: Numbers


def history(rows: Sequence[Row[Any]], now: datetime) -> History:
    """Purchases are days with an order: two orders of one day are one visit to the shop."""
    first = numbers([float(row.first) for row in rows])
    last = numbers([float(row.last) for row in rows])
    x = numbers([row.order_days - 1 for row in rows])
    t_x = np.where(x > 0, (last - first) / WEEK_SECONDS, 0.0)
    return History(x, t_x, np.maximum((now.timestamp() - first) / WEEK_SECONDS, t_x))


async def fit(session: AsyncSession, *, now: datetime) -> None:
    """Fits both models to everybody who did not object, and keeps what came of it; what could not be fitted is kept
    with its reason."""
    rows = (
        await session.execute(_ROWS.where(_V.customer_id.not_in(objectors(PROFILING))).order_by(_V.customer_id))
    ).all()
    past = history(rows, now)
    # Away from the event loop: it takes seconds with many customers.
    _keep(session, "bg_nbd", "", await asyncio.to_thread(bg_nbd.fit, past.x, past.t_x, past.age), now)
    for currency in sorted({row.currency for row in rows}):
        theirs = [row for row in rows if row.currency == currency]
        orders = numbers([row.currency_orders for row in theirs])
        mean = numbers([row.spent_minor for row in theirs]) / orders
        _keep(session, "gamma_gamma", currency, await asyncio.to_thread(gamma_gamma.fit, orders, mean), now)
    await session.execute(delete(ValueModel).where(ValueModel.as_of < now - KEPT))
    await session.flush()


def _keep(session: AsyncSession, kind: str, currency: str, found: Fit, now: datetime) -> None:
    statistics = {
        name: value if not isinstance(value, float) or math.isfinite(value) else None
        for name, value in found.statistics.items()
    }
    parameters = found.model.as_json() if found.model else None
    session.add(
        ValueModel(
            kind=kind,
            currency=currency,
            parameters=parameters,
            statistics=statistics,
            reason=found.reason,
            as_of=now,
        )
    )


async def latest(session: AsyncSession) -> Models:
    """The models that hold: the last fit of each kind and currency, where it came to something."""
    fits = await session.scalars(
        select(ValueModel)
        .distinct(ValueModel.kind, ValueModel.currency)
        .order_by(ValueModel.kind, ValueModel.currency, ValueModel.as_of.desc(), ValueModel.id.desc())
    )
    orders, amounts = None, {}
    for each in fits:
        if each.parameters is None:
            continue
        if each.kind == "bg_nbd":
            orders = each.id, BgNbd(**each.parameters)
        else:
            amounts[each.currency] = GammaGamma(**each.parameters)
    return Models(orders, amounts)


async def compute(
    session: AsyncSession, ids: Sequence[UUID], *, models: Models, settings: ValueSettings, now: datetime
) -> None:
    """Foretells these customers, none of whom objected, by the models. Nothing is foretold of who has not ordered, and
    without a model."""
    await session.execute(_FORGET, {"ids": list(ids), "known": models.orders is not None})
    if models.orders is None:
        return
    rows = (await session.execute(_ROWS.where(_V.customer_id == func.any(list(ids))))).all()
    if not rows:
        return
    model_id, model = models.orders
    weeks = settings.horizon_days / 7
    foretold = await asyncio.to_thread(_foretold, rows, models, model, weeks, settings.yearly_discount, now)
    columns = {name: [_known(value) for value in values] for name, values in foretold.items()}
    await session.execute(_WRITE, {"ids": [row.customer_id for row in rows], "model": model_id, **columns})


def _foretold(
    rows: Sequence[Row[Any]], models: Models, model: BgNbd, weeks: float, yearly: float, now: datetime
) -> dict[str, Numbers]:
    past = history(rows, now)
    given = (model, past.x, past.t_x, past.age)
    amount = np.full(len(rows), np.nan)
    for currency, money in models.amounts.items():
        theirs = np.array([row.currency == currency for row in rows])
        orders = numbers([row.currency_orders for row in rows])[theirs]
        spent = numbers([row.spent_minor for row in rows])[theirs]
        amount[theirs] = gamma_gamma.expected(money, orders, spent / orders)
    worth = bg_nbd.discounted(*given, weeks=weeks, yearly=yearly)
    return {
        # The model's 1 for who has bought once is no knowledge of them.
        "alive": np.where(past.x > 0, bg_nbd.alive(*given), np.nan),
        "risk": bg_nbd.silent(*given, weeks=weeks),
        "orders": bg_nbd.expected(*given, weeks=weeks),
        "amount": np.rint(amount),
        "value": np.rint(amount * worth),
    }


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) and abs(value) <= _LARGEST else None
