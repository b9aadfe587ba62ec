"""Reports through a running server: figures, rows, tables to take away, and mails that are sent once."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from channels.port import Retry
from crm_backend.agents.model import Agent
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.reports import following
from crm_backend.reports.figures import FIGURES
from crm_backend.reports.model import ReportSend
from server.app import Parts
from server.loops.reports import ReportMailLoop
from server.reports.mailing import ReportMail
from tests.conftest import MakeAgent
from tests.crm_backend.reports.made import NOW, a_month
from tests.support.site import AgentAtDesk

SPAN = "from=2026-10-20&to=2026-11-20"


@pytest.fixture
async def sophie(server: Parts, agent: MakeAgent) -> AgentAtDesk:
    """A supervisor, in front of a month of contacts."""
    async with server.sessions.begin() as session:
        await session.execute(update(Agent).where(Agent.email == "emma@example.com").values(role="supervisor"))
        month = a_month()
        for row in month.agents:
            row["email"] = f"other-{row['email']}"
        await month.store(session)
        while await following.follow(session, now=NOW):
            pass
    return await agent("emma@example.com")


async def table(who: AgentAtDesk, path: str) -> tuple[dict[str, str], list[list[str]]]:
    async with who.client.get(f"{who.address}/desk/api{path}") as answer:
        assert answer.status == 200, await answer.text()
        content = (await answer.read()).decode("utf-8-sig")
        return dict(answer.headers), list(csv.reader(io.StringIO(content)))


async def test_a_report_is_told_divided_looked_into_and_taken_away(sophie: AgentAtDesk) -> None:
    status, found = await sophie.call("GET", f"/reports?{SPAN}")
    assert status == 200
    figures = {each["key"]: each for each in found["figures"]}
    assert figures.keys() == FIGURES.keys()
    assert (figures["containment"]["name"], figures["containment"]["better"]) == ("Containment", "up")
    assert figures["containment"]["definition"]["counts"].startswith("Contacts that never")
    assert len(found["steps"]) == 32 == len(figures["contacts"]["course"])
    assert found["before"]["to"] == "2026-10-19" and found["as_of"] and len(found["hours"]) == 7
    assert found["words"] and {each["name"] for each in found["choices"]["channel"]} >= {"E-mail"}

    status, divided = await sophie.call("GET", f"/reports/divided?{SPAN}&by=channel")
    contacts = figures["contacts"]["value"]
    assert status == 200 and sum(part["values"]["contacts"] for part in divided["parts"]) == contacts

    status, page = await sophie.call("GET", f"/reports/rows?{SPAN}&figure=containment&which=counted")
    assert status == 200 and all(row["counted"] and row["conversation"] for row in page["items"])
    status, later = await sophie.call("GET", f"/reports/rows?{SPAN}&figure=contacts")
    status, after = await sophie.call("GET", f"/reports/rows?{SPAN}&figure=contacts&before={later['next']}")
    assert not {row["id"] for row in later["items"]} & {row["id"] for row in after["items"]}
    assert len(later["items"]) + len(after["items"]) == contacts

    headers, lines = await table(sophie, f"/reports/table.csv?{SPAN}&by=team")
    assert headers["Content-Disposition"].startswith("attachment") and "no-store" in headers["Cache-Control"]
    assert lines[0][:2] == ["Team", "Contacts"] and lines[1][:2] == ["Whole period", str(contacts)]
    _, lines = await table(sophie, f"/reports/rows.csv?{SPAN}&figure=score")
    # What customers wrote is no formula, wherever it is opened.
    assert {line[lines[0].index("Words")] for line in lines[1:]} == {"'=cmd()"}


REFUSED = {
    "?from=2026-02-30&to=2026-03-01": 422, "?from=2026-03-02&to=2026-03-01": 422, "?step=hour": 400,
    "/divided?by=mood": 400, "/rows?figure=secrets": 404, "/rows?before=x": 400, "/rows?which=some": 400,
    "?agent=x": 422, "?within=0": 422, "/rows.csv?figure=%00": 400, "?team=%00": 400,
}  # fmt: skip


async def test_what_nobody_can_mean_is_refused(server: Parts, agent: MakeAgent) -> None:
    async with server.sessions.begin() as session:
        await session.execute(update(Agent).values(role="supervisor"))
    claire = await agent()
    assert {path: (await claire.call("GET", f"/reports{path}"))[0] for path in REFUSED} == REFUSED


class Mailbox:
    """Stands where a channel that writes mails stands."""

    def __init__(self) -> None:
        self.got: list[Delivery] = []
        self.fails = 0

    async def send(self, delivery: Delivery) -> str:
        if self.fails:
            self.fails -= 1
            raise Retry("not now")
        self.got.append(delivery)
        return "sent"


class Board:
    """One account that writes mails."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def find(self, *_: Any) -> Mailbox:
        return self._mailbox


async def test_a_report_is_mailed_once_in_the_readers_language_whatever_restarts(
    server: Parts, sophie: AgentAtDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, known = await sophie.call("GET", "/reports/mailings")
    assert status == 200 and sophie.id in {one["key"] for one in known["recipients"]}
    given = {"name": "Le bilan", "rhythm": "daily", "hour": 7, "split_by": "channel", "recipients": [sophie.id]}
    status, refused = await sophie.call("POST", "/reports/mailings", **{**given, "rhythm": "hourly"})
    assert status == 422 and "rhythm" in str(refused)
    status, made = await sophie.call("POST", "/reports/mailings", **given)
    assert status == 201 and made["mailing"]["own"]

    mailbox, zone = Mailbox(), ZoneInfo("Europe/Paris")
    start = type("Start", (), {"kind": "email", "channel": "mail", "account": "main"})()
    monkeypatch.setattr("server.starting.may_begin", lambda _: [start])
    now = [(datetime.now(UTC) + timedelta(days=1)).astimezone(zone).replace(hour=8)]
    mail = ReportMail(
        Board(mailbox),  # type: ignore[arg-type]
        server.sessions,
        server.core.files,  # type: ignore[arg-type]
        address="https://help.example.com",
        company="Maison Tilleul",
        zone=zone,
    )

    def loop() -> ReportMailLoop:
        return ReportMailLoop(sessions=server.sessions, mail=mail, now=lambda: now[0])

    mailbox.fails = 1
    assert await loop().work() and mailbox.got == []
    assert not await loop().work()
    now[0] += timedelta(minutes=2)
    for _ in range(3):
        await loop().work()
    (delivery,) = mailbox.got
    async with server.sessions() as session:
        (send,) = await session.scalars(select(ReportSend))
    assert (send.state, send.attempts, delivery.id) == ("sent", 2, send.id)
    assert delivery.address == "emma@example.com" and delivery.language == "en"
    assert "Hello Emma" in delivery.reply.text and "/desk/#/reports?from=" in delivery.reply.text
    (file,) = delivery.reply.files
    content = (await server.core.files.read(file.id)).decode("utf-8-sig")
    assert file.name.endswith(".csv") and content.startswith("Channel,Contacts")

    identifier = made["mailing"]["id"]
    changed = {**given, "name": "Autre", "version": made["mailing"]["version"]}
    assert (await sophie.call("PUT", f"/reports/mailings/{identifier}", **changed))[0] == 200
    assert (await sophie.call("PUT", f"/reports/mailings/{identifier}", **changed))[0] == 412
    assert (await sophie.call("DELETE", f"/reports/mailings/{identifier}"))[0] == 204
