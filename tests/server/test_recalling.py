"""What a customer was about elsewhere, in a sentence."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_backend.conversations.schema import Recall
from server.recalling import recalled

NOW = datetime(2026, 11, 22, 19, tzinfo=ZoneInfo("Europe/Paris"))
WHERE = {"webchat": {"fr": "sur le site", "en": "on the website"}}


@pytest.mark.parametrize(
    ("ago", "number", "french", "english"),
    [
        (
            timedelta(hours=9),
            "10234",
            "Vous nous parliez ce matin sur le site de la commande 10234\u00a0: j’ai tout sous les yeux.",
            "You were asking about order 10234 on the website this morning: I have it all here.",
        ),
        (
            timedelta(hours=4),
            None,
            "Vous nous avez écrit cet après-midi sur le site\u00a0: j’ai tout sous les yeux.",
            "You wrote to us on the website this afternoon: I have it all here.",
        ),
        (
            timedelta(days=1),
            None,
            "Vous nous avez écrit hier sur le site\u00a0: j’ai tout sous les yeux.",
            "You wrote to us on the website yesterday: I have it all here.",
        ),
    ],
)
def test_it_says_when_where_and_what(ago: timedelta, number: str | None, french: str, english: str) -> None:
    recall = Recall(channel="webchat", at=NOW - ago, order_number=number)
    assert recalled(recall, "fr", now=NOW, where=WHERE) == french
    assert recalled(recall, "en", now=NOW, where=WHERE) == english


def test_a_channel_without_words_is_not_named() -> None:
    recall = Recall(channel="pigeon", at=NOW, order_number="10234")
    assert recalled(recall, "en", now=NOW, where=WHERE) == (
        "You were asking about order 10234 this evening: I have it all here."
    )
