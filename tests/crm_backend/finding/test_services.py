"""Finding anything by a few words."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.cases import services
from crm_backend.cases.schema import NewCase
from crm_backend.finding.services import MOST, find
from tests.support import core


async def test_cases_are_found_by_their_words_without_regard_to_accents_and_by_their_number(crm: AsyncSession) -> None:
    opened = [
        await services.open_case(crm, actor=SYSTEM, new=NewCase(type_key="complaint", subject=subject))
        for subject in ("Réclamation : pièce manquante", "Reclamation", "Étagère ébréchée")
    ]
    for words, found in {
        "réclamation": [1, 0],
        "RECLAM": [1, 0],
        "manquante pièce": [0],
        "ébré": [2],
        opened[1].number.lower(): [1],
        opened[0].number[:7]: [2, 1, 0],
        "réclamation étagère": [],
    }.items():
        cases = (await find(crm, actor=SYSTEM, words=words)).cases
        assert [case.id for case in cases] == [opened[at].id for at in found], words
    reader = Actor("agent:reader", frozenset({"conversations.read"}))
    assert (await find(crm, actor=reader, words="réclamation")).cases == []


async def test_the_latest_conversations_with_the_words_come_first(crm: AsyncSession) -> None:
    said = [await core.receive(crm, core.inbound("mon étagère", visitor=str(number))) for number in range(MOST + 2)]
    found = (await find(crm, actor=SYSTEM, words="etag")).conversations
    assert [each.id for each in found] == [each.conversation_id for each in reversed(said)][:MOST]
    for nothing in ("étagère lampe", "%%", "x"):
        assert (await find(crm, actor=SYSTEM, words=nothing)).conversations == [], nothing


@pytest.mark.parametrize("words", ["c-2026-000001", "\\_%", "ı", "~~"])
async def test_what_names_nothing_finds_nothing(crm: AsyncSession, words: str) -> None:
    assert not any(await find(crm, actor=SYSTEM, words=words))
