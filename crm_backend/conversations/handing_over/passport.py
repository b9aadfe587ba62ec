"""The passport: what a person who takes over needs to know, each fact with the message it came from.

It is kept free of language (codes and values) and put into words where it is read.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.handing_over import corrected
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import at_least
from crm_backend.orders.model import VerificationAttempt
from crm_backend.orders.numbers import number_key
from crm_backend.proof_codes.model import ProofCode
from crm_backend.texts import shorten
from crm_backend.wrap_up.before import before

LOOKED_AT = 200
ALWAYS = ("order_number", "tracking_number", "case_number")
UNTIL_PROVED = ("name", "email", "phone")
"""What the file knows better once it is proved whose it is."""
LONGEST_FACT = 254
HAPPENED = ("note", "done")
"""Steps that no message holds: what people did, told by them, or found in what they did."""
SAYS_LITTLE = {"greet", "goodbye", "thanks", "affirm", "deny", "ask_person", "speak_french", "speak_english", "inform"}


async def build(session: AsyncSession, conversation: Conversation, *, reason: str, now: datetime) -> dict[str, Any]:
    """The passport of a conversation as it stands, from its transcript and the CRM."""
    rows = await session.scalars(
        select(Message).where(Message.conversation_id == conversation.id).order_by(Message.seq.desc()).limit(LOOKED_AT)
    )
    messages = list(rows)[::-1]
    verified = at_least(conversation.proof, "verified")
    made = corrected.made(conversation.passport)
    facts = corrected.applied(_facts(messages, keep_contact=not verified), made)
    orders = orders_in(facts)
    earlier = await before(session, conversation)
    return {
        "goal": corrected.goal(_goal(conversation, messages, orders), made),
        "facts": facts,
        "tried": await _tried(session, conversation, messages),
        "proof": conversation.proof,
        "orders": orders,
        "mood": conversation.mood,
        "language": conversation.language,
        "promised": [],
        "reason": reason,
        "at": now.isoformat(),
        corrected.KEPT: made,
        **({"before": earlier} if earlier else {}),
    }


def orders_in(facts: list[dict[str, Any]]) -> list[str]:
    """The order numbers among the facts, in the order in which they were said."""
    return [fact["value"] for fact in facts if fact["name"] == "order_number"]


def _facts(messages: list[Message], *, keep_contact: bool) -> list[dict[str, Any]]:
    """What was understood of the customer's words, and what they filled in before the first of them."""
    wanted = {*ALWAYS, *(UNTIL_PROVED if keep_contact else ())}
    facts: dict[tuple[str, str], dict[str, Any]] = {}
    for message in messages:
        understood = (message.understanding or {}).get("entities", [])
        said = [(entity.get("entity"), str(entity.get("value", ""))) for entity in understood]
        for name, value in [*message.details.get("form", {}).items(), *said]:
            if name in wanted and 0 < len(value) <= LONGEST_FACT:
                key = number_key(value) if name in ALWAYS else value.casefold()
                facts.setdefault((name, key), {"name": name, "value": value, "seq": message.seq})
    return list(facts.values())


def last_order_in(messages: list[Message]) -> str | None:
    """The order number that was last spoken of."""
    orders = orders_in(_facts(messages, keep_contact=False))
    return orders[-1] if orders else None


def _goal(conversation: Conversation, messages: list[Message], orders: list[str]) -> dict[str, Any]:
    said = [message for message in messages if message.author == "customer" and _says_what_for(message)]
    words = shorten(said[-1].text, 120) if said else None
    seq = said[-1].seq if said else None
    if conversation.topic and conversation.topic != "ask_knowledge":
        number = orders[-1] if orders else None
        return {"code": "topic", "topic": conversation.topic, "number": number, "text": words, "seq": seq}
    if words:
        return {"code": "said", "text": words, "seq": seq}
    return {"code": "person"}


def _says_what_for(message: Message) -> bool:
    action = message.content.get("action")
    if action:
        # A message that was left for a person: the control is how it was sent, not what it says.
        return bool(action == "leave")
    return (message.understanding or {}).get("intent") not in SAYS_LITTLE


async def _tried(session: AsyncSession, conversation: Conversation, messages: list[Message]) -> list[dict[str, Any]]:
    tried = [step for step in (conversation.passport or {}).get("tried", []) if step["code"] in HAPPENED]
    for message in messages:
        cards = message.content.get("cards", []) if message.author == "bot" else []
        # Orders side by side were to choose from: the state of none was told yet.
        offered = sum(card["kind"] == "order" for card in cards) > 1
        for card in cards if not offered else []:
            step = {"code": card["kind"], "title": card["title"]}
            if step not in tried:
                tried.append(step)
    results = list(
        await session.scalars(
            select(VerificationAttempt.ok).where(VerificationAttempt.conversation_id == conversation.id)
        )
    )
    codes = list(await session.scalars(select(ProofCode).where(ProofCode.conversation_id == conversation.id)))
    if (proved := [each for each in codes if each.used_at and each.purpose == "prove"]) and at_least(
        conversation.proof, "verified"
    ):
        tried.append({"code": f"verified_by_code_to_{proved[-1].kind}"})
    if failures := results.count(False) + sum(each.wrong for each in codes if each.purpose != "answer"):
        tried.append({"code": "verification_failed", "count": failures})
    if unclear := sum((m.understanding or {}).get("intent") == "nlu_fallback" for m in messages):
        tried.append({"code": "unclear", "count": unclear})
    return tried
