"""The words of the portal's pages."""

from __future__ import annotations

import importlib
import pkgutil

from crm_backend.conversations.schema import Card
from server.portal import streams, words
from tests.support.typography import faults


def test_every_word_is_there_in_both_languages_and_once() -> None:
    seen = set(words.SHARED)
    for module in pkgutil.iter_modules(words.__path__):
        said = importlib.import_module(f"{words.__name__}.{module.name}").WORDS
        assert said["fr"].keys() == said["en"].keys(), module.name
        assert not seen & said["fr"].keys(), module.name
        seen |= said["fr"].keys()
        assert [one for text in said["fr"].values() for one in faults(text, "fr")] == []
        assert [one for text in said["en"].values() for one in faults(text, "en")] == []


def test_where_a_card_leads_is_named_and_not_spelled_out() -> None:
    said, site = words.words()["fr"], "https://maison.example"
    card = Card(kind="order", title="Commande 10482", lines=["DHL <1>"], url="https://dhl.example/?a=1&b=" + "x" * 200)
    shown = str(streams._card(card, said, "fr", site))
    assert ">Suivre le colis<" in shown and shown.count("x" * 200) == 1 and "DHL &lt;1&gt;" in shown
    assert 'rel="noopener noreferrer nofollow"' in shown and "a=1&amp;b=" in shown
    own = str(streams._card(Card(kind="article", title="Retour", url="/fr/aide/retour"), said, "fr", site))
    assert '<a href="/fr/aide/retour">Lire l’article</a>' in own
    for hostile in ("javascript:alert(1)", "//evil.example", "/\\evil.example", "/\t/evil.example"):
        assert "href" not in streams._card(Card(kind="order", title="x", url=hostile), said, "fr", site)
