"""A new telephone number on a customer's file: written down, unproved, for whoever signed in or typed a code that went
to an address on file; for people to check otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from actions import own_file
from actions.tasks import by_code
from actions.tasks.asking import Refused, Words
from actions.tasks.talk import Talk
from crm_backend.customers import checks, identities
from crm_backend.customers.model import Identity
from crm_backend.errors import Invalid, NotProved
from crm_backend.orders import repeats
from crm_backend.proof_codes import redeeming
from crm_backend.texts import shorten

PHONE: Final = "phone"
HEARD, NEW = "heard_phone", "new_phone"
"""The number in the first message, and the one that is settled on."""


async def rather_by_code(talk: Talk) -> None:
    """Has the proof begin with a code, where nothing is proved yet: the facts of an order would not be enough."""
    if "phone_proof" in talk.facts or not by_code.possible():
        return
    talk.facts["phone_proof"] = True
    try:
        await own_file.owner(talk.session, talk)
    except NotProved:
        talk.facts[by_code.BY] = True
        talk.facts[by_code.SPOKEN_OF] = talk.turn.slot("order_number")


async def ask(talk: Talk, customer: UUID, changes: Mapping[str, Words]) -> None:
    """Asks for the number, for a code that went to an address on file, and for leave."""
    phone = _said(talk)
    if await _is_first(talk, customer, phone):
        talk.say("utter_change_details_there_already")
        return
    agreed = {"do": PHONE, "new": phone}
    if await _is_surely_theirs(talk):
        agreed = {**agreed, "proved": "code"}
        talk.confirm("utter_change_details_confirm_phone", agreed=agreed, changes=changes, phone=phone)
    talk.confirm("utter_change_details_confirm_phone_case", agreed=agreed, changes=changes, phone=phone)


async def keep(talk: Talk, session: AsyncSession, agreed: Mapping[str, Any], customer: UUID) -> None:
    """Puts the number first on the file, once. Raises NotProved."""
    if not await redeeming.beyond_an_order(session, conversation_id=talk.turn.conversation):
        raise NotProved("a new number needs a code, or signing in")
    command = await repeats.begin(session, actor=own_file.KEEPER, key=talk.key, name="change_details", given=agreed)
    if repeats.done(command, "row") is None:
        new: dict[str, Any] = {"customer_id": customer, "kind": PHONE, "value": str(agreed["new"])}
        row = await identities.put_first(session, actor=own_file.KEEPER, **new)
        repeats.finish(command, order_id=None, row=row.id)


async def _is_surely_theirs(talk: Talk) -> bool:
    """Whether the customer signed in, or typed a code; asks for one where it can be sent, until they leave it to
    people."""
    if await redeeming.beyond_an_order(talk.session, conversation_id=talk.turn.conversation):
        return True
    if not await by_code.proves_more(talk, "utter_change_details_phone_by_code"):
        return False
    return await redeeming.beyond_an_order(talk.session, conversation_id=talk.turn.conversation)


def _said(talk: Talk) -> str:
    # Who writes in one language may live where the other is spoken.
    countries = ("FR", "GB") if talk.language == "fr" else ("GB", "FR")

    def valid(said: Any) -> str:
        for country in countries:
            with suppress(Invalid):
                return checks.phone("phone", str(said), country=country)
        raise Refused("utter_change_details_phone_bad", given=shorten(str(said), 40))

    if (heard := talk.facts.pop(HEARD, None)) is not None and NEW not in talk.facts:
        talk.task.settle(NEW, valid(heard))
    if NEW in talk.facts and talk.facts.get(by_code.MORE):
        # A number said now is where the code shall go.
        return str(talk.facts[NEW])
    return str(talk.fact(NEW, "phone", "utter_change_details_ask_phone", accept=valid))


async def _is_first(talk: Talk, customer: UUID, phone: str) -> bool:
    query = select(Identity.id).where(Identity.customer_id == customer, Identity.kind == PHONE)
    return await talk.session.scalar(query.where(Identity.value == phone, Identity.is_primary)) is not None
