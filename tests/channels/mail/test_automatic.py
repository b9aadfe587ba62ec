"""Mails that no person wrote to us, told by what machines must set."""

from __future__ import annotations

import pytest

from channels.mail.automatic import Kind, Own, Sorted, sort_out
from channels.mail.parse import parse
from tests.channels.mail.letters_read import PAYLOADS, mail

OWN = Own(addresses=["Aide@relais.example"], message_id_domains=["relais.example"], header="X-Relais-Message")


def sorted_out(name: str) -> Sorted:
    return sort_out(mail(name), own=OWN)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("plain", Kind.PERSON),
        ("auto_out_of_office_fr", Kind.AUTO_REPLY),
        ("auto_exchange_oof", Kind.AUTO_REPLY),
        ("auto_vacation_precedence", Kind.AUTO_REPLY),
        ("auto_subject_only", Kind.PERSON),
        ("bounce_standard", Kind.BOUNCE),
        ("bounce_delayed", Kind.BOUNCE),
        ("bounce_full_mailbox", Kind.BOUNCE),
        ("bounce_qmail", Kind.BOUNCE),
        ("bounce_exchange_in_words", Kind.BOUNCE),
        ("bounce_gmail_field", Kind.BOUNCE),
        ("list_newsletter", Kind.LIST),
        ("own_mail_back", Kind.OWN),
        ("read_receipt", Kind.RECEIPT),
        ("complaint_arf", Kind.COMPLAINT),
    ],
)
def test_the_kind_is_told(name, kind):
    found = sorted_out(name)
    assert found.kind is kind
    assert found.reason


@pytest.mark.parametrize(
    ("name", "permanent", "status", "original"),
    [
        ("bounce_standard", True, "5.1.1", "out-1@relais.example"),
        ("bounce_delayed", False, "4.4.1", "out-1@relais.example"),
        ("bounce_full_mailbox", False, "4.2.2", "out-1@relais.example"),
        ("bounce_qmail", True, "5.1.1", "out-1@relais.example"),
        ("bounce_exchange_in_words", True, "", "out-1@relais.example"),
        ("bounce_gmail_field", True, "5.1.1", None),
    ],
)
def test_a_bounce_says_who_why_and_which_mail(name, permanent, status, original):
    found = sorted_out(name)
    (failure,) = found.failures
    assert failure.recipient == "perdu@client.example"
    assert (failure.permanent, failure.status) == (permanent, status)
    assert found.permanent is permanent
    assert found.original == original


def test_a_standard_bounce_gives_the_servers_words():
    (failure,) = sorted_out("bounce_standard").failures
    assert (failure.action, failure.diagnostic) == ("failed", "550 5.1.1 no such user")


@pytest.mark.parametrize("name", ["read_receipt", "complaint_arf"])
def test_receipts_and_complaints_name_the_mail_they_are_about(name):
    assert sorted_out(name).original == "out-1@relais.example"


@pytest.mark.parametrize(
    "head",
    ["From: aide@relais.example", "From: AIDE@RELAIS.EXAMPLE", "From: x@y.example\nMessage-ID: <1@relais.example>"],
)
def test_our_own_mail_is_known_by_address_and_message_id(head):
    assert sort_out(parse(f"{head}\n\nx".encode()), own=OWN).kind is Kind.OWN


def test_an_answer_to_our_mail_is_not_our_own():
    answer = b"From: anna@client.example\nIn-Reply-To: <1@relais.example>\nMessage-ID: <2@client.example>\n\nx"
    assert sort_out(parse(answer), own=OWN).kind is Kind.PERSON


@pytest.mark.parametrize("field", ["Auto-Submitted: no", "X-Autoreply: no", "Precedence: first-class"])
def test_fields_that_say_no_do_not_count(field):
    assert sort_out(parse(f"From: a@b.example\nSubject: Absence\n{field}\n\nx".encode())).kind is Kind.PERSON


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("Auto-Submitted: auto-generated", Kind.NOTICE),
        ("Auto-Submitted: auto-replied (vacation)", Kind.AUTO_REPLY),
        ("X-Autoreply: yes", Kind.AUTO_REPLY),
        ("Precedence: auto_reply", Kind.AUTO_REPLY),
        ("Precedence: bulk", Kind.NOTICE),
        ("List-Unsubscribe: <mailto:x@y>", Kind.NOTICE),
        ("List-Unsubscribe: <mailto:x@y>\nPrecedence: bulk", Kind.LIST),
        ("Return-Path: <>", Kind.NOTICE),
    ],
)
def test_each_field_tells_its_kind(field, kind):
    assert sort_out(parse(f"From: a@b.example\n{field}\n\nx".encode())).kind is kind


def test_a_robots_address_takes_no_answers():
    assert sort_out(parse(b"From: no-reply@shop.example\n\nx")).kind is Kind.NOTICE


def test_a_customer_writing_about_a_bounce_is_a_person():
    said = b"From: anna@client.example\nSubject: Undelivered mail\n\nMail to x@y.example came back: 550 5.1.1"
    assert sort_out(parse(said)).kind is Kind.PERSON


@pytest.mark.parametrize(
    ("method", "kind"),
    [("REPLY", Kind.NOTICE), ("REQUEST", Kind.PERSON), ("COUNTER", Kind.PERSON), ("CANCEL", Kind.PERSON)],
)
def test_a_calendars_reply_is_noise_and_an_invitation_is_a_persons(method: str, kind: Kind) -> None:
    raw = (PAYLOADS / "calendar_invite.eml").read_bytes()
    assert b"method=REQUEST" in raw
    assert sort_out(parse(raw.replace(b"method=REQUEST", b"method=" + method.encode()))).kind is kind
