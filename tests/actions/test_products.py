"""Products as cards."""

from __future__ import annotations

from actions.products import card
from crm_backend.catalogue.schema import ProductView, VariantView
from crm_backend.conversations.schema import Card

LAMP = VariantView(options={}, price_minor=8900, currency="EUR", available=True)


def test_a_card_has_the_picture_and_the_page_of_the_shop_in_the_customers_language() -> None:
    names, pages = (
        {"fr": "Lampe", "en": "Lamp"},
        {"fr": "https://shop.example/lampe", "en": "https://shop.example/lamp"},
    )
    product = ProductView(names=names, image="/art/lamp.svg", pages=pages, variants=[LAMP])
    shown = Card.model_validate(card(product, "en"))
    assert (shown.title, shown.url, shown.picture) == ("Lamp", "https://shop.example/lamp", "/art/lamp.svg")
    assert product.model_copy(update={"pages": {"fr": "/lampe"}}).page("en") == "/lampe"


def test_a_card_without_them_says_what_it_knows() -> None:
    shown = Card.model_validate(card(ProductView(names={"fr": "Lampe"}, variants=[LAMP]), "en"))
    assert (shown.title, shown.url, shown.picture) == ("Lampe", None, None)
