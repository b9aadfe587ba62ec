"""Something that went wrong with a payment: what is seen of it is told as it is, and people see to the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from actions import order_cases, still
from actions.knowledge import LONGEST, card
from actions.meaning import vector_of
from actions.plain import plain
from actions.refund_status import tell_refund
from actions.tasks import orders
from actions.tasks.asking import Option, Words
from actions.tasks.buttons import yes_no
from actions.tasks.casework import open_case
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from actions.turn import Turn
from actions.wording import on
from crm_backend.cases.schema import NewCase
from crm_backend.catalogue.money import money
from crm_backend.invoices.words import METHODS
from crm_backend.knowledge import services as knowledge
from crm_backend.payments import queries as payments
from crm_backend.payments.model import Payment
from crm_backend.texts import shorten

TWICE, NO_ORDER, REFUSED, OTHER = "twice", "no_order", "refused", "other"
PAYING: Final = ("payment",)
"""The categories of articles on paying."""
TELLS_IT: Final = 60
"""Characters of a first message that tells what happened, too."""


def _option(code: str, french: str, english: str, said: str) -> Option:
    return Option(code, {"fr": french, "en": english}, re.compile(said, re.IGNORECASE))


KINDS: Final = (
    _option(
        TWICE,
        "J’ai été débité deux fois",
        "I was charged twice",
        # Not "paid in two instalments".
        r"(?<!\ben )\b(?:deux|2)\s+fois\b(?!\s+sans)|\bdoubl(?:e|on|é)\w*|\btwice\b|"
        r"\b(?:2\s?x|x\s?2)\b|\b(?:2|two) times\b|\bdouble[- ]?charged?\b|"
        r"\bcharged? me again\b",
    ),
    _option(
        NO_ORDER,
        "J’ai payé, mais je n’ai pas de commande",
        "I paid, but there’s no order",
        r"\b(?:pas|aucune?)\s+(?:de\s+)?(?:commande|confirmation)\b|\bno (?:order|confirmation)\b|"
        r"\b(?:didn.t|haven.t|did not|never) (?:get|got|gotten|receive[d]?) (?:an?y? )?(?:order|confirmation)\b",
    ),
    _option(
        REFUSED,
        "Mon paiement est refusé",
        "My payment is refused",
        r"\brefus\w*|\brejet\w*|\bne (?:passe|marche|fonctionne) pas\b|\b[ée]chou\w*|\bdeclin\w*|\brejected\b|"
        r"\bfail(?:s|ed|ing)?\b|\bwon.t go through\b|\bdoesn.t (?:work|go through)\b",
    ),
    Option(OTHER, {"fr": "Autre chose", "en": "Something else"}),
)
SUBJECT: Final[dict[str, Words]] = {
    TWICE: {"fr": "Paiement en double, commande {number}", "en": "Charged twice, order {number}"},
    NO_ORDER: {"fr": "Payé, mais sans commande", "en": "Paid, but no order"},
    OTHER: {"fr": "Difficulté de paiement", "en": "Trouble with a payment"},
}
STORY: Final = {
    TWICE: "utter_payment_trouble_story_twice",
    NO_ORDER: "utter_payment_trouble_story_no_order",
    OTHER: "utter_payment_trouble_story_other",
}
SEEN: Final[Words] = {"fr": "{amount} {day} ({means})", "en": "{amount} {day} ({means})"}
SEVERAL: Final[Words] = {"fr": "\u00a0; ", "en": "; "}
THE_TEXT: Final[Words] = {"fr": "le texte", "en": "the text"}


class PaymentTrouble(Topic):
    name = "payment_trouble"
    title: ClassVar[Words] = {"fr": "un problème de paiement", "en": "trouble with a payment"}

    async def goes_on(self, turn: Turn) -> bool:
        return still.says_so(turn.text)

    async def aside(self, talk: Talk) -> bool:
        return order_cases.tells_how_long(talk)

    async def plan(self, talk: Talk) -> None:
        asked = talk.task.asked
        if talk.heard and asked is None and talk.turn.slot("topic") == self.name and still.says_so(talk.turn.text):
            talk.say("utter_still_no_help")
            talk.offer_person("asked")
            return
        begins = talk.heard and talk.task.asked is None and talk.turn.intent == self.name
        if begins and len(talk.turn.text) >= TELLS_IT:
            talk.facts.setdefault("story", talk.turn.text.strip()[:2000])
        kind = talk.choose("kind", "utter_payment_trouble_kind", KINDS)
        if kind == REFUSED:
            await _advise(talk)
            return
        about: dict[str, Any] = {}
        changes: dict[str, Words] = {"story": THE_TEXT}
        if kind == TWICE:
            order = await orders.order(talk)
            talk.focus(order.number)
            await _look(talk, order)
            about = {"order": str(order.allowed.order_id), "number": order.number}
            changes = {"order": orders.THE_ORDER, **changes}
        story = talk.text("story", STORY[kind])
        talk.confirm(
            "utter_payment_trouble_confirm",
            agreed={"kind": kind, "story": story, **about},
            changes=changes,
            story=shorten(story, 200),
        )

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        subject = SUBJECT[agreed["kind"]][talk.language].format(number=agreed.get("number", ""))
        new = NewCase(
            type_key="incident",
            subject=subject,
            description=f"{subject}\n\n{agreed['story']}",
            urgency="high",
            tags=["payment"],
            order_ids=[UUID(agreed["order"])] if "order" in agreed else [],
        )
        case = await open_case(talk, session, new)
        talk.say("utter_payment_trouble_done", number=case.number)


async def _look(talk: Talk, order: orders.Meant) -> None:
    """Says what payments the order has, and what goes back of them; once an order."""
    if talk.facts.get("seen") == order.number:
        return
    talk.facts["seen"] = order.number
    made = await payments.payments(talk.session, order.allowed.order_id, actor=order.actor)
    total, currency = order.view.total_minor, order.view.currency
    values: dict[str, Any] = {
        "number": order.number,
        "total": money(total, currency, talk.language),
        "seen": _seen(made, talk.language),
        "count": len(made),
    }
    paid = sum(each.amount_minor for each in made)
    if not made:
        talk.say("utter_payment_trouble_none", **values)
    elif len(made) == 1:
        talk.say("utter_payment_trouble_one", **values)
    elif paid > total:
        talk.say("utter_payment_trouble_over", over=money(paid - total, currency, talk.language), **values)
    else:
        talk.say("utter_payment_trouble_several", **values)
    going_back = await payments.theirs(
        talk.session, conversation_id=talk.turn.conversation, number=order.number, limit=3
    )
    for refund, number in going_back:
        tell_refund(talk, refund, number)


def _seen(made: Sequence[Payment], language: str) -> str:
    now = tools().now()
    return SEVERAL[language].join(
        SEEN[language].format(
            amount=money(each.amount_minor, each.currency, language),
            day=on(each.paid_at.astimezone(now.tzinfo).date(), language, today=now.date()),
            means=METHODS[each.method][language],
        )
        for each in made
    )


async def _advise(talk: Talk) -> None:
    """What the help centre says of paying, and the offer of a person: nobody can pay here."""
    question = talk.facts.get("story") or talk.turn.text[-LONGEST:]
    vector = await vector_of(talk.turn, question)
    found = await knowledge.answer(
        talk.session, question=question, language=talk.language, vector=vector, categories=PAYING
    )
    if found.kind == "answer":
        talk.tell(plain(found.passages[0].text), cards=[card(found.passages[0])])
    elif found.kind == "choices":
        talk.say("utter_payment_trouble_read", cards=[card(each) for each in found.passages[:2]])
    talk.say("utter_payment_trouble_refused", buttons=yes_no(talk.language))
    talk.offer_person("asked")
