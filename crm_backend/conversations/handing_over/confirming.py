"""Showing customers what is passed on about them where there are only messages, and taking their corrections there.

A step is a message of ours with choices; its answer is a press, the words of a choice, or what is typed after it. All
of it goes on while somebody waits: no assistant is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.conversations.handing_over import corrected
from crm_backend.conversations.handing_over.confirming_words import LABELS, SAID, WRONG
from crm_backend.conversations.handing_over.corrected import GOAL
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import Button, InboundMessage, Reply, owner_kind
from crm_backend.customers.model import Identity
from crm_backend.errors import Invalid, NotFound, RateLimited
from crm_backend.texts import shorten

ASKS: Final = "passport"
"""What the `content` of a message says that it `asks`, followed by the step."""
PRESSED: Final = "passport:"
"""How the payloads of the choices begin."""
MOST_WRONG: Final = 2
"""Values that cannot be one, before it is left to the person."""
TITLE: Final = 60


@dataclass(frozen=True)
class Step:
    """What was answered: a choice (`chosen`), or words typed after the question for a value. `theirs` says that
    the fact it is about, if it is about one, is still passed on, and one that the writer may see."""

    chosen: str
    text: str
    asked: Mapping[str, Any]
    theirs: bool = True

    @property
    def fact(self) -> tuple[str, str] | None:
        """The name and the value of the fact that it is about."""
        if not self.chosen:
            return str(self.asked.get("fact")), str(self.asked.get("was"))
        what, _, rest = self.chosen.partition(":")
        name, _, was = rest.partition(":")
        return (name, was) if what in ("fact", "remove") else None


@dataclass(frozen=True)
class Shown:
    """What a customer sees of one fact: `name` and `value` as they are kept, `label` in their language, and whether
    they corrected it."""

    name: str
    label: str
    value: str
    corrected: bool


def facts(passport: Mapping[str, Any] | None, language: str, *, seen: Iterable[int] | None = None) -> list[Shown]:
    """What is passed on, as the customer may see it: what they want in their own words, then each fact. With `seen`,
    only what was said in those messages, corrections as well."""
    if not passport:
        return []
    allowed: set[int | None] | None = None if seen is None else set(seen)
    wanted, found = passport["goal"], []
    listed = [{"name": GOAL, "value": wanted.get("text") or "", **wanted}, *passport["facts"]]
    for fact in listed:
        if not fact["value"] or fact["name"] not in LABELS:
            continue
        if allowed is None or _said_in(fact) <= allowed:
            shown = LABELS[fact["name"]][language], str(fact["value"]), bool(fact.get("corrected"))
            found.append(Shown(fact["name"], *shown))
    return found


def _said_in(fact: Mapping[str, Any]) -> set[int | None]:
    """The messages that tell a fact: the one it came from, and the one that corrects it."""
    if not fact.get("corrected"):
        return {fact.get("seq")}
    return {fact.get("seq"), fact.get("said_in")} - {None}


async def seen_here(session: AsyncSession, conversation: Conversation) -> list[int]:
    """The messages that whoever reads answers now may be told of: their own, and what the same customer wrote on
    another channel. What another wrote here, in the same mail thread for instance, is not told to them.

    Neither is what somebody wrote elsewhere who is not known to be the same customer: a code, a browser or a mailbox
    that answers were promised to may be another's (`participants.private_elsewhere`).
    """
    reader = select(Identity.customer_id).where(Identity.id == conversation.identity_id).scalar_subquery()
    same = and_(Message.channel != conversation.channel, Identity.customer_id == reader)
    rows = await session.scalars(
        select(Message.seq)
        .join(Identity, Identity.id == Message.identity_id)
        .where(
            Message.conversation_id == conversation.id,
            Message.author == "customer",
            or_(Message.identity_id == conversation.identity_id, same),
        )
    )
    return list(rows)


async def announced(
    session: AsyncSession, conversation: Conversation, passport: Mapping[str, Any], reply: Reply
) -> tuple[Reply, dict[str, Any]]:
    """The reply that hands over, with what the passport passes on and the way to correct it; and what is noted of that.
    As it is where there is nothing to show, or others read along."""
    if await overheard(session, conversation):
        return reply, {}
    language = conversation.language
    shown = facts(passport, language, seen=await seen_here(session, conversation))
    if not any(each.name != GOAL for each in shown) or reply.buttons:
        return reply, {}
    lines = "\n".join(f"• {SAID['line'][language].format(label=each.label, value=each.value)}" for each in shown)
    text = "\n\n".join(filter(None, [reply.text, f"{SAID['shown'][language]}\n{lines}"]))
    button = Button(title=SAID["correct"][language], payload=f"{PRESSED}correct")
    return reply.model_copy(update={"text": text, "buttons": [button]}), {"asks": ASKS}


async def overheard(session: AsyncSession, conversation: Conversation) -> bool:
    """Whether others read what is said to the customer: a mail with copies, a group."""
    details = await session.scalar(
        select(Message.details)
        .where(Message.conversation_id == conversation.id, Message.author == "customer")
        .order_by(Message.seq.desc())
        .limit(1)
    )
    return _read_along(details or {})


def _read_along(details: Mapping[str, Any]) -> bool:
    return bool(details.get("cc") or details.get("group"))


async def heard(
    session: AsyncSession,
    conversation: Conversation,
    content: dict[str, Any],
    last: Mapping[str, Any],
    inbound: InboundMessage,
    text: str,
) -> Step | None:
    """The step that a message answers in a locked conversation; None for nearly every message, at no cost.

    So it is for what is no step any more, since nobody is waited for, or others read along: `content` then stands for
    no choice. Nor does it keep the title of a choice that tells what the writer may not see.
    """
    step = _step(content, last, inbound, text)
    if step is None:
        return None
    if step.fact:
        shown = facts(conversation.passport, conversation.language, seen=await seen_here(session, conversation))
        step = replace(step, theirs=step.fact in [(each.name, each.value) for each in shown])
    if not step.theirs:
        content.pop("title", None)
    waited_for = owner_kind(conversation.owner) in ("queue", "agent") and not inbound.by_machine
    others = _read_along(inbound.details) or await overheard(session, conversation)
    # Words after a question that somebody else was asked are no answer to it.
    if waited_for and not others and (step.chosen or step.theirs):
        return step
    content.pop("payload", None)
    return None


def _step(content: Mapping[str, Any], last: Mapping[str, Any], inbound: InboundMessage, text: str) -> Step | None:
    payload = str(content.get("payload") or "")
    if payload.startswith(PRESSED):
        return Step(payload.removeprefix(PRESSED), "", last)
    typed = text and not (payload or inbound.press or inbound.action or inbound.automatic or inbound.files)
    if typed and last.get("asks") == f"{ASKS}_value":
        return Step("", text, last)
    return None


async def answer(session: AsyncSession, conversation: Conversation, step: Step) -> tuple[Reply, dict[str, Any]]:
    """What is said to the step in a locked conversation, and noted of it; the correction is made."""
    language = conversation.language
    if conversation.passport is None:
        return Reply(text=SAID["nothing"][language]), {}
    if not step.theirs:
        # What they may not see they do not correct either; it says the same as for what is not there.
        return Reply(text=SAID["tell_them"][language]), {}
    if not step.chosen:
        return await _typed(session, conversation, step)
    if step.fact:
        name, was = step.fact
        if step.chosen.startswith("remove:"):
            return await _made(session, conversation, name, was, None)
        return _ask(
            conversation, name, was, text=SAID["which_value"][language].format(what=_called(name, was, language))
        )
    if step.chosen == "correct":
        return await _choose(session, conversation)
    return Reply(text=SAID["as_it_is"][language]), {}


async def _choose(session: AsyncSession, conversation: Conversation) -> tuple[Reply, dict[str, Any]]:
    language = conversation.language
    shown = facts(conversation.passport, language, seen=await seen_here(session, conversation))
    if not shown:
        return Reply(text=SAID["nothing"][language]), {}
    buttons = [
        Button(title=shorten(f"{each.label} {each.value}", TITLE), payload=f"{PRESSED}fact:{each.name}:{each.value}")
        for each in shown
    ]
    buttons.append(Button(title=SAID["all_right"][language], payload=f"{PRESSED}right"))
    return Reply(text=SAID["which_fact"][language], buttons=buttons), {"asks": f"{ASKS}_fact"}


def _ask(conversation: Conversation, name: str, was: str, *, text: str, wrong: int = 0) -> tuple[Reply, dict[str, Any]]:
    language = conversation.language
    buttons = [
        Button(title=SAID["remove"][language], payload=f"{PRESSED}remove:{name}:{was}"),
        Button(title=SAID["leave"][language], payload=f"{PRESSED}right"),
    ]
    noted = {"asks": f"{ASKS}_value", "fact": name, "was": was, "wrong": wrong}
    return Reply(text=text, buttons=buttons), noted


async def _typed(session: AsyncSession, conversation: Conversation, step: Step) -> tuple[Reply, dict[str, Any]]:
    name, was = str(step.asked.get("fact")), str(step.asked.get("was"))
    try:
        return await _made(session, conversation, name, was, step.text)
    except Invalid:
        language, wrong = conversation.language, int(step.asked.get("wrong") or 0) + 1
        if wrong >= MOST_WRONG:
            return Reply(text=SAID["tell_them"][language]), {}
        sentence = WRONG.get(name, WRONG["other"])[language]
        return _ask(conversation, name, was, text=sentence, wrong=wrong)


async def _made(
    session: AsyncSession, conversation: Conversation, name: str, was: str, to: str | None
) -> tuple[Reply, dict[str, Any]]:
    """Raises Invalid."""
    language = conversation.language
    try:
        passport = await corrected.correct(
            session, conversation, name=name, was=was, to=to, said_in=conversation.last_seq
        )
    except (NotFound, RateLimited):
        return Reply(text=SAID["tell_them"][language]), {}
    if to is None:
        return Reply(text=SAID["removed"][language]), {}
    now = passport["goal"].get("text") if name == GOAL else corrected.made(passport)[-1]["to"]
    return Reply(text=SAID["done"][language].format(what=_called(name, str(now), language))), {}


def _called(name: str, value: str, language: str) -> str:
    return SAID["line"][language].format(label=LABELS[name][language], value=value) if name in LABELS else value
