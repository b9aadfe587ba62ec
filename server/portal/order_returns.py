"""Sending something back: which pieces and why, what will happen, done once; then its slip, its code, where it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.database import utc_now
from crm_backend.errors import BadFile, Invalid, NotFound, NotNow, RateLimited, RelaisError, Stale, TooLarge
from crm_backend.orders import own as own_orders
from crm_backend.orders.model import Order
from crm_backend.orders.queries import allowed_for, last_days
from crm_backend.policies import kinds
from crm_backend.policies.schema import Allowed, LineAllowed
from crm_backend.policies.services import in_force
from crm_backend.portal.schema import Language, Visit, path_of
from crm_backend.returns import code, foreseeing, photos, queries
from crm_backend.returns import services as returns
from crm_backend.returns.model import Return
from server.portal.forms import Brought
from server.portal.order_choices import (
    MOST_TO_CHOOSE,
    SAME,
    Choice,
    Row,
    Unchosen,
    chosen,
    count_of,
    in_words,
    reason_in_words,
    reasons,
    send_by,
)
from server.portal.order_of import OrderPages, key_of, named, new_key, own, version_of
from server.portal.order_shown import Article
from server.portal.order_states import state_of_return
from server.portal.order_ways import Ways

Choosable = tuple[Order, Allowed, Ways, list[tuple[Article, LineAllowed]]]


def possible(line: LineAllowed) -> bool:
    """Whether anything of it may come back, for whatever reason."""
    return line.returnable > 0 and (line.back.allowed or line.warranty.allowed)


class Returning(OrderPages):
    """`…/orders/{id}/return`, and with `kind` `exchange` what both kinds share."""

    kind = "return"

    def routes(self) -> list[web.RouteDef]:
        """The choice, the yes, and what came of it."""
        get, post, at = self._frame.get, self._frame.post, "orders/{id}/return"
        return [
            *get(at, self._choose, guests=True),
            *get(f"{at}/check", self._ask, guests=True),
            *post(f"{at}/check", self._do, guests=True, files=True),
            *get(f"{at}/{{back}}", self._made, guests=True),
            *get(f"{at}/{{back}}/cancel", self._call_off, guests=True),
            *post(f"{at}/{{back}}/cancel", self._called_off, guests=True),
        ]

    async def _choose(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        return await self._chooser(request, visit, language, request.query)

    async def _chooser(
        self,
        request: web.Request,
        visit: Visit,
        language: Language,
        given: Mapping[str, str],
        wrong: Unchosen | None = None,
    ) -> web.Response:
        """The page to choose on, with what is chosen already."""
        async with self._frame.sessions() as session:
            order, may, ways, articles = await self._choosable(session, request, visit)
        rows = []
        for article, each in articles:
            rows.append(
                Row(
                    article=article,
                    most=each.returnable if possible(each) else 0,
                    count=count_of(given, article.id),
                    why="" if possible(each) else ways.why(each.back),
                    note="" if each.back.allowed or not possible(each) else ways.only_faulty(each),
                )
            )
        return self._frame.page(
            request, "order_return.html", visit, language, status=422 if wrong else 200, order=order, rows=rows,
            way=ways.one("return"), reasons=reasons(language, faults=not may.back.allowed),
            reason=given.get("reason", ""), listed=MOST_TO_CHOOSE, wrong=self._why(wrong, language),
        )  # fmt: skip

    async def _choosable(self, session: AsyncSession, request: web.Request, visit: Visit) -> Choosable:
        """The order of the page, what policy allows, and its articles, each with what is allowed of it."""
        teller, order = self._teller(visit.language), await own(session, request, visit)
        may = await allowed_for(session, order.id, actor=visit.actor)
        images = await own_orders.pictures(session, order.lines)
        articles = [teller.article(line, order.currency, image=images.get(line.id, "")) for line in order.lines]
        return order, may, Ways(teller, visit, order, may), list(zip(articles, may.lines, strict=True))

    def _why(self, wrong: Unchosen | None, language: str) -> str:
        return self._frame.words(language)[wrong.word].format(**wrong.facts) if wrong else ""

    async def _ask(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        if not request.query:
            return self._frame.leads_to(path_of(language, "orders", named(request), self.kind))
        typed = visit.typed("orders", named(request), self.kind, "check")
        # What is chosen stands in the address: what was chosen before a visit ended may be something else.
        noted = {"note": typed["note"]} if "note" in typed else {}
        return await self._asker(request, visit, language, {**request.query, **noted})

    async def _asker(
        self,
        request: web.Request,
        visit: Visit,
        language: Language,
        given: Mapping[str, str],
        refused: RelaisError | None = None,
        brought: Brought | None = None,
    ) -> web.Response:
        """The page that says what will happen and asks for a yes; `refused` is what was wrong with what was sent."""
        teller, brought = self._teller(language), brought or Brought()
        try:
            async with self._frame.sessions() as session:
                order = await own(session, request, visit)
                may = await allowed_for(session, order.id, actor=visit.actor)
                choice = await self._read(session, given, visit, order, may, Ways(teller, visit, order, may))
                values = await self._told(session, choice, visit, order)
                before = await queries.of_order(session, order.id, actor=visit.actor)
        except Unchosen as wrong:
            return await self._chooser(request, visit, language, given, wrong)
        there = [each for each in before if any(line.order_line_id in choice.pieces for line in each.lines)]
        return self._frame.page(
            request, "order_return_check.html", visit, language, status=422 if refused else 200, order=order,
            kind=self.kind, choice=choice, what=in_words(choice, order, teller),
            reason=reason_in_words(choice.reason, language), note=given.get("note", ""), key=new_key(),
            most=photos.MOST, change=path_of(language, "orders", order.id, self.kind) + f"?{choice.query()}",
            there=[state_of_return(each, teller) for each in there if each.status != "cancelled"],
            wrong=self._amiss(language, refused, brought) if refused else "", kept=brought.again, **values,
        )  # fmt: skip

    async def _read(
        self, session: AsyncSession, given: Mapping[str, str], visit: Visit, order: Order, may: Allowed, ways: Ways
    ) -> Choice:
        """What was chosen. Raises Unchosen."""
        return chosen(given, order, ways, may, teller=self._teller(visit.language))

    async def _told(self, session: AsyncSession, choice: Choice, visit: Visit, order: Order) -> dict[str, Any]:
        """What will happen."""
        teller = self._teller(visit.language)
        last = send_by(choice, await last_days(session, order.id, actor=visit.actor))
        worth = await foreseeing.expected(
            session, order.id, actor=visit.actor, pieces=choice.pieces, faulty=choice.faulty
        )
        book = await in_force(session, order.placed_at or order.created_at)
        return {
            "refund": teller.money(worth, order.currency) if worth else "",
            "days": book.of(kinds.Refund).days,
            "last": teller.day(last) if last else "",
            "wish": "",
            "difference": "",
        }

    async def _do(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        brought = await self._brought(request, visit, most=photos.MOST)
        said = brought.fields
        try:
            if brought.refused is not None:
                raise brought.refused
            return await self._done(request, visit, language, brought)
        except (NotNow, Stale) as no:
            again = path_of(language, "orders", named(request), self.kind)
            return self._came_between(request, visit, language, no, again=again)
        except (Invalid, BadFile, TooLarge, RateLimited) as wrong:
            if isinstance(wrong, Invalid) and wrong.field == "idempotency_key":
                return self._came_between(request, visit, language, wrong)
            return await self._asker(request, visit, language, said, wrong, brought)

    async def _done(self, request: web.Request, visit: Visit, language: Language, brought: Brought) -> web.Response:
        said = brought.fields
        key, version = key_of(said), version_of(said)
        async with self._frame.sessions.begin() as session:
            order = await own(session, request, visit)
            lines = [
                returns.Wanted(line, count, said.get("reason", ""), _instead(said))
                for line, count in _counted(said).items()
            ]
            made = await returns.request(
                session,
                order.id,
                actor=visit.actor,
                lines=lines,
                kind=self.kind,
                note=said.get("note", ""),
                files=await self._own_photos(session, visit, brought),
                key=key,
                version=version,
            )
        return self._frame.done(path_of(language, "orders", order.id, "return", made.id), f"done_{self.kind}")

    async def _made(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        """One that was asked for: its slip and code while the parcel is to be sent, and where it is."""
        teller = self._teller(language)
        async with self._frame.sessions() as session:
            order, made = await _own_return(session, request, visit)
            days = await last_days(session, order.id, actor=visit.actor)
            pictures = (await photos.of(session, [made.id])).get(made.id, [])
            company = (await in_force(session, utc_now())).of(kinds.Company)
        choice = Choice({line.order_line_id: line.quantity for line in made.lines}, made.lines[0].reason)
        last = send_by(choice, days)
        path, side = code.path(code.said(made))
        return self._frame.page(
            request, "order_return_made.html", visit, language, order=order, made=made,
            shown=state_of_return(made, teller), reason=reason_in_words(made.lines[0].reason, language),
            slip=bool(company.name and company.address), last=teller.day(last) if last else "", path=path, side=side,
            code=code.said(made), pictures=[self._frame.files.path(each.id) for each in pictures],
            carrier_label=made.label_url or "",
        )  # fmt: skip

    async def _call_off(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        async with self._frame.sessions() as session:
            order, made = await _own_return(session, request, visit)
        shown = state_of_return(made, self._teller(language))
        return self._frame.page(
            request, "order_return_off.html", visit, language, order=order, made=made, shown=shown, key=new_key()
        )

    async def _called_off(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        form = await self._frame.form(request)
        try:
            async with self._frame.sessions.begin() as session:
                order, made = await _own_return(session, request, visit)
                key = key_of(form)
                await returns.cancel(session, made.id, actor=visit.actor, key=key, version=version_of(form))
        except (NotNow, Stale, Invalid) as no:
            return self._came_between(request, visit, language, no, again=request.path)
        return self._frame.done(path_of(language, "orders", order.id), "done_return_off")


async def _own_return(session: AsyncSession, request: web.Request, visit: Visit) -> tuple[Order, Return]:
    """The return that a page is about, with its order. Raises NotFound."""
    order = await own(session, request, visit)
    wanted = named(request, "back")
    for made in await queries.of_order(session, order.id, actor=visit.actor):
        if made.id == wanted:
            return order, made
    raise NotFound("no such return")


def _counted(said: Mapping[str, str]) -> dict[UUID, int]:
    """Pieces by line, of fields that a page of ours made. Raises Invalid for others."""
    found = {}
    for name, value in said.items():
        if name.startswith("n-"):
            line = _identifier(name[2:])
            if line is None or not (value.isascii() and value.isdecimal()) or len(value) > 6:
                raise Invalid("lines", "unknown_line")
            found[line] = int(value)
    return found


def _instead(said: Mapping[str, str]) -> UUID | None:
    given = said.get("instead", "")
    return None if given == SAME else _identifier(given)


def _identifier(given: str) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError as error:
        raise Invalid("lines", "unknown_line") from error
