"""What is kept, how one finds what is old of it, and what letting it go means."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from crm_backend.access.actor import SYSTEM
from crm_backend.knowledge import unanswered
from crm_backend.privacy.erasing import erase

LetGo = Callable[[AsyncSession, list[UUID]], Awaitable[None]]


@dataclass(frozen=True)
class Kind:
    """A kind of thing that is kept. `old` finds what is older than `:before`: SQL that selects `id` and `since`;
    `let_go` deletes or empties those."""

    fr: str
    en: str
    days: int
    old: str
    let_go: LetGo
    least: int = 1
    enabled: bool = True


# Accounts that are nobody's; many a browser comes once.
_WHO_WROTE = """
select id from identities where customer_id is null and id in (
  select identity_id from conversations where id = any(:ids)
  union all select identity_id from participants where conversation_id = any(:ids)
  union all select identity_id from messages where conversation_id = any(:ids))
"""
_NOWHERE_ELSE = """
delete from identities i where i.id = any(:ids)
  and not exists (select from conversations c where c.identity_id = i.id)
  and not exists (select from participants p where p.identity_id = i.id)
  and not exists (select from messages m where m.identity_id = i.id)
"""


async def _conversations(session: AsyncSession, ids: list[UUID]) -> None:
    wrote = list(await session.scalars(_with_ids(_WHO_WROTE), {"ids": ids}))
    for statement in (
        # Without a holder, files and their bytes go with the next sweep.
        (
            "update attachments set name = '', remote = null, uploaded_by = null, created_at = 'epoch',"
            " message_id = null where held_by is null"
            " and message_id in (select id from messages where conversation_id = any(:ids))"
        ),
        "delete from conversations where id = any(:ids)",
    ):
        await session.execute(_with_ids(statement), {"ids": ids})
    await session.execute(_with_ids(_NOWHERE_ELSE), {"ids": wrote})


async def _customers(session: AsyncSession, ids: list[UUID]) -> None:
    for customer_id in ids:
        async with session.begin_nested():
            await erase(session, customer_id, actor=SYSTEM, reason="retention", regardless=True)


async def _cases(session: AsyncSession, ids: list[UUID]) -> None:
    for statement in (
        (
            "update attachments set name = '', remote = null, uploaded_by = null, created_at = 'epoch', held_by = null"
            " where message_id is null and id in (select file_id from case_files where case_id = any(:ids))"
        ),
        "delete from case_files where case_id = any(:ids)",
        "delete from case_comments where case_id = any(:ids)",
        "update case_events set changes = '{}', details = '{}' where case_id = any(:ids)",
        "update rule_runs set steps = '[]' where case_id = any(:ids)",
        (
            "update cases set subject = '', description = '', fields = '{}', tags = '{}', resolution_summary = '',"
            " customer_id = null where id = any(:ids)"
        ),
    ):
        await session.execute(_with_ids(statement), {"ids": ids})


def _deleting(table: str) -> LetGo:
    async def let_go(session: AsyncSession, ids: list[UUID]) -> None:
        await session.execute(_with_ids(f"delete from {table} where id = any(:ids)"), {"ids": ids})  # noqa: S608

    return let_go


async def _merges(session: AsyncSession, ids: list[UUID]) -> None:
    await session.execute(_with_ids("delete from merge_steps where merge_id = any(:ids)"), {"ids": ids})


async def _questions(session: AsyncSession, ids: list[UUID]) -> None:
    await unanswered.forget(session, ids)


async def _invoices(session: AsyncSession, ids: list[UUID]) -> None:
    # A trigger keeps invoices as they are; this is the one word that it lets pass.
    await session.execute(text("set local relais.retention = 'over'"))
    await session.execute(_with_ids("delete from invoices where id = any(:ids)"), {"ids": ids})


async def _opinions(session: AsyncSession, ids: list[UUID]) -> None:
    emptied = "update article_opinions set comment = '', visitor = null where id = any(:ids)"
    await session.execute(_with_ids(emptied), {"ids": ids})


KINDS: dict[str, Kind] = {
    "conversations": Kind(
        "Conversations closes, avec leurs fichiers",
        "Closed conversations, with their files",
        1095,
        "select id, closed_at as since from conversations where closed_at < :before",
        _conversations,
        least=30,
    ),
    "anonymous_conversations": Kind(
        "Conversations closes de visiteurs inconnus",
        "Closed conversations of unknown visitors",
        395,
        "select id, closed_at as since from conversations where closed_at < :before and customer_id is null",
        _conversations,
        least=7,
    ),
    "customers": Kind(
        "Clients sans commande, contact ni dossier (CNIL\u00a0: trois ans après le dernier contact)",
        "Customers without order, contact or case (CNIL: three years after the last contact)",
        1095,
        """
        select c.id, c.updated_at as since from customers c
        where c.created_at < :before and c.updated_at < :before and c.erased_at is null
          and not exists (select from orders o where o.customer_id = c.id
            and coalesce(o.placed_at, o.created_at) >= :before)
          and not exists (select from conversations t where t.customer_id = c.id and t.last_message_at >= :before)
          and not exists (select from cases k where k.customer_id = c.id
            and (k.closed_at is null or k.closed_at >= :before))
          and not exists (select from service_contracts s where s.customer_id = c.id
            and s.active and coalesce(s.valid_until, current_date) >= current_date)
        """,
        _customers,
        least=365,
        enabled=False,
    ),
    "cases": Kind(
        "Contenu des dossiers clos",
        "Content of closed cases",
        1825,
        "select id, closed_at as since from cases where closed_at < :before"
        " and (subject <> '' or description <> '' or customer_id is not null)",
        _cases,
        least=30,
    ),
    "invoices": Kind(
        "Factures et avoirs (dix ans, Code de commerce, art. L123-22)",
        "Invoices and credit notes (ten years, French Code de commerce, L123-22)",
        3660,
        # What another corrects goes after it.
        "select id, issued_at as since from invoices i where issued_at < :before"
        " and not exists (select from invoices c where c.corrects_id = i.id)",
        _invoices,
        least=3653,
    ),
    "merge_steps": Kind(
        "Détails des fusions, sans lesquels elles ne s’annulent plus",
        "Details of merges, without which they cannot be undone",
        395,
        "select m.id, m.created_at as since from merges m where m.created_at < :before"
        " and exists (select from merge_steps s where s.merge_id = m.id)",
        _merges,
        least=30,
    ),
    "verification_attempts": Kind(
        "Essais de vérification d’identité",
        "Checks of identity",
        30,
        "select id, created_at as since from verification_attempts where created_at < :before",
        _deleting("verification_attempts"),
        least=2,
    ),
    "proof_codes": Kind(
        "Codes de vérification envoyés",
        "Verification codes that were sent",
        30,
        "select id, created_at as since from proof_codes where created_at < :before",
        _deleting("proof_codes"),
        least=2,
    ),
    "bookings": Kind(
        "Rappels et rendez-vous passés",
        "Calls and appointments that are over",
        395,
        "select id, ends_at as since from bookings where ends_at < :before",
        _deleting("bookings"),
        least=7,
    ),
    "notifications": Kind(
        "Messages proactifs envoyés",
        "Proactive messages that were sent",
        395,
        "select id, created_at as since from notifications where created_at < :before",
        _deleting("notifications"),
        least=31,
    ),
    "agent_notices": Kind(
        "Avis aux agents",
        "Notices to agents",
        90,
        "select id, created_at as since from agent_notices where created_at < :before",
        _deleting("agent_notices"),
    ),
    "unanswered_questions": Kind(
        "Questions restées sans réponse",
        "Questions without an answer",
        180,
        "select id, last_at as since from unanswered_questions where last_at < :before",
        _questions,
    ),
    "article_searches": Kind(
        "Recherches qui ont mené aux articles",
        "Searches that led to articles",
        180,
        "select id, last_at as since from article_searches where last_at < :before",
        _deleting("article_searches"),
    ),
    "article_opinions": Kind(
        "Commentaires sur les articles",
        "Comments on articles",
        395,
        "select id, created_at as since from article_opinions"
        " where created_at < :before and (comment <> '' or visitor is not null)",
        _opinions,
    ),
    "form_ends": Kind(
        "Issues du formulaire de contact",
        "How contact forms ended",
        1095,
        "select id, created_at as since from form_ends where created_at < :before and fate is distinct from 'open'",
        _deleting("form_ends"),
        least=31,
    ),
    "events": Kind(
        "Journal des événements",
        "The log of events",
        30,
        "select id, created_at as since from events where created_at < :before"
        " and not exists (select from event_queue q where q.event_id = events.id)",
        _deleting("events"),
    ),
}


def _with_ids(query: str) -> TextClause:
    return text(query).bindparams(bindparam("ids", type_=ARRAY(Uuid())))
