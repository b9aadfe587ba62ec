"""The question that the assistant could not answer is kept for those who write articles."""

from __future__ import annotations

import logging

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from actions import knowledge
from actions.knowledge import Answer
from crm_backend.database import Sessions, new_id
from crm_backend.knowledge.echo_model import UnansweredQuestion
from crm_backend.knowledge.schema import KnowledgeAnswer, PassageView

ASKED = "livrez-vous sur la lune ma commande MT-10482 ? marie.durand@example.com, 06 12 34 56 78"
KEPT = "livrez-vous sur la lune ma commande [#] ? [@] [#]"


async def asked(text: str = ASKED, language: str = "fr") -> tuple[list[str | None], dict[str, object]]:
    """What is uttered to a question, and the slots that are set."""
    heard = {"intent": {"name": "ask_knowledge"}, "text": text, "entities": [], "metadata": {"turn": str(new_id())}}
    tracker = Tracker(str(new_id()), {"language": language}, heard, [{"event": "user"}], False, None, {}, None)
    dispatcher = CollectingDispatcher()
    events = await Answer().run(dispatcher, tracker, {})
    return [each["response"] for each in dispatcher.messages], {
        each["name"]: each["value"] for each in events if each["name"] != "topic"
    }


async def kept(sessions: Sessions) -> list[UnansweredQuestion]:
    async with sessions() as session:
        return list(await session.scalars(select(UnansweredQuestion)))


async def test_a_question_without_an_answer_is_kept_masked_and_counted(acting: Sessions) -> None:
    for _ in range(2):
        assert await asked() == (["utter_not_known"], {"offered": "unknown"})
    [row] = await kept(acting)
    assert (row.text, row.language, row.sources, row.times) == (KEPT, "fr", ["assistant"], 2)


async def test_an_answered_question_and_a_button_are_not_kept(
    acting: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    passage = PassageView(
        article_key="moon", title="La lune", heading="La lune", text="Oui.", url="/aide/moon", score=0.9
    )

    async def answered(*args: object, **more: object) -> KnowledgeAnswer:
        return KnowledgeAnswer(kind="answer", passages=[passage])

    assert await asked("/ask_knowledge") == (["utter_ask_question"], {})
    monkeypatch.setattr(knowledge.knowledge, "answer", answered)
    await asked()
    assert await kept(acting) == []


async def test_that_it_cannot_be_kept_is_no_reason_not_to_answer(
    acting: Sessions, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def refuse(*args: object, **more: object) -> None:
        raise OperationalError("insert", {}, Exception("gone"))

    monkeypatch.setattr(knowledge.unanswered, "note", refuse)
    with caplog.at_level(logging.WARNING):
        assert await asked() == (["utter_not_known"], {"offered": "unknown"})
    assert "OperationalError" in caplog.text and "example.com" not in caplog.text
