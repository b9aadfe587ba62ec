"""My orders: the list, and one order with where it is, what it cost, its papers and what may be done with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.cases import troubles
from crm_backend.cases.model import Case
from crm_backend.invoices import queries as invoices
from crm_backend.orders import own as own_orders
from crm_backend.orders.model import Order
from crm_backend.orders.queries import allowed_for
from crm_backend.orders.schema import OrderView
from crm_backend.orders.services import OPEN
from crm_backend.payments import queries as payments
from crm_backend.portal.schema import Language, Visit, path_of
from crm_backend.returns import queries as returns
from crm_backend.returns.model import Return
from server.portal.frame import Frame
from server.portal.matters import Line, Matter
from server.portal.order_of import OrderPages, own
from server.portal.order_shown import Teller, address_of
from server.portal.order_states import state_of_return
from server.portal.order_ways import Ways

PER_PAGE = 10
FARTHEST = 500
"""The last page that is looked for."""
MOST_AT_HOME = 3
FILTERS = {"": None, "under_way": True, "over": False}


@dataclass(frozen=True)
class Listed:
    """An order in the list."""

    number: str
    url: str
    placed: str
    total: str
    status: str
    tone: str
    standing: str
    articles: list[str]
    images: list[str]


class Orders(OrderPages):
    """`/fr/compte/commandes` and `/en/account/orders`, with what stands below each order."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        frame.matters.append(self._matter)

    def routes(self) -> list[web.RouteDef]:
        """The pages."""
        get = self._frame.get
        return [
            *get("orders", self._list, guests=True),
            *get("orders/{id}", self._one, guests=True),
            *get("orders/{id}/tracking", self._tracking, guests=True),
        ]

    async def _matter(self, session: AsyncSession, visit: Visit) -> Matter | None:
        """On the home: the orders that are under way."""
        if visit.guest:
            return None
        found = await own_orders.listing(session, visit.customer_id, under_way=True, limit=MOST_AT_HOME)
        teller, words = self._teller(visit.language), self._frame.words(visit.language)
        lines = [
            Line(
                words["order_title"].format(number=order.number),
                path_of(visit.language, "orders", order.id),
                teller.standing(OrderView.model_validate(order)),
                teller.tone(order),
            )
            for order in found
        ]
        return Matter(words["orders_home"], path_of(visit.language, "orders"), lines)

    async def _list(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        if visit.order_id is not None:
            return self._frame.leads_to(path_of(language, "orders", visit.order_id))
        which = request.query.get("which", "")
        which = which if which in FILTERS else ""
        given = request.query.get("page", "1")
        page = min(max(int(given), 1), FARTHEST) if given.isascii() and given.isdecimal() and len(given) < 9 else 1
        async with self._frame.sessions() as session:
            found = await own_orders.listing(
                session,
                visit.customer_id,
                under_way=FILTERS[which],
                limit=PER_PAGE + 1,
                offset=(page - 1) * PER_PAGE,
            )
            images = await own_orders.pictures(session, [line for order in found for line in order.lines])
        shown = [self._listed(order, images, language) for order in found[:PER_PAGE]]
        return self._frame.page(
            request, "orders.html", visit, language, orders=shown, which=which, filters=list(FILTERS), page=page,
            more=len(found) > PER_PAGE,
        )  # fmt: skip

    def _listed(self, order: Order, images: dict[UUID, str], language: Language) -> Listed:
        teller = self._teller(language)
        seen = [teller.article(line, order.currency, image=images.get(line.id, "")).image for line in order.lines]
        return Listed(
            number=order.number,
            url=path_of(language, "orders", order.id),
            placed=teller.placed(order),
            total=teller.money(order.total_minor, order.currency),
            status=teller.status(order),
            tone=teller.tone(order),
            standing=teller.standing(OrderView.model_validate(order)),
            articles=teller.named(order),
            images=list(dict.fromkeys(filter(None, seen)))[:3],
        )

    async def _one(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        teller = self._teller(language)
        async with self._frame.sessions() as session:
            order = await own(session, request, visit)
            values = await self._values(session, visit, order, teller)
        return self._frame.page(request, "order.html", visit, language, **values)

    async def _values(self, session: AsyncSession, visit: Visit, order: Order, teller: Teller) -> dict[str, Any]:
        view = OrderView.model_validate(order)
        may = await allowed_for(session, order.id, actor=visit.actor)
        back = await returns.of_order(session, order.id, actor=visit.actor)
        papers = await invoices.of_order(session, order.id, actor=visit.actor)
        images = await own_orders.pictures(session, order.lines)
        gone = _coming_back(back)
        return {
            "order": order,
            "title": teller.words["order_title"].format(number=order.number),
            "placed": teller.placed(order),
            "state": teller.status(order),
            "tone": teller.tone(order),
            **self._way_values(order, view, teller),
            "articles": [
                teller.article(line, order.currency, image=images.get(line.id, ""), back=gone.get(line.id))
                for line in order.lines
            ],
            "sums": teller.sums(order),
            "paid": [teller.payment(each) for each in await payments.payments(session, order.id, actor=visit.actor)],
            "refunds": [
                teller.refund(each) for each in await payments.refunds_of(session, order.id, actor=visit.actor)
            ],
            "address": teller.address(address_of(order)),
            "papers": papers,
            "invoiced": any(each.kind == "invoice" for each in papers),
            "invoice_due": order.status not in ("placed", "cancelled") and order.total_minor > 0,
            "returns": [state_of_return(each, teller) for each in back],
            "cases": [(each, _trouble(each, teller)) for each in await troubles.going(session, order.id)],
            "ways": Ways(teller, visit, order, may).all(),
            "guest": visit.guest,
        }

    def _way_values(self, order: Order, view: OrderView, teller: Teller) -> dict[str, Any]:
        return {
            "standing": teller.standing(view),
            "parcels": teller.parcels(view),
            "live": order.status in OPEN,
            "live_url": path_of(teller.language, "orders", order.id, "tracking"),
            "order_url": path_of(teller.language, "orders", order.id),
        }

    async def _tracking(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        """The part of the page that follows the parcels, for the page that is open to show it anew."""
        async with self._frame.sessions() as session:
            order = await own(session, request, visit)
        values = self._way_values(order, OrderView.model_validate(order), self._teller(language))
        return self._frame.page(request, "order_tracking.html", visit, language, **values)


def _trouble(case: Case, teller: Teller) -> str:
    """What it is about: in our words, since what agents call a case is theirs."""
    return next((teller.words[f"trouble_{kind}"] for kind in troubles.KINDS if kind in case.tags), "")


def _coming_back(found: Sequence[Return]) -> dict[UUID, Counter[str]]:
    """How many pieces of each line go back (`goes`), and how many came back (`came`)."""
    counted: dict[UUID, Counter[str]] = {}
    for made in found:
        if made.status == "cancelled":
            continue
        for line in made.lines:
            pieces = line.quantity if line.accepted is None else line.accepted
            how = "goes" if made.status in ("requested", "labelled") else "came"
            if pieces:
                counted.setdefault(line.order_line_id, Counter())[how] += pieces
    return counted
