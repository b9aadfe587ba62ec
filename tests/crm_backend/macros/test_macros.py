"""Macros: how they are written and by whom, what one would do, and that it does all of it or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.agents.model import Agent
from crm_backend.audit.model import AuditEntry
from crm_backend.cases import opening
from crm_backend.cases.model import Case
from crm_backend.conversations.desk import second_thoughts
from crm_backend.conversations.model import Conversation, Message
from crm_backend.conversations.schema import agent_owner
from crm_backend.database import new_id, utc_now
from crm_backend.errors import Invalid, NotAllowed, NotFound, Stale
from crm_backend.macros import running, services
from crm_backend.macros.steps import checked
from crm_backend.tags import services as tags
from tests.support.talks import keeps_back, person, talk, writes

PARIS = ZoneInfo("Europe/Paris")
HELLO = {"do": "insert", "texts": {"fr": "Bonjour {customer.first_name}.", "en": "Hello {customer.first_name}."}}
CLOSE = {"do": "close"}


async def ran(
    crm: AsyncSession,
    steps: list[dict[str, Any]],
    held: Conversation,
    agent: Agent,
    actor: Actor,
    rehearse: bool = False,
    **more: Any,
) -> running.Ran:
    macro = await services.add(crm, actor=SYSTEM, name=str(new_id()), steps=steps, shared=True)
    given: dict[str, Any] = {"version": held.version, "client_id": new_id(), "now": datetime.now(PARIS)} | more
    how = running.Running(actor, agent, held.id, **given)
    done = await running.run(crm, macro, how, rehearse=rehearse)
    await crm.refresh(held)
    return done


async def said(crm: AsyncSession, held: Conversation) -> list[str]:
    query = select(Message.text).where(Message.conversation_id == held.id, Message.author == "agent")
    return list(await crm.scalars(query.order_by(Message.seq)))


async def test_everything_is_done_at_once(crm: AsyncSession) -> None:
    agent, actor = await person(crm)
    held, tag = await talk(crm, agent), await tags.add(crm, actor=SYSTEM, name="Perdu")
    steps = [
        HELLO,
        {"do": "add_tag", "tag": str(tag.id)},
        {"do": "set_language", "language": "en"},
        {"do": "send", "texts": {"fr": "Au revoir.", "en": "Goodbye {customer.first_name}."}},
        {"do": "open_case", "type": "complaint", "urgency": "high"},
        {"do": "snooze", "until": "tomorrow"},
    ]
    done = await ran(crm, steps, held, agent, actor)
    assert done.done and done.insert == "Bonjour Marie.", [each.refused for each in done.steps]
    assert (held.tag_ids, held.language, held.language_pinned) == ([tag.id], "en", True)
    assert await said(crm, held) == ["Goodbye Marie."], "nothing is sent but what the macro says to send"
    assert held.snoozed_until is not None and held.snoozed_until.astimezone(PARIS).hour == 9
    assert (await crm.scalars(select(Case.type_key).where(Case.channel == "telegram"))).all()[-1] == "complaint"
    told = await crm.scalar(select(AuditEntry.details).where(AuditEntry.action == "ran"))
    assert told == {"conversation": str(held.id), "does": [step["do"] for step in steps]}


async def test_nothing_is_done_when_one_step_is_refused_and_it_says_which(crm: AsyncSession) -> None:
    agent, actor = await person(crm)
    held, tag = await talk(crm, agent), await tags.add(crm, actor=SYSTEM, name="Perdu")
    steps = [
        {"do": "add_tag", "tag": str(tag.id)},
        {"do": "send", "texts": {"fr": "Bonjour."}},
        {"do": "change_case", "status": "resolved"},
        CLOSE,
    ]
    done = await ran(crm, steps, held, agent, actor)
    assert not done.done
    assert [(each.done, str(each.refused) if each.refused else None) for each in done.steps] == [
        (False, None),
        (False, None),
        (False, "macro_no_case"),
        (False, None),
    ]
    assert (held.tag_ids, await said(crm, held), held.owner) == ([], [], agent_owner(agent.id))


async def test_a_rehearsal_tells_every_step_and_changes_nothing(crm: AsyncSession) -> None:
    agent, actor = await person(crm)
    held = await talk(crm, agent)
    steps = [{"do": "add_tag", "tag": str(new_id())}, {"do": "send", "texts": {"fr": "{order.number}"}}, HELLO, CLOSE]
    done = await ran(crm, steps, held, agent, actor, rehearse=True)
    assert not done.done
    assert [each.done for each in done.steps] == [False, False, True, True]
    assert done.steps[2].told["text"] == "Bonjour Marie."
    assert (held.owner, await said(crm, held)) == (agent_owner(agent.id), [])
    assert await crm.scalar(select(func.count()).where(AuditEntry.action.in_(("ran", "closed")))) == 0


def why(done: running.Ran) -> list[str | None]:
    return [str(each.refused) if each.refused else None for each in done.steps]


SEND = {"do": "send", "texts": {"fr": "Au revoir."}}
SNOOZE = {"do": "snooze", "until": "written"}


@pytest.mark.parametrize("last", [CLOSE, SNOOZE], ids=lambda step: step["do"])
async def test_nothing_is_put_away_over_words_that_came_meanwhile(crm: AsyncSession, last: dict[str, Any]) -> None:
    agent, actor = await person(crm)
    held = await talk(crm, agent)
    await writes(crm, held)
    seen = held.last_seq
    await writes(crm, held)
    done = await ran(crm, [SEND, last], held, agent, actor, seen=seen)
    assert (done.done, why(done), await said(crm, held)) == (False, [None, "written_meanwhile"], [])
    done = await ran(crm, [SEND, last], held, agent, actor, seen=held.last_seq)
    assert done.done and await said(crm, held) == ["Au revoir."]


async def test_two_runs_of_what_was_seen_once_say_it_once(crm: AsyncSession) -> None:
    agent, actor = await person(crm)
    held, client_id = await talk(crm, agent), new_id()
    assert (await ran(crm, [SEND], held, agent, actor, seen=0, client_id=client_id)).done
    assert (await ran(crm, [SEND], held, agent, actor, seen=0, client_id=client_id)).done, "asked for again"
    assert why(await ran(crm, [SEND], held, agent, actor, seen=0)) == ["self_answered"]
    assert await said(crm, held) == ["Au revoir."]


async def test_an_older_page_that_does_not_say_what_it_shows_says_nothing_twice_either(crm: AsyncSession) -> None:
    agent, actor = await person(crm)
    held, client_id = await talk(crm, agent), new_id()
    await writes(crm, held)
    assert (await ran(crm, [SEND], held, agent, actor, client_id=client_id)).done
    assert (await ran(crm, [SEND], held, agent, actor, client_id=client_id)).done, "asked for again"
    assert why(await ran(crm, [SEND], held, agent, actor)) == ["self_answered"]
    await writes(crm, held)
    assert (await ran(crm, [SEND, CLOSE], held, agent, actor)).done
    assert await said(crm, held) == ["Au revoir.", "Au revoir."]


async def test_nobody_is_answered_by_a_macro_after_a_colleague_or_in_another_state(crm: AsyncSession) -> None:
    agent, actor = await person(crm)
    other, _ = await person(crm, name="Inès Blanc")
    held = await talk(crm, agent)
    late = await ran(crm, [SEND], held, agent, actor, version=held.version + 1)
    assert [each.refused.code if each.refused else None for each in late.steps] == ["owner_changed"]
    await writes(crm, held, other)
    assert why(await ran(crm, [SEND], held, agent, actor, seen=0)) == ["answered_meanwhile"]


async def test_a_macro_leaves_no_answer_behind_that_could_not_be_said(crm: AsyncSession) -> None:
    agent, actor = await person(crm)
    other, _ = await person(crm, name="Inès Blanc")
    held = await talk(crm, agent)
    client_id = await keeps_back(crm, held, agent)
    await writes(crm, held, other)
    done = await ran(crm, [HELLO, CLOSE], held, agent, actor)
    assert (done.done, why(done), held.owner) == (False, [None, "answered_meanwhile"], agent_owner(agent.id))
    assert await second_thoughts.take_back(crm, client_id=client_id, agent=agent) == "Bonjour"


async def test_a_case_that_goes_with_the_conversation_is_moved(crm: AsyncSession) -> None:
    agent, actor = await person(crm)
    held = await talk(crm, agent)
    case = await opening.open_from_conversation(crm, held.id, actor=SYSTEM)
    done = await ran(crm, [{"do": "change_case", "status": "waiting_on_customer"}], held, agent, actor)
    await crm.refresh(case)
    assert (done.done, case.status) == (True, "waiting_on_customer"), done.steps


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({"do": "close"}, "not_owner"),
        ({"do": "set_language", "language": "en"}, "not_owner"),
        ({"do": "send", "texts": {"fr": "x"}}, "not_owner"),
        ({"do": "assign", "team": "support"}, "not_owner"),
        ({"do": "insert", "canned": "nowhere"}, "not_now"),
    ],
)
async def test_each_step_asks_what_it_would_ask_by_hand(crm: AsyncSession, step: dict[str, Any], code: str) -> None:
    agent, actor = await person(crm)
    other, _ = await person(crm)
    done = await ran(crm, [step], await talk(crm, other), agent, actor)
    assert [each.refused.code if each.refused else None for each in done.steps] == [code]


async def test_who_may_not_open_cases_opens_none_by_a_macro(crm: AsyncSession) -> None:
    agent, actor = await person(crm)
    less = Actor(actor.name, actor.permissions - {"cases.write"}, "desk")
    done = await ran(crm, [{"do": "open_case", "type": "request"}], await talk(crm, agent), agent, less)
    assert [each.refused.code if each.refused else None for each in done.steps] == ["not_allowed"]
    with pytest.raises(NotAllowed):
        await ran(crm, [HELLO], await talk(crm, agent), agent, Actor(actor.name, frozenset({"conversations.read"})))


@pytest.mark.parametrize(
    "steps",
    [
        "close",
        [],
        [CLOSE] * 13,
        [{}],
        [7],
        [{"do": ["close"]}],
        [{"do": "burn"}],
        [CLOSE, {"do": "set_language", "language": "fr"}],
        [HELLO, HELLO],
        [{"do": "insert"}],
        [HELLO | {"canned": "x"}],
        [{"do": "insert", "texts": {"fr": "{nobody}"}}],
        [{"do": "insert", "texts": {"de": "Hallo"}}],
        [{"do": "send", "texts": {"fr": "x" * 5001}}],
        [{"do": "add_tag", "tag": "x"}],
        [{"do": "add_tag", "tag": None}],
        [{"do": "set_language", "language": "de"}],
        [{"do": "assign"}],
        [{"do": "assign", "team": "a", "agent": str(new_id())}],
        [{"do": "snooze", "until": "2026-01-01"}],
        [{"do": "open_case", "type": ""}],
        [{"do": "close", "why": "x"}],
    ],
)
def test_steps_that_make_no_sense_are_refused(steps: Any) -> None:
    with pytest.raises(Invalid):
        checked(steps)


async def test_ones_own_are_ones_own_and_the_others_everybodys(crm: AsyncSession) -> None:
    _, emma = await person(crm)
    _, ines = await person(crm, "supervisor", "Inès Blanc")
    mine = await services.add(crm, actor=emma, name="  À  moi ", steps=[CLOSE])
    ours = await services.add(crm, actor=ines, name="À tous", steps=[CLOSE], shared=True)
    names = [row.name for row in await crm.scalars(services.macros(emma).order_by(services.Macro.name))]
    assert names == ["À moi", "À tous"]
    assert list(await crm.scalars(services.macros(ines, query="A TOUS"))) == [ours]
    with pytest.raises(NotAllowed):
        await services.change(crm, actor=emma, macro_id=ours.id, changes={"name": "x"})
    with pytest.raises(NotAllowed):
        await services.change(crm, actor=emma, macro_id=mine.id, changes={"shared": True})
    for call in (services.read, services.remove):
        with pytest.raises(NotFound):
            await call(crm, actor=ines, macro_id=mine.id)
    with pytest.raises(NotAllowed):
        await services.add(crm, actor=Actor("key:1", ines.permissions), name="x", steps=[CLOSE])
    with pytest.raises(Invalid):
        await services.add(crm, actor=emma, name="À moi", steps=[CLOSE])
    with pytest.raises(Stale):
        await services.remove(crm, actor=emma, macro_id=mine.id, version=9)
    await services.change(crm, actor=ines, macro_id=ours.id, changes={"shared": False, "steps": [HELLO]})
    assert list(await crm.scalars(services.macros(emma))) == [mine]
    await services.remove(crm, actor=emma, macro_id=mine.id)


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("hour", "2026-03-28T18:30"),
        ("four_hours", "2026-03-28T21:30"),
        # The clocks go forward that night.
        ("tomorrow", "2026-03-29T09:00"),
        ("week", "2026-04-04T09:00"),
        ("written", None),
    ],
)
def test_how_long_a_conversation_is_put_off(until: str, expected: str | None) -> None:
    at = running.when(until, datetime(2026, 3, 28, 17, 30, tzinfo=PARIS))
    assert (at.astimezone(PARIS).strftime("%Y-%m-%dT%H:%M") if at else None) == expected
    assert utc_now().tzinfo is not None
