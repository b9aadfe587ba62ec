"""Conversations found by words that were said in them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.reading import lists, said, searching, sought
from crm_backend.conversations.reading.inbox import View
from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Sessions, new_id, utc_now
from tests.support import core

WORDS = (
    "colis",
    "coliS",
    "colle",
    "été",
    "étagère",
    "ébréchée",
    "Œuvre",
    "réf",
    "77",
    "naïve",
    "AB-12",
    "d’Ambre",
    "a",
)
NOW = utc_now()


@pytest.mark.parametrize(
    "wanted",
    ["ʼoffre", "aːb", "ŉ", "'", "a:*", "a & !b", "(", "<->", "\\", "%", "_", "~", "été" * 60, "𝒶", "日本"],
)
async def test_no_letter_or_sign_is_an_error(sessions: Sessions, wanted: str) -> None:
    async with sessions() as session:
        emma = Agent(id=new_id(), email="emma@example.com", name="Emma Roy", password_hash="-")
        for view in ("closed", "waiting"):
            assert await lists.listing(session, agent=emma, view=view, words=wanted) == ([], None)
        if query := searching.query_of(wanted):
            found = await said.said(session, query, enough=1)
            assert (found.conversations, found.since) == ("", None)


async def test_what_waits_to_be_put_into_the_index_is_put_in_by_who_looks(sessions: Sessions) -> None:
    put_in = text("select gin_clean_pending_list('ix_messages_week_words')")
    async with sessions.begin() as session:
        await session.execute(put_in)
    await core.write(sessions, "un colis qui attend")
    async with sessions() as session:
        query = searching.query_of("colis")
        assert query and (await said.said(session, query, enough=1)).many == 1
        assert await session.scalar(put_in) == 0


async def test_words_are_found_by_their_beginnings_without_regard_to_accents_and_all_in_one_message(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await core.write(sessions, "l’étagère est ébréchée, réf. AB-12")
    await core.write(sessions, "une lampe", visitor="paul")
    # The same whether the words are rare or common.
    for most in (said.MOST, -1):
        monkeypatch.setattr(said, "MOST", most)
        for wanted, found in {"etag EBRECH": True, "ab 12": True, "tagere": False, "étagère lampe": False}.items():
            async with sessions() as session:
                spoken = await said.said(session, searching.query_of(wanted), enough=1)
                ids = (await session.scalars(select(Conversation.id).where(spoken.holds()))).all()
            assert ids == ([first.conversation_id] if found else []), wanted


async def test_what_is_found_quickly_is_what_reading_everything_finds(
    crm: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    emma = Agent(id=new_id(), email="emma@example.com", name="Emma Roy", password_hash="-")
    crm.add(emma)
    chance = random.Random(7)
    reading = await company(crm, chance)
    monkeypatch.setattr(sought, "PAGES", 1)
    monkeypatch.setattr(sought, "DEEPER", 2)
    holding = {wanted: reading(wanted) for wanted in some_words(chance)}
    for most in (said.MOST, 12):
        monkeypatch.setattr(said, "MOST", most)
        for wanted, ids in holding.items():
            for view, limit in (("closed", 5), ("waiting", 50)):
                order = await by_reading(crm, ids, view)
                assert await pages(crm, emma, view, wanted, limit) == order, (wanted, view, most)


async def company(crm: AsyncSession, chance: random.Random) -> Callable[[str], set[UUID]]:
    """Conversations of seven years, some of them long; who tells by reading each message which hold some words."""
    zoe = Customer(id=new_id(), first_name="Zoé", last_name="Colin")
    who = Identity(id=new_id(), kind="browser", value="zoe", proof="none", shown_name="Été 77")
    crm.add_all([zoe, who])
    await crm.flush()
    kept: list[tuple[UUID, str]] = []
    named: set[UUID] = set()
    for number in range(60):
        began = NOW - timedelta(days=chance.choice((1, 30, 400, 3_000)) * chance.random())
        times = sorted(began + (NOW - began) * chance.choice((0, 0.01, 1)) * chance.random() for _ in range(4))
        held = Conversation(
            id=new_id(), channel="webchat", address="x", identity_id=who.id, last_seq=4, created_at=began,
            last_message_at=times[-1], customer_id=zoe.id if number % 20 == 0 else None,
            owner=chance.choice(("nobody", "nobody", "queue:support")),
        )  # fmt: skip
        crm.add(held)
        await crm.flush()
        for seq, at in enumerate(times, 1):
            text = " ".join(chance.choices(WORDS, k=3))
            content = {"author": "customer", "channel": "webchat", "text": text, "content": {}}
            crm.add(Message(id=new_id(), conversation_id=held.id, seq=seq, place=seq, created_at=at, **content))
            kept.append((held.id, plain(text)))
        if held.customer_id:
            named.add(held.id)
    await crm.flush()

    def holding(wanted: str) -> set[UUID]:
        *before, last = plain(wanted).split()
        # A letter by itself is a word, unless more may be typed.
        parts = [*(f" {part} " if len(part) == 1 else f" {part}" for part in before), f" {last}"]
        said_there = {one for one, text in kept if all(part in f" {text} " for part in parts)}
        return said_there | (named if plain(wanted) in "zoe colin" else set())

    return holding


def plain(text: str) -> str:
    accents = str.maketrans("éèïç’-", "eeic  ")
    return text.lower().replace("œ", "oe").translate(accents)


def some_words(chance: random.Random) -> list[str]:
    begun = [word[: chance.randint(2, len(word))] for word in WORDS if len(word) > 1]
    return ["a", "oe", "zoé co", "nothing", *begun, *(" ".join(chance.sample(begun, 2)) for _ in range(8))]


async def by_reading(crm: AsyncSession, ids: set[UUID], view: View) -> Sequence[UUID]:
    closed = view == "closed"
    mine = select(Conversation.id).where((Conversation.owner == "nobody") == closed)
    at = Conversation.last_message_at
    rows = await crm.scalars(mine.order_by(at.desc() if closed else at, Conversation.id))
    return [each for each in rows if each in ids]


async def pages(crm: AsyncSession, emma: Agent, view: View, wanted: str, limit: int) -> list[UUID]:
    found: list[UUID] = []
    following = None
    while True:
        rows, following = await lists.listing(crm, agent=emma, view=view, words=wanted, limit=limit, before=following)
        found += [each.id for each in rows]
        if following is None:
            return found
