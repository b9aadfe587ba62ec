"""Importing a shop's export: what is stored, and that a second time changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm_backend.catalogue.model import Product, Variant
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.events.model import Event
from crm_backend.importing import services
from crm_backend.importing.fields import KINDS, Kind
from crm_backend.importing.mapping import read_mapping
from crm_backend.importing.report import Report
from crm_backend.importing.rows import CsvFile
from crm_backend.notifications.model import ContactPreference
from crm_backend.orders.model import Order, OrderLine, Shipment

FILES = Path(__file__).parent / "files"
STANDARD = Path(__file__).parents[3] / "server" / "mappings" / "standard.yml"


async def bring_in(session: AsyncSession, kind: Kind, path: Path | None = None) -> Report:
    path = path or FILES / f"{kind.replace('-', '_')}.csv"
    with CsvFile(path) as file:
        return await services.import_file(session, file, read_mapping(FILES / "shop.yml", kind), name=path.name)


async def bring_in_all(session: AsyncSession) -> dict[Kind, Report]:
    return {kind: await bring_in(session, kind) for kind in KINDS}


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, report.rejected


@pytest.fixture
def edited(tmp_path: Path):
    def edit(kind: Kind, old: str, new: str) -> Path:
        original = (FILES / f"{kind.replace('-', '_')}.csv").read_text(encoding="utf-8")
        assert old in original
        path = tmp_path / "edited.csv"
        path.write_text(original.replace(old, new), encoding="utf-8")
        return path

    return edit


async def test_every_kind_is_stored_and_a_second_time_changes_nothing(session):
    first = await bring_in_all(session)
    again = await bring_in_all(session)
    assert [counts(report) for report in first.values()] == [(3, 0, 0, 0), (3, 0, 0, 0), (3, 0, 0, 0), (4, 0, 0, 0)]
    assert [counts(report) for report in again.values()] == [(0, 0, 3, 0), (0, 0, 3, 0), (0, 0, 3, 0), (0, 0, 4, 0)]


async def test_batches_smaller_than_the_file_give_the_same(session, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 1)
    await test_every_kind_is_stored_and_a_second_time_changes_nothing(session)


async def test_customer_has_language_identities_and_address(session):
    await bring_in(session, "customers")
    customer = await session.scalar(select(Customer).where(Customer.external_id == "c_1"))
    found = await session.execute(select(Identity.kind, Identity.value).where(Identity.customer_id == customer.id))
    address = await session.scalar(select(Address).where(Address.customer_id == customer.id))
    assert (customer.name, customer.language, customer.demo) == ("Zoé Lefèvre", "fr", False)
    assert set(found.tuples()) == {
        ("email", "zoe.lefevre@example.fr"),
        ("email", "z@example.com"),
        ("phone", "+33639981122"),
    }
    assert (address.line1, address.postcode, address.country) == ("3 rue du Four", "01000", "FR")


async def test_telephone_that_cannot_be_parsed_is_kept_as_given(session):
    await bring_in(session, "customers")
    assert await session.scalar(select(Identity.id).where(Identity.kind == "phone", Identity.value == "call me"))


async def test_changed_address_is_an_update_and_the_old_email_stays(session, edited):
    await bring_in(session, "customers")
    assert counts(await bring_in(session, "customers", edited("customers", "rue du Puits", "rue Haute"))) == (
        0,
        1,
        2,
        0,
    )
    changed = edited("customers", "zoe2@example.fr", "new@example.fr")
    assert counts(await bring_in(session, "customers", changed)) == (0, 1, 2, 0)
    emails = await session.scalars(
        select(Identity.value).join(Customer).where(Customer.external_id == "c_2", Identity.kind == "email")
    )
    assert set(emails) == {"zoe2@example.fr", "new@example.fr"}
    assert await session.scalar(select(func.count()).select_from(Address)) == 3


async def test_variants_share_their_product_and_prices_are_minor_units(session):
    await bring_in(session, "products")
    variants = {v.external_id: v for v in await session.scalars(select(Variant).options(selectinload(Variant.product)))}
    assert variants["V1"].price_minor == 124990
    assert variants["V1"].options == {"colour": "bleu", "size": "M"}
    assert (variants["V2"].available, variants["V3"].price_minor, variants["V3"].currency) == (False, 350, "EUR")
    assert variants["V1"].product_id == variants["V2"].product_id
    assert await session.scalar(select(func.count()).select_from(Product)) == 2


async def test_name_in_another_language_is_kept(session):
    await bring_in(session, "products")
    product = await session.scalar(select(Product).where(Product.external_id == "P1"))
    product.names = {**product.names, "en": "Vase (en)"}
    await session.flush()
    assert counts(await bring_in(session, "products")) == (0, 0, 3, 0)
    await session.refresh(product)
    assert product.names == {"fr": "Vase", "en": "Vase (en)"}


async def test_a_picture_and_pages_come_in_and_a_wrong_address_is_told(crm: AsyncSession, tmp_path: Path) -> None:
    head = "variant_id,product_id,name_en,price,currency,image,page_fr,page_en"
    file = tmp_path / "products.csv"
    file.write_text(
        f"{head}\nV1,P1,Vase,12,EUR,https://shop.example/v.png,,https://shop.example/v\nV2,P2,Bowl,3,EUR,ftp://x,,\n"
    )
    with CsvFile(file) as opened:
        report = await services.import_file(crm, opened, read_mapping(STANDARD, "products"), name=file.name)
    assert counts(report) == (1, 0, 0, 1) and "is no address" in str(report.problems[0])
    product = (await crm.scalars(select(Product).where(Product.external_id == "P1"))).one()
    assert (product.image, product.pages) == ("https://shop.example/v.png", {"en": "https://shop.example/v"})


async def test_variant_that_contradicts_its_product_is_rejected(session, edited):
    report = await bring_in(session, "products", edited("products", "V2,P1,Vase", "V2,P1,Cruche"))
    assert counts(report) == (2, 0, 0, 1)
    assert str(report.problems[0]) == "row 3, column libellé: is not what row 2 says of the same product."


async def test_order_keeps_its_number_and_has_a_parcel_for_each_tracking_number(session):
    await bring_in(session, "customers")
    await bring_in(session, "orders")
    order = await session.scalar(
        select(Order).where(Order.number_key == "K1001").options(selectinload(Order.shipments))
    )
    assert (order.number, order.status, order.total_minor) == ("#K 100-1", "delivered", 126190)
    assert order.placed_at == datetime(2025, 12, 24, 8, 30, tzinfo=UTC)
    assert {(parcel.tracking_number, parcel.status, parcel.tracking_url) for parcel in order.shipments} == {
        ("6A1", "delivered", "https://suivi.example.com/6A1"),
        ("6A2", "delivered", "https://suivi.example.com/6A2"),
    }


async def test_shipped_order_without_number_has_one_parcel_which_takes_the_number_that_comes(session, edited):
    await bring_in(session, "customers")
    await bring_in(session, "orders")
    before = await session.execute(select(Shipment.id).join(Order).where(Order.number_key == "K1003"))
    (identifier,) = before.one()
    report = await bring_in(session, "orders", edited("orders", "YO1 7AA,", "YO1 7AA,6A9"))
    assert counts(report) == (0, 1, 2, 0)
    after = await session.execute(
        select(Shipment.id, Shipment.tracking_number).join(Order).where(Order.number_key == "K1003")
    )
    assert after.tuples().all() == [(identifier, "6A9")]


async def test_status_that_moves_on_updates_order_and_parcel(session, edited):
    await bring_in(session, "customers")
    await bring_in(session, "orders")
    report = await bring_in(session, "orders", edited("orders", "Expédiée", "Livrée"))
    assert counts(report) == (0, 1, 2, 0)
    status = await session.scalar(select(Shipment.status).join(Order).where(Order.number_key == "K1003"))
    assert status == "delivered"


async def test_number_that_another_order_has_is_rejected(session, edited):
    await bring_in(session, "customers")
    await bring_in(session, "orders")
    report = await bring_in(session, "orders", edited("orders", "#K1002", "K-1003"))
    assert report.rejected == 2
    assert "is already the number of another order" in report.problems[0].reason
    assert "is already on row 3" in report.problems[1].reason


async def test_lines_are_linked_to_variants_and_one_without_stands_alone_with_a_notice(session):
    reports = await bring_in_all(session)
    lines = await session.scalars(select(OrderLine).join(Order).order_by(Order.number_key, OrderLine.position))
    found = [(line.names, line.options, line.quantity, line.unit_price_minor, bool(line.variant_id)) for line in lines]
    assert found == [
        ({"fr": "Vase"}, {"colour": "bleu", "size": "M"}, 1, 124990, True),
        ({"fr": "Vase"}, {"colour": "vert"}, 1, 1200, True),
        ({"fr": "Bol"}, {}, 1, 350, True),
        ({"fr": "Vase disparu"}, {}, 2, 600, False),
    ]
    assert reports["order-lines"].notices == 1
    assert "no variant GONE is known" in str(reports["order-lines"].problems[0])


async def test_fields_that_the_file_does_not_fill_stay_as_they_are(session):
    await bring_in_all(session)
    await session.execute(Order.__table__.update().values(ship_region="Rhône", ship_name="Zoé"))
    assert counts(await bring_in(session, "orders")) == (0, 0, 3, 0)
    assert set(await session.scalars(select(Order.ship_region))) == {"Rhône"}


async def test_a_preferred_channel_is_noted_and_no_empty_cell_takes_it_away(session, tmp_path):
    reports = []
    for cell in ("WhatsApp", "whatsapp", "", "mail", "a channel"):
        path = tmp_path / "customers.csv"
        path.write_text(f"customer_id,preferred_channel\n77,{cell}\n", encoding="utf-8")
        with CsvFile(path) as file:
            mapping = read_mapping(STANDARD, "customers")
            reports.append(counts(await services.import_file(session, file, mapping, name=path.name)))
    assert reports == [(1, 0, 0, 0), (0, 0, 1, 0), (0, 0, 1, 0), (0, 1, 0, 0), (0, 0, 0, 1)]
    assert list(await session.scalars(select(ContactPreference.channel))) == ["mail"]
    assert list(await session.scalars(select(ContactPreference.unasked))) == [True]


async def test_descriptions_and_attributes_of_one_language_leave_the_other(crm: AsyncSession, tmp_path: Path) -> None:
    head = "variant_id,product_id,name_fr,price,currency"
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(
        head + ',description_fr,attributes_fr\nV1,P1,Vase,12,EUR,Rond,"{""material"": ""grès""}"\n', encoding="utf-8"
    )
    second.write_text(
        head + ',description_en,attributes_en\nV1,P1,Vase,12,EUR,Round,"{""material"": ""stoneware""}"\n',
        encoding="utf-8",
    )
    for path in (first, second, second):
        with CsvFile(path) as file:
            report = await services.import_file(crm, file, read_mapping(STANDARD, "products"), name=path.name)
    assert counts(report) == (0, 0, 1, 0)
    product = (await crm.scalars(select(Product).execution_options(populate_existing=True))).one()
    assert product.descriptions == {"fr": "Rond", "en": "Round"}
    assert product.attributes == {"fr": {"material": "grès"}, "en": {"material": "stoneware"}}


async def test_a_status_that_the_shop_changed_is_told_and_an_odd_way_noticed(crm: AsyncSession, tmp_path: Path) -> None:
    customer = Customer(external_id="C1")
    crm.add(customer)
    await crm.flush()
    reports, path = [], tmp_path / "orders.csv"
    for status in ("placed", "delivered", "delivered", "paid"):
        path.write_text(f"order_number,customer_id,status,total,currency\n1,C1,{status},10,EUR\n", encoding="utf-8")
        with CsvFile(path) as file:
            reports.append(await services.import_file(crm, file, read_mapping(STANDARD, "orders"), name=path.name))
    told = (await crm.scalars(select(Event).where(Event.kind == "order.changed").order_by(Event.seq))).all()
    assert [(each.data["what"], each.data["from"], each.data["to"]) for each in told] == [
        ("imported", "placed", "delivered"),
        ("imported", "delivered", "paid"),
    ]
    assert [len(report.problems) for report in reports] == [0, 0, 0, 1]
    assert "from delivered to paid" in reports[3].problems[0].reason and counts(reports[3]) == (0, 1, 0, 0)
