"""Making sure who writes, before anything of theirs is told or changed."""

from __future__ import annotations

import re
from typing import Any, Final, NoReturn

from actions.tasks import by_code
from actions.tasks.asking import Refused, Stop
from actions.tasks.talk import Talk
from actions.toolbox import tools
from crm_backend.access.actor import Actor
from crm_backend.errors import NotProved
from crm_backend.orders import services as orders
from crm_backend.orders.doers import customer_in

LOCKED = "locked"
_OF_ANOTHER: Final = re.compile(
    r"\b(?:mon|ma|mes|notre|my|our) (?:mari|femme|fils|fille|m[eè]re|p[eè]re|parents?|fr[eè]re|s(?:œ|oe)ur|copain|"
    r"copine|amie?|conjointe?|compagn(?:on|e)|voisine?|patronne?|coll[eè]gue|husband|wife|son|daughter|mum|mom|mother|dad|father|"
    r"brother|sister|boyfriend|girlfriend|friend|partner|neighbou?r|boss|colleague)\b"
    r"|\b(?:quelqu['’]un|somebody|someone) (?:d['’]autre|else)",
    re.IGNORECASE,
)
FACTS = ("order_number", "email", "postcode")


async def customer(talk: Talk) -> Actor:
    """The customer, who has proved who they are; asks for the proof otherwise."""
    try:
        return await customer_in(talk.session, conversation_id=talk.turn.conversation)
    except NotProved:
        await prove(talk)
    return await customer_in(talk.session, conversation_id=talk.turn.conversation)


async def told(talk: Talk) -> None:
    """Returns once enough is proved to be told of one's orders: a platform that vouches for the customer will do."""
    try:
        await orders.proved_customer(talk.session, talk.turn.conversation)
    except NotProved:
        await prove(talk)


async def prove(talk: Talk) -> None:
    """Asks for an order's number, e-mail address and postcode, and checks them together; or for a code that goes to an
    address on file, when the customer has not these, or would rather."""
    if by_code.wanted(talk):
        await by_code.prove(talk)
        return
    if talk.turn.slot("order_check") == LOCKED:
        _give_up(talk)
    if by_code.has_no_number(talk) and not talk.turn.slot("order_number"):
        talk.say("utter_order_without_facts")
        raise Stop
    if "order_number" not in talk.facts and "order_number" not in talk.task.given:
        any_will_do = "all" in talk.facts or bool(talk.task.given.get("last_order"))
        if any_will_do and (talk.task.asked is None or (talk.heard and "last_order" in talk.turn.entities)):
            talk.say("utter_any_order_will_do")
        if not any_will_do and (spoken_of := talk.turn.slot("order_number")):
            talk.task.settle("order_number", spoken_of)
    instead = by_code.button(talk)
    number = talk.fact("order_number", "order_number", "utter_ask_order_number", buttons=instead)
    email = talk.fact("email", "email", "utter_ask_email", accept=_complete, buttons=instead, order_number=number)
    postcode = talk.fact("postcode", "postcode", "utter_ask_postcode", buttons=instead)
    _somebody_elses(talk)
    tried = [number, email, postcode]
    if talk.facts.get("tried") == tried:
        _ask_again(talk)
    async with tools().sessions.begin() as session:
        outcome = await orders.verify_by_facts(
            session,
            conversation_id=talk.turn.conversation,
            turn_id=talk.turn.id,
            number=number,
            email=email,
            postcode=postcode,
        )
    if outcome.locked:
        talk.slot("order_check", LOCKED)
        _give_up(talk)
    if not outcome.ok:
        talk.facts["tried"] = tried
        _ask_again(talk)
    talk.slot("order_check", None)
    talk.progress = True
    for name in ("email", "postcode", "tried"):
        talk.facts.pop(name, None)


def _somebody_elses(talk: Talk) -> None:
    """Says whose e-mail address and postcode it takes, to who explains that the order is another's."""
    if talk.answers("correction") and _OF_ANOTHER.search(talk.turn.text) and talk.task.facts.get("another") is None:
        talk.facts["another"] = True
        talk.say("utter_order_of_somebody_else")
        talk.progress = True


def _ask_again(talk: Talk) -> NoReturn:
    facts = {name: talk.facts[name] for name in FACTS}
    raise talk.question("correction", "fact", "utter_ask_correction", buttons=by_code.button(talk), **facts)


def _give_up(talk: Talk) -> NoReturn:
    talk.say("utter_order_locked")
    talk.offer_person("verification")
    raise Stop


def _complete(email: Any) -> str:
    name, _, host = str(email).partition("@")
    if not (name and "." in host.strip(".")):
        raise Refused("utter_email_shape", given=email)
    return str(email)
