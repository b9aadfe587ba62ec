"""Tables as CSV."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from crm_backend.export import services, tables
from server.api import Call, File, In, Noun, Out

noun = Noun("exports", fr="Exports", en="Exports")


Table = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$"), Field(examples=["orders"])]


class TableOut(Out):
    name: str
    columns: list[str]


class TablesOut(Out):
    items: list[TableOut]


class CsvQuery(In):
    bom: bool = False


@noun.get("/exports", needs="tables.export", fr="Lister les tables exportables", en="List tables to export")
async def list_exports(call: Call) -> TablesOut:
    offered = tables.offered(call.actor)
    return TablesOut(items=[TableOut(name=name, columns=columns) for name, columns in offered])


@noun.get(
    "/exports/{table}.csv",
    needs="tables.export",
    fr="Exporter une table en CSV",
    en="Export a table as CSV",
    more={
        "fr": "En UTF-8 selon la RFC 4180, sans aucun secret. Une cellule qui commence comme une formule est précédée "
        "d’une apostrophe. Avec `bom=true`, Excel reconnaît les accents.",
        "en": "UTF-8 as in RFC 4180, without any secret. A cell that begins like a formula has an apostrophe before "
        "it. With `bom=true`, Excel reads accents.",
    },
    produces="text/csv",
    writes=True,
)
async def export_table(call: Call, table: Table, query: CsvQuery) -> File:
    pieces = services.as_csv(call.session, table, actor=call.actor, bom=query.bom)
    return File(f"{table}.csv", "text/csv; charset=utf-8", pieces)
