"""Conversations as the desk shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.cases import promising
from crm_backend.catalogue.money import money
from crm_backend.conversations.desk import second_thoughts
from crm_backend.conversations.desk_model import AnswerDraft
from crm_backend.conversations.handing_over import ratings
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.reading import lists, queries, searching
from crm_backend.conversations.reading.messages import Link, MessageView, instant
from crm_backend.conversations.schema import owner_agent, owner_kind
from crm_backend.customers.model import Customer
from crm_backend.database import utc_now
from crm_backend.errors import NotFound
from crm_backend.orders import views as orders
from crm_backend.orders.numbers import number_key
from crm_backend.own_path import own_path
from crm_backend.proof_codes import places
from crm_backend.tags import tagging
from crm_backend.tags.model import ConversationTag
from server.desk import beware, cases, passports, words
from server.desk.orders import told
from server.desk.pictures import RemotePictures

Shown = Callable[[MessageView, str], dict[str, Any]]
"""Makes what a reader of this language sees of a message."""
_DAY = 86_400


async def agent_out(session: AsyncSession, agent: Agent) -> dict[str, Any]:
    """The signed-in agent, what their role is called in each language, and what it permits."""
    try:
        named = (await access.role(session, agent.role)).name
    except NotFound:
        named = {}
    return {
        "id": str(agent.id),
        "name": agent.name,
        "first_name": agent.first_name,
        "email": agent.email,
        "role": agent.role,
        "role_name": named,
        "language": agent.language,
        "presence": agent.presence,
        "permissions": sorted(await access.permissions_of(session, agent)),
    }


def message_out(view: MessageView, language: str, *, company: str, link: Link) -> dict[str, Any]:
    """A message with what the assistant understood of it, and what its channel told, for a reader of this language."""
    return {
        **view.outward(company=company, mine="agent", link=link),
        "agent_id": str(view.agent_id) if view.agent_id else None,
        "copies": {"cc": view.cc, "bcc": view.bcc} if view.cc or view.bcc else None,
        "channel": view.channel,
        "account": view.account,
        "sender_name": view.sender_name,
        "details": {name: told for name, told in view.details.items() if name != places.ASKED_FROM},
        "automatic": view.automatic,
        "error": words.undelivered(view.failure, view.error, language),
        "waits": view.waits,
        "instead": view.instead,
        "aside": {name: view.aside[name] for name in ("why", "by")} if view.aside else None,
        "beware": beware.warnings(view.sender_name, _written_from(view), language) if view.author == "customer" else [],
        "intent": view.intent,
        "confidence": view.confidence,
        "corrected": view.corrected,
    }


def card_out(card: dict[str, Any], pictures: RemotePictures) -> dict[str, Any]:
    """A card whose picture, when it is elsewhere, comes through us: the desk loads nothing from other sites."""
    picture = card.get("picture")
    if not picture or own_path(picture):
        return card
    # A conversation may stay open all day, and shows a picture only once it is scrolled to.
    return card | {"picture": pictures.address(picture, step=_DAY)}


async def summaries(
    session: AsyncSession, conversations: Sequence[Conversation | lists.Listed], language: str
) -> list[dict[str, Any]]:
    """Rows of the list."""
    lasts = await lists.last_messages(session, conversations)
    owners = {owner_agent(conversation.owner) for conversation in conversations} - {None}
    rows = list(await session.scalars(select(Agent).where(Agent.id.in_(owners)))) if owners else []
    names = {agent.id: agent.first_name for agent in rows}
    rated = await ratings.of(session, [each.id for each in conversations])
    called = await lists.shown_names(session, [each.id for each in conversations])
    tags = await tagging.of(session, {tag for each in conversations for tag in each.tag_ids})
    return [
        {
            **_summary(each, lasts.get(each.id), names, language),
            "shown_name": called.get(each.id) or words.name_given(each.passport),
            "beware": beware.warnings(called.get(each.id), _mailed(each), language),
            "rating": _rating(rated.get(each.id)),
            "tags": [tag_out(tags[one]) for one in each.tag_ids if one in tags],
        }
        for each in conversations
    ]


async def with_notes(session: AsyncSession, rows: list[dict[str, Any]], sought: str) -> list[dict[str, Any]]:
    """The rows of what was looked for, each with the latest private note that holds it, if one does."""
    if sought:
        by_id = {UUID(row["id"]): row for row in rows}
        for note in await searching.notes(session, sought, limit=len(rows) * 4, within=list(by_id)):
            by_id[note.conversation_id].setdefault("note", {"author": note.author, "text": note.gist})
    return rows


def _written_from(view: MessageView) -> str | None:
    """The mail address that a message came from, where the channel tells one."""
    told = view.details.get("from")
    return told if isinstance(told, str) else None


def tag_out(row: ConversationTag) -> dict[str, str]:
    """A tag as a conversation shows it."""
    return {"id": str(row.id), "name": row.name, "colour": row.colour}


def _mailed(conversation: Conversation | lists.Listed) -> str | None:
    return conversation.address if "@" in conversation.address else None


def _answer_by(conversation: Conversation | lists.Listed) -> dict[str, str] | None:
    """Where the next answer of a person goes, because it was promised there (`by_mail.promise`)."""
    promised = conversation.answer_by
    return {"channel": promised["channel"], "to": promised["address"]} if promised else None


def _rating(said: ratings.Rated | None) -> dict[str, Any] | None:
    """What the customer said at the end."""
    return said.model_dump(include={"score", "comment"}) if said else None


def _summary(
    conversation: Conversation | lists.Listed, last: lists.Said | None, names: dict[UUID, str], language: str
) -> dict[str, Any]:
    holder = owner_agent(conversation.owner)
    customer = conversation.customer
    return {
        "id": str(conversation.id),
        "channel": conversation.channel,
        "language": conversation.language,
        "owner": {
            "kind": owner_kind(conversation.owner),
            "id": str(holder) if holder else None,
            "name": names.get(holder) if holder else None,
        },
        "version": conversation.version,
        "customer": {"id": str(customer.id), "name": customer.name} if customer else None,
        "proof": conversation.proof,
        "goal": words.goal(conversation.passport, language),
        "mood": conversation.mood,
        "last": {"from": last.author, "text": last.gist, "at": instant(last.at), "seq": last.seq} if last else None,
        "unread": max(0, conversation.last_seq - conversation.agent_seen_seq),
        "waiting_since": instant(conversation.waiting_since) if conversation.waiting_since else None,
        "created_at": instant(conversation.created_at),
        "answer_by": _answer_by(conversation),
        "priority": conversation.priority,
        "snoozed": {"until": instant(conversation.snoozed_until) if conversation.snoozed_until else None}
        if conversation.snoozed_at
        else None,
        "returned_at": instant(conversation.returned_at) if conversation.returned_at else None,
    }


async def summary(session: AsyncSession, conversation_id: UUID, language: str) -> dict[str, Any]:
    """One row. Raises NotFound."""
    found = await queries.conversation(session, conversation_id)
    return (await summaries(session, [found], language))[0]


async def whole(
    session: AsyncSession, conversation_id: UUID, agent: Agent, *, zone: ZoneInfo, shown: Shown, link: Link
) -> dict[str, Any]:
    """Everything an agent needs on opening a conversation, as far as their role permits; the order concerned comes
    first. Raises NotFound."""
    found = await queries.conversation(session, conversation_id)
    actor = await access.actor_of(session, agent, "desk")
    messages = await queries.messages_after(session, conversation_id=conversation_id, after=0)
    summary = (await summaries(session, [found], agent.language))[0]
    called = summary["shown_name"] if found.customer is None else None
    return {
        "conversation": summary,
        "passport": passports.passport_out(
            found.passport,
            agent.language,
            called=called,
            answer_to=(found.answer_by or {}).get("address"),
            owed=await promising.owed(session, conversation_id, now=utc_now()) if found.passport else [],
            zone=zone,
        ),
        "beforehand": words.beforehand(await queries.told_beforehand(session, conversation_id), agent.language),
        "messages": [shown(view, agent.language) for view in messages],
        "customer": await _card(session, found.customer, actor, language=agent.language, zone=zone),
        "orders": await _orders(session, found, actor, language=agent.language, zone=zone, link=link),
        "cases": await cases.beside(session, conversation_id, agent),
        "draft": _draft(await second_thoughts.draft(session, conversation_id=conversation_id, agent=agent)),
    }


def _draft(kept: AnswerDraft | None) -> dict[str, str] | None:
    """What the agent had begun to write, and when."""
    return {"text": kept.text, "at": instant(kept.changed_at)} if kept else None


async def _card(
    session: AsyncSession, customer: Customer | None, actor: Actor, *, language: str, zone: ZoneInfo
) -> dict[str, Any] | None:
    """The customer at a glance, with what they bought for who may see orders; None for whom customers are not to be
    seen."""
    if customer is None or not actor.may("customers.read"):
        return None
    card = await queries.customer_card(session, customer)
    spent = [{"amount": money(minor, currency, language)} for minor, currency in card["spent"]]
    sees_orders = actor.may("orders.read")
    return {
        **{name: value for name, value in card.items() if name not in ("place", "country")},
        "id": str(card["id"]),
        "address": ", ".join(filter(None, [card["place"], words.country(card["country"], language)])),
        "since": words.day(card["since"], language, zone),
        "orders_count": card["orders_count"] if sees_orders else None,
        "spent": spent if sees_orders else [],
    }


async def _orders(
    session: AsyncSession, conversation: Conversation, actor: Actor, *, language: str, zone: ZoneInfo, link: Link
) -> list[dict[str, Any]]:
    """The customer's orders with what is allowed for each; none for whom orders are not to be seen."""
    if conversation.customer is None or not actor.may("orders.read"):
        return []
    found = await orders.of_customer(session, customer_id=conversation.customer.id)
    concerned = {number_key(number) for number in (conversation.passport or {}).get("orders", [])}
    found.sort(key=lambda order: number_key(order.number) not in concerned)
    return await told(session, found, actor, language=language, zone=zone, link=link)
