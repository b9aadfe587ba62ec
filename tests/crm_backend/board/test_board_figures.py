"""The board's figures, each computed a second way: in plain Python over the same rows."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.board import figures
from crm_backend.board.figures import ON_BOARD, Reading
from crm_backend.board.targets import targets
from crm_backend.board.words import SPANS, WORDS
from crm_backend.database import new_id
from crm_backend.reports import following
from tests.crm_backend.reports.by_hand import Contact, Wait, contacts_of
from tests.crm_backend.reports.made import NOW, Month, Talk, minutes, paris

MIDNIGHT = paris(11, 20)
QUIET = timedelta(minutes=30)


def two_days(seed: int = 3) -> Month:
    """Contacts of yesterday and today, of every kind, up to this minute."""
    month, chance = Month(), random.Random(seed)
    agents = [month.agent(name) for name in ("Claire", "Thomas")]
    for _ in range(90):
        began = NOW - minutes(chance.choice((chance.randrange(5, 130), chance.randrange(5, 36 * 60))))
        _one(month.conversation(month.person()), began, chance.choice(agents), chance)
    return month


def _one(talk: Talk, at: datetime, agent: UUID, chance: random.Random) -> None:
    talk.say("customer", at, intent="order_status")
    if chance.random() < 0.9:
        talk.say("bot", at + minutes(0.1))
    kind = chance.choice(("bot", "bot", "closed", "agent", "agent", "gone", "waits"))
    if kind == "closed":
        talk.close(at + minutes(2))
    elif kind == "waits":
        talk.queue(at + minutes(0.2))
    elif kind == "gone":
        talk.queue(at + minutes(0.2), left=at + minutes(chance.choice((0.5, 4))))
    elif kind == "agent":
        taken = at + minutes(chance.choice((0.5, 1, 1.5, 4)))
        talk.queue(at + minutes(0.2), taken=taken, agent=agent, ended=taken + minutes(0.5))
        said = talk.say("agent", taken + minutes(0.2), agent=agent)
        if chance.random() < 0.4:
            again = {"kind": "asked", "fact": "email", "agent_id": agent, "message_id": said["id"]}
            talk.month.repeated.append({"id": new_id(), "created_at": said["created_at"], **again})
        talk.close(taken + minutes(0.5))
        if chance.random() < 0.5:
            talk.rate(taken + minutes(0.6), chance.randrange(1, 6), agent=agent)


def by_hand(month: Month, key: str, since: datetime, until: datetime) -> float | None:
    """A figure over what began in a stretch."""
    every = contacts_of(month, NOW)
    contacts = [each for each in every if since <= each.at < until and not each.polite]
    if key == "service_level":
        waits = [wait for each in every for wait in each.waits if since <= wait.at < until]
        taken = [_seconds(each, "taken_at") for each in waits if each.outcome == "taken"]
        late = [each for each in waits if each.outcome == "abandoned" and _seconds(each, "left_at") > 60]
        return _share([seconds <= 60 for seconds in taken] + [False] * len(late))
    if key == "containment":
        return _share([not each.waits and not each.by("agent") for each in contacts if _settled(each)])
    if key == "repeat_yourself":
        return _share([each.asked_again for each in contacts if each.by("agent")])
    scores = [each["score"] for each in month.ratings if since <= each["created_at"] < until]
    return sum(scores) / len(scores) if scores else None


def _seconds(wait: Wait, end: str) -> float:
    return wait.seconds("entered_at", end)


def _settled(contact: Contact) -> bool:
    """Whether the assistant answered, and it is known who helped."""
    if not contact.by("bot"):
        return False
    last = contact.messages[-1]
    silent = last["author"] == "bot" and contact.talk["owner"] == "bot" and last["created_at"] + QUIET <= NOW
    return bool(contact.waits or contact.by("agent") or contact.ended or silent)


def _share(given: list[bool]) -> float | None:
    return sum(given) / len(given) if given else None


async def read(session: AsyncSession) -> dict[str, Reading]:
    found = await figures.read(session, now=NOW, midnight=MIDNIGHT, targets=await targets(session))
    return {each.key: each for each in found}


async def test_each_figure_and_the_one_beside_it_is_what_its_definition_says(crm: AsyncSession) -> None:
    month = two_days()
    await month.store(crm)
    while await following.follow(crm, now=NOW):
        pass
    told = await read(crm)
    assert told.keys() == ON_BOARD.keys()
    for key, (_, span) in ON_BOARD.items():
        since, back = (NOW - minutes(60), minutes(60)) if span == "hour" else (MIDNIGHT, timedelta(days=1))
        now, before = by_hand(month, key, since, NOW), by_hand(month, key, since - back, NOW - back)
        assert now is not None and before is not None, "this would show nothing"
        assert (told[key].value, told[key].before) == pytest.approx((now, before)), key


async def test_of_nothing_there_is_nothing_to_tell(crm: AsyncSession) -> None:
    for each in (await read(crm)).values():
        assert (each.value, each.rows, each.before, each.good) == (None, 0, None, None)


@pytest.mark.parametrize(
    ("key", "value", "good"),
    [
        ("service_level", 0.8, True),
        ("service_level", 0.79, False),
        ("repeat_yourself", 0.05, True),
        ("repeat_yourself", 0.06, False),
        ("score", 4.2, True),
    ],
)
async def test_whether_a_target_is_kept_goes_the_way_of_the_figure(
    crm: AsyncSession, key: str, value: float, good: bool
) -> None:
    told = (await read(crm))[key]
    assert Reading(key, value, 1, None, told.target, told.better).good is good


def test_every_number_says_what_it_is_in_both_languages() -> None:
    needed: list[Any] = [*SPANS.values()]
    for words in WORDS.values():
        needed += [words.name, words.counts, words.among, words.source]
    assert all(each[language].strip() for each in needed for language in ("fr", "en"))
