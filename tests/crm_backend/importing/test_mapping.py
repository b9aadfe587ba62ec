"""Mapping files: what they may say, and the sentence when they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_backend.importing.fields import FIELDS, KINDS
from crm_backend.importing.mapping import Spec, parse_mapping, read_mapping
from crm_backend.importing.reader import RowReader
from crm_backend.importing.report import UnusableMapping

ROOT = Path(__file__).parents[3]
SEVERAL = "holds several values where one is needed; say `take: first` or `take: last`."


def read_one(field: str, spec: str, **cells: str):
    text = f"customers:\n  external_id: {{constant: x}}\n  {field}: {spec}\n"
    reader = RowReader(parse_mapping(text, "customers", source="m.yml"), list(cells), file="f.csv")
    record, problems = reader.read(2, list(cells.values()))
    return problems[0].reason if problems else record[field]


@pytest.mark.parametrize(
    ("field", "spec", "cells", "value"),
    [
        ("city", "town", {"town": " Lyon "}, "Lyon"),
        ("city", "{constant: Paris}", {"town": "Lyon"}, "Paris"),
        ("city", "{join: [a, b, c], separator: ', '}", {"a": "x", "b": " ", "c": "z"}, "x, z"),
        ("city", "{column: a, strip_prefix: '#'}", {"a": "#12"}, "12"),
        ("city", "{column: a, default: none}", {"a": ""}, "none"),
        ("city", "{column: a, required: true}", {"a": " "}, "is empty."),
        ("city", "{column: a, split: '|'}", {"a": "x|y"}, SEVERAL),
        ("city", "{column: a, split: '|', take: last}", {"a": "x| y |"}, "y"),
        ("email", "{column: a, split: '|'}", {"a": "A@x.fr| b@x.fr|a@x.fr"}, ("a@x.fr", "b@x.fr")),
        ("email", "{column: a, split: '|', take: first}", {"a": "a@x.fr|b@x.fr"}, ("a@x.fr",)),
        ("email", "a", {"a": ""}, ()),
        ("language", "{column: a, map: {Yes: fr, no: en}}", {"a": "NO"}, "en"),
        ("language", "a", {"a": "fr-CA"}, "fr"),
        ("language", "a", {"a": ""}, "fr"),
        ("language", "a", {"a": "de"}, "“de” is neither fr nor en."),
        ("country", "{constant: no}", {"a": ""}, "no"),
    ],
)  # fmt: skip
def test_field_is_filled_as_the_mapping_says(field, spec, cells, value):
    assert read_one(field, spec, **cells) == value


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "m.yml: is empty or not a mapping; it needs a section such as “customers:”."),
        ("- a\n", "m.yml: is empty or not a mapping"),
        ("customers: [\n", "m.yml, line 2: is not YAML"),
        (
            "customers:\n  external_id: a\n  email: {colum: b}\n",
            "m.yml, line 3, customers.email.colum: unknown key “colum”",
        ),
        (
            "customers:\n  external_id: a\n  nick: b\n",
            "m.yml, line 3: customers have no field “nick”; known: external_id,",
        ),
        (
            "customers:\n  external_id: a\nclients: {}\n",
            "m.yml, line 3, clients: unknown key “clients”; known: timezone",
        ),
        ("customers:\n  external_id: a\n  external_id: b\n", "m.yml, line 3: “external_id” is given twice."),
        ("customers:\n  email: a\n", "m.yml: the section “customers:” must also fill external_id."),
        ("products: {}\n", "m.yml: has no section “customers:”."),
        ("customers: x\n", "m.yml, line 1: “customers:” must hold one line a field."),
        ("customers:\n  external_id: {split: ','}\n", "give exactly one of column, constant, join and columns"),
        (
            "customers:\n  external_id: {column: a, constant: b}\n",
            "m.yml, line 2, customers.external_id: give exactly one",
        ),
        ("customers:\n  external_id: {column: a, take: some}\n", "line 2, customers.external_id.take: Input should be"),
        ("timezone: Mars\ncustomers: {external_id: a}\n", "m.yml, line 1, timezone: “Mars” is not a time zone"),
        ("customers:\n  external_id: {column: [a]}\n", "m.yml, line 2, customers.external_id.column: Input should be"),
    ],
)
def test_wrong_mapping_is_refused_with_its_line(text, sentence):
    with pytest.raises(UnusableMapping) as refused:
        parse_mapping(text, "customers", source="m.yml")
    assert sentence in str(refused.value)


def test_mapping_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnusableMapping, match="cannot be opened"):
        read_mapping(tmp_path / "missing.yml", "customers")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["standard.yml", "retail-export.yml"])
def test_ready_made_mappings_are_valid(name, kind):
    assert read_mapping(ROOT / "server" / "mappings" / name, kind).fields


@pytest.mark.parametrize("kind", KINDS)
def test_standard_mapping_fills_every_field(kind):
    assert set(read_mapping(ROOT / "server/mappings/standard.yml", kind).fields) == set(FIELDS[kind])


def test_documentation_names_every_field_and_every_key():
    text = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    names = {name for fields in FIELDS.values() for name in fields} | set(Spec.model_fields)
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []
