"""The queue of turns: one at a time in each conversation, each answered once, none lost."""

from __future__ import annotations

import asyncio

import pytest

from crm_backend.conversations import services
from crm_backend.conversations.schema import Reply
from crm_backend.conversations.thinking import turns
from crm_backend.database import Sessions
from tests.support import core


async def test_only_the_oldest_unfinished_turn_of_a_conversation_may_run(sessions: Sessions) -> None:
    for text in ("un", "deux"):
        await core.write(sessions, text)
    first = await core.claim(sessions)
    assert first is not None and first.text == "un"
    assert await core.claim(sessions) is None
    await core.write(sessions, "trois", visitor="paul")
    others = await core.claim(sessions)
    assert others is not None and others.text == "trois"
    assert await core.finish(sessions, first, core.saying("1"))
    second = await core.claim(sessions)
    assert second is not None and second.text == "deux"


async def test_ten_workers_at_once_claim_each_conversation_once(sessions: Sessions) -> None:
    for visitor in "abc":
        for text in ("un", "deux"):
            await core.write(sessions, text, visitor=visitor)
    claimed = [one for one in await asyncio.gather(*(core.claim(sessions) for _ in range(10))) if one]
    assert [one.text for one in claimed] == ["un"] * len(claimed)
    assert len({one.conversation_id for one in claimed}) == len(claimed) <= 3


async def test_the_state_goes_from_turn_to_turn(sessions: Sessions) -> None:
    await core.write(sessions, "un")
    await core.answered(sessions, core.saying("1", state={"slots": {"n": 1}}))
    await core.write(sessions, "deux")
    second = await core.claim(sessions)
    assert second is not None and second.state == {"slots": {"n": 1}}


async def test_after_the_lease_another_worker_takes_over_and_the_late_answer_is_dropped(sessions: Sessions) -> None:
    received = await core.write(sessions)
    slow = await core.claim(sessions, lease_seconds=0.0)
    await asyncio.sleep(0.01)
    other = await core.claim(sessions)
    assert slow is not None and other is not None
    assert other.id == slow.id and other.lease != slow.lease
    assert not await core.finish(sessions, slow, core.saying("trop tard"))
    assert await core.finish(sessions, other, core.saying("à temps"))
    assert not await core.finish(sessions, other, core.saying("encore"))
    said = [message.text for message in await core.transcript(sessions, received.conversation_id)]
    assert said == ["bonjour", "à temps"]


async def test_a_late_put_back_or_apology_changes_nothing(sessions: Sessions) -> None:
    received = await core.write(sessions)
    slow = await core.claim(sessions, lease_seconds=0.0)
    await asyncio.sleep(0.01)
    other = await core.claim(sessions)
    assert slow is not None and other is not None
    async with sessions() as session, session.begin():
        await turns.put_back(session, slow, seconds=0.0)
        assert not await turns.give_up(session, slow, apology=Reply(text="pardon"))
    assert await core.claim(sessions) is None
    assert await core.finish(sessions, other, core.saying("bonjour"))
    assert len(await core.transcript(sessions, received.conversation_id)) == 2


async def test_a_turn_put_back_runs_again_after_the_pause_from_the_same_state(sessions: Sessions) -> None:
    await core.write(sessions)
    first = await core.claim(sessions)
    assert first is not None
    async with sessions() as session, session.begin():
        await turns.put_back(session, first, seconds=0.2)
    assert await core.claim(sessions) is None
    await asyncio.sleep(0.25)
    again = await core.claim(sessions)
    assert again is not None and (again.id, again.state, again.attempts) == (first.id, first.state, 2)


async def test_waiting_for_an_assistant_that_is_away_is_no_attempt(sessions: Sessions) -> None:
    await core.write(sessions)
    for _ in range(4):
        claimed = await core.claim(sessions)
        assert claimed is not None and claimed.attempts == 1
        async with sessions() as session, session.begin():
            await turns.put_back(session, claimed, seconds=-1, tried=False)


async def test_giving_up_apologises_and_hands_over_with_a_passport(sessions: Sessions) -> None:
    received = await core.write(sessions, "je veux changer ma commande")
    claimed = await core.claim(sessions)
    assert claimed is not None
    async with sessions() as session, session.begin():
        assert await turns.give_up(session, claimed, apology=Reply(text="pardon"))
    found = await core.conversation(sessions, received.conversation_id)
    assert (found.owner, found.version) == ("queue:support", 2)
    assert found.passport is not None and found.passport["reason"] == "failure"
    assert found.passport["goal"] == {"code": "said", "text": "je veux changer ma commande", "seq": 1}
    assert await core.turn_states(sessions, received.conversation_id) == ["failed"]


async def test_the_assistant_says_nothing_once_a_person_has_taken_over(sessions: Sessions) -> None:
    received = await core.write(sessions)
    claimed = await core.claim(sessions)
    assert claimed is not None
    await core.change(sessions, "take", received.conversation_id, await core.agent(sessions))
    assert not await core.finish(sessions, claimed, core.saying("bonjour"))
    assert await core.turn_states(sessions, received.conversation_id) == ["skipped"]
    authors = [message.author for message in await core.transcript(sessions, received.conversation_id)]
    assert authors == ["customer", "system"]


async def test_taken_and_given_back_while_it_thinks_it_thinks_again(sessions: Sessions) -> None:
    received = await core.write(sessions)
    claimed = await core.claim(sessions)
    assert claimed is not None
    claire = await core.agent(sessions)
    await core.change(sessions, "take", received.conversation_id, claire)
    await core.change(sessions, "release", received.conversation_id, claire)
    assert not await core.finish(sessions, claimed, core.saying("d’avant"))
    assert await core.answered(sessions, core.saying("d’après"))
    said = [m.text for m in await core.transcript(sessions, received.conversation_id) if m.author == "bot"]
    assert said == ["d’après"]


async def test_what_an_agent_has_answered_the_assistant_does_not_answer_again(sessions: Sessions) -> None:
    received = await core.write(sessions, "quels sont vos horaires ?")
    claire = await core.agent(sessions)
    await core.change(sessions, "take", received.conversation_id, claire)
    await core.reply_as(sessions, received.conversation_id, claire, "9 h à 18 h")
    await core.change(sessions, "release", received.conversation_id, claire)
    # No worker looked in all that time.
    assert await core.claim(sessions) is None
    assert await core.turn_states(sessions, received.conversation_id) == ["skipped"]


async def test_a_message_that_comes_as_the_agent_lets_go_is_answered(sessions: Sessions) -> None:
    first = await core.write(sessions)
    await core.answered(sessions, core.saying("bonjour"))
    claire = await core.agent(sessions)
    taken = await core.change(sessions, "take", first.conversation_id, claire)
    await core.write(sessions, "et demain ?")
    async with sessions() as session:
        from crm_backend.conversations.handing_over import owners

        await owners.release(session, conversation_id=first.conversation_id, agent=claire, version=taken.version)
        # A worker looks before the release is through, and must not take it for the agent's.
        assert await asyncio.wait_for(core.claim(sessions), 2) is None
        await session.commit()
    claimed = await core.claim(sessions)
    assert claimed is not None and claimed.text == "et demain ?"


async def test_a_conversation_does_not_close_over_a_message_that_waits(sessions: Sessions) -> None:
    received = await core.write(sessions, "merci, au revoir")
    claimed = await core.claim(sessions)
    assert claimed is not None
    await core.write(sessions, "ah, encore une chose")
    assert await core.finish(sessions, claimed, core.saying("Au revoir", do="close"))
    assert (await core.conversation(sessions, received.conversation_id)).owner == "bot"
    assert await core.answered(sessions, core.saying("Je vous écoute.", do="close"))
    assert (await core.conversation(sessions, received.conversation_id)).owner == "nobody"
    said = [m.text for m in await core.transcript(sessions, received.conversation_id) if m.author == "bot"]
    assert said == ["Au revoir", "Je vous écoute."]


@pytest.mark.parametrize("pinned_before", [False, True])
async def test_a_language_chosen_while_it_thinks_stays_chosen(sessions: Sessions, pinned_before: bool) -> None:
    received = await core.write(sessions)
    await core.answered(sessions, core.saying("bonjour", state={"slots": {"language": "fr"}}))

    async def choose(language: str) -> None:
        async with sessions() as session, session.begin():
            await services.set_language(session, conversation_id=received.conversation_id, language=language)

    if pinned_before:
        await choose("fr")
    await core.write(sessions, "ma commande")
    claimed = await core.claim(sessions)
    assert claimed is not None
    await choose("en")
    thought = {"slots": {"language": "fr", "language_pinned": pinned_before, "topic": "order"}}
    assert await core.finish(sessions, claimed, core.saying("Votre numéro ?", state=thought))
    found = await core.conversation(sessions, received.conversation_id)
    assert (found.language, found.language_pinned) == ("en", True)
    assert found.dialogue_state == {"slots": {"language": "en", "language_pinned": True, "topic": "order"}}


async def test_the_assistant_may_change_the_language_itself(sessions: Sessions) -> None:
    received = await core.write(sessions, "speak English please")
    state = {"slots": {"language": "en", "language_pinned": True}}
    assert await core.answered(sessions, core.saying("Sure.", state=state, language="en"))
    found = await core.conversation(sessions, received.conversation_id)
    assert (found.language, found.language_pinned) == ("en", True)
