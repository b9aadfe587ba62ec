"""Every kind of policy: its parameters, and what holds where the company has set none."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

Exclusion = Literal["hygiene", "made_to_measure"]
Rate = Annotated[int, Field(ge=0, le=10_000)]
Text = Annotated[str, Field(max_length=500)]


class Parameters(BaseModel):
    """What every kind shares: nothing that is not named, nothing that is of another type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Cancel(Parameters):
    """An order may be cancelled until it is this far."""

    until: Literal["paid", "preparing", "shipped"] = "shipped"


class ChangeAddress(Parameters):
    """The address of an order may be changed until it is this far."""

    until: Literal["paid", "preparing", "shipped"] = "preparing"


class Return(Parameters):
    """Goods may be sent back for this many days after they arrived (0: not at all), unless their nature forbids it."""

    days: int = Field(default=30, ge=0, le=3650)
    not_for: tuple[Exclusion, ...] = Field(default=("hygiene", "made_to_measure"), strict=False)


class Warranty(Parameters):
    """Goods that were faulty are taken back for this many months after they arrived (France: two years, code de la
    consommation, article L217-3)."""

    months: int = Field(default=24, ge=0, le=600)


class Refund(Parameters):
    """Money is back within this many days (directive 2011/83/EU, article 13: fourteen). What sending an order cost goes
    back when all of it was sent back within `sending_days`, or was faulty. Where an order was paid with a gift card and
    with money, `first` says which is filled up first."""

    days: int = Field(default=14, ge=0, le=365)
    sending_days: int = Field(default=14, ge=0, le=3650)
    first: Literal["money", "gift_card"] = "money"


class GiftCard(Parameters):
    """A gift card is good for this many months."""

    months: int = Field(default=24, ge=1, le=1200)


class Vat(Parameters):
    """The rate in hundredths of a percent, and those of other countries than the company's."""

    rate: Rate = 2000
    countries: dict[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], Rate] = Field(default_factory=dict, max_length=250)


class Company(Parameters):
    """Who issues the invoices, and what time it is there. Without a name, none can be issued."""

    name: Text = ""
    address: tuple[Text, ...] = Field(default=(), max_length=8, strict=False)
    vat_number: Text = ""
    registration: Text = ""
    mention_fr: Text = ""
    mention_en: Text = ""
    time_zone: str = Field(default="Europe/Paris", max_length=60)

    @field_validator("time_zone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("no such time zone") from error
        return value


KINDS: dict[str, type[Parameters]] = {
    "cancel": Cancel,
    "change_address": ChangeAddress,
    "return": Return,
    "warranty": Warranty,
    "refund": Refund,
    "gift_card": GiftCard,
    "vat": Vat,
    "company": Company,
}
BY_PRODUCT = frozenset({"return", "warranty", "vat"})
"""The kinds that may differ by category and product; the others are of an order, or of the company."""
