"""The way of a parcel is told scan by scan, to whoever may be told of the order."""

from __future__ import annotations

import pytest

from actions.tasks import finding
from actions.tracking import REPORTS
from crm_backend.database import Sessions
from crm_backend.orders.transitions import REPORTED
from tests.support.parcels import customer_of
from tests.support.typography import faults

finding.find()
PARCEL = "XS123456789FR"


def test_every_report_of_a_carrier_has_words() -> None:
    assert set(REPORTS) == set(REPORTED)


@pytest.mark.parametrize(
    ("language", "due", "told"),
    [
        ("fr", 1, ["avec Colissimo, numéro de suivi XS123456789FR\u00a0:\n", "en tournée de livraison (Lyon)"]),
        ("en", 1, ["with Colissimo, tracking number XS123456789FR:\n", "(Lyon)", "expected tomorrow."]),
        ("fr", -1, ["Il était prévu hier\u00a0: il a du retard."]),
        ("en", -1, ["It was expected yesterday, so it’s late."]),
    ],
)  # fmt: skip
async def test_what_was_reported_is_told_and_a_late_parcel_may_be_looked_into(
    acting: Sessions, language: str, due: int, told: list[str]
) -> None:
    order = {"status": "out_for_delivery", "number": PARCEL, "due": due}
    customer, [made] = await customer_of(acting, order, language=language, proof="channel")
    text, *more = await customer.says("suivi colis", "tracking")
    assert all(part in text for part in told)
    assert not [fault for line in text.split("\n") for fault in faults(line, language)]  # type: ignore[arg-type]
    assert more == (["utter_tracking_late"] if due < 0 else [])
    assert customer.slots.get("proposed", "") == (
        {"topic": "late_parcel", "facts": {"order": made.number}} if due < 0 else ""
    )


async def test_a_parcel_is_found_by_its_number_and_a_strangers_is_not(acting: Sessions) -> None:
    both = [{"status": "shipped", "number": PARCEL}, {"status": "shipped", "number": "AB9"}]
    customer, [first, _] = await customer_of(acting, *both)
    [text] = await customer.says("où est le XS123456789FR", "tracking", tracking_number=PARCEL)
    assert first.number in text and "AB9" not in text
    stranger, _ = await customer_of(acting, {"status": "shipped", "number": "ZZ1"}, {"status": "paid"})
    said = await stranger.says("où est le XS123456789FR", "tracking", tracking_number=PARCEL)
    assert said == ["utter_tracking_not_yours", "utter_tracking_which_order"]
    nobody, _ = await customer_of(acting, {"status": "shipped"}, proof="anonymous")
    said = await nobody.says("où est le XS123456789FR", "tracking", tracking_number=PARCEL)
    assert said == ["utter_ask_order_number"]


async def test_before_it_leaves_there_is_no_parcel(acting: Sessions) -> None:
    customer, _ = await customer_of(acting, {"status": "preparing"})
    assert await customer.says("numéro de suivi", "tracking") == ["utter_tracking_not_yet"]
