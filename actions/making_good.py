"""What arrived damaged, or is not what was ordered: the same again or the money back, once it has been sent back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from sqlalchemy.ext.asyncio import AsyncSession

from actions import coming_back as back
from actions import wished_remedy
from actions.order_sentences import sentence
from actions.tasks import orders
from actions.tasks.asking import Option
from actions.tasks.state import Task
from actions.tasks.talk import Talk
from actions.toolbox import tools
from actions.turn import Turn
from actions.wished_remedy import EXCHANGE, REFUND
from crm_backend.returns import instead

AGAIN: Final = Option(EXCHANGE, {"fr": "Le même, en neuf", "en": "The same again"}, wished_remedy.AGAIN, ("exchange",))
MONEY: Final = Option(
    REFUND,
    {"fr": "Un remboursement", "en": "My money back"},
    wished_remedy.MONEY,
    ("refund_status", "return_order"),
)


def remember_wish(talk: Talk) -> None:
    """Keeps which of the two is wanted, where it is said before it is asked. Called first in a plan."""
    if "wish" in talk.facts or not talk.heard or talk.turn.text.startswith("/"):
        return
    meant = [each.code for each in (AGAIN, MONEY) if each.said.search(talk.turn.meant)]
    if len(meant) == 1:
        talk.task.settle("wish", meant[0])
        talk.progress = True


def take_up(turn: Turn, task: Task) -> str | None:
    """Keeps which of the two is wanted, said in the middle of the report; the response that says so."""
    if not wished_remedy.taken_up(turn, task):
        return None
    return "utter_wish_exchange" if task.facts["wish"] == EXCHANGE else "utter_wish_refund"


async def agree(talk: Talk, order: orders.Meant, some: Sequence[back.Pieces], *, reason: str) -> NoReturn:
    """Asks which of the two is wanted, shows what will happen, and asks yes or no."""
    what = back.in_words(order, some, talk.language)
    wish = REFUND
    ids = [each.line_id for each in some]
    if await instead.same_again(talk.session, order.allowed.order_id, actor=order.actor, line_ids=ids):
        wish = talk.choose("wish", "utter_make_good_how", (AGAIN, MONEY), what=what)
    agreed = {
        "order": str(order.allowed.order_id),
        "number": order.number,
        "pieces": back.agreed_pieces(some),
        "reason": reason,
        "kind": wish,
        "note": str(talk.facts.get("said", "")),
    }
    changes = {
        "order": orders.THE_ORDER,
        "lines": back.THE_ARTICLE,
        "wish": {"fr": "ce que vous préférez", "en": "what you’d prefer"},
    }
    response = "utter_make_good_confirm_exchange" if wish == EXCHANGE else "utter_make_good_confirm_refund"
    talk.confirm(response, agreed=agreed, changes=changes, what=what, number=order.number)


async def request(talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
    """Asks for the return or the exchange that was agreed to, once, and gives its slip."""
    made, files = await back.request(
        talk, session, agreed, reason=agreed["reason"], kind=agreed["kind"], note=agreed["note"]
    )
    response = "utter_make_good_done" if files else "utter_make_good_done_bare"
    talk.say(response, files=files, reference=made.reference, number=agreed["number"])
    talk.focus(agreed["number"])


def refuse(talk: Talk, order: orders.Meant) -> None:
    """Why nothing of the order is taken back under warranty, and a person."""
    decision = order.allowed.warranty
    talk.focus(order.number)
    if decision.reason == "not_delivered":
        told = sentence(order.view, talk.language, today=tools().now().date())
        talk.say(told.response, **told.values)
        if told.offers_person:
            talk.offer_person("asked")
        return
    talk.say("utter_damaged_item_too_late", why=back.why_not(decision, talk.language))
    talk.offer_person("asked")
