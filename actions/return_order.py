"""Sending something back: what policy lets, for which pieces, and the slip that goes into the parcel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from sqlalchemy.ext.asyncio import AsyncSession

from actions import coming_back as back
from actions import return_reasons as reasons
from actions.order_allowed import BACK, sentences
from actions.tasks import articles, orders
from actions.tasks.asking import Words
from actions.tasks.buttons import yes_no
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.wording import REFUNDED_WHEN
from crm_backend.catalogue.money import money
from crm_backend.policies.schema import Decision
from crm_backend.returns import foreseeing

DONE: Final = {
    (True, True): "utter_return_order_done_until",
    (True, False): "utter_return_order_done",
    (False, True): "utter_return_order_done_bare_until",
    (False, False): "utter_return_order_done_bare",
}
"""What is said when it is done, by whether there is a slip and a last day."""


class ReturnOrder(Topic):
    name = "return_order"
    title: ClassVar[Words] = {"fr": "le retour d’un article", "en": "sending an item back"}
    how: ClassVar[Words] = {"fr": "Comment retourner un article ?", "en": "How do I return something?"}
    lasts = REFUNDED_WHEN

    async def plan(self, talk: Talk) -> None:
        fault = reasons.faulty(reasons.why_said(talk))
        order = await orders.order(talk, wish=lambda may: may.back)
        talk.focus(order.number)
        among = back.returnable(order, under_warranty=False)
        if not among and fault:
            among = back.returnable(order, under_warranty=True)
        named = back.spoken_of(talk, order)
        if not among and named is None:
            articles.look_elsewhere(talk, back.every_name(order), number=order.number)
        if not among or (named is not None and named not in among):
            refuse(talk, order, at=named)
            return
        places = orders.lines(talk, order, of=among, response="utter_return_order_which")
        some = back.all_pieces(talk, order, places)
        reason = talk.choose("reason", "utter_return_order_reason", reasons.REASONS)
        late = [each for each in some if not _may(order, each.at, reason).allowed]
        if late:
            refuse(talk, order, at=late[0].at)
            return
        await self._show(talk, order, some, reason)

    async def _show(self, talk: Talk, order: orders.Meant, some: list[back.Pieces], reason: str) -> None:
        worth = await foreseeing.expected(
            talk.session,
            order.allowed.order_id,
            actor=order.actor,
            pieces={each.line_id: each.count for each in some},
            faulty=reasons.faulty(reason),
        )
        decision = order.allowed.lines[some[0].at].back
        agreed = {
            "order": str(order.allowed.order_id),
            "number": order.number,
            "pieces": back.agreed_pieces(some),
            "reason": reason,
            "last": back.last_day(decision, talk.language) if decision.allowed else "",
        }
        talk.confirm(
            "utter_return_order_confirm_paid" if worth else "utter_return_order_confirm",
            agreed=agreed,
            changes={"order": orders.THE_ORDER, "lines": back.THE_ARTICLE, "reason": back.THE_REASON},
            what=back.in_words(order, some, talk.language),
            number=order.number,
            reason=reasons.reason_in_words(reason, talk.language),
            refund=money(worth or 0, order.allowed.currency, talk.language),
        )

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        made, files = await back.request(talk, session, agreed, reason=agreed["reason"])
        response = DONE[bool(files), bool(agreed["last"])]
        talk.say(response, files=files, reference=made.reference, number=agreed["number"], last=agreed["last"])
        talk.focus(agreed["number"])


def refuse(talk: Talk, order: orders.Meant, *, at: int | None) -> None:
    """Why nothing can come back, or not this article, and the next best thing."""
    line = order.allowed.lines[at] if at is not None else None
    decision = line.back if line else order.allowed.back
    if line is None or at is None:
        talk.tell(sentences(order.view, order.allowed, talk.language, wanted=[BACK]))
    else:
        why = back.why_not(decision, talk.language)
        talk.say("utter_return_order_not_this", article=order.view.lines[at].name(talk.language), why=why)
    covered = line.warranty if line else order.allowed.warranty
    if decision.reason in back.SENT_BACK:
        talk.say("utter_return_order_there", buttons=yes_no(talk.language))
        talk.propose("return_status", order_number=order.number)
    elif decision.reason == "not_delivered" and order.allowed.cancel.allowed:
        talk.say("utter_return_order_cancel", buttons=yes_no(talk.language))
        talk.propose("cancel_order", order=order.number)
    elif covered.allowed:
        talk.say(
            "utter_return_order_warranty",
            buttons=yes_no(talk.language),
            last=back.last_day(covered, talk.language),
        )
        facts = {"order": order.number, **({} if at is None else {"lines": str(at)})}
        talk.propose("warranty", **facts)
    elif decision.reason != "not_delivered":
        talk.say("utter_return_order_person", buttons=yes_no(talk.language))
        talk.offer_person("asked")


def _may(order: orders.Meant, at: int, reason: str) -> Decision:
    line = order.allowed.lines[at]
    return line.warranty if reasons.faulty(reason) and not line.back.allowed else line.back
