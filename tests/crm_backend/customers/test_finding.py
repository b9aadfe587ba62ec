"""Search, duplicates and the customer page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.customers import addresses, duplicates, identities, page, profiles, search
from crm_backend.customers.merges import DuplicatePair
from crm_backend.customers.model import Customer
from crm_backend.errors import Invalid, NotAllowed
from crm_backend.orders.model import Order


async def somebody(crm: AsyncSession, first: str, last: str, **values: object) -> Customer:
    return await profiles.create(
        crm, actor=SYSTEM, values={"first_name": first, "last_name": last, "language": "fr", **values}
    )


async def at_home(crm: AsyncSession, customer: Customer, line1: str, postcode: str = "69003") -> None:
    values = {"line1": line1, "postcode": postcode, "city": "Lyon", "country": "FR"}
    await addresses.add(crm, actor=SYSTEM, customer_id=customer.id, values=values)


async def reached(crm: AsyncSession, customer: Customer, kind: str, value: str) -> None:
    await identities.add(crm, actor=SYSTEM, customer_id=customer.id, kind=kind, value=value, country="FR")


@pytest.mark.parametrize(
    ("wanted", "by"),
    [
        ("Zoé.Lefèvre@example.org".replace("é", "e").replace("è", "e"), "email"),
        ("zoe.lef", "email"),
        ("06 39 98 01 23", "phone"),
        ("+33639980123", "phone"),
        ("#W 123-456", "order"),
        ("C-77", "external_id"),
        ("4242424242", "identity"),
        ("zoe lefevre", "name"),
        ("Lefévre", "name"),
        ("LEFEVRE Zoé", "name"),
        ("atelier cote", "company"),
    ],
)
async def test_a_customer_is_found_by_anything_that_names_them(crm: AsyncSession, wanted: str, by: str) -> None:
    zoe = await somebody(crm, "Zoé", "Lefèvre", external_id="C-77", company="L’Atelier Côté & Fils")
    await somebody(crm, "Paul", "Durand")
    await reached(crm, zoe, "email", "zoe.lefevre@example.org")
    await reached(crm, zoe, "phone", "06 39 98 01 23")
    await reached(crm, zoe, "telegram", "4242424242")
    crm.add(
        Order(number="W123456", number_key="W123456", customer_id=zoe.id, status="paid", total_minor=1, currency="EUR")
    )
    await crm.flush()
    hits = await search.search(crm, actor=SYSTEM, wanted=wanted)
    assert [hit.customer_id for hit in hits] == [zoe.id]
    assert by in {match.by for match in hits[0].matches}


@pytest.mark.parametrize(
    ("wanted", "found"), [("Martinnet", "Martinet"), ("martinet", "Martinet"), ("xa mart", "Xa Martini")]
)
async def test_a_rare_name_is_found_among_many_that_are_like_it(crm: AsyncSession, wanted: str, found: str) -> None:
    crm.add_all(Customer(first_name="Jean", last_name="Martin", language="fr") for _ in range(150))
    await crm.flush()
    await somebody(crm, "Ada", "Martinet")
    await somebody(crm, "Xavier", "Xa Martini")
    assert (await search.search(crm, actor=SYSTEM, wanted=wanted))[0].last_name == found


@pytest.mark.parametrize("wanted", ["%%", "' or 1=1 --", "_" * 300, "(((", "a@", "\ud800xy", "🦊🦊"])
async def test_search_takes_anything(crm: AsyncSession, wanted: str) -> None:
    assert await search.search(crm, actor=SYSTEM, wanted=wanted) == []


@pytest.mark.parametrize("wanted", ["", " ", "\0", "x", "\ud800x"])
async def test_search_wants_two_characters(crm: AsyncSession, wanted: str) -> None:
    with pytest.raises(Invalid, match="too_short_to_search"):
        await search.search(crm, actor=SYSTEM, wanted=wanted)


async def test_search_needs_the_right(crm: AsyncSession) -> None:
    with pytest.raises(NotAllowed):
        await search.search(crm, actor=Actor("agent:x"), wanted="zoe")


async def test_duplicates_are_suggested_with_evidence_and_never_for_a_name_alone(crm: AsyncSession) -> None:
    one = await somebody(crm, "Marie", "Dupont")
    mailbox = await somebody(crm, "Marie", "Dupond")
    neighbour = await somebody(crm, "Marie", "Dupont")
    namesake = await somebody(crm, "Marie", "Dupont")
    await reached(crm, one, "email", "marie.dupont@gmail.com")
    await reached(crm, mailbox, "email", "mariedupont+shop@googlemail.com")
    await at_home(crm, one, "12 rue des Lilas")
    await at_home(crm, neighbour, "12, rue des lilas")
    await at_home(crm, namesake, "8 quai du Port", "13002")
    while await duplicates.look(crm):
        pass
    pairs = list(await crm.scalars(duplicates.suggestions(SYSTEM, customer_id=one.id)))
    found = {pair.low_id if pair.high_id == one.id else pair.high_id: pair for pair in pairs}
    assert set(found) == {mailbox.id, neighbour.id}
    assert [piece["kind"] for piece in found[mailbox.id].evidence] == ["mailbox", "name"]
    assert [piece["kind"] for piece in found[neighbour.id].evidence] == ["name_and_address"]
    dismissed = await duplicates.dismiss(crm, actor=SYSTEM, pair_id=found[mailbox.id].id)
    await profiles.change(crm, actor=SYSTEM, customer_id=one.id, values={"first_name": "Maria"})
    assert await duplicates.look(crm) == 1
    assert await duplicates.look(crm) == 0
    again = await crm.get_one(DuplicatePair, dismissed.id, populate_existing=True)
    assert again.dismissed_by == "system"


async def test_a_shared_telephone_of_people_with_other_names_is_weak_evidence(crm: AsyncSession) -> None:
    one, other = await somebody(crm, "Marie", "Dupont"), await somebody(crm, "Karim", "Haddad")
    for each in (one, other):
        await reached(crm, each, "phone", "0639980111")
    await duplicates.look(crm)
    assert list(await crm.scalars(select(DuplicatePair))) == []


async def test_the_page_costs_the_same_however_much_there_is(crm: AsyncSession) -> None:
    zoe = await somebody(crm, "Zoé", "Lefèvre")
    counted = []

    def count(*_: object) -> None:
        counted.append(1)

    connection = (await crm.connection()).sync_connection
    assert connection is not None
    event.listen(connection, "before_cursor_execute", count)
    try:
        await page.page(crm, actor=SYSTEM, customer_id=zoe.id)
        few, counted[:] = len(counted), []
        for index in range(4):
            await reached(crm, zoe, "email", f"zoe{index}@example.org")
            await at_home(crm, zoe, f"{index} rue des Lilas")
        crm.expunge_all()
        counted[:] = []
        found = await page.page(crm, actor=SYSTEM, customer_id=zoe.id)
    finally:
        event.remove(connection, "before_cursor_execute", count)
    assert len(counted) == few == 1
    assert len(found.identities) == 4 and found.identities[0].is_primary
    assert found.customer.created_at <= datetime.now(UTC) + timedelta(minutes=1)
