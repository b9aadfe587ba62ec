"""What came after the demo company's orders: payments and refunds, a return on its way, a gift card, and its rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from crm_backend.database import Base
from crm_backend.gift_cards.model import GiftCard, GiftCardEntry
from crm_backend.gift_cards.services import fingerprint
from crm_backend.payments.model import Payment, Refund, RefundPart
from crm_backend.policies.model import Policy
from crm_backend.returns.model import Return, ReturnLine
from server.demo.chance import Chance, beginning, morning
from server.demo.orders import OrderRows

Row = dict[str, Any]
GIFT_CODE = "TREE-2026-DEMO-CARD"
"""The code of Emma's gift card, a part of which she has spent on order 10885."""
RETURNING, RETURNED, BY_GIFT_CARD = "10771", "10764", "10885"
"""Marie sends a piece of the first back, Emma's piece of the second was paid back."""
COMPANY = {
    "name": "Maison Tilleul",
    "address": ["8 quai Saint-Antoine", "69002 Lyon", "France"],
    "vat_number": "FR 00 000 000 000",
    "registration": "SAS au capital de 50\u00a0000\u00a0€, RCS Lyon 000 000 000",
    "mention_fr": "Merci de votre commande. Pour toute question, répondez à l’un de nos messages.",
    "mention_en": "Thank you for your order. If you have a question, just answer any of our messages.",
    "time_zone": "Europe/Paris",
}


def after_sales(orders: OrderRows, today: date) -> Mapping[type[Base], Sequence[Row]]:
    """Rows by table, in the order they can be stored."""
    chance = Chance("after-sales")
    by_number = {row["number"]: row for row in orders.orders}
    card, entries = _gift_card(by_number[BY_GIFT_CARD], chance)
    payments = [each for row in orders.orders if row["status"] != "placed" for each in _paid(row, card, chance)]
    paid = {each["order_id"]: each for each in payments if each["method"] == "card"}
    returns = [
        _return(by_number[number], orders, status=status, today=today, chance=chance)
        for number, status in ((RETURNING, "labelled"), (RETURNED, "refunded"))
    ]
    refunds: list[tuple[Row, Row]] = [
        _refund(paid[row["id"]], amount=row["total_minor"], reason="cancelled", at=row["updated_at"], chance=chance)
        for row in orders.orders
        if row["status"] == "cancelled" and row["id"] in paid
    ]
    back, line = returns[1]
    amount = next(each["unit_price_minor"] for each in orders.lines if each["id"] == line["order_line_id"])
    whole = _refund(paid[back["order_id"]], amount=amount, reason="returned", at=back["closed_at"], chance=chance)
    refunds.append(({**whole[0], "return_id": back["id"]}, whole[1]))
    return {
        Policy: _policies(today, chance),
        GiftCard: [card],
        GiftCardEntry: entries,
        Payment: payments,
        Return: [each for each, _ in returns],
        ReturnLine: [each for _, each in returns],
        Refund: [each for each, _ in refunds],
        RefundPart: [each for _, each in refunds],
    }


def _policies(today: date, chance: Chance) -> list[Row]:
    start = beginning(today)
    rules = {"company": COMPANY, "vat": {"rate": 2000, "countries": {"GB": 2000}}}
    return [
        {"id": chance.identifier(start), "created_at": start, "kind": kind, "parameters": rule, "valid_from": start}
        for kind, rule in rules.items()
    ]


def _gift_card(order: Row, chance: Chance) -> tuple[Row, list[Row]]:
    issued = order["placed_at"] - timedelta(days=40)
    spent = min(2000, order["total_minor"] // 2)
    card = {
        "id": chance.identifier(issued), "created_at": issued, "code_hash": fingerprint(GIFT_CODE),
        "last_letters": GIFT_CODE[-4:], "currency": order["currency"], "balance_minor": 5000 - spent,
        "expires_at": issued + timedelta(days=730), "customer_id": order["customer_id"],
    }  # fmt: skip
    changes = ((issued, "issued", 5000, None), (order["placed_at"], "redeemed", -spent, order["id"]))
    entries = [
        {
            "id": chance.identifier(at), "created_at": at, "gift_card_id": card["id"], "kind": kind,
            "amount_minor": amount, "order_id": of, "actor": "system",
        }
        for at, kind, amount, of in changes
    ]  # fmt: skip
    return card, entries


def _paid(order: Row, card: Row, chance: Chance) -> list[Row]:
    """By card three minutes later, and what the gift card did not pay."""
    at: datetime = order["placed_at"] + timedelta(minutes=3)
    spent = 5000 - card["balance_minor"] if order["number"] == BY_GIFT_CARD else 0
    parts = [("gift_card", spent, card["id"])] if spent else []
    parts.append(("card", order["total_minor"] - spent, None))
    refunded = order["status"] == "cancelled"
    return [
        {
            "id": chance.identifier(at), "created_at": at, "order_id": order["id"], "method": method,
            "reference": f"demo-{order['number']}-{method}", "amount_minor": amount, "currency": order["currency"],
            "refunded_minor": amount if refunded else 0, "gift_card_id": gift, "paid_at": at,
        }
        for method, amount, gift in parts
        if amount
    ]  # fmt: skip


def _return(order: Row, orders: OrderRows, *, status: str, today: date, chance: Chance) -> tuple[Row, Row]:
    """Of one piece of the order's first line, asked for two days after it arrived; done within a few days."""
    arrived = max(each["delivered_at"] for each in orders.shipments if each["order_id"] == order["id"])
    at = min(arrived + timedelta(days=2), morning(today) - timedelta(hours=3))
    line = next(each for each in orders.lines if each["order_id"] == order["id"])
    hours = (2, 3, 3) if at + timedelta(days=5) > morning(today) else (72, 73, 74)
    received, inspected, closed = (at + timedelta(minutes=20 * each) for each in hours)
    done = status == "refunded"
    made = {
        "id": chance.identifier(at), "created_at": at, "order_id": order["id"], "kind": "return", "status": status,
        "requested_by": f"customer:{order['customer_id']}", "carrier": "Colissimo",
        "label_reference": f"8R{chance.digits(11)}", "received_at": received if done else None,
        "inspected_at": inspected if done else None, "closed_at": closed if done else None,
    }  # fmt: skip
    reason = "changed_mind" if done else "wrong_size"
    back = {
        "id": chance.identifier(at), "created_at": at, "return_id": made["id"], "order_line_id": line["id"],
        "position": 1, "quantity": 1, "reason": reason, "accepted": 1 if done else None,
    }  # fmt: skip
    return made, back


def _refund(payment: Row, *, amount: int, reason: str, at: datetime, chance: Chance) -> tuple[Row, Row]:
    payment["refunded_minor"] = amount
    refund = {
        "id": chance.identifier(at), "created_at": at, "order_id": payment["order_id"], "return_id": None,
        "amount_minor": amount, "currency": payment["currency"], "reason": reason, "status": "done",
        "due_on": (at + timedelta(days=14)).date(), "done_at": at + timedelta(hours=1),
    }  # fmt: skip
    part = {
        "id": chance.identifier(at), "created_at": at, "refund_id": refund["id"], "payment_id": payment["id"],
        "position": 0, "amount_minor": amount, "status": "done", "reference": f"{payment['reference']}-back",
        "done_at": at + timedelta(hours=1),
    }  # fmt: skip
    return refund, part
