"""How a reply looks on WhatsApp, within every limit that Meta documents."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.whatsapp.render import CardPart, FilePart, parts, size
from crm_backend.attachments.schema import FileRef
from crm_backend.conversations.schema import Button, Card, ContactCard
from crm_backend.database import new_id
from tests.channels.whatsapp.unfit import unfit
from tests.support.channels import ADDRESS, ARTICLE, CONTACT, ORDER, PLACE, PRODUCT, delivery


def rendered(text: str = "Que voulez-vous faire ?", **more: Any) -> list[dict[str, Any]]:
    """The messages a reply becomes, as they go to Meta; uploads are taken to be done."""
    found = parts(
        delivery(text, to="33612345678", channel="whatsapp", **more), address=ADDRESS, link=lambda _: "https://l"
    )
    return [part.message("1") if isinstance(part, FilePart | CardPart) else part for part in found]


def content(message: dict[str, Any]) -> Any:
    return message[message["type"]]


def a_file(media_type: str, size: int = 1000, name: str = "f", state: Any = "kept") -> FileRef:
    return FileRef(id=new_id(), kind="other", name=name, media_type=media_type, size=size, state=state)


def test_up_to_three_short_choices_are_buttons() -> None:
    [message] = rendered(buttons=["Suivre", "Retourner un article", "Autre"])
    assert content(message)["type"] == "button"
    assert [each["reply"]["title"] for each in content(message)["action"]["buttons"]] == [
        "Suivre",
        "Retourner un article",
        "Autre",
    ]


@pytest.mark.parametrize("titles", [["a", "b", "c", "d"], ["Retourner un article reçu", "Autre"]])
def test_more_or_longer_choices_are_a_list(titles: list[str]) -> None:
    [message] = rendered(buttons=titles)
    [section] = content(message)["action"]["sections"]
    assert content(message)["type"] == "list"
    assert [row.get("description", row["title"]) for row in section["rows"]] == titles


def test_a_title_that_does_not_fit_is_cut_at_a_word_and_whole_beneath() -> None:
    [message] = rendered(buttons=["Modifier l’adresse de livraison", "Autre"])
    row = content(message)["action"]["sections"][0]["rows"][0]
    assert row["title"] == "Modifier l’adresse de…" and row["description"] == "Modifier l’adresse de livraison"


@pytest.mark.parametrize(
    "titles",
    [
        [f"choix {number}" for number in range(11)],
        ["un titre " * 10, "Autre"],
        ["Oui", "Oui"],
        ["Recevoir la même commande demain", "Recevoir la même commande jeudi"],
    ],
)
def test_choices_that_no_button_can_show_are_numbered(titles: list[str]) -> None:
    [message] = rendered(buttons=titles)
    assert message["type"] == "text"
    assert "1. " in message["text"]["body"] and f"{len(titles)}. " in message["text"]["body"]


def test_choices_without_words_get_some() -> None:
    assert content(rendered("", buttons=["Oui", "Non"])[0])["body"]["text"] == "Choisissez\u00a0:"
    assert content(rendered("", buttons=["Yes", "No"], language="en")[0])["body"]["text"] == "Please choose:"


def test_words_too_long_for_buttons_come_before_them() -> None:
    words = "mot " * 300
    before, choice = rendered(words, buttons=["Oui", "Non"])
    assert before["text"]["body"] == words.strip() and content(choice)["type"] == "button"


def test_an_article_is_a_button_to_its_page() -> None:
    [message] = rendered("Voici :", cards=[ARTICLE])
    parameters = content(message)["action"]["parameters"]
    assert parameters == {"display_text": "Lire l’article", "url": "https://help.example.com/fr/aide/delais"}
    assert content(message)["body"]["text"] == "Voici :\n\nDélais de livraison\nDeux à quatre jours."


def test_an_order_without_a_page_is_words() -> None:
    [message] = rendered("Voici :", cards=[ORDER])
    assert message["text"]["body"].startswith("Voici :\n\nCommande 10234\nEn route\n2 × Bougie figuier")


def test_several_cards_are_words_with_their_addresses() -> None:
    [message] = rendered("Voici :", cards=[ARTICLE, ARTICLE])
    assert message["text"]["body"].count("https://help.example.com/fr/aide/delais") == 2


def test_a_carrier_that_is_not_on_https_is_words() -> None:
    [message] = rendered("", cards=[Card(kind="order", title="Colis", url="http://carrier.example/1")])
    assert message["text"]["body"] == "Colis\nhttp://carrier.example/1"


@pytest.mark.parametrize(
    ("media_type", "megabytes", "kind"),
    [
        ("image/jpeg", 5, "image"),
        ("image/png", 5.1, "text"),
        ("image/webp", 1, "text"),
        ("audio/ogg; codecs=opus", 16, "audio"),
        ("video/mp4", 16, "video"),
        ("video/mp4", 17, "text"),
        ("application/pdf", 100, "document"),
        ("application/zip", 1, "text"),
    ],
)
def test_files_go_as_what_whatsapp_takes_or_as_a_link(media_type: str, megabytes: float, kind: str) -> None:
    [message] = rendered("", files=[a_file(media_type, int(megabytes * 1024 * 1024), "n")])
    assert message["type"] == kind
    if kind == "text":
        assert message["text"]["body"] == "Votre fichier n\u00a0: https://l"


def test_the_words_of_a_sound_come_before_it() -> None:
    assert [each["type"] for each in rendered("Écoutez", files=[a_file("audio/mpeg")])] == ["text", "audio"]


def test_a_file_that_was_not_kept_is_not_promised() -> None:
    assert rendered("", files=[a_file("image/png", state="refused")]) == []


def test_choices_come_last() -> None:
    kinds = [each["type"] for each in rendered("Laquelle ?", files=[a_file("image/png")], buttons=["A", "B"])]
    assert kinds == ["image", "interactive"]


def test_a_place_and_contacts_are_messages_of_their_own_before_what_is_asked() -> None:
    bare = ContactCard(name="Accueil", emails=["accueil@maison.example"])
    [place, people, asked] = rendered("On s’y voit ?", location=PLACE, contacts=[CONTACT, bare], buttons=["Oui", "Non"])
    assert content(place) == {
        "latitude": 45.764,
        "longitude": 4.8357,
        "name": "Maison Tilleul",
        "address": "12 rue Mercière, Lyon",
    }
    assert [each["name"]["formatted_name"] for each in content(people)] == ["Camille Martin", "Accueil"]
    assert content(people)[0]["phones"] == [{"phone": "+33 4 72 00 00 00"}] and "phones" not in content(people)[1]
    assert asked["type"] == "interactive"


def test_a_product_opens_in_the_shop() -> None:
    [message] = rendered("", cards=[PRODUCT], language="en")
    assert content(message)["body"]["text"] == "Housse de couette Aubrac\nfrom €119.00\nDisponible"
    assert content(message)["action"]["parameters"]["display_text"] == "See it in the shop"


def test_an_emoji_counts_for_two() -> None:
    assert size("🕯️") == 3
    assert rendered(buttons=["🕯️" * 7, "B"])[0]["interactive"]["type"] == "list"


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40).map(str.strip)
TITLES = st.lists(st.one_of(WORDS, st.text("ab é", max_size=90)), max_size=13)


@given(
    text=st.one_of(WORDS, st.integers(1, 3000).map(lambda n: "mot 🕯️ " * n)),
    titles=TITLES,
    cards=st.lists(st.sampled_from([ORDER, ARTICLE, PRODUCT]), max_size=3),
    kinds=st.lists(st.sampled_from(["image/png", "audio/mpeg", "application/pdf", "image/gif"]), max_size=3),
    language=st.sampled_from(["fr", "en"]),
)
def test_nothing_that_meta_would_refuse_is_ever_made(
    text: str, titles: list[str], cards: list[Card], kinds: list[str], language: str
) -> None:
    buttons = [Button(title=title, payload="/x") for title in titles]
    made = rendered(text, buttons=buttons, cards=cards, files=[a_file(kind) for kind in kinds], language=language)
    uploads = {"1": ("image/png", "f", b"x")}
    for message in made:
        assert unfit({"messaging_product": "whatsapp", "to": "33612345678", **message}, uploads) is None
    if text or cards or kinds or any(title.strip() for title in titles):
        assert made
