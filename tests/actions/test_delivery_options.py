"""What the help centre says of delivery, in the customer's words or in the topic's; a person where it says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from actions import general_answers
from actions.delivery_options import QUESTION
from actions.tasks import finding
from actions.turn import Turn
from crm_backend.database import Sessions, new_id
from crm_backend.knowledge.schema import KnowledgeAnswer, PassageView
from tests.support import core
from tests.support.parcels import customer_of
from tests.support.talking import Customer

finding.find()
PASSAGE = PassageView(
    article_key="delivery", title="La livraison", heading="Frais", text="**4,90 €** partout.", url="/aide", score=0.9
)
NOTHING = KnowledgeAnswer(kind="none", passages=[])


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> dict[str, KnowledgeAnswer]:
    """What the help centre knows, by question."""
    answers: dict[str, KnowledgeAnswer] = {}

    async def search(turn: Turn) -> KnowledgeAnswer:
        return answers.get(turn.text, NOTHING)

    monkeypatch.setattr(general_answers, "search", search)
    return answers


async def somebody(sessions: Sessions, language: str = "fr") -> Customer:
    return Customer((await core.write(sessions, visitor=new_id().hex)).conversation_id, language)


@pytest.mark.parametrize("asked", ["combien la livraison ?", "/delivery_options"])
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_article_answers_whatever_the_words(
    acting: Sessions, known: dict[str, KnowledgeAnswer], asked: str, language: str
) -> None:
    known[QUESTION[language]] = KnowledgeAnswer(kind="answer", passages=[PASSAGE])
    customer = await somebody(acting, language)
    assert await customer.says(asked, "delivery_options") == ["4,90 € partout."]
    [card] = customer.messages[-1]["custom"]["cards"]
    assert card["title"] == "La livraison" and not customer.open


async def test_the_customers_own_words_come_first_and_of_several_articles_one_is_chosen(
    acting: Sessions, known: dict[str, KnowledgeAnswer]
) -> None:
    customer = await somebody(acting)
    known["et la Corse ?"] = KnowledgeAnswer(kind="choices", passages=[PASSAGE])
    assert await customer.says("et la Corse ?", "delivery_options") == ["utter_which_article"]
    corsica = PASSAGE.model_copy(update={"text": "Deux jours de plus."})
    known["et la Corse ?"] = KnowledgeAnswer(kind="answer", passages=[corsica])
    assert await customer.says("et la Corse ?", "delivery_options") == ["Deux jours de plus."]


async def test_where_nothing_is_written_nothing_is_made_up(acting: Sessions, known: dict[str, KnowledgeAnswer]) -> None:
    customer = await somebody(acting)
    assert await customer.says("livrez-vous sur la lune ?", "delivery_options") == ["utter_delivery_options"]
    assert customer.slots["offered"] == "unknown"


async def test_it_is_answered_on_the_way(acting: Sessions, known: dict[str, KnowledgeAnswer]) -> None:
    known["c'est combien ?"] = KnowledgeAnswer(kind="answer", passages=[PASSAGE])
    customer, _ = await customer_of(acting, {"status": "paid"})
    await customer.says("annulez ma commande", "cancel_order")
    said: Any = await customer.says("c'est combien ?", "delivery_options")
    assert said == ["4,90 € partout.", "utter_cancel_order_confirm_paid"]
