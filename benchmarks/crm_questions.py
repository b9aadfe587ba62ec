"""What is asked of the CRM: each question is one call of the service behind the API, of something picked by chance."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.crm_load import KINDS, WORDS
from crm_backend.access.actor import SYSTEM
from crm_backend.agents.model import Agent
from crm_backend.cases import queries as cases
from crm_backend.cases.model import Case
from crm_backend.cases.schema import Filters
from crm_backend.conversations.reading import inbox
from crm_backend.conversations.reading import lists as conversations
from crm_backend.customers import page, search
from crm_backend.database import Sessions, reading
from crm_backend.knowledge import search as knowledge
from crm_backend.orders import queries as orders
from crm_backend.timeline.queries import timeline

Question = Callable[[AsyncSession, random.Random], Awaitable[object]]


def questions(counts: dict[str, int], agent: Agent) -> dict[str, Question]:
    """What is asked, by what it is called."""
    points = random.Random(3)
    vectors = [[points.gauss(0, 0.05) for _ in range(384)] for _ in range(256)]

    def some(kind: str, chance: random.Random, of: str = "") -> UUID:
        return UUID(f"0190{KINDS[kind]}000-0000-7000-8000-{chance.randrange(1, counts[of or kind]):012x}")

    async def customer_page(session: AsyncSession, chance: random.Random) -> None:
        await page.page(session, actor=SYSTEM, customer_id=some("customers", chance))

    async def timeline_page(session: AsyncSession, chance: random.Random) -> None:
        entries = await timeline(session, actor=SYSTEM, customer_id=some("customers", chance))
        if entries:
            before = (entries[-1].at, entries[-1].id)
            await timeline(session, actor=SYSTEM, customer_id=some("customers", chance), before=before)

    async def desk_list(session: AsyncSession, chance: random.Random) -> None:
        view = chance.choice(("waiting", "assistant", "closed"))
        found, _ = await conversations.listing(session, agent=agent, view=view)  # type: ignore[arg-type]
        await conversations.last_messages(session, found)
        await inbox.counts(session, agent=agent)

    async def find_identifier(session: AsyncSession, chance: random.Random) -> None:
        n = chance.randrange(1, counts["customers"])
        wanted = (f"client{n}@example.fr", f"06 {39800000 + n}", str(1000000 + n), f"C-2026-{n:06d}", f"B{n}")
        await search.search(session, actor=SYSTEM, wanted=chance.choice(wanted))

    async def find_name(session: AsyncSession, chance: random.Random) -> None:
        wanted = ("Lefevre", "marie duboi", "Zoe Martn", "chevallier", "Inès Gauthier-Roux", "karim fonta")
        await search.search(session, actor=SYSTEM, wanted=chance.choice(wanted))

    async def case_list(session: AsyncSession, chance: random.Random) -> None:
        filters = Filters(
            type_key=[chance.choice(("question", "complaint", "return"))],
            priority=[chance.choice(("normal", "high"))],
            team=["support"],
            open=True,
            text=chance.choice(("livraison", "facture", "lampe")),
        )
        statement = await cases.filtered(session, filters, actor=SYSTEM)
        await session.scalars(statement.order_by(Case.updated_at.desc(), Case.id.desc()).limit(50))
        await cases.counts(session, replace(filters, text=None), actor=SYSTEM)

    async def knowledge_search(session: AsyncSession, chance: random.Random) -> None:
        asked = " ".join(chance.sample(WORDS.split(), 4)) + " livraisn"
        language, vector = chance.choice(("fr", "en")), chance.choice(vectors)
        await knowledge.best(session, question=asked, language=language, vector=vector, limit=5)

    async def allowed_actions(session: AsyncSession, chance: random.Random) -> None:
        await orders.allowed_for(session, some("orders", chance), actor=SYSTEM)

    return {
        "customer page": customer_page,
        "timeline, two pages": timeline_page,
        "desk list with counts": desk_list,
        "customer by identifier": find_identifier,
        "customer by fuzzy name": find_name,
        "cases, five filters, counts": case_list,
        "knowledge search": knowledge_search,
        "allowed actions of an order": allowed_actions,
    }


async def ask(sessions: Sessions, question: Question, chance: random.Random) -> float:
    """Milliseconds of one call."""
    since = time.perf_counter()
    async with reading(sessions) as session:
        await question(session, chance)
    return 1000 * (time.perf_counter() - since)
