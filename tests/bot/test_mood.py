"""Mood and urgency, and the parts of a message."""

import pytest

from bot.clauses import clauses
from bot.mood import mood, urgency


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bonjour, où est ma commande ?", "calm"), ("C’est inadmissible", "upset"),
        ("OÙ EST MON COLIS ???", "upset"),
        ("I'm fed up", "upset"), ("je suis déçue", "tense"), ("toujours pas de colis", "tense"), ("still nothing!!",
        "upset"),
        ("Je suis furieuse", "upset"), ("trois fois que j'écris, pas sérieux", "upset"), ("this is shambles", "upset"),
        ("Merci beaucoup, super service", "pleased"), ("pas super", "calm"), ("not great", "calm"), ("OK", "calm"),
    ],
)  # fmt: skip
def test_mood(text: str, expected: str) -> None:
    assert mood(text) == expected


def test_messages_that_were_not_understood_wear_patience_out() -> None:
    assert [mood("où est mon colis", not_understood=count) for count in (0, 1, 2, 3)] == [
        "calm",
        "calm",
        "tense",
        "upset",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c’est urgent svp", "now"), ("I need it today", "now"), ("il me le faut avant vendredi", "soon"),
        ("it's for a birthday", "soon"), ("où est ma commande", "none"),
    ],
)  # fmt: skip
def test_urgency(text: str, expected: str) -> None:
    assert urgency(text) == expected


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Where is my parcel? Also can you change my email to a.b@c.fr", ["Where is my parcel",
        "can you change my email to a.b@c.fr"]),
        ("annulez la 10234 et dites-moi quand je serai remboursée", ["annulez la 10234",
        "dites-moi quand je serai remboursée"]),
        ("la lampe et la table sont cassées", []), ("où est ma commande", []),
    ],
)  # fmt: skip
def test_a_message_is_divided_where_requests_are_joined(text: str, parts: list[str]) -> None:
    found = clauses(text)
    assert [clause.text for clause in found] == parts
    assert all(text[clause.start : clause.end] == clause.text for clause in found)


def test_of_a_long_story_the_beginning_and_the_end_are_looked_at() -> None:
    story = "Bonjour à vous. " + "Il pleuvait fort. " * 400 + "Remboursez-moi maintenant."
    found = clauses(story)
    assert found[0].text == "Bonjour à vous" and found[-1].text == "Remboursez-moi maintenant" and len(found) == 6
