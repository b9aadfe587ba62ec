"""How to look after something, put it together or use it: from the catalogue and the articles on care."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Final

from actions import product_search
from actions.knowledge import LONGEST, card, choices, note
from actions.meaning import vector_of
from actions.plain import plain
from actions.tasks import reading
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.turn import Turn
from crm_backend.catalogue import search
from crm_backend.catalogue.search import ProductMatch
from crm_backend.knowledge import services as knowledge
from crm_backend.knowledge.schema import KnowledgeAnswer

SHELVES: Final = ("care", "products")
"""The categories of articles that tell how to look after things."""
CARE: Final = "care"
"""The attribute of a product that does."""
ABOUT: Final = "care_of"
CARE_OF: Final[Words] = {"fr": "Comment entretenir :", "en": "How to care for:"}
A_FEW, STEM = 8, 5
"""Words of a question that goes on with the last one; letters of a word by which its forms are known."""
_AND: Final = re.compile(
    r"\W*(?:(?:ok|bon|d['’ ]?accord|merci|thanks?)\W+)?(?:et|and|ou|or|what about|how about|avec|with)\b", re.IGNORECASE
)
_CARE: Final = re.compile(
    r"\b(?:bicarbonate|vinaigre|javel|savon|lessive|sel|machine|[àa] la main|fer|repass\w*|s[èe]ch\w*|tambour|four|"
    r"micro-?ondes?|cong[ée]l\w*|frigo|induction|lav\w*|nettoy\w*|frott\w*|huil\w*|cir[ée]\w*|eau|[ée]ponge|d[ée]tach\w*|tach\w*|"
    r"bleach|vinegar|(?:baking )?soda|soap|detergent|iron\w*|tumble\w*|dry|dryer|dishwasher|wash\w*|clean\w*|"
    r"oven|microwave|freez\w+|fridge|hob|oil\w*|wax\w*|polish\w*|scrub\w*|sponge|stains?|water|by hand)\b",
    re.IGNORECASE,
)
"""What is used to look after things, and done."""
_OTHERWISE: Final = re.compile(
    r"\b(?:commande|colis|livr\w*|retour\w*|rembours\w*|factur\w*|order|parcel|deliver\w*|return\w*|refund\w*|invoice)\b",
    re.IGNORECASE,
)
_MATERIALS: Final = re.compile(
    r"\b(?:fonte|lin|laine|velours|bois|ch[êe]ne|laiton|gr[èe]s|coton|inox|acier|verre|cuir|marbre|"
    r"cast[- ]iron|linen|wool|velvet|wood\w*|oak|brass|stoneware|cotton|steel|glass|leather|marble)\b",
    re.IGNORECASE,
)
_SAY_NOTHING: Final = frozenset(
    """avec aussi alors apres avant bien cela celle celui comment dans deux elle elles faire faut fait laver marche
    mettre peut peux plus pour quoi sans utiliser vous about also anything clean could does good have make okay should
    that them there they this tried wash what will with would your""".split()  # noqa: SIM905
)
"""Words of a question that its answer need not hold."""


class ProductCare(Topic):
    name = "product_care"
    title: ClassVar[Words] = {"fr": "l’entretien d’un article", "en": "looking after an item"}
    reads = True

    async def goes_on(self, turn: Turn) -> bool:
        text = turn.meant
        if len(text.split()) > A_FEW or _OTHERWISE.search(text) or turn.entities.keys() - {"product", "choice"}:
            return False
        unsure = turn.intent in ("nlu_fallback", "out_of_scope")
        return bool(turn.slot(ABOUT)) and bool(_CARE.search(text) or (unsure and _AND.match(text)))

    async def plan(self, talk: Talk) -> None:
        before = _spoken_of(talk)
        product = await _product(talk, before=before)
        care = _care(product, talk.language) if product else None
        if product is not None:
            product_search.note_shown(talk, [product])
        if product is not None and care and (not before or _says(care, talk.turn.meant)):
            talk.say("utter_product_care", article=product.name(talk.language), care=care)
        if before:
            await _go_on(talk, product, before)
            return
        found = await _articles(talk, product, talk.turn.text)
        talk.slot(ABOUT, _in_words(talk, product))
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


async def _go_on(talk: Talk, product: ProductMatch | None, about: str) -> None:
    """The answer to a question that goes on with the last one ("and with vinegar?"): a passage that speaks of what is
    new in it, of the article that the last one is answered by. What does linen good spoils wool."""
    first = await _articles(talk, product, about)
    of = first.passages[0].article_key if first.kind == "answer" else None
    found = await _articles(talk, product, f"{about}, {talk.turn.meant}")
    right = (each for each in found.passages if each.article_key == of and _says(each.text, talk.turn.meant))
    if (passage := next(right, None)) is not None:
        talk.tell(plain(passage.text), cards=[card(passage)])
    elif not talk.sayings:
        talk.say("utter_product_care_not_said")
        await note(talk.turn)
        talk.offer_person("unknown")


def _in_words(talk: Talk, product: ProductMatch | None) -> str:
    """What the question is about, so that another may go on with it."""
    if product is None:
        return talk.turn.text[:LONGEST]
    material = product.attributes.get(talk.language, {}).get("material", "")
    return f"{CARE_OF[talk.language]} {product.name(talk.language)}, {material}"


def _says(text: str, question: str) -> bool:
    """Whether a text speaks of what is asked: one of the words that say something is in it, in any form."""
    words = re.findall(r"[^\W\d_]{4,}", reading.folded(question))
    told = reading.folded(text)
    return any(word[:STEM] in told for word in words if word not in _SAY_NOTHING)


def _spoken_of(talk: Talk) -> str | None:
    """What the last question about care was about, where this one goes on with it and names nothing itself."""
    text = talk.turn.meant
    about = talk.turn.slot(ABOUT) if talk.turn.slot("topic") == ProductCare.name else None
    brief = len(text.split()) <= A_FEW and "product" not in talk.task.given and not _MATERIALS.search(text)
    return str(about) if about and brief else None


async def _product(talk: Talk, *, before: str | None) -> ProductMatch | None:
    """The one product that is spoken of; none where it is not plain which, or where it is of another material than is
    said."""
    named, text = talk.task.given.get("product"), talk.turn.text[-LONGEST:]
    words = str(named) if named else text
    found = (await search.find(talk.session, words=words, phrase=bool(named))).found
    if len(found) == 1:
        return found[0] if named or _of_that_material(found[0], text) else None
    if found or len(text.split()) > A_FEW or _MATERIALS.search(text):
        return None
    last = await product_search.shown_last(talk)
    # "Can I machine wash it?", of the product on the screen.
    return last if last is not None and (before is None or last.name(talk.language) in before) else None


def _of_that_material(product: ProductMatch, text: str) -> bool:
    """Whether the product is of one of the materials that are said; true where none is."""
    said = {reading.folded(each) for each in _MATERIALS.findall(text)}
    known = reading.folded(" ".join(str(each.get("material", "")) for each in product.attributes.values()))
    return not said or any(each in known for each in said)


def _care(product: ProductMatch, language: str) -> str | None:
    said: Any = product.attributes.get(language, {})
    return said.get(CARE) if isinstance(said, dict) else None


async def _articles(talk: Talk, product: ProductMatch | None, text: str) -> KnowledgeAnswer:
    """What the articles on care say; those of the whole help centre where these say nothing and no product is named."""
    question = text[-LONGEST:]
    vector = await vector_of(talk.turn, question)
    asked: dict[str, Any] = {"question": question, "language": talk.language, "vector": vector}
    found = await knowledge.answer(talk.session, **asked, categories=SHELVES)
    if found.kind == "none" and product is None:
        return await knowledge.answer(talk.session, **asked)
    return found
