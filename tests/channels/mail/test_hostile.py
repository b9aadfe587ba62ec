"""Mails made to break or to slow down whoever reads them."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.mail.automatic import sort_out
from channels.mail.html import sanitise
from channels.mail.htmltext import page_to_text
from channels.mail.parse import parse
from channels.mail.replies import told_apart
from channels.mail.trust import vouch
from crm_backend.errors import BadInput
from tests.channels.mail.letters_read import PAYLOADS

SAMPLES = [path.read_bytes() for path in sorted(PAYLOADS.glob("*.eml"))]
PROPERTY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read_all(raw: bytes) -> None:
    """Everything that is done with a mail; only bad input may be refused."""
    try:
        mail = parse(raw)
    except BadInput:
        return
    for text in (mail.text, mail.html, mail.subject, mail.from_name, *(file.name for file in mail.attachments)):
        text.encode("utf-8")
        assert "\x00" not in text
    told_apart(mail.text, mail.html)
    sanitise(mail.html)
    sort_out(mail)
    vouch(mail, raw, trusted=["mx.relais.example"], resolve=lambda name: [])


@PROPERTY
@given(st.binary(max_size=2_000))
def test_any_bytes_are_read_or_refused(raw):
    read_all(raw)


@PROPERTY
@given(st.data())
def test_mutated_mails_are_read_or_refused(data):
    raw = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, max(0, len(raw) - 1)))
        match data.draw(st.sampled_from(["cut", "byte", "double", "join"])):
            case "cut":
                del raw[at : at + data.draw(st.integers(1, 40))]
            case "byte":
                raw[at : at + 1] = data.draw(st.binary(min_size=1, max_size=4))
            case "double":
                raw[at:at] = raw[at : at + 200]
            case _:
                raw[at:at] = data.draw(st.sampled_from(SAMPLES))[:300]
    read_all(bytes(raw))


LINES = [
    "> ", ">> x", "On 2025-03-03 at 10:12, a <a@b.example> wrote:", "De : a@b.example", "Envoyé : 3 mars 2025", "À : x",
    "Objet : TR: y", "-- ", "____", "-----Original Message-----", "Envoyé de mon iPhone", "", "mots simples", "<", ">",
    "---------- Forwarded message ---------", "a écrit :", "| x", "Cordialement,", "ce message est confidentiel",
]  # fmt: skip


@PROPERTY
@given(st.lists(st.sampled_from(LINES) | st.text(max_size=30), max_size=30))
def test_telling_apart_loses_no_words(lines):
    text = "\n".join(lines)
    apart = told_apart(text)
    everything = "".join((apart.text, apart.quoted, apart.signature, apart.forwarded))
    assert sorted("".join(everything.split()).replace(">", "")) == sorted("".join(text.split()).replace(">", ""))


@PROPERTY
@given(st.lists(st.sampled_from(LINES), max_size=15), st.lists(st.sampled_from(LINES), max_size=15))
def test_marked_lines_never_become_the_customers(before, after):
    text = "\n".join([*before, "> SECRET", *after])
    assert "SECRET" not in told_apart(text).text


TAGS = [
    "div",
    "p",
    "b",
    "a",
    "table",
    "tr",
    "td",
    "li",
    "ul",
    "blockquote",
    "br",
    "script",
    "style",
    "svg",
    "title",
    "o:p",
]


@PROPERTY
@given(st.lists(st.sampled_from([f"<{t}>" for t in TAGS] + [f"</{t}>" for t in TAGS] + ["mot", "<", "<!--", "-->"])))
def test_any_page_is_shown_without_what_acts(pieces):
    shown = sanitise("".join(pieces)).html
    assert "<script" not in shown and "<style" not in shown
    page_to_text("".join(pieces))


def growth(work: Callable[[], object], larger: Callable[[], object]) -> float:
    """How many times longer the larger takes, each the quickest of two, in processor time: neighbours do not count."""

    def quickest(one: Callable[[], object]) -> float:
        best = float("inf")
        for _ in range(2):
            began = time.process_time()
            one()
            best = min(best, time.process_time() - began)
        return best

    return quickest(larger) / max(quickest(work), 0.002)


HOSTILE_TEXTS = {
    "angle brackets": ">", "quoted lines": "> \n", "on": "On 1 x\n", "dated": "On 2020-01-01 10:10 x <\n",
    "from": "From: a@b\n", "from and date": "From: a@b\nDate: 1\n", "dashes": "--\n", "underscores": "_____\n\n",
    "spaces": " ", "at signs": "a@", "one long word": "a", "wrote": "Le 1 janvier a écrit ", "entities": "&amp",
    "greetings": "Cordialement,\n", "notices": "ce message\n", "telephones": "Sent from my iPhone\n", "dates": "1/1/",
}  # fmt: skip
HOSTILE_PAGES = {
    "nesting": "<div>", "quotes": "<blockquote>x", "formatting": "<b title=x><p>y", "misnested": "<a><b><div></a></b>",
    "brackets": "<", "comments": "<!--", "open attributes": '<a b="', "slashes": "<a /", "items": "<ul><li>x",
    "cells": "<table><tr>x", "entities": "&amp;", "spaces": "&nbsp;", "raw": "<title>",
    "styles": '<p style="a:url(b)">',
    "closing": "<span></x>",
}  # fmt: skip
HOSTILE_MAILS = {
    "near boundaries": (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n", b"--bx\n"),
    "padding": (b"Content-Transfer-Encoding: base64\n\n", b"=A"),
    "broken utf-8": (b"Content-Type: text/plain; charset=utf-8\n\n", b"\xe9a"),
    "flowed": (b"Content-Type: text/plain; format=flowed\n\n", b"a \n"),
    "carriage returns": (b"\nx", b"\r"),
    "uuencoded": (b"Content-Transfer-Encoding: uuencode\n\n", b"M!!!!\n"),
    "armour": (b"\n", b"-----BEGIN PGP SIGNED MESSAGE-----\n"),
}
HOSTILE_FIELDS = {
    "brackets": (b"From: ", b"<"),
    "comments": (b"To: ", b"("),
    "quotes": (b'To: "', b'\\"'),
    "words": (b"Subject: ", b"=?a?q?"),
    "folds": (b"Subject: x\n", b" x\n"),
    "identifiers": (b"References: ", b"<a"),
    "parameters": (b"Content-Type: a/b; ", b'a="b'),
    "results": (b"Authentication-Results: ", b'("'),
}


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_a_text_four_times_as_long_takes_no_more_than_a_few_times_as_long(name):
    unit = HOSTILE_TEXTS[name]
    count = 30_000 // len(unit)
    assert growth(lambda: told_apart(unit * count), lambda: told_apart(unit * count * 4)) < 12


@pytest.mark.parametrize("name", HOSTILE_PAGES)
def test_a_page_four_times_as_long_takes_no_more_than_a_few_times_as_long(name):
    unit = HOSTILE_PAGES[name]
    count = 12_000 // len(unit)

    def read(times: int) -> None:
        sanitise(unit * times)
        told_apart("", unit * times)

    assert growth(lambda: read(count), lambda: read(count * 4)) < 12


@pytest.mark.parametrize("name", HOSTILE_MAILS)
def test_a_mail_four_times_as_long_takes_no_more_than_a_few_times_as_long(name):
    head, unit = HOSTILE_MAILS[name]
    count = 200_000 // len(unit)
    assert growth(lambda: parse(head + unit * count), lambda: parse(head + unit * count * 4)) < 12


@pytest.mark.parametrize("name", HOSTILE_FIELDS)
def test_a_field_four_times_as_long_takes_no_more_than_a_few_times_as_long(name):
    start, unit = HOSTILE_FIELDS[name]
    count = 100_000 // len(unit)
    assert (
        growth(lambda: parse(start + unit * count + b"\n\nx"), lambda: parse(start + unit * count * 4 + b"\n\nx")) < 12
    )


def test_many_tags_never_make_quoted_words_the_customers():
    page = "Oui<blockquote type=cite>" + "<p>x</p>" * 30_000 + "SECRET</blockquote>"
    assert told_apart("", page).text == "Oui"
