"""How to look after something, put it together or use it: from the catalogue and the articles on care."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from actions.knowledge import LONGEST, card, choices, note
from actions.meaning import vector_of
from actions.plain import plain
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from crm_backend.catalogue import search
from crm_backend.catalogue.search import ProductMatch
from crm_backend.knowledge import services as knowledge
from crm_backend.knowledge.schema import KnowledgeAnswer

SHELVES: Final = ("care", "products")
"""The categories of articles that tell how to look after things."""
CARE: Final = "care"
"""The attribute of a product that does."""


class ProductCare(Topic):
    name = "product_care"
    title: ClassVar[Words] = {"fr": "l’entretien d’un article", "en": "looking after an item"}
    reads = True

    async def plan(self, talk: Talk) -> None:
        product = await _product(talk)
        care = _care(product, talk.language) if product else None
        if product is not None and care:
            talk.say("utter_product_care", article=product.name(talk.language), care=care)
        found = await _articles(talk, product)
        if found.kind == "answer":
            talk.tell(plain(found.passages[0].text), cards=[card(found.passages[0])])
        elif care:
            return
        elif found.kind == "choices":
            talk.say("utter_product_care_articles", buttons=choices(found.passages))
        else:
            talk.say("utter_not_known")
            await note(talk.turn)
            talk.offer_person("unknown")


async def _product(talk: Talk) -> ProductMatch | None:
    """The one product that is spoken of; none where it is not plain which."""
    named = talk.task.given.get("product")
    words = str(named) if named else talk.turn.text[-LONGEST:]
    found = (await search.find(talk.session, words=words, phrase=bool(named))).found
    return found[0] if len(found) == 1 else None


def _care(product: ProductMatch, language: str) -> str | None:
    said: Any = product.attributes.get(language, {})
    return said.get(CARE) if isinstance(said, dict) else None


async def _articles(talk: Talk, product: ProductMatch | None) -> KnowledgeAnswer:
    """What the articles on care say; those of the whole help centre where these say nothing and no product is named."""
    question = talk.turn.text[-LONGEST:]
    vector = await vector_of(talk.turn, question)
    asked: dict[str, Any] = {"question": question, "language": talk.language, "vector": vector}
    found = await knowledge.answer(talk.session, **asked, categories=SHELVES)
    if found.kind == "none" and product is None:
        return await knowledge.answer(talk.session, **asked)
    return found
