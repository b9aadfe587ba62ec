"""What came after the demo company's orders adds up, whatever the day."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from crm_backend.gift_cards.model import GiftCard, GiftCardEntry
from crm_backend.gift_cards.services import fingerprint
from crm_backend.orders.model import Order
from crm_backend.payments.model import Payment, Refund, RefundPart
from crm_backend.policies import services as policies
from crm_backend.policies.model import Policy
from crm_backend.returns.model import Return
from server.demo.after_sales import GIFT_CODE, RETURNING
from server.demo.chance import morning
from server.demo.company import tables_on


@pytest.mark.parametrize("today", [date(2026, 11, 23), date(2026, 5, 4), date(2028, 2, 29)])
def test_the_sums_agree_and_nothing_lies_ahead(today: date) -> None:
    tables = tables_on(today, password_hash="hash")
    paid, back = Counter(), Counter()
    for row in tables[Payment]:
        paid[row["order_id"]] += row["amount_minor"]
        back[row["order_id"]] += row["refunded_minor"]
    for order in tables[Order]:
        assert paid[order["id"]] == (0 if order["status"] == "placed" else order["total_minor"])
    refunded = Counter()
    for row in tables[Refund]:
        refunded[row["order_id"]] += row["amount_minor"]
    assert refunded == +back
    assert sum(row["amount_minor"] for row in tables[RefundPart]) == sum(refunded.values())
    [card] = tables[GiftCard]
    assert card["balance_minor"] == sum(row["amount_minor"] for row in tables[GiftCardEntry]) > 0
    assert card["code_hash"] == fingerprint(GIFT_CODE)
    for rows in (tables[Payment], tables[Refund], tables[Return]):
        assert all(row["created_at"] < morning(today) for row in rows)


def test_marie_is_sending_something_back() -> None:
    tables = tables_on(date(2026, 11, 23), password_hash="hash")
    numbers = {row["id"]: row["number"] for row in tables[Order]}
    assert {numbers[row["order_id"]]: row["status"] for row in tables[Return]}[RETURNING] == "labelled"
    for row in tables[Policy]:
        assert policies.check(row["kind"], row["parameters"])
