"""How to look after things: what the catalogue says, then the articles on care and no others."""

from __future__ import annotations

import pytest

from actions.tasks import finding
from crm_backend.catalogue.model import Product
from crm_backend.database import Sessions, new_id
from crm_backend.knowledge import services as knowledge
from crm_backend.knowledge.model import DIMENSIONS
from crm_backend.knowledge.schema import Draft
from tests.support import core, shop
from tests.support.owning import buyer
from tests.support.talking import Customer

finding.find()


def embed(texts: list[str]) -> list[list[float]]:
    return [[1.0, *[0.0] * (DIMENSIONS - 1)] for _ in texts]


async def article(sessions: Sessions, key: str, category: str, title: str, summary: str) -> None:
    async with sessions.begin() as session:
        draft = Draft(language="fr", slug=key, title=title, summary=summary, body="", questions=[title])
        await knowledge.publish(session, key=key, category=category, translations=[draft], embed=embed)


async def lamp(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        sold = await shop.variant(session, names={"fr": "Lampe Orée", "en": "Orée lamp"})
        product = await session.get_one(Product, sold.product_id)
        product.attributes = {
            "fr": {"care": "un chiffon sec, sans produit."},
            "en": {"care": "a dry cloth, nothing else."},
        }


async def somebody(sessions: Sessions, language: str = "fr") -> Customer:
    return Customer((await core.write(sessions, visitor=new_id().hex)).conversation_id, language)


@pytest.mark.parametrize(
    ("language", "text", "care"),
    [("fr", "comment nettoyer la lampe Orée ?", "chiffon sec"), ("en", "how do I clean the Orée lamp?", "dry cloth")],
)
async def test_what_the_catalogue_says_of_the_product_is_told(
    acting: Sessions, language: str, text: str, care: str
) -> None:
    await lamp(acting)
    customer = await somebody(acting, language)
    assert await customer.says(text, "product_care") == ["utter_product_care"]
    assert care in customer.messages[0]["care"]
    assert not customer.open


async def test_an_article_on_care_answers_and_no_other_does(acting: Sessions) -> None:
    await article(acting, "linen", "care", "Comment laver le lin ?", "À 40 degrés, sans assouplissant.")
    await article(acting, "returns", "returns", "Comment retourner le lin lavé ?", "Sous 30 jours.")
    customer = await somebody(acting)
    said = await customer.says("Comment laver le lin ?", "product_care")
    assert said == ["À 40 degrés, sans assouplissant."]
    assert customer.messages[0]["custom"]["cards"][0]["title"] == "Comment laver le lin ?"


async def test_what_nobody_wrote_down_is_admitted_and_a_person_offered(acting: Sessions) -> None:
    customer = await somebody(acting)
    assert await customer.says("comment huiler une planche en ardoise ?", "product_care") == ["utter_not_known"]
    assert customer.slots["offered"] == "unknown"


async def test_it_is_answered_on_the_way(acting: Sessions) -> None:
    await lamp(acting)
    customer, _ = await buyer(acting, arrives=False)
    await customer.says("annulez ma commande", "cancel_order")
    said = await customer.says("comment nettoyer la lampe Orée ?", "product_care")
    assert said == ["utter_product_care", "utter_cancel_order_confirm_paid"]
