"""Exchanging an article for another version of it, or for the same again; people see to any other exchange."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, NoReturn
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from actions import coming_back as back
from actions import return_reasons as reasons
from actions.return_order import refuse
from actions.tasks import articles, orders, reading
from actions.tasks.asking import Option, Words
from actions.tasks.casework import open_case
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from crm_backend.cases.schema import NewCase
from crm_backend.catalogue.money import money
from crm_backend.catalogue.words import option_name, option_value
from crm_backend.returns import instead
from crm_backend.returns.instead import Version
from crm_backend.texts import shorten

SAME, OTHER = "same", "other"
SAME_WORDS: Final[Words] = {"fr": "Le même, en neuf", "en": "The same again"}
OTHER_WORDS: Final[Words] = {"fr": "Un autre article", "en": "A different item"}
MOST_AT_ONCE: Final = 6
"""Versions that are shown in one list; of more, one option is asked for after the other."""
ANEW: Final = tuple(each for each in reasons.REASONS if each.code not in ("changed_mind", "wrong_size"))
SUBJECT: Final = {"fr": "Échange de {what} contre\u00a0: {wish}", "en": "Exchange {what} for: {wish}"}


class Exchange(Topic):
    name = "exchange"
    title: ClassVar[Words] = {"fr": "l’échange d’un article", "en": "exchanging an item"}
    how: ClassVar[Words] = {"fr": "Puis-je échanger un article ?", "en": "Can I exchange an item?"}

    async def plan(self, talk: Talk) -> None:
        fault = reasons.faulty(reasons.why_said(talk))
        order = await orders.order(talk, wish=lambda may: may.back)
        talk.focus(order.number)
        among = back.returnable(order, under_warranty=fault)
        named = back.spoken_of(talk, order)
        if not among and named is None:
            articles.look_elsewhere(talk, back.every_name(order), number=order.number)
        if not among or (named is not None and named not in among):
            refuse(talk, order, at=named)
            return
        at = back.one_line(talk, order, among, named=named, response="utter_exchange_which")
        count = back.pieces(talk, order, at, alone=True)
        some = back.Pieces(at, order.allowed.lines[at].id, count)
        there = await instead.versions(talk.session, order.allowed.order_id, actor=order.actor, line_id=some.line_id)
        version = _version(talk, there, article=order.view.lines[at].name(talk.language))
        if version is None:
            self._ask_people(talk, order, some)
        reason = _reason(talk, version, order.view.lines[at].options)
        if not order.allowed.lines[at].back.allowed and not reasons.faulty(reason):
            refuse(talk, order, at=at)
            return
        self._show(talk, order, some, version, reason)

    def _show(self, talk: Talk, order: orders.Meant, some: back.Pieces, version: Version, reason: str) -> None:
        dearer = version.dearer_by * some.count
        response = "utter_exchange_confirm"
        if dearer:
            response = "utter_exchange_confirm_dearer" if dearer > 0 else "utter_exchange_confirm_cheaper"
        wish = SAME_WORDS[talk.language].lower() if version.same else _in_words(version, talk.language)
        agreed = {
            "order": str(order.allowed.order_id),
            "number": order.number,
            "pieces": [
                {"line": str(some.line_id), "count": some.count, "instead": None if version.same else str(version.id)}
            ],
            "reason": reason,
        }
        talk.confirm(
            response,
            agreed=agreed,
            changes=_changes(talk),
            what=back.in_words(order, [some], talk.language),
            number=order.number,
            wish=wish,
            difference=money(abs(dearer), order.allowed.currency, talk.language),
        )

    def _ask_people(self, talk: Talk, order: orders.Meant, some: back.Pieces) -> NoReturn:
        """Another article altogether: somebody has to say what it comes to."""
        wish = talk.text("wish", "utter_exchange_other")
        what = back.in_words(order, [some], talk.language)
        agreed = {"order": str(order.allowed.order_id), "number": order.number, "wish": wish, "what": what}
        talk.confirm(
            "utter_exchange_case",
            agreed=agreed,
            changes={**_changes(talk), "wish": {"fr": "l’article voulu", "en": "the item you’d like"}},
            what=what,
            number=order.number,
            wish=shorten(wish, 200),
        )

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        talk.focus(agreed["number"])
        if "wish" in agreed:
            subject = SUBJECT[talk.language].format(what=agreed["what"], wish=agreed["wish"])
            new = NewCase(
                type_key="return",
                subject=shorten(subject, back.LONGEST_SUBJECT),
                description=f"{subject}\n{agreed['number']}",
                order_ids=[UUID(agreed["order"])],
            )
            case = await open_case(talk, session, new)
            talk.say("utter_exchange_case_done", number=case.number)
            return
        made, files = await back.request(talk, session, agreed, reason=agreed["reason"], kind="exchange")
        response = "utter_exchange_done" if files else "utter_exchange_done_bare"
        talk.say(response, files=files, reference=made.reference, number=agreed["number"])


def _version(talk: Talk, there: Sequence[Version], *, article: str) -> Version | None:
    """What is wanted instead; None for another article."""
    others = [each for each in there if not each.same]
    if len(others) <= MOST_AT_ONCE:
        options = [Option(str(each.id), {talk.language: _in_words(each, talk.language)}) for each in others]
        if any(each.same for each in there):
            options.append(Option(SAME, SAME_WORDS, back.SAME_AGAIN))
        code = _chosen(talk, "instead", "utter_exchange_for_what", options, article=article)
        if code == OTHER:
            return None
        return next(each for each in there if (each.same and code == SAME) or str(each.id) == code)
    left, asked = list(there), False
    for name in others[0].options:
        values = list(dict.fromkeys(each.options[name] for each in left if name in each.options))
        if len(values) > 1:
            options = [Option(value, {talk.language: option_value(value, talk.language)}) for value in values]
            option = option_name(name, talk.language)
            code = _chosen(
                talk,
                f"instead_{name}",
                "utter_exchange_option",
                options,
                other=not asked,
                article=article,
                option=option,
            )
            if code == OTHER:
                return None
            asked, left = True, [each for each in left if each.options.get(name) == code]
    return left[0]


def _chosen(talk: Talk, fact: str, response: str, options: list[Option], *, other: bool = True, **values: Any) -> str:
    if fact not in talk.facts and talk.heard and not talk.answers(fact):
        words = {each.code: each.words[talk.language] for each in options if each.code != SAME}
        spoken = reading.named(talk.turn.text, words)
        if len(spoken) == 1:
            talk.task.settle(fact, spoken[0])
    if other:
        options = [*options, Option(OTHER, OTHER_WORDS, intents=("find_product",))]
    return talk.choose(fact, response, options, **values)


def _reason(talk: Talk, version: Version, bought: Mapping[str, str]) -> str:
    """Why; asked where the same again is wanted, otherwise what was chosen says it."""
    chosen = instead.reason_of(version, bought)
    if chosen is None:
        return talk.choose("reason", "utter_exchange_reason", ANEW)
    return reasons.why_said(talk) or chosen


def _changes(talk: Talk) -> dict[str, Words]:
    instead: Words = {"fr": "ce que vous voulez à la place", "en": "what you’d like instead"}
    chosen = {name: instead for name in talk.facts if name.startswith("instead")}
    return {"order": orders.THE_ORDER, "lines": back.THE_ARTICLE, **dict(list(chosen.items())[:1])}


def _in_words(version: Version, language: str) -> str:
    return ", ".join(option_value(value, language) for value in version.options.values()) or SAME_WORDS[language]
