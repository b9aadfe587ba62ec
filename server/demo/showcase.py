"""Customers and orders whose facts hold whatever the day: what a README, a tour or a test may quote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["fr", "en"]


@dataclass(frozen=True)
class Person:
    """A customer of the showcase."""

    first_name: str
    last_name: str
    email: str
    phone: str
    language: Language
    line1: str
    city: str
    postcode: str
    country: Literal["FR", "GB"]


@dataclass(frozen=True)
class ShowcaseOrder:
    """An order with the three facts that prove whose it is."""

    number: str
    status: str
    person: Person

    @property
    def email(self) -> str:
        """The customer's e-mail address."""
        return self.person.email

    @property
    def postcode(self) -> str:
        """The postcode it goes to."""
        return self.person.postcode

    @property
    def language(self) -> Language:
        """The customer's language."""
        return self.person.language


MARIE = Person(
    "Marie", "Dupont", "marie.dupont@example.fr", "+33639980001", "fr", "12 rue de la Part-Dieu", "Lyon", "69003", "FR"
)
EMMA = Person(
    "Emma", "Clarke", "emma.clarke@example.co.uk", "+447700900001", "en", "27 Castle View", "Bristol", "BS1 5JH", "GB"
)

SHOWCASE = (
    ShowcaseOrder("10234", "delivered", MARIE),
    ShowcaseOrder("10733", "cancelled", MARIE),
    ShowcaseOrder("10771", "delivered", MARIE),
    ShowcaseOrder("10860", "shipped", MARIE),
    ShowcaseOrder("10888", "preparing", MARIE),
    ShowcaseOrder("10728", "cancelled", EMMA),
    ShowcaseOrder("10764", "delivered", EMMA),
    ShowcaseOrder("10852", "out_for_delivery", EMMA),
    ShowcaseOrder("10885", "preparing", EMMA),
)
