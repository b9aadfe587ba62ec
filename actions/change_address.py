"""Another delivery address for an order that has been placed, as long as the policy lets its customer change it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from actions import addresses
from actions.order_allowed import ADDRESS, sentences
from actions.tasks import orders
from actions.tasks.asking import Refused, Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from crm_backend.errors import Invalid
from crm_backend.orders import moving, queries, values
from crm_backend.orders.doers import customer_in

THE_ADDRESS: Final[Words] = {"fr": "l’adresse", "en": "the address"}

_EMAIL: Final = re.compile(
    r"[\s,;.:]{0,3}(?:\b(?:my|mon)\s)?(?:\be-?mail\b|\bmail\b)?[\s:]{0,3}(?:\b(?:is|est)\s)?[^\s@]{1,64}@\S*",
    re.IGNORECASE,
)


class ChangeAddress(Topic):
    name = "change_address"
    title: ClassVar[Words] = {"fr": "le changement d’une adresse de livraison", "en": "changing a delivery address"}
    how: ClassVar[Words] = {
        "fr": "Comment changer l'adresse de livraison ?",
        "en": "How do I change the delivery address?",
    }

    async def plan(self, talk: Talk) -> None:
        _said_at_once(talk)
        order = await orders.order(talk, wish=lambda may: may.change_address)
        talk.focus(order.number)
        if not order.allowed.change_address.allowed:
            talk.tell(sentences(order.view, order.allowed, talk.language, wanted=[ADDRESS]))
            talk.say("utter_change_address_person")
            talk.offer_person("asked")
            return
        row = await queries.order(talk.session, order.allowed.order_id, actor=order.actor)
        now = {name: str(getattr(row, f"ship_{name}")) for name in values.ADDRESS}
        said = talk.text("address", "utter_change_address_ask", number=order.number)[: addresses.LONGEST]
        talk.facts["address"] = said
        wanted = _read(talk, said, now)
        if wanted["country"] != now["country"]:
            talk.say("utter_change_address_abroad", number=order.number)
            talk.offer_person("asked")
            return
        shown = addresses.in_words(wanted)
        if shown.casefold() == addresses.in_words(now).casefold():
            talk.say("utter_change_address_same", number=order.number, address=shown)
            return
        talk.confirm(
            "utter_change_address_confirm",
            agreed={"order": str(order.allowed.order_id), "number": order.number, "address": wanted},
            changes={"order": orders.THE_ORDER, "address": THE_ADDRESS},
            number=order.number,
            address=shown,
        )

    def takes(self, fact: str, text: str) -> bool:
        """An address has a number in it; what has none may be a question on the way."""
        return super().takes(fact, text) and any(letter.isdigit() for letter in text)

    def hears(self, fact: str, text: str) -> bool:
        return fact == "yes" and addresses.corrects(text)

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        actor = await customer_in(session, conversation_id=talk.turn.conversation)
        address: dict[str, str] = agreed["address"]
        await moving.change_address(session, UUID(agreed["order"]), actor=actor, address=address, key=talk.key)
        talk.say("utter_change_address_done", number=agreed["number"], address=addresses.in_words(address))
        talk.focus(agreed["number"])


def _said_at_once(talk: Talk) -> None:
    """Settles on an address that the first message holds already: its postcode proves nothing."""
    shown = talk.task.asked is not None and talk.task.asked.kind in ("confirm", "change")
    if not talk.heard or not (shown or talk.task.asked is None):
        return
    if "address" in talk.facts:
        _said_instead(talk)
        return
    if talk.turn.intent != talk.task.topic and not addresses.sends_to(talk.turn.text):
        return
    # An e-mail address, and the postcode after it, prove who writes.
    parts = (addresses.spoken_of(part) for part in _EMAIL.split(talk.turn.text))
    found = next((part for part in parts if part), None)
    if found is None or talk.facts.setdefault("address", found) != found:
        return
    told = str(talk.task.given.get("postcode") or "").replace(" ", "").casefold()
    if told in found.replace(" ", "").casefold():
        talk.task.given.pop("postcode", None)


def _said_instead(talk: Talk) -> None:
    """Takes another address, or another number of the house, where one was shown."""
    instead = addresses.said_instead(talk.turn.text, str(talk.facts["address"]))
    if instead is not None:
        talk.task.settle("address", instead)
        talk.task.given.pop("postcode", None)
        talk.progress = True


def _read(talk: Talk, said: str, now: Mapping[str, str]) -> dict[str, str]:
    """The address in its parts, for whoever the order goes to. Raises Refused."""
    try:
        found = addresses.read(said, country=now["country"])
        if found is not None:
            return values.address({"name": now["name"], "region": "", **found})
    except Invalid as wrong:
        del talk.facts["address"]
        if wrong.field.endswith("postcode"):
            raise Refused("utter_change_address_postcode", postcode=str(said)[:40]) from wrong
        raise Refused("utter_change_address_incomplete") from wrong
    del talk.facts["address"]
    raise Refused("utter_change_address_incomplete")
