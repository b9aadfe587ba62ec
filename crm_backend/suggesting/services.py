"""What fits the customer's last words: looked up once, a handful of each kind, the best first.

Every kind is compared by meaning: the cosine of sentence vectors, both moved by the mean of the language's articles,
since raw ones all point the same way (knowledge/search.py). What this agent waved away in this conversation does not
come back in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent
from crm_backend.cases.model import Case
from crm_backend.cases.workflow import OVER
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import NOBODY
from crm_backend.database import utc_now
from crm_backend.errors import NotFound
from crm_backend.knowledge.search import EVERYTHING, Found, best, literal
from crm_backend.knowledge.services import POSSIBLE
from crm_backend.offers.services import Offer, offers_for
from crm_backend.suggesting.model import SuggestionOutcome
from crm_backend.wrap_up.extracting import words_of

MOST = 3
READ = 500
"""Characters of the customer's words that are looked at."""
BACK = 10
"""Messages of the customer among which the last that says something is looked for."""
FEWEST_WORDS = 2
CANNED_FROM, SOLVED_FROM = 0.3, 0.5
"""From which a canned reply and a solved conversation are shown. Of forty questions to six replies in each language,
tried with the demo's articles, twenty of the twenty-four that had a fitting reply found it and one found another; none
of the sixteen others found any. Of ten questions to five conversations, those about the same lay above 0.6, about the
same kind of thing from 0.47, and the others below 0.45 but for one."""
WORDING = 0.5
"""What it counts that a canned reply has the question's words: all of them, as much as half a cosine."""
SAME_TOPIC = 0.1
"""What a solved conversation gains by the same topic."""
AMONG = 40
OLDEST = timedelta(days=365)

_CANNED = text("""
with middle as materialized (
    select coalesce((select mean from article_middles where language = cast(:language as text) and scope = 'all'),
        array_fill(0::real, array[384])::vector) as m
)
select r.id, r.shortcut, r.titles ->> cast(:language as text) as title,
    r.texts ->> cast(:language as text) as text,
    coalesce(nullif(1 - ((v.vector - m) <=> (cast(:vector as vector) - m)), 'NaN'), 0) as meaning
from canned_vectors v join canned_replies r on r.id = v.reply_id cross join middle
where v.language = cast(:language as text) and not r.archived and r.texts ? cast(:language as text)
and (cardinality(r.teams) = 0 or r.teams @> array[cast(:team as text)])
order by meaning desc, r.id limit :most
""")
# Neighbours by the index first, which moving does not change much; then by what they are worth.
_SOLVED = text("""
with middle as materialized (
    select coalesce((select mean from article_middles where language = cast(:language as text) and scope = 'all'),
        array_fill(0::real, array[384])::vector) as m
), near as materialized (
    select conversation_id, topic, question, answer, closed_at, vector from solved_conversations
    where vector is not null and language = cast(:language as text) and closed_at > :since
    and conversation_id <> :conversation
    order by vector <=> cast(:vector as vector) limit :among
)
select near.conversation_id, near.topic, near.question, near.answer, near.closed_at,
    coalesce(nullif(1 - ((vector - m) <=> (cast(:vector as vector) - m)), 'NaN'), 0)
        + case when near.topic = cast(:topic as text) then cast(:gain as float) else 0 end as meaning
from near cross join middle join conversations c on c.id = near.conversation_id
where c.owner = 'nobody'
and not exists (select from ratings r where r.conversation_id = c.id and r.score <= 2)
order by meaning desc, near.conversation_id limit :most
""")


@dataclass(frozen=True)
class Question:
    """The customer's last words that say something, and the message they are in."""

    conversation_id: UUID
    seq: int
    text: str
    language: str
    team: str
    topic: str | None
    customer_id: UUID | None
    upset: bool


@dataclass(frozen=True)
class Canned:
    """A canned reply that fits; its placeholders are filled in when it is inserted."""

    id: UUID
    shortcut: str
    title: str
    text: str
    fits: float


@dataclass(frozen=True)
class Solved:
    """A conversation that ended well, without what names anybody."""

    conversation_id: UUID
    topic: str | None
    question: str
    answer: str
    closed_at: datetime
    meaning: float


@dataclass(frozen=True)
class Suggestions:
    """What fits a question; `offer` is the next best, where it is decent to make one."""

    articles: Sequence[Found]
    canned: Sequence[Canned]
    solved: Sequence[Solved]
    offer: Offer | None


async def question(session: AsyncSession, conversation_id: UUID, *, actor: Actor) -> Question | None:
    """What suggestions are for; None while the customer has said nothing, or the conversation is over. Needs
    conversations.read. Raises NotFound."""
    actor.need("conversations.read")
    conversation = await session.get(Conversation, conversation_id, populate_existing=True)
    if conversation is None:
        raise NotFound("no such conversation")
    if conversation.owner == NOBODY:
        return None
    rows = await session.execute(
        select(Message.seq, func.left(Message.text, READ))
        .where(
            Message.conversation_id == conversation_id,
            Message.author == "customer",
            Message.text != "",
            Message.content["action"].astext.is_(None),
        )
        .order_by(Message.seq.desc())
        .limit(BACK)
    )
    said = [(seq, words) for seq, words in rows if len(words_of(words)) >= FEWEST_WORDS]
    if not said:
        return None
    return Question(
        conversation_id=conversation.id,
        seq=said[0][0],
        text=said[0][1],
        language=conversation.language,
        team=conversation.team,
        topic=conversation.topic,
        customer_id=conversation.customer_id,
        upset=conversation.mood == "upset",
    )


async def suggest(
    session: AsyncSession, asked: Question, *, agent: Agent, actor: Actor, vector: Sequence[float]
) -> Suggestions:
    """What fits a question whose sentence vector is `vector`: of each kind what the actor may see."""
    waved = await _dismissed(session, asked, agent)
    articles: list[Found] = []
    canned: list[Canned] = []
    if actor.may("knowledge.read"):
        found = await best(
            session, question=asked.text, language=asked.language, vector=vector, limit=2 * MOST, audiences=EVERYTHING
        )
        articles = [one for one in found if one.score >= POSSIBLE and ("article", one.key) not in waved]
        canned = await _canned(session, asked, vector)
    solved = await _solved(session, asked, vector)
    return Suggestions(
        articles=articles[:MOST],
        canned=[one for one in canned if ("canned", str(one.id)) not in waved][:MOST],
        solved=[one for one in solved if ("solved", str(one.conversation_id)) not in waved][:MOST],
        offer=await _offer(session, asked, actor, waved),
    )


async def _canned(session: AsyncSession, asked: Question, vector: Sequence[float]) -> list[Canned]:
    given = {"language": asked.language, "team": asked.team, "vector": literal(vector), "most": AMONG}
    rows = await session.execute(_CANNED, given)
    wanted, found = set(words_of(asked.text)), []
    for row in rows:
        title = row.title or row.shortcut
        shared = len(wanted & set(words_of(f"{title} {row.text}"))) / max(1, len(wanted))
        found.append(Canned(row.id, row.shortcut, title, row.text, float(row.meaning) + WORDING * shared))
    return sorted((one for one in found if one.fits >= CANNED_FROM), key=lambda one: -one.fits)


async def _solved(session: AsyncSession, asked: Question, vector: Sequence[float]) -> list[Solved]:
    rows = await session.execute(
        _SOLVED,
        {
            "language": asked.language,
            "topic": asked.topic,
            "conversation": asked.conversation_id,
            "vector": literal(vector),
            "since": utc_now() - OLDEST,
            "gain": SAME_TOPIC,
            "among": AMONG,
            "most": 4 * MOST,
        },
    )
    found: dict[str, Solved] = {}
    for row in rows:
        if row.meaning >= SOLVED_FROM:
            # The same canned answer many times over is one answer.
            what = Solved(row.conversation_id, row.topic, row.question, row.answer, row.closed_at, float(row.meaning))
            found.setdefault(row.answer, what)
    return list(found.values())


async def _offer(session: AsyncSession, asked: Question, actor: Actor, waved: set[tuple[str, str]]) -> Offer | None:
    """The next best offer. None for whoever is upset, has any case open, or has not agreed to be offered anything."""
    if asked.customer_id is None or asked.upset or not actor.may("customers.read"):
        return None
    has_case = exists().where(Case.customer_id == asked.customer_id, Case.stage.not_in(OVER))
    if await session.scalar(select(has_case)):
        return None
    found = await offers_for(session, actor, asked.customer_id)
    return next((one for one in found.offers if ("offer", str(one.product_id)) not in waved), None)


async def _dismissed(session: AsyncSession, asked: Question, agent: Agent) -> set[tuple[str, str]]:
    rows = await session.execute(
        select(SuggestionOutcome.kind, SuggestionOutcome.subject).where(
            SuggestionOutcome.conversation_id == asked.conversation_id,
            SuggestionOutcome.agent_id == agent.id,
            SuggestionOutcome.outcome == "dismissed",
        )
    )
    return {(kind, subject) for kind, subject in rows}
