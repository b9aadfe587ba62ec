"""Carriers of the demo company, and tracking numbers in their shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from server.demo.chance import Chance

Method = Literal["standard", "express", "parcel_shop"]
WORKING_DAYS: dict[Method, tuple[int, int]] = {"standard": (2, 4), "express": (1, 1), "parcel_shop": (3, 5)}
"""From order to delivery, as the articles promise."""


@dataclass(frozen=True)
class Carrier:
    """A carrier with its share of parcels in its country."""

    name: str
    method: Method
    share: int
    number: Callable[[Chance], str]
    url: str


def _letters(chance: Chance, count: int) -> str:
    return "".join(chance.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(count))


def s10(prefix: str, serial: str, country: str) -> str:
    """A number of the Universal Postal Union's standard S10: two letters, eight digits, a check digit, the country."""
    total = sum(int(digit) * weight for digit, weight in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    check = 11 - total % 11
    return f"{prefix}{serial}{ {10: 0, 11: 5}.get(check, check) }{country}"


CARRIERS: dict[str, tuple[Carrier, ...]] = {
    "FR": (
        Carrier(
            "Colissimo", "standard", 55, lambda chance: "6A" + chance.digits(11),
            "https://www.laposte.fr/outils/suivre-vos-envois?code={number}",
        ),
        Carrier(
            "Chronopost", "express", 15, lambda chance: s10(f"X{_letters(chance, 1)}", chance.digits(8), "FR"),
            "https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT={number}",
        ),
        Carrier(
            "Mondial Relay", "parcel_shop", 30, lambda chance: chance.digits(8),
            "https://www.mondialrelay.fr/suivi-de-colis?numeroExpedition={number}",
        ),
    ),
    "GB": (
        Carrier(
            "Royal Mail", "standard", 50, lambda chance: s10(_letters(chance, 2), chance.digits(8), "GB"),
            "https://www.royalmail.com/track-your-item#/tracking-results/{number}",
        ),
        Carrier(
            "DPD", "express", 20, lambda chance: "155" + chance.digits(11),
            "https://track.dpd.co.uk/search?reference={number}",
        ),
        Carrier(
            "Evri", "parcel_shop", 30, lambda chance: "H00" + _letters(chance, 3) + chance.digits(10),
            "https://www.evri.com/track/parcel/{number}",
        ),
    ),
}  # fmt: skip

HUBS = {"FR": ("Orly", "Gonesse", "Corbas", "Carquefou"), "GB": ("Swindon", "Warrington", "Daventry", "Tamworth")}
WAREHOUSE = {"FR": "Villefranche-sur-Saône", "GB": "Milton Keynes"}


def carrier_for(country: str, chance: Chance) -> Carrier:
    """One of the country's carriers, by share."""
    choices = CARRIERS[country]
    return chance.choices(choices, [carrier.share for carrier in choices])[0]
