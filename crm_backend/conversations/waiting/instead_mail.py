"""The answer by mail instead of the wait: to an address on file, or to one that a code proves in the conversation.

The code goes out in the transaction that takes the address in, and what it proves is noted in the one that takes the
code in: killed at any moment, nothing is sent twice.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.accounts.elsewhere import Way, way_to_write
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import Reply, at_least
from crm_backend.conversations.sending import by_mail
from crm_backend.conversations.waiting.instead_steps import ASKS, MOST_WRONG, Choice, Said, button, keep, plain
from crm_backend.conversations.waiting.instead_words import SAID
from crm_backend.customers.emails import email_address
from crm_backend.errors import BadAddress, NotProved, RateLimited
from crm_backend.proof_codes import held

MAILS: Final = ("mail",)
"""The channels that write to an e-mail address."""
ADDRESS, CODE = f"{ASKS}_address", f"{ASKS}_code"
ASKED_FOR: Final = timedelta(hours=1)
"""How long figures by themselves may be the code, whatever was said since it was asked for."""
NOT_TAKEN: Final = {"wrong": "wrong_code", "expired": "old_code", "used": "old_code", "replaced": "newer_code"}
_ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"'«»]+@[^\s<>()\[\],;:\"'«»]+")
_DIGITS: Final = re.compile(r"(?<!\d)\d(?:[ .\u00a0\u202f-]?\d){5}(?!\d)")
_STAYS: Final = re.compile(
    r"\b(?:non|no|annul\w+|cancel|ici|here|rester?|stay|tant pis|laissez? tomber|never ?mind|forget it)\b",
    re.IGNORECASE,
)
_FEW_WORDS: Final = 8


async def possible(session: AsyncSession, conversation: Conversation) -> bool:
    """Whether a person may answer by mail: to an address on file, or to one that is asked for. Not where it was a
    customer's, and who is there now has proved nothing."""
    return not _lapsed(conversation) and await _way(session, conversation) is not None


async def may_prove(session: AsyncSession, conversation: Conversation) -> bool:
    """Whether they may prove an address by a code, because none of theirs is on file."""
    return await possible(session, conversation) and await _on_file(session, conversation) is None


def typed(text: str, asks: str) -> str | None:
    """What words come to after a question of these (`asks`): a choice, `""` for its answer; None where they are for a
    person."""
    if asks == ADDRESS and "@" in text:
        return ""
    if asks == CODE and _DIGITS.search(text):
        return ""
    if asks in (ADDRESS, CODE) and len(text.split()) <= _FEW_WORDS and _STAYS.search(text):
        return "keep"
    return "code" if _DIGITS.fullmatch(text) else None


async def begin(session: AsyncSession, conversation: Conversation, *, now: datetime) -> Said:
    """The promise, to an address on file; the question for one where there is none."""
    way = await _way(session, conversation)
    if way is None or _lapsed(conversation):
        return plain("no_mail", conversation)
    if (to := await _on_file(session, conversation)) is None:
        return ask_address(conversation)
    return await _promise(session, conversation, way, to, shown=masked(to), proved=False, now=now)


def ask_address(conversation: Conversation, *, key: str = "address", wrong: int = 0) -> Said:
    """The question for an address."""
    reply = Reply(text=SAID[key][conversation.language], buttons=[keep(conversation.language)])
    return reply, {"asks": ADDRESS, "wrong": wrong}


async def heard(
    session: AsyncSession, conversation: Conversation, message: Message, choice: Choice, *, now: datetime
) -> Said | None:
    """What is said to an address or a code that was typed. None for figures that nobody asked for."""
    if choice.chosen == "code":
        asked = await _asked_for(session, conversation, now)
        return None if asked is None else await _code(session, conversation, message, choice.text, asked, now=now)
    if choice.asked.get("asks") == CODE:
        return await _code(session, conversation, message, choice.text, str(choice.asked.get("to")), now=now)
    found = _ADDRESS.search(choice.text)
    to, wrong = email_address(found[0].rstrip(".!?…")) if found else None, int(choice.asked.get("wrong") or 0) + 1
    if to is None:
        if wrong >= MOST_WRONG:
            return plain("kept", conversation)
        return ask_address(conversation, key="bad_address", wrong=wrong)
    return await send(session, conversation, message_id=message.id, to=to, now=now)


async def send(session: AsyncSession, conversation: Conversation, *, message_id: UUID, to: str, now: datetime) -> Said:
    """Sends a code to an address and asks for it, in a locked conversation."""
    way = await _way(session, conversation)
    if way is None or _lapsed(conversation) or email_address(to) is None:
        return plain("no_mail", conversation)
    outcome = await held.send(session, conversation, message_id=message_id, by=way, to=to, now=now)
    if outcome == "too_many":
        return plain("enough", conversation)
    return _ask_code(conversation, "code" if outcome == "asked" else "busy", to)


async def stay(session: AsyncSession, conversation: Conversation) -> Said:
    """Takes the promise back: the answer comes here."""
    conversation.answer_by = None
    await session.flush()
    return plain("kept", conversation)


def masked(address: str) -> str:
    """An address as it is told to who may not have typed it."""
    local, _, domain = address.rpartition("@")
    return f"{local[0]}…@{domain}"


async def _code(
    session: AsyncSession, conversation: Conversation, message: Message, text: str, to: str, *, now: datetime
) -> Said:
    found, way = _DIGITS.search(text), await _way(session, conversation)
    assert found is not None
    if way is None or _lapsed(conversation):
        return plain("no_mail", conversation)
    code = re.sub(r"\D", "", found[0])
    outcome = await held.redeem(session, conversation, message, code=code, said=found[0], to=to, now=now)
    if outcome == "locked":
        return plain("no_more_codes", conversation)
    if outcome != "ok":
        return _ask_code(conversation, NOT_TAKEN.get(outcome, "busy"), to)
    said = await _promise(session, conversation, way, to, shown=to, proved=True, now=now)
    await held.keep(session, conversation, value=to)
    return said


def _ask_code(conversation: Conversation, key: str, to: str) -> Said:
    language = conversation.language
    buttons = [button("again", language, f"again:{to}"), button("other", language, "other"), keep(language)]
    return Reply(text=SAID[key][language].format(to=to), buttons=buttons), {"asks": CODE, "to": to}


async def _promise(
    session: AsyncSession, conversation: Conversation, way: Way, to: str, *, shown: str, proved: bool, now: datetime
) -> Said:
    try:
        await by_mail.promise_here(session, conversation, by=way, to=to, proved=proved, now=now)
    except RateLimited:
        return plain("enough", conversation)
    reply, noted = plain("mailed", conversation, to=shown)
    return reply.model_copy(update={"buttons": [button("here", conversation.language, "here")]}), noted


async def _asked_for(session: AsyncSession, conversation: Conversation, now: datetime) -> str | None:
    """The address of the last code that was asked for here a while ago, unless the answer was promised since."""
    if conversation.answer_by is not None:
        return None
    asked = select(Message.content["to"].astext).where(
        Message.conversation_id == conversation.id,
        Message.author == "bot",
        Message.content["asks"].astext == CODE,
        Message.created_at > now - ASKED_FOR,
    )
    found: str | None = await session.scalar(asked.order_by(Message.seq.desc()).limit(1))
    return found


def _lapsed(conversation: Conversation) -> bool:
    return conversation.customer_id is not None and not at_least(conversation.proof, "channel")


async def _way(session: AsyncSession, conversation: Conversation) -> Way | None:
    return None if conversation.channel in MAILS else await way_to_write(session, MAILS)


async def _on_file(session: AsyncSession, conversation: Conversation) -> str | None:
    """An address on file of the customer who has proved to write, never one that was only said."""
    if conversation.customer_id is None or not at_least(conversation.proof, "channel"):
        return None
    try:
        return await by_mail.address_for(session, conversation, None)
    except (BadAddress, NotProved):
        return None
