"""What customers say of a conversation that has ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from crm_backend.conversations.handing_over import asking, ratings
from crm_backend.conversations.handing_over.ratings import Rated
from crm_backend.conversations.model import Conversation, Rating
from crm_backend.conversations.schema import Press
from crm_backend.conversations.thinking import turns
from crm_backend.customers import consents
from crm_backend.customers.model import Customer
from crm_backend.database import Sessions, utc_now
from crm_backend.errors import BadInput, Conflict, TooLong
from tests.support import core

MESSENGER = {"channel": "console", "identity_kind": "console", "identity_value": "main:marie", "address": "marie"}


async def ended(sessions: Sessions, *, by_agent: bool = True, ask_in: tuple[str, ...] = (), **more: Any) -> UUID:
    """A conversation that was answered and has ended."""
    conversation = (await core.write(sessions, "où est ma commande ?", **more)).conversation_id
    if not by_agent:
        claimed = await core.claim(sessions)
        assert claimed is not None
        async with sessions() as session, session.begin():
            await turns.finish(session, claimed, core.saying("elle arrive demain", do="close"), ask_in=ask_in)
        return conversation
    claire = await core.agent(sessions)
    await core.change(sessions, "take", conversation, claire)
    await core.reply_as(sessions, conversation, claire, "elle arrive demain")
    await core.change(sessions, "close", conversation, claire, ask_in=ask_in)
    return conversation


async def rate(sessions: Sessions, conversation: UUID, score: int = 4, comment: str = "", **more: Any) -> Rated:
    async with sessions() as session, session.begin():
        return await ratings.rate(session, conversation_id=conversation, score=score, comment=comment, **more)


async def wanted(sessions: Sessions, conversation: UUID, **more: Any) -> bool:
    async with sessions() as session:
        return await ratings.wanted(session, await session.get_one(Conversation, conversation), **more)


async def stored(sessions: Sessions) -> list[Rating]:
    async with sessions() as session:
        return list(await session.scalars(select(Rating)))


@pytest.mark.parametrize("by_agent", [True, False])
async def test_whoever_answered_last_is_rated(sessions: Sessions, by_agent: bool) -> None:
    conversation = await ended(sessions, by_agent=by_agent)
    assert await wanted(sessions, conversation)
    await rate(sessions, conversation, 5, "  rapide et aimable  ")
    (found,) = await stored(sessions)
    assert (found.score, found.comment, found.language) == (5, "rapide et aimable", "fr")
    assert (found.author, found.agent_id is not None) == (("agent", True) if by_agent else ("bot", False))
    assert not await wanted(sessions, conversation), "asked once"


async def test_a_customer_who_was_upset_is_asked_like_everybody(sessions: Sessions) -> None:
    conversation = await ended(sessions)
    async with sessions.begin() as session:
        (await session.get_one(Conversation, conversation)).mood = "upset"
    assert await wanted(sessions, conversation)


async def test_it_may_be_changed_for_a_day_even_after_it_went_on(sessions: Sessions) -> None:
    conversation = await ended(sessions)
    await rate(sessions, conversation, 2, "rien compris")
    await core.write(sessions, "ah, si !", conversation_id=conversation)
    assert (await rate(sessions, conversation, 5)).comment == ""
    assert [(row.score, row.comment) for row in await stored(sessions)] == [(5, "")]
    tomorrow = utc_now() + ratings.CHANGEABLE_FOR + timedelta(minutes=1)
    with pytest.raises(Conflict):
        await rate(sessions, conversation, 1, now=tomorrow)


async def test_what_has_not_ended_or_ended_long_ago_is_not_rated(sessions: Sessions) -> None:
    going_on = (await core.write(sessions)).conversation_id
    with pytest.raises(Conflict):
        await rate(sessions, going_on)
    conversation = await ended(sessions, visitor="paul")
    later = utc_now() + ratings.ASKED_FOR + timedelta(minutes=1)
    assert not await wanted(sessions, conversation, now=later)
    with pytest.raises(Conflict):
        await rate(sessions, conversation, now=later)


async def test_where_nobody_answered_there_is_nothing_to_rate(sessions: Sessions) -> None:
    conversation = (await core.write(sessions)).conversation_id
    claire = await core.agent(sessions)
    await core.change(sessions, "take", conversation, claire)
    await core.change(sessions, "close", conversation, claire)
    assert not await wanted(sessions, conversation)


@pytest.mark.parametrize("score", [0, 6, -1, 2**31])
async def test_only_one_to_five_are_scores(sessions: Sessions, score: int) -> None:
    conversation = await ended(sessions)
    with pytest.raises(BadInput):
        await rate(sessions, conversation, score)
    with pytest.raises(TooLong):
        await rate(sessions, conversation, 3, "x" * (ratings.LONGEST_COMMENT + 1))
    assert await stored(sessions) == []


@pytest.mark.parametrize(("said", "score"), [("4", 4), ("Très bon", 5), ("très MAUVAIS.", 1)])
async def test_in_a_messenger_the_question_comes_as_a_message_and_a_number_answers_it(
    sessions: Sessions, said: str, score: int
) -> None:
    conversation = await ended(sessions, ask_in=("console",), **MESSENGER)
    transcript = await core.transcript(sessions, conversation)
    assert [message.author for message in transcript] == ["customer", "system", "agent", "bot"]
    assert [button["title"] for button in transcript[-1].content["buttons"]] == list(asking.SCORES["fr"])
    received = await core.write(sessions, said, external_id="answer", **MESSENGER)
    again = await core.write(sessions, said, external_id="answer", **MESSENGER)
    assert (received.conversation_id, received.owner) == (conversation, "nobody")
    assert (again.duplicate, again.message_id) == (True, received.message_id)
    (found,) = await stored(sessions)
    assert (found.score, found.author, found.channel) == (score, "agent", "console")
    last = (await core.transcript(sessions, conversation))[-2:]
    assert [(message.author, message.text) for message in last] == [
        ("customer", asking.SCORES["fr"][score - 1]),
        ("system", "Merci, c’est noté."),
    ]
    assert (await core.turn_states(sessions, conversation)) == ["queued"], (
        "only the first question was to be thought about"
    )


async def test_a_pressed_score_may_be_pressed_anew_and_a_number_later_means_something_else(sessions: Sessions) -> None:
    conversation = await ended(sessions, ask_in=("console",), **MESSENGER)
    question = (await core.transcript(sessions, conversation))[-1]
    for index in (0, 3):
        pressed = await core.write(sessions, "choix", press=Press(message_id=question.id, index=index), **MESSENGER)
        assert pressed.conversation_id == conversation
    assert [row.score for row in await stored(sessions)] == [4]
    typed = await core.write(sessions, "2", **MESSENGER)
    assert typed.conversation_id != conversation
    assert [row.score for row in await stored(sessions)] == [4]


async def test_a_mark_with_a_word_on_it_answers_the_question_in_the_customers_words(sessions: Sessions) -> None:
    conversation = await ended(sessions, ask_in=("console",), **MESSENGER)
    received = await core.write(sessions, "4/5, rapide et aimable", **MESSENGER)
    assert received.conversation_id == conversation
    (found,) = await stored(sessions)
    assert (found.score, found.comment) == (4, "rapide et aimable")
    assert (await core.transcript(sessions, conversation))[-2].text == "4/5, rapide et aimable"


@pytest.mark.parametrize(
    "said", ["et ma facture ?", "2/5 articles manquent, où sont les autres ?", "1 sur 5 colis est arrivé"]
)
async def test_words_after_the_question_are_a_new_matter(sessions: Sessions, said: str) -> None:
    conversation = await ended(sessions, ask_in=("console",), **MESSENGER)
    written = await core.write(sessions, said, **MESSENGER)
    assert (written.conversation_id != conversation, written.owner) == (True, "bot")
    assert await stored(sessions) == []


async def test_strangers_cannot_answer_the_question(sessions: Sessions) -> None:
    conversation = await ended(sessions, ask_in=("console",), **MESSENGER)
    question = (await core.transcript(sessions, conversation))[-1]
    stranger = MESSENGER | {"identity_value": "main:paul", "address": "paul"}
    with pytest.raises(BadInput):
        await core.write(sessions, "choix", press=Press(message_id=question.id, index=0), **stranger)
    await core.write(sessions, "1", **stranger)
    assert await stored(sessions) == []


async def test_nobody_is_asked_twice_in_one_conversation(sessions: Sessions) -> None:
    conversation = await ended(sessions, ask_in=("console",), **MESSENGER)
    claire = await core.agent(sessions)
    async with sessions.begin() as session:
        (await session.get_one(Conversation, conversation)).owner = "bot"
    await core.change(sessions, "take", conversation, claire)
    await core.change(sessions, "close", conversation, claire, ask_in=("console",))
    asked = [message for message in await core.transcript(sessions, conversation) if message.content.get("asks")]
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ([], True),
        ([(False, "")], False),
        ([(False, "console")], False),
        ([(False, "telegram")], True),
        ([(False, ""), (True, "console")], True),
    ],
)
async def test_who_objected_to_surveys_is_not_asked(
    sessions: Sessions, said: list[tuple[bool, str]], asked: bool
) -> None:
    conversation = await ended(sessions, **MESSENGER)
    async with sessions() as session, session.begin():
        marie = Customer(first_name="Marie")
        session.add(marie)
        await session.flush()
        found = await session.get_one(Conversation, conversation)
        found.customer_id = marie.id
        for count, (given, channel) in enumerate(said):
            at = utc_now() - timedelta(hours=9 - count)
            consents.note(
                session,
                customer_id=marie.id,
                purpose=consents.SURVEYS,
                given=given,
                how="message",
                actor="customer",
                channel=channel,
                at=at,
            )
        await session.flush()
        assert await ratings.wanted(session, found) is asked
        assert await asking.ask(session, found, now=utc_now()) is asked
    assert (await rate(sessions, conversation, 2)).score == 2, "what they say all the same is taken"
