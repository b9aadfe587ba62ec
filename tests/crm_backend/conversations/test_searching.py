"""Conversations found by words that were said in them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from crm_backend.conversations import searching
from crm_backend.conversations.model import Conversation
from crm_backend.database import Sessions
from tests.support import core


@pytest.mark.parametrize(
    "wanted",
    ["ʼoffre", "aːb", "ŉ", "'", "a:*", "a & !b", "(", "<->", "\\", "%", "_", "été" * 60, "𝒶", "日本"],
)
async def test_no_letter_or_sign_is_an_error(sessions: Sessions, wanted: str) -> None:
    async with sessions() as session:
        said = await searching.said(session, wanted)
        conditions = [searching.called(wanted)] + ([] if said is None else [said])
        for condition in conditions:
            assert (await session.scalars(select(Conversation.id).where(condition))).all() == []


async def test_words_are_found_by_their_beginnings_without_regard_to_accents_and_all_in_one_message(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await core.write(sessions, "l’étagère est ébréchée, réf. AB-12")
    await core.write(sessions, "une lampe", visitor="paul")
    # The same whether the words are rare or common.
    for few in (searching.FEW, 0):
        monkeypatch.setattr(searching, "FEW", few)
        for wanted, found in {"etag EBRECH": True, "ab 12": True, "tagere": False, "étagère lampe": False}.items():
            async with sessions() as session:
                said = await searching.said(session, wanted)
                assert said is not None
                ids = (await session.scalars(select(Conversation.id).where(said))).all()
            assert ids == ([first.conversation_id] if found else []), wanted
