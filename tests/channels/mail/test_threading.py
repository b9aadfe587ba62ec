"""Where a mail belongs: scored evidence, and who writes before all else."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail import tokens
from channels.mail.threading import (
    BELONGS,
    Evidence,
    answered,
    bare,
    new_subject,
    numbers,
    place,
    quoted_share,
    score,
)

SECRET = b"secret-of-tests"
SUBJECT = "Ma commande 10234"
subjects = st.sampled_from(["", SUBJECT, f"Re: {SUBJECT}", "Tr: tout autre chose", "commande"])
evidences = st.builds(
    Evidence,
    conversation_id=st.uuids(),
    writes_there=st.booleans(),
    token=st.booleans(),
    answers=st.booleans(),
    refers=st.booleans(),
    subject=subjects,
    quotes=st.floats(0, 1),
    numbers=st.booleans(),
    closed=st.booleans(),
    idle_days=st.floats(0, 400),
)


def one(number: int = 1, **more: object) -> Evidence:
    return replace(Evidence(UUID(int=number), writes_there=True, subject=SUBJECT), **more)  # type: ignore[arg-type]


@given(st.lists(evidences, max_size=6), subjects)
def test_nobody_is_ever_put_into_a_conversation_they_have_not_written_in(found: list[Evidence], subject: str) -> None:
    placed = place(found, subject=subject)
    assert placed.conversation_id in {None, *(each.conversation_id for each in found if each.writes_there)}


@given(st.lists(evidences, max_size=6, unique_by=lambda each: each.conversation_id), subjects, st.randoms())
def test_the_order_in_which_evidence_is_found_changes_nothing(
    found: list[Evidence], subject: str, random: object
) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert place(shuffled, subject=subject) == place(found, subject=subject)


@given(evidences, subjects, st.sampled_from(["token", "answers", "refers", "numbers"]))
def test_more_evidence_never_speaks_less(found: Evidence, subject: str, what: str) -> None:
    assert score(replace(found, **{what: True}), subject=subject)[0] >= score(found, subject=subject)[0]
    assert score(replace(found, quotes=1.0), subject=subject)[0] >= score(found, subject=subject)[0]


@given(st.lists(evidences, min_size=1, max_size=6), subjects)
def test_every_link_states_its_reasons_and_its_score(found: list[Evidence], subject: str) -> None:
    placed = place(found, subject=subject)
    if placed.conversation_id is not None:
        assert placed.score >= BELONGS and placed.reasons and placed.why is None
    else:
        assert placed.why is not None


@pytest.mark.parametrize("what", ["token", "answers", "refers"])
def test_a_mark_or_a_reference_is_enough_for_who_writes_there(what: str) -> None:
    assert place([one(**{what: True})], subject=f"Re: {SUBJECT}").conversation_id == UUID(int=1)


def test_a_stranger_who_answers_gets_a_conversation_of_their_own_linked_to_that_one() -> None:
    placed = place([one(writes_there=False, token=True, answers=True)], subject=f"Re: {SUBJECT}")
    assert (placed.conversation_id, placed.related, placed.why) == (None, UUID(int=1), "other_sender")


def test_a_subject_alone_is_enough_only_as_an_answer_and_soon() -> None:
    assert place([one()], subject=SUBJECT).conversation_id is None
    assert place([one()], subject=f"RE: {SUBJECT}").conversation_id == UUID(int=1)
    assert place([one(idle_days=30)], subject=f"RE: {SUBJECT}").conversation_id is None


def test_a_new_subject_on_an_old_thread_begins_a_new_conversation() -> None:
    placed = place([one(answers=True)], subject="Retour d’un coussin")
    assert (placed.conversation_id, placed.why, placed.related) == (None, "new_subject", UUID(int=1))


def test_another_order_number_in_the_subject_is_a_new_subject() -> None:
    assert new_subject("Re: Commande 10235", "Commande 10234")


def test_a_conversation_closed_long_ago_stays_closed() -> None:
    late = place([one(answers=True, closed=True, idle_days=60)], subject=f"Re: {SUBJECT}")
    assert (late.conversation_id, late.why) == (None, "too_old")
    assert place([one(answers=True, closed=True, idle_days=3)], subject=f"Re: {SUBJECT}").conversation_id is not None


def test_among_equals_the_one_written_in_last_is_meant() -> None:
    placed = place([one(1, refers=True, idle_days=5), one(2, refers=True, idle_days=1)], subject=f"Re: {SUBJECT}")
    assert placed.conversation_id == UUID(int=2)


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Ma commande", "RE : Ma commande", "Réf: Ma commande", "Tr : RE: ma  commande", "Fwd: Ma commande",
        "AW: WG: Ma commande", "Re[2]: Ma commande", "[EXTERNE] Re: Ma commande", "***SPAM*** Ma commande",
        "réponse : Ma commande",
    ],
)  # fmt: skip
def test_what_programs_put_before_a_subject_is_not_part_of_it(subject: str) -> None:
    assert bare(subject) == "ma commande"


def test_words_that_only_begin_like_a_prefix_stay() -> None:
    assert bare("Remboursement : où en est-il ?") == "remboursement : où en est-il ?"
    assert not answered("Remboursement : où en est-il ?") and answered("RE: remboursement")


def test_a_subject_that_was_cut_on_its_way_is_no_new_one() -> None:
    assert not new_subject("Re: Problème avec ma comm", "Problème avec ma commande de bougies")
    assert not new_subject("", "Ma commande")


def test_order_numbers_are_found_and_dates_and_years_are_not() -> None:
    assert numbers("commande #W7678072 et 10234, le 2026-11-22, en 2026") == {"W7678072", "10234"}


def test_a_quoted_message_is_recognised_within_its_quote_marks() -> None:
    ours = "Elle est partie hier de notre entrepôt. Livraison prévue mardi 25 novembre, entre 9 h et 13 h."
    quote = "> Elle est partie hier de notre entrepôt.\n> Livraison prévue mardi 25 novembre,\n> entre 9 h et 13 h."
    assert quoted_share(quote, [ours]) > 0.6
    assert quoted_share("> tout autre chose, sans rapport avec rien de ce que nous avons écrit", [ours]) == 0
    assert quoted_share("> oui merci", ["oui merci"]) == 0


@given(st.uuids())
def test_the_reply_address_leads_back_in_any_case_and_only_when_it_is_ours(conversation: UUID) -> None:
    address = tokens.reply_address("support@example.com", conversation, SECRET)
    assert len(address.partition("@")[0]) <= 64
    assert tokens.conversation_marked(["x@y.z", address.upper()], SECRET) == conversation
    assert tokens.conversation_marked([address], b"another secret") is None
    assert tokens.conversation_marked([f"support+{'ı' * 39}@example.com"], SECRET) is None
    changed = address.replace("+", "+b" if address[8] != "b" else "+c")[:9] + address[9:]
    assert tokens.conversation_marked([changed], SECRET) != conversation or changed == address


@given(st.uuids())
def test_our_message_ids_are_known_and_cannot_be_made_up(message: UUID) -> None:
    identifier = tokens.message_id(message, "example.com", SECRET)
    assert tokens.our_messages([identifier, identifier], SECRET) == [message]
    assert tokens.our_messages([identifier], b"another secret") == []
