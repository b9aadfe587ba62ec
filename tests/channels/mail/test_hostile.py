"""Mails made to break or to slow down whoever reads them."""

from __future__ import annotations

import subprocess
import sys

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
from tests.channels.mail import hostile
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


@pytest.mark.parametrize("kind", hostile.KINDS)
def test_long_hostile_mails_together_need_less_computing_than_one_mail_may_use(kind: str) -> None:
    """What takes a square of its length would be ended by the system long before."""
    program = (sys.executable, "-m", hostile.__name__, kind)
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ended at {(done.stdout.split(chr(10)) or [''])[-2:]}: {done.stderr[-500:]}"


def test_many_tags_never_make_quoted_words_the_customers():
    page = "Oui<blockquote type=cite>" + "<p>x</p>" * 30_000 + "SECRET</blockquote>"
    assert told_apart("", page).text == "Oui"
