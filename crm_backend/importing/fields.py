"""Every field that an import can fill, by kind of file: the table that mappings, readers and documentation follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["customers", "products", "orders", "order-lines"]
KINDS: tuple[Kind, ...] = ("customers", "products", "orders", "order-lines")

Type = Literal[
    "text", "identifier", "personal identifier", "language", "e-mail", "phone", "channel",
    "amount", "currency", "options", "flag", "address", "whole number", "status", "instant", "day",
]  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One field of ours. `empty` is the value when the cell is empty; `many` fields hold a list."""

    type: Type
    meaning: str
    required: bool = False
    many: bool = False
    empty: Any = ""


_ADDRESS = {
    "line1": Field("text", "Street and number."),
    "line2": Field("text", "Flat, suite, building."),
    "city": Field("text", "Town."),
    "region": Field("text", "State, county or province."),
    "postcode": Field("text", "Postcode, as text: leading zeros count."),
    "country": Field("text", "Country, best as two letters (ISO 3166)."),
}

FIELDS: dict[Kind, dict[str, Field]] = {
    "customers": {
        "external_id": Field("personal identifier", "The shop's identifier of the customer.", required=True),
        "first_name": Field("text", "First name."),
        "last_name": Field("text", "Last name."),
        "language": Field("language", "fr or en; fr when empty.", empty="fr"),
        "email": Field("e-mail", "E-mail addresses; several when split.", many=True, empty=()),
        "phone": Field("phone", "Telephone numbers; several when split.", many=True, empty=()),
        "channel": Field("channel", "The channel on which they prefer to be told unasked; as it is when empty.",
                         empty=None),
        **_ADDRESS,
    },
    "products": {
        "external_id": Field("identifier", "The shop's identifier of the variant (SKU); one row is one variant.",
                             required=True),
        "product": Field("identifier", "The shop's identifier of the product the variant belongs to.", required=True),
        "name_fr": Field("text", "Name of the product in French."),
        "name_en": Field("text", "Name of the product in English."),
        "description_fr": Field("text", "What the product is, in French."),
        "description_en": Field("text", "What the product is, in English."),
        "attributes_fr": Field("options", "What can be compared, such as material and care, in French.", empty={}),
        "attributes_en": Field("options", "The same in English, under the same names.", empty={}),
        "image": Field("address", "Address of a picture: https://…, or a path on the public site.", empty=None),
        "page_fr": Field("address", "Address of the product’s page in the shop, in French.", empty=None),
        "page_en": Field("address", "The same in English.", empty=None),
        "category": Field("text", "Category of the product."),
        "options": Field("options", "What tells the variants apart, such as colour and size.", empty={}),
        "price": Field("amount", "Price of the variant.", required=True),
        "currency": Field("currency", "Three letters (ISO 4217).", required=True),
        "available": Field("flag", "Whether it can be bought: yes or no; yes when empty.", empty=True),
    },
    "orders": {
        "number": Field("identifier", "The order's number, as the company writes it.", required=True),
        "external_id": Field("identifier", "The shop's identifier, when it is not the number.", empty=None),
        "customer": Field("personal identifier", "External identifier of the customer.", required=True),
        "status": Field("status", "One of the statuses below, after `map`.", required=True),
        "placed_at": Field("instant", "When it was placed.", empty=None),
        "total": Field("amount", "What the order came to.", required=True),
        "currency": Field("currency", "Three letters (ISO 4217).", required=True),
        "name": Field("text", "Who the parcel is addressed to."),
        **_ADDRESS,
        "tracking": Field("identifier", "Tracking numbers; several parcels when split.", many=True, empty=()),
        "carrier": Field("text", "Carrier of the parcels.", empty=None),
        "tracking_url": Field("text", "Page of the parcel; `{number}` stands for the tracking number.", empty=None),
        "shipped_at": Field("instant", "When the parcels left.", empty=None),
        "expected_from": Field("day", "First day the parcels are expected.", empty=None),
        "expected_to": Field("day", "Last day the parcels are expected.", empty=None),
        "delivered_at": Field("instant", "When the parcels arrived.", empty=None),
    },
    "order-lines": {
        "order": Field("identifier", "Number or external identifier of the order.", required=True),
        "position": Field("whole number", "Place of the line on its order, from 1.", required=True),
        "variant": Field("identifier", "External identifier of the variant.", empty=None),
        "name_fr": Field("text", "Name of the product in French, as it was bought."),
        "name_en": Field("text", "Name of the product in English, as it was bought."),
        "options": Field("options", "Options as they were bought.", empty={}),
        "quantity": Field("whole number", "How many; 1 when empty.", empty=1),
        "price": Field("amount", "Price of one, in the order's currency.", required=True),
    },
}  # fmt: skip
