"""Writing canned replies, finding them, and filling them in for a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from babel.dates import format_date
from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from crm_backend import values
from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.audit.services import record
from crm_backend.canned import placeholders
from crm_backend.canned.model import CannedReply
from crm_backend.catalogue.money import money
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import at_least
from crm_backend.database import expect, new_id
from crm_backend.errors import Invalid, NotFound
from crm_backend.orders.model import Order
from crm_backend.orders.numbers import number_key

TEXT, TEAMS = 5_000, 20
_LOCALES = {"fr": "fr_FR", "en": "en_GB"}


@dataclass(frozen=True)
class Rendered:
    """A reply in one language, filled in. With `missing` facts it is not to be sent: their placeholders still stand."""

    text: str
    language: str
    missing: list[str]


async def add(session: AsyncSession, *, actor: Actor, fields: Mapping[str, Any]) -> CannedReply:
    """A new reply: `shortcut`, `titles` and `texts` by language (one at least), `tags`, `teams`. Needs knowledge.write.
    Raises Invalid."""
    actor.need("knowledge.write")
    for name in ("shortcut", "titles", "texts"):
        if name not in fields:
            raise Invalid(name, "missing")
    row = CannedReply(id=new_id(), author=actor.name, tags=[], teams=[], archived=False)
    await _set(session, row, fields)
    session.add(row)
    await session.flush()
    _note(session, actor, "created", row, new=_told(row))
    return row


async def change(
    session: AsyncSession, *, actor: Actor, reply_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> CannedReply:
    """Changes a reply; `archived` takes it from the agents' list. Needs knowledge.write. Raises NotFound, Stale,
    Invalid."""
    actor.need("knowledge.write")
    row = await session.get(CannedReply, reply_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("no such reply")
    expect(row, version)
    old = _told(row)
    await _set(session, row, changes)
    await session.flush()
    _note(session, actor, "changed", row, old=old, new=_told(row))
    return row


async def remove(session: AsyncSession, *, actor: Actor, reply_id: UUID, version: int | None = None) -> None:
    """Deletes a reply. Needs knowledge.write. Raises NotFound, Stale."""
    actor.need("knowledge.write")
    row = await session.get(CannedReply, reply_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("no such reply")
    expect(row, version)
    _note(session, actor, "deleted", row, old=_told(row))
    await session.delete(row)
    await session.flush()


def replies(
    actor: Actor,
    *,
    team: str | None = None,
    tag: str | None = None,
    query: str | None = None,
    archived: bool = False,
) -> Select[tuple[CannedReply]]:
    """The replies, to be sorted and paged: of a `team` those that it sees, of a `query` those whose shortcut or title
    has it. Needs knowledge.read."""
    actor.need("knowledge.read")
    found = select(CannedReply).where(CannedReply.archived == archived)
    if team is not None:
        found = found.where(or_(func.cardinality(CannedReply.teams) == 0, CannedReply.teams.contains([team])))
    if tag is not None:
        found = found.where(CannedReply.tags.contains([tag.lower()]))
    if query:
        searched = (CannedReply.shortcut, CannedReply.titles["fr"].astext, CannedReply.titles["en"].astext)
        wanted = func.unaccent(func.lower(query))
        found = found.where(or_(*(func.strpos(func.unaccent(func.lower(each)), wanted) > 0 for each in searched)))
    return found


async def read(session: AsyncSession, *, actor: Actor, reply_id: UUID) -> CannedReply:
    """One reply. Needs knowledge.read. Raises NotFound."""
    actor.need("knowledge.read")
    row = await session.get(CannedReply, reply_id)
    if row is None:
        raise NotFound("no such reply")
    return row


async def by_shortcut(session: AsyncSession, shortcut: str) -> CannedReply | None:
    """The reply in use with this shortcut."""
    found: CannedReply | None = await session.scalar(
        select(CannedReply).where(CannedReply.shortcut == shortcut, CannedReply.archived.is_(False))
    )
    return found


async def render(
    session: AsyncSession,
    *,
    actor: Actor,
    reply: CannedReply,
    conversation_id: UUID,
    now: datetime,
    language: str | None = None,
) -> Rendered:
    """The reply as it would be sent in a conversation: in its language, or the other one where the reply has no text in
    it, with the facts that the conversation vouches for.

    The names on file are filled in where the channel vouches for the person, facts about an order only where they have
    proved who they are and the actor may see orders; what is missing is named. Needs knowledge.read and
    conversations.read. Raises NotFound, and Invalid for a language the reply does not have.
    """
    actor.need("knowledge.read", "conversations.read")
    conversation = await session.scalar(
        select(Conversation)
        .where(Conversation.id == conversation_id)
        .options(joinedload(Conversation.customer), joinedload(Conversation.identity))
    )
    if conversation is None:
        raise NotFound("no such conversation")
    if language is not None and language not in reply.texts:
        raise Invalid("language", "not_choice", expected=", ".join(reply.texts))
    chosen = language or (conversation.language if conversation.language in reply.texts else next(iter(reply.texts)))
    facts = {"today": format_date(now, "long", locale=_LOCALES[chosen])}
    facts |= await _agent(session, actor) | _customer(conversation)
    if any(name.startswith("order.") for name in placeholders.used(reply.texts[chosen])):
        facts |= await _order(session, actor, conversation, chosen)
    text, missing = placeholders.filled(reply.texts[chosen], facts)
    return Rendered(text, chosen, missing)


async def _agent(session: AsyncSession, actor: Actor) -> dict[str, str]:
    kind, _, name = actor.name.partition(":")
    agent = await session.get(Agent, UUID(name)) if kind == "agent" else None
    return {"agent.first_name": agent.first_name, "agent.name": agent.name} if agent else {}


def _customer(conversation: Conversation) -> dict[str, str]:
    customer = conversation.customer
    if customer is not None and at_least(conversation.proof, "channel"):
        first, last, name = customer.first_name, customer.last_name, customer.name
        return {"customer.first_name": first, "customer.last_name": last, "customer.name": name}
    # How they call themselves is theirs to hear, whoever they are.
    return {"customer.name": conversation.identity.shown_name or ""}


async def _order(session: AsyncSession, actor: Actor, conversation: Conversation, language: str) -> dict[str, str]:
    """The order that the conversation is about, if it is the proved customer's; else their newest."""
    if not actor.may("orders.read") or conversation.customer_id is None or not at_least(conversation.proof, "verified"):
        return {}
    of = select(Order).where(Order.customer_id == conversation.customer_id)
    spoken = (conversation.passport or {}).get("orders") or []
    order = await session.scalar(of.where(Order.number_key == number_key(str(spoken[-1])))) if spoken else None
    if order is None:
        order = await session.scalar(of.order_by(Order.placed_at.desc().nulls_last(), Order.id.desc()).limit(1))
    if order is None:
        return {}
    facts = {"order.number": order.number, "order.total": money(order.total_minor, order.currency, language)}
    if order.placed_at is not None:
        facts["order.date"] = format_date(order.placed_at, "long", locale=_LOCALES[language])
    return facts


async def _set(session: AsyncSession, row: CannedReply, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        match name:
            case "shortcut":
                row.shortcut = values.key_of(name, value, 40)
                taken = select(exists().where(CannedReply.shortcut == row.shortcut, CannedReply.id != row.id))
                with session.no_autoflush:
                    if await session.scalar(taken):
                        raise Invalid(name, "shortcut_taken")
            case "titles":
                row.titles = values.names_of(name, value, both=False)
            case "texts":
                row.texts = values.names_of(name, value, TEXT, both=False, lines=False)
                for language, text in row.texts.items():
                    placeholders.check(f"texts.{language}", text)
            case "tags":
                row.tags = values.tags_of(name, value)
            case "teams":
                row.teams = values.list_of(name, value, most=TEAMS, length=values.TAG)
            case "archived" if isinstance(value, bool):
                row.archived = value
            case "archived":
                raise Invalid(name, "not_boolean")
            case _:
                raise Invalid(name, "unknown_field")
    if lacking := set(row.texts) - set(row.titles):
        raise Invalid(f"titles.{min(lacking)}", "missing")


_PLAIN = ("shortcut", "titles", "texts", "tags", "teams")


def _told(row: CannedReply) -> dict[str, object]:
    told: dict[str, object] = {name: getattr(row, name) for name in _PLAIN}
    return told | {"archived": row.archived}


def _note(session: AsyncSession, actor: Actor, action: str, row: CannedReply, **told: dict[str, object]) -> None:
    record(session, actor=actor, action=action, subject=("canned_reply", row.id), plain=_PLAIN, **told)
