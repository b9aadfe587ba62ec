"""What the things are called that the audit log tells of by identifier or key, where they still exist.

Only what the company set up itself, and numbers: whom a thing belongs to is not told here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Uuid, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from crm_backend.access import queries as access
from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.calendars.model import Calendar
from crm_backend.canned.model import CannedReply
from crm_backend.cases.model import Case
from crm_backend.cases.settings_model import CaseCategory, CaseResolution, CaseStatus, CaseTemplate, CaseType
from crm_backend.catalogue import words
from crm_backend.catalogue.model import Product
from crm_backend.invoices.model import Invoice
from crm_backend.keys.model import ApiKey
from crm_backend.knowledge.model import ArticleVersion, Category, Translation
from crm_backend.loyalty.model import LoyaltyLevel
from crm_backend.macros.model import Macro
from crm_backend.orders.model import Order
from crm_backend.promo_codes.model import PromoCode
from crm_backend.routing.settings_model import Skill, Team
from crm_backend.rules.model import Rule
from crm_backend.segments.model import Segment
from crm_backend.service_levels.model import ServicePolicy
from crm_backend.shops.model import Shop
from crm_backend.tags.model import ConversationTag
from crm_backend.webhooks.model import Subscription
from crm_backend.wrap_up.model import ClosingReason

Thing = tuple[str, str]
"""Its kind, as the log calls it, and its identifier or key."""
_Column = InstrumentedAttribute[Any]

_NAMED: Mapping[str, tuple[_Column, _Column]] = {
    "agent": (Agent.id, Agent.name),
    "article_category": (Category.id, Category.names),
    "article_version": (ArticleVersion.id, ArticleVersion.title),
    "calendar": (Calendar.id, Calendar.name),
    "canned_reply": (CannedReply.id, CannedReply.titles),
    "case": (Case.id, Case.number),
    "case_category": (CaseCategory.id, CaseCategory.names),
    "case_resolution": (CaseResolution.key, CaseResolution.names),
    "case_status": (CaseStatus.key, CaseStatus.names),
    "case_template": (CaseTemplate.key, CaseTemplate.names),
    "case_type": (CaseType.key, CaseType.names),
    "closing_reason": (ClosingReason.id, ClosingReason.names),
    "conversation_tag": (ConversationTag.id, ConversationTag.name),
    "invoice": (Invoice.id, Invoice.number),
    "key": (ApiKey.id, ApiKey.name),
    "loyalty_level": (LoyaltyLevel.id, LoyaltyLevel.names),
    "macro": (Macro.id, Macro.name),
    "order": (Order.id, Order.number),
    "product": (Product.id, Product.names),
    "promo_code": (PromoCode.id, PromoCode.code),
    "rule": (Rule.id, Rule.name),
    "segment": (Segment.id, Segment.name),
    "service_policy": (ServicePolicy.id, ServicePolicy.name),
    "shop": (Shop.id, Shop.name),
    "skill": (Skill.id, Skill.value),
    "team": (Team.key, Team.names),
}


async def names(session: AsyncSession, things: Iterable[Thing], *, reader: Actor, language: str) -> dict[Thing, str]:
    """What those of the things are called that have a name and still exist. Raises NotAllowed."""
    reader.need("audit.read")
    wanted: dict[str, set[str]] = defaultdict(set)
    for kind, key in things:
        if "\0" not in key:
            wanted[kind].add(key)
    found: dict[Thing, str] = {}
    for kind, keys in wanted.items():
        told = await _of_kind(session, kind, keys, language)
        found |= {(kind, key): name for key, value in told.items() if (name := _in(value, language))}
    return found


async def _of_kind(session: AsyncSession, kind: str, keys: Collection[str], language: str) -> dict[str, Any]:
    if kind == "role":
        return {role.key: role.name for role in await access.roles(session) if role.key in keys}
    if kind == "webhook":
        found = select(Subscription.id, Subscription.url).where(Subscription.id.in_(_identifiers(keys)))
        # What stands behind the host may be a secret.
        return {str(key): urlsplit(url).hostname for key, url in await session.execute(found)}
    if kind == "product_category":
        return {key: words.category_name(key, language) for key in keys}
    if kind == "article":
        of_them = Translation.article_id.in_(_identifiers(keys))
        rows = await session.execute(
            select(Translation.article_id, Translation.language, Translation.title).where(of_them)
        )
        titles: dict[str, dict[str, str]] = defaultdict(dict)
        for article, spoken, title in rows:
            titles[str(article)][spoken] = title
        return titles
    if kind not in _NAMED:
        return {}
    column, name = _NAMED[kind]
    by = _identifiers(keys) if isinstance(column.type, Uuid) else list(keys)
    asked = select(column, name).where(column.in_(by))
    if kind == "macro":
        # What an agent calls their own is nobody else's business.
        asked = asked.where(Macro.agent_id.is_(None))
    return {str(key): value for key, value in await session.execute(asked)}


def _identifiers(keys: Iterable[str]) -> list[UUID]:
    found = []
    for key in keys:
        try:
            found.append(UUID(key))
        except ValueError:
            continue
    return found


def _in(value: Any, language: str) -> str:
    """A name in the reader's language, in another where there is none."""
    if isinstance(value, Mapping):
        return str(value.get(language) or next(filter(None, value.values()), ""))
    return str(value or "")
