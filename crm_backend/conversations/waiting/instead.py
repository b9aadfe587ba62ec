"""What who waits for a person in a messenger may have instead of sitting there: an answer by mail, or a call.

As with corrections (`confirming`), a step is a message of ours with choices, and no assistant is asked. The place in
the queue is kept until the customer has said yes to a call.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.calendars.services import hours_of
from crm_backend.call_backs import services as bookings
from crm_backend.call_backs import windows, words
from crm_backend.call_backs.model import Booking
from crm_backend.call_backs.schema import Asked
from crm_backend.call_backs.windows import Window
from crm_backend.conversations.handing_over import confirming, owners
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import BOT, Button, InboundMessage, Reply, at_least, owner_kind
from crm_backend.conversations.waiting import instead_mail
from crm_backend.conversations.waiting.instead_steps import ASKS, MOST_WRONG, PRESSED, Choice, Said, keep, plain
from crm_backend.conversations.waiting.instead_words import SAID
from crm_backend.customers import checks
from crm_backend.customers.model import Identity
from crm_backend.errors import Invalid, NotNow

CALL: Final = "call_back"
MOST, EACH_HALF_DAY, LOOKED_AT = 7, 2, 120
FEWEST_DIGITS: Final = 6
"""Of what is typed where a number was asked for; anything else is a message like others."""


async def offered(session: AsyncSession, conversation: Conversation, *, now: datetime) -> list[Button]:
    """What may be had instead of waiting there, as choices: none where it is said already, or others read along."""
    if conversation.answer_by is not None or await confirming.overheard(session, conversation):
        return []
    found = []
    if await instead_mail.possible(session, conversation):
        found.append("mail")
    if await _free(session, now, limit=1):
        found.append("call")
    return [Button(title=SAID[each][conversation.language], payload=PRESSED + each) for each in found]


async def announced(
    session: AsyncSession, conversation: Conversation, reply: Reply, noted: dict[str, Any], *, now: datetime
) -> Said:
    """The reply that hands over, with what may be had instead of waiting. As it is where it offers something else."""
    if reply.buttons and noted.get("asks") != confirming.ASKS:
        return reply, noted
    buttons = await offered(session, conversation, now=now)
    if not buttons:
        return reply, noted
    text = f"{reply.text}\n\n{SAID['or'][conversation.language]}"
    return reply.model_copy(update={"text": text, "buttons": [*buttons, *reply.buttons]}), {"asks": ASKS, **noted}


def chosen(
    conversation: Conversation, inbound: InboundMessage, text: str, content: dict[str, Any], last: Mapping[str, Any]
) -> Choice | None:
    """The choice that a message makes in a locked conversation; None for nearly every message, at no cost. It is none
    any more once somebody has come, or nobody is waited for; but a call may be said yes to twice. `content` then stands
    for no choice of the assistant's."""
    vouched = inbound.vouched.value if inbound.vouched and inbound.vouched.kind == "phone" else None
    payload = str(content.get("payload") or "")
    if payload.startswith(PRESSED):
        del content["payload"]
    waits = owner_kind(conversation.owner) == "queue"
    again = owner_kind(conversation.owner) == BOT and payload.startswith(f"{PRESSED}book:")
    if not (waits or again) or inbound.by_machine:
        return None
    if payload.startswith(PRESSED):
        return Choice(payload.removeprefix(PRESSED), "", last, vouched)
    typed = text and not (payload or inbound.press or inbound.action or inbound.automatic or inbound.files)
    asks = str(last.get("asks") or "")
    if typed and asks == f"{ASKS}_number" and sum(each.isdigit() for each in text) >= FEWEST_DIGITS:
        return Choice("", text, last, vouched)
    meant = instead_mail.typed(text, asks) if typed else None
    return None if meant is None else Choice(meant, text, last, vouched)


async def answer(
    session: AsyncSession, conversation: Conversation, choice: Choice, *, message: Message, now: datetime
) -> Said | None:
    """What is said to the choice in a locked conversation, and noted of it; what was chosen is done. `message` makes
    it, and is not stored yet. None where others read along by now, and for figures that nobody asked for."""
    if await confirming.overheard(session, conversation):
        return None
    what, _, rest = choice.chosen.partition(":")
    if what == "call":
        return await _when(session, conversation, "when", now)
    if what == "at":
        return await _at(session, conversation, rest, choice.vouched or await phone_on_file(session, conversation), now)
    if what == "book":
        return await _book(session, conversation, rest, now)
    if what == "mail":
        return await instead_mail.begin(session, conversation, now=now)
    if what == "again":
        return await instead_mail.send(session, conversation, message_id=message.id, to=rest, now=now)
    if what == "other":
        return instead_mail.ask_address(conversation)
    if what == "here":
        return await instead_mail.stay(session, conversation)
    if what == "code" or (not what and choice.asked.get("asks") != f"{ASKS}_number"):
        return await instead_mail.heard(session, conversation, message, choice, now=now)
    if not what:
        return await _typed(session, conversation, choice, now)
    return plain("kept", conversation)


async def _when(session: AsyncSession, conversation: Conversation, key: str, now: datetime) -> Said:
    free = await _free(session, now, limit=LOOKED_AT)
    if not free:
        return plain("no_call", conversation)
    language, buttons, taken = conversation.language, list[Button](), dict[tuple[Any, bool], int]()
    for each in free:
        half = (each.starts_at.date(), each.starts_at.hour < windows.NOON)
        taken[half] = taken.get(half, 0) + 1
        if taken[half] <= EACH_HALF_DAY and len(buttons) < MOST:
            title = _short(each.starts_at, language)
            buttons.append(Button(title=title, payload=f"{PRESSED}at:{int(each.starts_at.timestamp())}"))
    reply = Reply(text=SAID[key][language], buttons=[*buttons, keep(language)])
    return reply, {"asks": f"{ASKS}_window"}


async def _at(session: AsyncSession, conversation: Conversation, at: str, phone: str | None, now: datetime) -> Said:
    window = await _window(session, at, now)
    if window is None:
        return await _when(session, conversation, "taken", now)
    language = conversation.language
    if phone is None:
        noted = {"asks": f"{ASKS}_number", "at": at}
        return Reply(text=SAID["number"][language], buttons=[keep(language)]), noted
    when = words.window_in_words(window.starts_at, window.ends_at, _zone(window), language)
    buttons = [Button(title=SAID["yes"][language], payload=f"{PRESSED}book:{at}:{phone}"), keep(language)]
    text = SAID["sure"][language].format(when=when, end=phone[-2:])
    return Reply(text=text, buttons=buttons), {"asks": f"{ASKS}_sure"}


async def _typed(session: AsyncSession, conversation: Conversation, choice: Choice, now: datetime) -> Said:
    at, wrong = str(choice.asked.get("at")), int(choice.asked.get("wrong") or 0) + 1
    try:
        phone = checks.phone("phone", choice.text, country=_country(conversation))
    except Invalid:
        if wrong >= MOST_WRONG:
            return plain("kept", conversation)
        language = conversation.language
        noted = {"asks": f"{ASKS}_number", "at": at, "wrong": wrong}
        return Reply(text=SAID["bad_number"][language], buttons=[keep(language)]), noted
    return await _at(session, conversation, at, phone, now)


async def _book(session: AsyncSession, conversation: Conversation, rest: str, now: datetime) -> Said | None:
    """None for a yes that comes when nobody waits any more, to a call that was never booked."""
    at, _, phone = rest.partition(":")
    key, actor = f"{conversation.id}:{at}", bookings.assistant(origin=conversation.channel)
    waits = owner_kind(conversation.owner) == "queue"
    before = select(Booking.id).where(Booking.actor == actor.name, Booking.key == key)
    if not waits and await session.scalar(before) is None:
        return None
    asked = Asked(
        CALL,
        datetime.fromtimestamp(int(at), UTC),
        phone=phone,
        topic=(((conversation.passport or {}).get("goal") or {}).get("text") or "")[: bookings.LONGEST_TOPIC],
        language=conversation.language,
        country=_country(conversation),
        conversation_id=conversation.id,
    )
    try:
        async with session.begin_nested():
            booked = await bookings.book(session, asked, actor=actor, key=key, now=now)
            schedule = await windows.schedule_of(session, kind=CALL, shop_id=None)
    except (NotNow, Invalid) as error:
        return await _not_booked(session, conversation, error.reason, now)
    await owners.stop_waiting(session, conversation, now=now)
    zone = (await hours_of(session, schedule.calendar_id)).zone
    assert isinstance(zone, ZoneInfo)
    when = words.window_in_words(booked.starts_at, booked.ends_at, zone, conversation.language)
    said = words.CONFIRMED[CALL][conversation.language].format(when=when, reference=booked.reference)
    return Reply(text=said), {}


async def _not_booked(session: AsyncSession, conversation: Conversation, reason: str, now: datetime) -> Said:
    if reason == "booking_too_many":
        return plain("too_many", conversation)
    if reason == "booking_not_offered":
        return plain("no_call", conversation)
    return await _when(session, conversation, "taken", now)


async def phone_on_file(session: AsyncSession, conversation: Conversation) -> str | None:
    """The telephone number of the conversation's customer; None where none is on file, or who writes is not proved."""
    if conversation.customer_id is None or not at_least(conversation.proof, "verified"):
        return None
    first = (
        select(Identity.value)
        .where(Identity.customer_id == conversation.customer_id, Identity.kind == "phone")
        .order_by(Identity.is_primary.desc(), Identity.created_at)
        .limit(1)
    )
    found: str | None = await session.scalar(first)
    return found


async def _free(session: AsyncSession, now: datetime, *, limit: int) -> list[Window]:
    try:
        return await windows.free(session, kind=CALL, now=now, limit=limit)
    except NotNow:
        return []


async def _window(session: AsyncSession, at: str, now: datetime) -> Window | None:
    """The window that was chosen, while it is free."""
    starts = datetime.fromtimestamp(int(at), UTC)
    try:
        found = await windows.free(session, kind=CALL, now=now, after=starts, limit=1)
    except NotNow:
        return None
    return found[0] if found and found[0].starts_at == starts else None


def _short(at: datetime, language: str) -> str:
    """`mar. 25 nov., 9:30`: WhatsApp shows 24 characters of a choice."""
    locale = "fr_FR" if language == "fr" else "en_GB"
    day = format_date(at, "EEE d MMM", locale=locale)
    return f"{day}, {at.hour}\u00a0h\u00a0{at.minute:02}" if language == "fr" else f"{day}, {format_time(at, 'H:mm')}"


def _zone(window: Window) -> ZoneInfo:
    assert isinstance(window.starts_at.tzinfo, ZoneInfo)
    return window.starts_at.tzinfo


def _country(conversation: Conversation) -> str:
    return "FR" if conversation.language == "fr" else "GB"
