"""The demo shop's "My account": its two best-known customers, each brought to the door with a signed token."""

from __future__ import annotations

import re
from collections.abc import Callable

import structlog
from aiohttp import web
from sqlalchemy import func, select

from crm_backend.customers.model import Customer, Identity
from crm_backend.errors import NotFound
from crm_backend.orders.model import Order
from crm_backend.portal.schema import Language, Visit
from server.demo.showcase import EMMA, MARIE
from server.portal.frame import Frame

log = structlog.get_logger(__name__)


class Demo:
    """`…/demonstration`, where the demo company is; otherwise there is no such page."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[web.RouteDef]:
        """The one page."""
        return self._frame.open("GET", "demo", self._page)

    async def _page(self, request: web.Request, visit: Visit | None, language: Language) -> web.StreamResponse:
        shop = self._frame.shop
        if not shop.demo:
            raise NotFound("no demonstration")
        wanted = (MARIE, EMMA) if language == "fr" else (EMMA, MARIE)
        query = (
            select(Identity.value, func.string_agg(Order.number, ", "))
            .join(Customer, Customer.id == Identity.customer_id)
            .join(Order, Order.customer_id == Customer.id)
            .where(Customer.demo, Identity.kind == "email", Identity.value.in_([one.email for one in wanted]))
            .group_by(Identity.value)
        )
        async with self._frame.sessions() as session:
            orders = dict((await session.execute(query)).tuples().all())
        people = [
            {
                "name": f"{one.first_name} {one.last_name}",
                "email": one.email,
                "postcode": one.postcode,
                "numbers": ", ".join(sorted(orders[one.email].split(", "))),
                "token": shop.demo_token(one.email, one.language),
            }
            for one in wanted
            if one.email in orders
        ]
        if not people:
            raise NotFound("no demo company")
        return self._frame.page(request, "door_demo.html", None, language, people=people)


def aloud(frame: Frame) -> Callable[[str], None] | None:
    """Says in the server's log the code and the link of a letter that nobody can be sent; None outside the demo."""
    if not frame.shop.demo:
        return None

    def say(text: str) -> None:
        code, link = re.search(r"\b\d{6}\b", text), re.search(r"https?://\S+", text)
        shown = {"code": code, "demo_link": link}
        log.info("portal.demo_mail", **{key: found[0] for key, found in shown.items() if found})

    return say
