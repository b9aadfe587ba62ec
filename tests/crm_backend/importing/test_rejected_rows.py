"""What is wrong with a row is said in a sentence that shows no personal data, and the rest is imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_backend.importing.fields import Kind
from crm_backend.importing.mapping import Mapping, parse_mapping
from crm_backend.importing.report import Report
from crm_backend.importing.rows import CsvFile
from crm_backend.importing.services import import_file

MAPPING = """
customers: {external_id: id, first_name: name, email: mail}
products: {external_id: sku, product: group, name_en: name, options: options, price: price, currency: currency}
orders: {number: number, customer: customer, status: status, total: total, currency: {constant: EUR}}
order-lines: {order: order, position: line, name_en: name, quantity: quantity, price: price}
"""
UNKNOWN_CUSTOMER = "no customer un…-7 is known; import customers before orders."
ORDERS_FIRST = "import orders before order-lines."
GOOD = {
    "customers": "id,name,mail\nc1,Ann,ann@example.com\n",
    "products": "sku,group,name,options,price,currency\ns1,g1,Cup,{},1.50,EUR\n",
    "orders": "number,customer,status,total\n#1,c1,paid,3.00\n",
    "order-lines": "order,line,name,quantity,price\n#1,1,Cup,2,1.50\n",
}


def mapping_for(kind: Kind) -> Mapping:
    return parse_mapping(MAPPING, kind, source="test.yml")


async def bring_in(session, tmp_path: Path, kind: Kind, text: str) -> Report:
    path = tmp_path / "file.csv"
    path.write_bytes(text.encode())
    with CsvFile(path) as file:
        return await import_file(session, file, mapping_for(kind), name="file.csv")


async def bring_in_good(session, tmp_path: Path, *kinds: Kind) -> None:
    for kind in kinds:
        assert (await bring_in(session, tmp_path, kind, GOOD[kind])).rejected == 0


@pytest.mark.parametrize(
    ("kind", "row", "sentence"),
    [
        ("customers", "c9,Bob,bob.at.example.com", "row 3, column mail: “bo…om” is not an e-mail address."),
        ("customers", "c9,Bob,robert@nowhere", "row 3, column mail: “r…@nowhere” is not an e-mail address."),
        ("customers", ",Bob,bob@example.com", "row 3, column id: is empty."),
        ("customers", "customer-1,Bob", "row 3: has 2 cells where the header has 3."),
        ("customers", "c9,Bob,bob@example.com,extra", "row 3: has 4 cells where the header has 3."),
        ("customers", "c9,B\0ob,bob@example.com", "row 3: holds a NUL character."),
        ("customers", "c1,Bob,bob@example.com", "row 3, column id: the customer … is already on row 2."),
        ("products", "s9,g1,Cup,{},-1,EUR", "row 3, column price: the amount -1 is negative."),
        ("products", "s9,g1,Cup,{},1.505,EUR", "row 3, column price: 1.505 has more decimals than EUR has."),
        ("products", "s9,g1,Cup,{},NaN,EUR", "row 3, column price: “NaN” is not an amount."),
        ("products", "s9,g1,Cup,{},1e30,EUR", "row 3, column price: the amount is too large."),
        ("products", "s9,g1,Cup,{},1,EURO", "row 3, column currency: “EURO” is not a currency of three letters."),
        ("products", "s9,g1,Cup,red,1,EUR", "row 3, column options: the cell is not JSON."),
        ("products", "s9,g9,,{},1,EUR", "row 3, column name: is empty."),
        ("orders", "#2,unknown-person-7,paid,1", f"row 3, column customer: {UNKNOWN_CUSTOMER}"),
        ("orders", "#,c1,paid,1", "row 3, column number: “#” has neither a letter nor a digit."),
        ("order-lines", "#77,1,Cup,1,1", f"row 3, column order: no order #77 is known; {ORDERS_FIRST}"),
        ("order-lines", "#1,2,Cup,0,1", "row 3, column quantity: “0” is not a whole number from 1."),
        ("order-lines", "1,1,Cup,1,1", "row 3, column line: of the same order, line … is already on row 2."),
    ],
)  # fmt: skip
async def test_row_is_rejected_with_a_sentence(session, tmp_path, kind, row, sentence):
    order: tuple[Kind, ...] = ("customers", "orders")
    await bring_in_good(session, tmp_path, *order[: {"orders": 1, "order-lines": 2}.get(kind, 0)])
    report = await bring_in(session, tmp_path, kind, GOOD[kind] + row + "\n")
    assert [str(problem) for problem in report.problems] == [sentence]
    assert (report.created, report.rejected) == (1, 1)


async def test_unknown_status_names_the_known_ones(session, tmp_path):
    await bring_in_good(session, tmp_path, "customers")
    report = await bring_in(session, tmp_path, "orders", GOOD["orders"] + "#2,c1,dispatched,1\n")
    assert "“dispatched” is not a status; known: placed, paid, preparing" in report.problems[0].reason


async def test_every_wrong_cell_of_a_row_is_named(session, tmp_path):
    report = await bring_in(session, tmp_path, "products", GOOD["products"] + "s9,g9,Cup,[],x,1\n")
    assert [problem.column for problem in report.problems] == ["options", "price", "currency"]
    assert report.rejected == 1


async def test_repeated_identifier_is_found_across_batches(session, tmp_path, monkeypatch):
    monkeypatch.setattr("crm_backend.importing.services.BATCH", 1)
    report = await bring_in(session, tmp_path, "customers", GOOD["customers"] + "c1,Bob,bob@example.com\n")
    assert "is already on row 2" in report.problems[0].reason


async def test_unclosed_quotation_mark_is_told_and_earlier_rows_are_kept(session, tmp_path):
    report = await bring_in(
        session, tmp_path, "customers", GOOD["customers"] + 'c2,"Bob,b@example.com\nc3,Eve,e@example.com'
    )
    assert report.created == 1
    assert "opened and never closed" in report.problems[0].reason


async def test_blank_lines_are_nothing_but_count_as_rows(session, tmp_path):
    report = await bring_in(session, tmp_path, "customers", GOOD["customers"] + "\n\nc9,Bob,bad\n")
    assert (report.created, report.problems[0].row) == (1, 5)


async def test_injection_is_only_text(session, tmp_path):
    report = await bring_in(
        session, tmp_path, "customers", GOOD["customers"] + '"c2\'); drop table x",=1+1,b@example.com\n'
    )
    assert report.created == 2


async def test_report_stays_small_however_many_rows_are_wrong(session, tmp_path):
    rows = "".join(f"x{number},Bob,bad\n" for number in range(3000))
    report = await bring_in(session, tmp_path, "customers", GOOD["customers"] + rows)
    assert report.rejected == 3000
    assert len(report.problems) == 50
    assert report.reasons == {"mail": 3000}
