"""A copy of a person's data, their erasure and retention, by the API."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from uuid import UUID

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import select

from crm_backend.audit.model import AuditEntry
from crm_backend.customers.model import Customer, Identity
from crm_backend.orders.model import Order
from server.app import Parts
from server.privacy.copy import page
from tests.support.api import Program


async def karim(house: Parts, name: str = "Karim") -> UUID:
    async with house.sessions.begin() as session:
        customer = Customer(first_name=name, last_name="<b>Zyxwvut</b>")
        session.add(customer)
        await session.flush()
        session.add(Identity(customer_id=customer.id, kind="email", value=f"{name.lower()}@example.fr"))
        return customer.id


async def test_who_hangs_up_before_the_end_is_in_the_audit_log_all_the_same(
    house: Parts, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hung_up(_: web.StreamResponse, __: bytes = b"") -> None:
        raise ConnectionResetError

    customer = await karim(house, "Curious")
    with monkeypatch.context() as patched:
        patched.setattr(web.StreamResponse, "write_eof", hung_up)
        for path in (f"/customers/{customer}/data", "/exports/tags.csv"):
            with contextlib.suppress(aiohttp.ClientError):
                await program("GET", path)
    async with house.sessions() as session:
        taken = await session.scalars(select(AuditEntry.subject_id).where(AuditEntry.action == "exported"))
        assert {str(customer), "tags"} <= set(taken)


async def test_a_copy_is_an_archive_that_can_be_read(house: Parts, program: Program) -> None:
    customer = await karim(house)
    answer = await program("GET", f"/customers/{customer}/data")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.raw)) as archive:
        assert set(archive.namelist()) == {"data.json", "page.fr.html", "page.en.html"}
        data = json.loads(archive.read("data.json"))
        french, english = (archive.read(f"page.{language}.html").decode() for language in ("fr", "en"))
    assert data["tables"]["identities"][0]["value"] == "karim@example.fr"
    assert "Moyens de contact" in french and "Ways to reach you" in english
    assert "&lt;b&gt;Zyxwvut" in french and "<b>Zyxwvut" not in french


async def test_erasing_is_shown_first_and_then_done_with_a_report(house: Parts, program: Program) -> None:
    customer = await karim(house, "Rachid")
    async with house.sessions.begin() as session:
        values = {"customer_id": customer, "status": "shipped", "total_minor": 1, "currency": "EUR"}
        session.add(Order(number="P-1", number_key="P1", **values))
    there = f"/customers/{customer}/erasure"
    shown = await program("GET", there)
    assert shown.body["under_way"]["orders"] == 1 and shown.body["tables"]["identities"]["deleted"] == 1
    refused = await program("POST", there, {})
    assert (refused.status, refused.body["reason"]) == (409, "privacy.under_way")
    done = await program("POST", there, {"regardless": True})
    assert done.status == 200 and "invoices refer" in done.body["tables"]["orders"]["why"]
    listed = await program.every("/erasures")
    assert [each["customer_id"] for each in listed] == [str(customer)]
    assert (await program("GET", "/customers/00000000-0000-0000-0000-000000000001/erasure")).status == 404


async def test_rules_are_read_changed_and_tried(program: Program) -> None:
    rules = {each["kind"]: each for each in (await program("GET", "/retention")).body["items"]}
    assert rules["conversations"]["name"] == "Closed conversations, with their files"
    changed = await program("PATCH", "/retention/conversations", {"days": 400}, If_Match='"1"')
    assert (changed.status, changed.body["days"], changed.body["version"]) == (200, 400, 2)
    refused = await program("PATCH", "/retention/conversations", {"days": 2}, If_Match="*")
    assert refused.status == 422 and refused.body["errors"][0]["reason"] == "privacy.days"
    assert (await program("PATCH", "/retention/biscuits", {"days": 2}, If_Match="*")).status == 404
    due = (await program("GET", "/retention/due")).body["items"]
    assert {each["count"] for each in due} == {0}
    assert await program.every("/retention/runs") == []


def test_the_page_names_what_was_left_out() -> None:
    copy = {"made_at": "2026-03-01T10:00:00+00:00", "titles": {}, "tables": {}, "left_out": ["files/a.mov"]}
    assert "files/a.mov" in page(copy, language="fr", company="Maison Tilleul")
