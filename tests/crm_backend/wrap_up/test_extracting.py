"""The sentences that say most of a conversation."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_backend.wrap_up.extracting import LONGEST, Extract, Said, extract, promises_something, words_of
from tests.crm_backend.wrap_up.ended import TALK


def test_goal_answer_and_promise_are_sentences_of_the_transcript() -> None:
    told = extract([Said(*each) for each in TALK])
    assert told == Extract(
        "Ma théière M-1042 est arrivée cassée hier. Je voudrais un remboursement.",
        "J’ai lancé le remboursement de la théière cassée.",
        "Je vous écrirai vendredi.",
    )


def test_the_same_in_english() -> None:
    told = extract(
        [
            Said("customer", "Hi! My order still says preparing. Can I change the delivery address to my office?"),
            Said("bot", "I can change the delivery address of an order that is being prepared, always."),
            Said("agent", "Hello Tom. I have changed the delivery address to your office. Anything else?"),
            Said("agent", "You will receive the tracking link by tomorrow."),
        ]
    )
    assert "Can I change the delivery address" in told.goal
    assert told.answer == "I have changed the delivery address to your office."
    assert told.promise == "You will receive the tracking link by tomorrow."


@pytest.mark.parametrize(
    ("sentence", "promises"),
    [
        ("Je vous rappellerai demain.", True),
        ("Nous vous enverrons une étiquette.", True),
        ("Vous serez remboursée sous 5 jours.", True),
        ("We’ll write to you by Friday.", True),
        ("Le colis est arrivé.", False),
        ("I have refunded it.", False),
    ],
)
def test_promises_are_told_by_their_words(sentence: str, promises: bool) -> None:
    assert promises_something(sentence) is promises


@pytest.mark.parametrize("talk", [[], [Said("customer", "")], [Said("agent", "Bonjour !"), Said("customer", "oui")]])
def test_where_nobody_said_anything_nothing_is_made_up(talk: list[Said]) -> None:
    assert extract(talk) == Extract("", "", "")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["customer", "agent"]), st.text(max_size=400)), max_size=6))
def test_whatever_is_said_every_sentence_was_said_and_none_is_long(talk: list[tuple[str, str]]) -> None:
    told = extract([Said(by, text) for by, text in talk])
    spoken = set(words_of(" ".join(text for _, text in talk)))
    for line in (told.goal, told.answer, told.promise):
        assert len(line) <= LONGEST
        # A word that was cut short at the end of a line is not one that was said.
        assert set(words_of(line.rsplit(" ", 1)[0] if line.endswith("…") else line)) <= spoken or "…" in line
