"""Exchanging an article for another version of it, or for the same again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from actions.exchange import ANEW, SAME_WORDS
from crm_backend.catalogue.words import option_value
from crm_backend.orders.model import Order
from crm_backend.policies.schema import Allowed
from crm_backend.portal.schema import Language, Visit
from crm_backend.returns import instead
from crm_backend.returns.instead import Version
from server.portal.order_choices import CODES, MOST_TO_CHOOSE, SAME, Choice, Unchosen, check, counted
from server.portal.order_returns import Returning, possible
from server.portal.order_shown import Article, Teller
from server.portal.order_ways import Ways


@dataclass(frozen=True)
class Offered:
    """A version that can be had; `costs` says what it is dearer or cheaper by."""

    value: str
    name: str
    costs: str


class Exchanging(Returning):
    """`…/orders/{id}/exchange`; what was asked for stands with the returns."""

    kind = "exchange"

    def routes(self) -> list[web.RouteDef]:
        """The choice and the yes."""
        get, post, at = self._frame.get, self._frame.post, "orders/{id}/exchange"
        return [
            *get(at, self._choose, guests=True),
            *get(f"{at}/check", self._ask, guests=True),
            *post(f"{at}/check", self._do, guests=True, files=True),
        ]

    async def _chooser(
        self,
        request: web.Request,
        visit: Visit,
        language: Language,
        given: Mapping[str, str],
        wrong: Unchosen | None = None,
    ) -> web.Response:
        """The page to choose an article on, then the one to choose what is wanted instead."""
        teller = self._teller(language)
        async with self._frame.sessions() as session:
            order, _, ways, found = await self._choosable(session, request, visit)
            articles = [(article, each) for article, each in found if possible(each)]
            picked = _picked(given, [article for article, _ in articles])
            there: list[Version] = []
            if picked is not None:
                there = await instead.versions(session, order.id, actor=visit.actor, line_id=picked)
        article, each = next(((one, each) for one, each in articles if one.id == picked), (None, None))
        return self._frame.page(
            request, "order_exchange.html", visit, language, status=422 if wrong else 200, order=order,
            articles=[one for one, _ in articles], article=article, most=each.returnable if each else 0,
            note=ways.only_faulty(each) if each and not each.back.allowed else "", listed=MOST_TO_CHOOSE,
            offered=[self._offered(one, order.currency, teller) for one in there], way=ways.one("exchange"),
            reasons=[(one.code, one.words[language]) for one in ANEW if one.code != "late"],
            given={"instead": given.get("instead", ""), "reason": given.get("reason", "")},
            wrong=self._why(wrong, language),
        )  # fmt: skip

    def _offered(self, version: Version, currency: str, teller: Teller) -> Offered:
        costs, words = "", teller.words
        if version.dearer_by:
            word = words["exchange_dearer_by" if version.dearer_by > 0 else "exchange_cheaper_by"]
            costs = word.format(amount=teller.money(abs(version.dearer_by), currency))
        return Offered(SAME if version.same else str(version.id), _named(version, teller.language), costs)

    async def _read(
        self, session: AsyncSession, given: Mapping[str, str], visit: Visit, order: Order, may: Allowed, ways: Ways
    ) -> Choice:
        teller = self._teller(visit.language)
        some = counted(given, order, may, teller=teller)
        if len(some) > 1:
            raise Unchosen("exchange_one_at_a_time")
        line_id = next(iter(some))
        version = await self._version(session, given.get("instead", ""), visit, order, line_id)
        if version is None:
            raise Unchosen("exchange_nothing_instead")
        bought = next(line for line in order.lines if line.id == line_id)
        said = given.get("reason", "")
        reason = said if said in CODES else instead.reason_of(version, bought.options)
        if reason is None:
            raise Unchosen("return_no_reason")
        check(some, reason, order, ways, may, teller=teller)
        return Choice(some, reason, SAME if version.same else str(version.id))

    async def _version(
        self, session: AsyncSession, wanted: str, visit: Visit, order: Order, line_id: UUID
    ) -> Version | None:
        there = await instead.versions(session, order.id, actor=visit.actor, line_id=line_id)
        return next((each for each in there if wanted == (SAME if each.same else str(each.id))), None)

    async def _told(self, session: AsyncSession, choice: Choice, visit: Visit, order: Order) -> dict[str, Any]:
        told = await super()._told(session, choice, visit, order)
        [(line_id, count)] = choice.pieces.items()
        version = await self._version(session, choice.instead, visit, order, line_id)
        assert version is not None
        teller, dearer = self._teller(visit.language), version.dearer_by * count
        word = "exchange_dearer" if dearer > 0 else "exchange_cheaper"
        difference = teller.words[word].format(amount=teller.money(abs(dearer), order.currency)) if dearer else ""
        return {**told, "refund": "", "wish": _named(version, visit.language), "difference": difference}


def _picked(given: Mapping[str, str], articles: list[Article]) -> UUID | None:
    """The article that is chosen, or the only one there is."""
    wanted = {name.removeprefix("n-") for name in given if name.startswith("n-")} | {given.get("line", "")}
    found = [each.id for each in articles if str(each.id) in wanted]
    return found[0] if found else articles[0].id if len(articles) == 1 else None


def _named(version: Version, language: str) -> str:
    """What it is called: by its options, or as the same again."""
    if version.same:
        return SAME_WORDS[language]
    return ", ".join(option_value(value, language) for value in version.options.values()) or SAME_WORDS[language]
