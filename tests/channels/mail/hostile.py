"""Long mails made to slow down whoever reads them, read under the limit of computing that a reader of mails has.

`python -m tests.channels.mail.hostile texts` reads all of a kind, telling the name of each before it; the system
ends it when together they need more than one mail may use.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator

from channels.mail import confined
from channels.mail.html import sanitise
from channels.mail.parse import parse
from channels.mail.replies import told_apart

TEXTS = {
    "angle brackets": ">", "quoted lines": "> \n", "on": "On 1 x\n", "dated": "On 2020-01-01 10:10 x <\n",
    "from": "From: a@b\n", "from and date": "From: a@b\nDate: 1\n", "dashes": "--\n", "underscores": "_____\n\n",
    "spaces": " ", "at signs": "a@", "one long word": "a", "wrote": "Le 1 janvier a écrit ", "entities": "&amp",
    "greetings": "Cordialement,\n", "notices": "ce message\n", "telephones": "Sent from my iPhone\n", "dates": "1/1/",
}  # fmt: skip
PAGES = {
    "nesting": "<div>", "quotes": "<blockquote>x", "formatting": "<b title=x><p>y", "misnested": "<a><b><div></a></b>",
    "brackets": "<", "comments": "<!--", "open attributes": '<a b="', "slashes": "<a /", "items": "<ul><li>x",
    "cells": "<table><tr>x", "entities": "&amp;", "spaces": "&nbsp;", "raw": "<title>",
    "styles": '<p style="a:url(b)">',
    "closing": "<span></x>",
}  # fmt: skip
MAILS = {
    "near boundaries": (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n", b"--bx\n"),
    "padding": (b"Content-Transfer-Encoding: base64\n\n", b"=A"),
    "broken utf-8": (b"Content-Type: text/plain; charset=utf-8\n\n", b"\xe9a"),
    "flowed": (b"Content-Type: text/plain; format=flowed\n\n", b"a \n"),
    "carriage returns": (b"\nx", b"\r"),
    "uuencoded": (b"Content-Transfer-Encoding: uuencode\n\n", b"M!!!!\n"),
    "armour": (b"\n", b"-----BEGIN PGP SIGNED MESSAGE-----\n"),
}
FIELDS = {
    "brackets": (b"From: ", b"<"),
    "comments": (b"To: ", b"("),
    "quotes": (b'To: "', b'\\"'),
    "words": (b"Subject: ", b"=?a?q?"),
    "folds": (b"Subject: x\n", b" x\n"),
    "identifiers": (b"References: ", b"<a"),
    "parameters": (b"Content-Type: a/b; ", b'a="b'),
    "results": (b"Authentication-Results: ", b'("'),
}


def _texts() -> Iterator[str]:
    for name, unit in TEXTS.items():
        yield name
        told_apart(unit * (120_000 // len(unit)))


def _pages() -> Iterator[str]:
    for name, unit in PAGES.items():
        yield name
        page = unit * (48_000 // len(unit))
        sanitise(page)
        told_apart("", page)


def _mails() -> Iterator[str]:
    for name, (head, repeated) in MAILS.items():
        yield name
        parse(head + repeated * (800_000 // len(repeated)))


def _fields() -> Iterator[str]:
    for name, (start, repeated) in FIELDS.items():
        yield name
        parse(start + repeated * (400_000 // len(repeated)) + b"\n\nx")


KINDS = {"texts": _texts, "pages": _pages, "mails": _mails, "fields": _fields}

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (confined.SECONDS, confined.SECONDS))
    for each in KINDS[sys.argv[1]]():
        print(each, flush=True)
