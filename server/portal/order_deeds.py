"""Calling an order off and sending it elsewhere: what will happen, a yes, and done once."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from aiohttp import web

from crm_backend.errors import BadInput, Invalid, NotNow, Stale
from crm_backend.orders import moving, values
from crm_backend.orders.model import Order
from crm_backend.orders.queries import allowed_for
from crm_backend.payments.refunds import due_on
from crm_backend.policies.services import in_force
from crm_backend.portal.schema import Language, Visit, path_of
from server.portal.drafts import Drafts
from server.portal.frame import Frame
from server.portal.order_of import OrderPages, key_of, new_key, own, version_of
from server.portal.order_shown import address_of
from server.portal.order_ways import Ways
from server.problems.reasons import told

REASONS = ("changed_mind", "ordered_twice", "too_late", "other")
"""Of `moving.CANCEL_REASONS` those that a customer has."""
TYPED = ("name", "line1", "line2", "postcode", "city", "region")


class Cancelling(OrderPages):
    """`…/orders/{id}/cancel`."""

    def routes(self) -> list[web.RouteDef]:
        """The page and its form."""
        at = "orders/{id}/cancel"
        return self._frame.get(at, self._ask, guests=True) + self._frame.post(at, self._do, guests=True)

    async def _ask(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        teller = self._teller(language)
        async with self._frame.sessions() as session:
            order = await own(session, request, visit)
            may = await allowed_for(session, order.id, actor=visit.actor)
            book = await in_force(session, order.placed_at or order.created_at)
        refund = teller.money(may.refundable_minor, may.currency) if may.refundable_minor else ""
        return self._frame.page(
            request, "order_cancel.html", visit, language, order=order, refund=refund, by=teller.day(due_on(book)),
            way=Ways(teller, visit, order, may).one("cancel"), reasons=REASONS, key=new_key(),
        )  # fmt: skip

    async def _do(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        form = await self._frame.form(request)
        reason = form.get("reason", "")
        try:
            async with self._frame.sessions.begin() as session:
                order = await own(session, request, visit)
                await moving.cancel(
                    session,
                    order.id,
                    actor=visit.actor,
                    reason=reason if reason in REASONS else "changed_mind",
                    key=key_of(form),
                    version=version_of(form),
                )
        except (NotNow, Stale, Invalid) as no:
            return self._came_between(request, visit, language, no, again=request.path)
        return self._frame.done(path_of(language, "orders", order.id), "done_cancelled")


class Redirecting(OrderPages):
    """`…/orders/{id}/address`. What was typed waits for the yes sealed in the address of the page that asks for it:
    nobody reads it there, and it opens for this visit and order only."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self._drafts = Drafts(frame.settings)

    def routes(self) -> list[web.RouteDef]:
        """The form, and the page that asks for a yes."""
        get, post, at = self._frame.get, self._frame.post, "orders/{id}/address"
        return [
            *get(at, self._form, guests=True),
            *post(at, self._check, guests=True),
            *get(f"{at}/check", self._ask, guests=True),
            *post(f"{at}/check", self._do, guests=True),
        ]

    async def _form(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        async with self._frame.sessions() as session:
            order = await own(session, request, visit)
        draft = self._drafts.open(request.query.get("draft", ""), place=_place(visit, order.id))
        typed = draft or address_of(order)
        typed |= {name: value for name, value in visit.typed("orders", order.id, "address").items() if name in TYPED}
        return await self._shown(request, visit, language, order, typed, wrong=_fault(order, draft) if draft else None)

    async def _shown(
        self,
        request: web.Request,
        visit: Visit,
        language: Language,
        order: Order,
        typed: Mapping[str, str],
        *,
        wrong: Invalid | None = None,
    ) -> web.Response:
        teller = self._teller(language)
        async with self._frame.sessions() as session:
            may = await allowed_for(session, order.id, actor=visit.actor)
        at = wrong.field.rpartition(".")[2] if wrong else ""
        return self._frame.page(
            request, "order_address.html", visit, language, status=422 if wrong else 200, order=order, typed=typed,
            way=Ways(teller, visit, order, may).one("address"), now=teller.address(address_of(order)),
            country=teller.country(order.ship_country), at=at,
            wrong=told(wrong.reason, language, wrong.facts) if wrong else "",
            # Nothing else holds what was typed when another language is chosen on this page.
            draft=self._drafts.seal(typed, place=_place(visit, order.id)) if wrong else None,
        )  # fmt: skip

    async def _check(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        form = await self._frame.form(request)
        async with self._frame.sessions() as session:
            order = await own(session, request, visit)
        typed = {name: form.get(name, "").strip() for name in TYPED}
        try:
            wanted = _wanted(order, typed)
        except Invalid as wrong:
            return await self._shown(request, visit, language, order, typed, wrong=wrong)
        draft = self._drafts.seal(wanted, place=_place(visit, order.id))
        return self._frame.leads_to(path_of(language, "orders", order.id, "address", "check") + f"?draft={draft}")

    async def _ask(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        draft, teller = request.query.get("draft", ""), self._teller(language)
        async with self._frame.sessions() as session:
            order = await own(session, request, visit)
            may = await allowed_for(session, order.id, actor=visit.actor)
        wanted = self._drafts.open(draft, place=_place(visit, order.id))
        form = path_of(language, "orders", order.id, "address")
        if wanted is None:
            return self._frame.leads_to(form)
        return self._frame.page(
            request, "order_address_check.html", visit, language, order=order, now=teller.address(address_of(order)),
            new=teller.address(wanted), way=Ways(teller, visit, order, may).one("address"), draft=draft,
            done=_same(wanted, address_of(order)), change=f"{form}?draft={draft}", key=new_key(),
        )  # fmt: skip

    async def _do(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        form = await self._frame.form(request)
        try:
            async with self._frame.sessions.begin() as session:
                order = await own(session, request, visit)
                wanted = self._drafts.open(form.get("draft", ""), place=_place(visit, order.id))
                if wanted is None:
                    raise BadInput("no draft")
                await moving.change_address(
                    session, order.id, actor=visit.actor, address=wanted, key=key_of(form), version=version_of(form)
                )
        except (NotNow, Stale, Invalid) as no:
            return self._came_between(request, visit, language, no, again=f"{request.path}?draft={form['draft']}")
        return self._frame.done(path_of(language, "orders", order.id), "done_address")


def _place(visit: Visit, order_id: UUID) -> str:
    return f"address/{visit.id}/{order_id}"


def _wanted(order: Order, typed: Mapping[str, str]) -> dict[str, str]:
    """The address that was typed. Raises Invalid, also for the one that the order has."""
    wanted = values.address({**typed, "country": order.ship_country})
    if _same(wanted, address_of(order)):
        raise Invalid("address.line1", "same_address")
    return wanted


def _fault(order: Order, typed: Mapping[str, str]) -> Invalid | None:
    """What is wrong with it."""
    try:
        _wanted(order, typed)
    except Invalid as wrong:
        return wrong
    return None


def _same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    def folded(each: Mapping[str, str]) -> list[str]:
        return [" ".join(each[name].casefold().split()) for name in values.ADDRESS]

    return folded(one) == folded(other)
