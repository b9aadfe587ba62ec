"""Whether an article helped is asked where there are buttons, and what is answered is kept once."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select

from actions.helpful import THANKED
from actions.knowledge import Answer
from crm_backend.conversations.receiving.receive import receive
from crm_backend.database import Sessions, new_id
from crm_backend.knowledge.echo_model import ArticleOpinion
from tests.crm_backend.knowledge import writing
from tests.support.core import inbound


class Talk:
    """One conversation about one article."""

    def __init__(self, sessions: Sessions, conversation: str) -> None:
        self.sessions, self.conversation = sessions, conversation

    async def press(self, *, form: str | None = None, **entities: str) -> dict[str, Any]:
        """What is uttered to a button with these entities."""
        heard = {
            "intent": {"name": "ask_knowledge"},
            "text": "/ask_knowledge{…}",
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
            "metadata": {"turn": str(new_id())},
        }
        loop = {"name": form} if form else {}
        tracker = Tracker(self.conversation, {"language": "fr"}, heard, [{"event": "user"}], False, None, loop, None)
        dispatcher = CollectingDispatcher()
        await Answer().run(dispatcher, tracker, {})
        (message,) = dispatcher.messages
        return message

    async def opinions(self) -> list[tuple[bool, str]]:
        async with self.sessions() as session:
            return [(each.helpful, each.source) for each in await session.scalars(select(ArticleOpinion))]


@pytest.fixture
async def talk(acting: Sessions) -> Talk:
    async with acting.begin() as session:
        await writing.public(session, "returns")
        received = await receive(session, inbound())
    return Talk(acting, str(received.conversation_id))


async def test_the_last_answer_of_a_conversation_is_its_opinion(talk: Talk) -> None:
    shown = await talk.press(article="returns")
    assert [button["title"] for button in shown["buttons"]] == ["C’est utile", "Ce n’est pas ça"]
    for said, kept in (("yes", True), ("no", False), ("no", False)):
        assert (await talk.press(article="returns", helpful=said))["text"] == THANKED[said]["fr"]
        assert await talk.opinions() == [(kept, "chat")]


async def test_nothing_is_asked_in_the_middle_of_a_form(talk: Talk) -> None:
    assert (await talk.press(article="returns", form="task_form"))["buttons"] == []


async def test_an_article_that_is_gone_is_thanked_for_and_not_kept(talk: Talk) -> None:
    for article in ("nowhere", "'; drop table articles", "\0"):
        assert (await talk.press(article=article, helpful="yes"))["text"] == THANKED["yes"]["fr"]
    assert await talk.opinions() == []
    # No answer at all: the article is shown.
    assert (await talk.press(article="returns", helpful="maybe"))["buttons"]
