"""Telling of a problem with an order: what it is, in words and photos; it becomes a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from crm_backend.cases import queries as cases
from crm_backend.cases import troubles
from crm_backend.cases.model import Case
from crm_backend.cases.troubles import Trouble
from crm_backend.errors import BadFile, Invalid, NotNow, RateLimited, RelaisError, Stale, TooLarge
from crm_backend.orders import own as own_orders
from crm_backend.orders.model import Order
from crm_backend.orders.queries import allowed_for
from crm_backend.orders.schema import OrderView
from crm_backend.portal.schema import Language, Visit, path_of
from server.portal.forms import Brought
from server.portal.order_choices import MOST_TO_CHOOSE, Row, count_of
from server.portal.order_of import OrderPages, key_of, named, new_key, own
from server.portal.order_shown import Teller, name_of, pieces
from server.portal.order_ways import Ways, person

SEND_BACK = {troubles.DAMAGED: "damaged", troubles.WRONG: "wrong_item"}
"""Why an article comes back, by what is told of it."""


@dataclass(frozen=True)
class Kind:
    """A kind of problem; `why` says why it cannot be told of now, `case` which case sees to it already."""

    key: str
    title: str
    url: str
    why: str
    case: str
    case_url: str


class Troubles(OrderPages):
    """`…/orders/{id}/problem`."""

    def routes(self) -> list[web.RouteDef]:
        """The page and its form."""
        at = "orders/{id}/problem"
        return self._frame.get(at, self._ask, guests=True) + self._frame.post(at, self._do, guests=True, files=True)

    async def _ask(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        typed = visit.typed("orders", named(request), "problem")
        return await self._asker(request, visit, language, {**request.query, **typed})

    async def _asker(
        self,
        request: web.Request,
        visit: Visit,
        language: Language,
        given: Mapping[str, str],
        wrong: RelaisError | str = "",
        brought: Brought | None = None,
    ) -> web.Response:
        """What is the matter; then, of one kind, what there is to say of it."""
        teller, words, brought = self._teller(language), self._frame.words(language), brought or Brought()
        async with self._frame.sessions() as session:
            order = await own(session, request, visit)
            may = await allowed_for(session, order.id, actor=visit.actor)
            open_cases = {kind: await cases.open_about(session, order.id, tag=kind) for kind in troubles.KINDS}
            images = await own_orders.pictures(session, order.lines)
        view, ways = OrderView.model_validate(order), Ways(teller, visit, order, may)
        kinds = [self._kind(key, visit, view, ways, open_cases[key]) for key in troubles.KINDS]
        kind = next((each for each in kinds if each.key == given.get("kind") and not each.why and not each.case), None)
        rows = []
        for line in order.lines if kind and kind.key in troubles.OF_ARTICLES else []:
            article = teller.article(line, order.currency, image=images.get(line.id, ""))
            rows.append(Row(article, line.quantity, count_of(given, line.id)))
        back = f"?reason={SEND_BACK[kind.key]}" if kind and kind.key in SEND_BACK and may.warranty.allowed else ""
        return self._frame.page(
            request, "order_problem.html", visit, language, status=422 if wrong else 200, order=order, kinds=kinds,
            kind=kind, rows=rows, given=given, most=troubles.MOST_PICTURES, longest=troubles.LONGEST, key=new_key(),
            send_back=path_of(language, "orders", order.id, "return") + back if back else "", listed=MOST_TO_CHOOSE,
            looked=kind is not None and kind.key == troubles.LOST and order.status == "delivered", person=person(visit),
            kept=brought.again,
            wrong=self._amiss(language, wrong, brought) if isinstance(wrong, RelaisError) else words.get(wrong, ""),
        )  # fmt: skip

    def _kind(self, key: str, visit: Visit, order: OrderView, ways: Ways, known: Case | None) -> Kind:
        teller = self._teller(visit.language)
        return Kind(
            key,
            teller.words[f"trouble_{key}"],
            f"?kind={key}",
            ways.why(troubles.tellable(key, order, today=teller.today)),
            known.number if known else "",
            path_of(visit.language, "requests", known.id) if known and not visit.guest else "",
        )

    async def _do(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        brought = await self._brought(request, visit, most=troubles.MOST_PICTURES)
        try:
            if brought.refused is not None:
                raise brought.refused
            return await self._done(request, visit, language, brought)
        except (NotNow, Stale) as no:
            return self._came_between(request, visit, language, no)
        except (Invalid, BadFile, TooLarge, RateLimited) as wrong:
            if isinstance(wrong, Invalid) and wrong.field == "idempotency_key":
                return self._came_between(request, visit, language, wrong)
            return await self._asker(request, visit, language, brought.fields, wrong, brought)

    async def _done(self, request: web.Request, visit: Visit, language: Language, brought: Brought) -> web.Response:
        said = brought.fields
        key, kind, teller = key_of(said), said.get("kind", ""), self._teller(language)
        async with self._frame.changing() as session:
            order = await own(session, request, visit)
            what = _articles(said, order, language)
            wrong = _amiss(said, order, what)
            if not wrong:
                files = await self._own_photos(session, visit, brought)
                told = Trouble(kind, language, what, said.get("text", ""), _delivered(order, teller), files)
                await troubles.report(session, order.id, actor=visit.actor, trouble=told, today=teller.today, key=key)
        if wrong:
            return await self._asker(request, visit, language, said, wrong, brought)
        return self._frame.done(path_of(language, "orders", order.id) + "#cases", "done_problem")


def _amiss(said: Mapping[str, str], order: Order, what: str) -> str:
    """The word for what the form still has to say; nothing mostly."""
    kind = said.get("kind", "")
    if kind in troubles.OF_ARTICLES and not what:
        return "trouble_no_article"
    if kind == troubles.LOST and order.status == "delivered" and "looked" not in said:
        return "trouble_not_looked"
    return ""


def _articles(said: Mapping[str, str], order: Order, language: str) -> str:
    """The articles that are chosen, in words. Raises Invalid for more pieces than there are."""
    found = []
    for line in order.lines:
        given = said.get(f"n-{line.id}", "") or "0"
        if not (given.isascii() and given.isdecimal()) or len(given) > 6 or int(given) > line.quantity:
            raise Invalid(f"n-{line.id}", "unknown_line")
        if int(given):
            found.append(pieces(name_of(line, language), int(given)))
    return ", ".join(found)


def _delivered(order: Order, teller: Teller) -> str:
    latest = max((each.delivered_at for each in order.shipments if each.delivered_at), default=None)
    return f" {teller.on(latest)}" if latest else ""
