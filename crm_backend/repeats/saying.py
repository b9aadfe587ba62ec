"""Which facts a customer's words state, and whether some words hold a fact: by their form, without a model."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise

from crm_backend.orders.numbers import number_key
from crm_backend.repeats.asking import LONGEST, Fact, plain

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE = re.compile(r"(?<![\w+])(?:\+|00)?\d(?:[ .()-]{0,2}\d){8,14}(?!\w)")
_ORDER = re.compile(
    r"(?:commande|order|reference|numero|number|n°|no\.?|#)[^\w\n]{0,4}(?:est |is |le |the |n° ?|no ?|#)?"
    r"([a-z]{0,3}-?\d[\da-z-]{2,19})"
)
_POSTCODE = re.compile(
    r"(?:code postal|post ?code|zip(?: code)?)[^\w\n]{0,4}(?:est |is )?([a-z]{0,2}\d[\da-z]{0,7}(?: \d[a-z]{2})?)"
)
_PIECE = re.compile(r"[^\s,;:!?()\"']+")
_LONG_KEY = 6
_PHONE_TAIL = 9
"""Digits by which a telephone number is the same with and without its country's prefix."""


def stated(text: str) -> dict[Fact, str]:
    """What the words state of order number, e-mail address, telephone number and postcode; the last of each."""
    said, found = plain(text), dict[Fact, str]()
    for fact, form in (("email", _EMAIL), ("phone", _PHONE), ("order_number", _ORDER), ("postcode", _POSTCODE)):
        for match in form.finditer(said):
            found[fact] = match.group(match.lastindex or 0).strip()  # type: ignore[index]
    return found


class Words:
    """Some words, or a value: each way of comparing them is worked out once, however many they are compared with.
    Only the first LONGEST characters count."""

    def __init__(self, text: str) -> None:
        self.text = text[:LONGEST]

    def hold(self, fact: Fact, value: Words) -> bool:
        """Whether these words hold the value, however it is typed. A situation (`what_happened`) is never held so."""
        if not value.text or fact == "what_happened":
            return False
        if fact in ("order_number", "postcode"):
            key = value._number
            return (len(key) >= _LONG_KEY and key in self._key) or key in self._pieces
        if fact == "phone":
            digits = value._digits[-_PHONE_TAIL:]
            return len(digits) == _PHONE_TAIL and digits in self._digits
        return len(value._edged) > 1 and value._edged in self._edged

    @cached_property
    def _said(self) -> str:
        return plain(self.text)

    @cached_property
    def _number(self) -> str:
        return number_key(self.text)

    @cached_property
    def _key(self) -> str:
        return number_key(self._said)

    @cached_property
    def _pieces(self) -> frozenset[str]:
        return frozenset(map(number_key, _PIECE.findall(self._said))) - {""}

    @cached_property
    def _digits(self) -> str:
        return re.sub(r"\D", "", self._said)

    @cached_property
    def _edged(self) -> str:
        """The words on one line with a mark between any two letters that tells of which kind both are. So nothing but
        whole words is found in them, by a plain search: patterns with edges can be made to take long."""
        line = " ".join(self._said.split())
        kinds = ["-", *("w" if each.isalnum() or each == "_" else "-" for each in line), "-"]
        marks = [_EDGES[left + right] for left, right in pairwise(kinds)]
        return marks[0] + "".join(each + mark for each, mark in zip(line, marks[1:], strict=True))


_EDGES = {"--": "\x00", "-w": "\x01", "w-": "\x02", "ww": "\x03"}


def same(fact: Fact, one: Words, other: Words) -> bool:
    """Whether two values of a fact are one and the same."""
    return one.hold(fact, other) or other.hold(fact, one)
