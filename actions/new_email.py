"""A new e-mail address on a customer's file: proved by a code that goes there when its owner signed in or proved by a
code who they are, or else for people to check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from actions import own_file
from actions.tasks import by_code
from actions.tasks.asking import Refused, Words
from actions.tasks.talk import Talk
from actions.toolbox import tools
from crm_backend.customers import checks
from crm_backend.customers.model import Identity
from crm_backend.errors import Invalid
from crm_backend.orders import repeats
from crm_backend.proof_codes import changing, redeeming
from crm_backend.texts import shorten

EMAIL: Final = "email"
HEARD, NEW = "heard_email", "new_email"
"""The address in the first message, kept apart from the proof of who writes; and the one that is settled on."""
ASK: Final = "utter_change_details_ask_email"


async def ask(talk: Talk, customer: UUID, changes: Mapping[str, Words]) -> None:
    """Asks for the address, for the code that proves it, and for leave. Whoever proved an order only gets a case."""
    heard = talk.facts.get(HEARD)
    if heard is not None and await _on_file(talk.session, customer, str(heard)) is not None:
        # The one that is to go.
        del talk.facts[HEARD]
    new = _said(talk)
    known = await _on_file(talk.session, customer, new)
    if known is not None and known.is_primary:
        talk.task.forget(NEW)
        talk.say("utter_change_details_there_already")
        raise talk.question(NEW, "fact", ASK, expects="email")
    agreed = {"do": EMAIL, "new": new}
    surely = await redeeming.beyond_an_order(talk.session, conversation_id=talk.turn.conversation)
    if surely and await by_code.proves(talk, NEW, new, ASK):
        agreed = {**agreed, "proved": "code"}
        talk.confirm("utter_change_details_confirm_proved", agreed=agreed, changes=changes, email=new)
    talk.confirm("utter_change_details_confirm_email", agreed=agreed, changes=changes, email=new)


async def keep(talk: Talk, session: AsyncSession, agreed: Mapping[str, Any], customer: UUID) -> bool:
    """Puts the proved address first, once; whether the one before is told. Raises NotProved."""
    actor = own_file.KEEPER
    command = await repeats.begin(session, actor=actor, key=talk.key, name="change_email", given=agreed)
    if repeats.done(command, "row") is not None:
        return repeats.done(command, "told") is not None
    row, told = await changing.change_email(
        session,
        actor=actor,
        conversation_id=talk.turn.conversation,
        customer_id=customer,
        value=str(agreed["new"]),
        starts=tools().starts(),
    )
    repeats.finish(command, order_id=None, row=row.id, **({"told": row.id} if told else {}))
    return told


def _said(talk: Talk) -> str:
    def valid(said: Any) -> str:
        try:
            return checks.email("email", str(said))
        except Invalid:
            raise Refused("utter_change_details_email_bad", given=shorten(str(said), 60)) from None

    if (heard := talk.facts.pop(HEARD, None)) is not None and NEW not in talk.facts:
        talk.task.settle(NEW, valid(heard))
    return str(talk.fact(NEW, "email", ASK, accept=valid))


async def _on_file(session: AsyncSession, customer: UUID, email: str) -> Identity | None:
    query = select(Identity).where(Identity.customer_id == customer, Identity.kind == EMAIL)
    found: Identity | None = await session.scalar(query.where(func.lower(Identity.value) == email.lower()).limit(1))
    return found
