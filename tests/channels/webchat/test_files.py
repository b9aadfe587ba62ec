"""Files in the web chat: uploaded first, sent with a message, shown by a signed address."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from sqlalchemy import select

from crm_backend.conversations.model import Turn
from server.app import Parts
from tests.channels.webchat.conftest import Browser
from tests.conftest import MakeAgent, MakeCustomer
from tests.support import samples


async def uploaded(browser: Browser, content: bytes, name: str = "photo.png", **headers: str) -> tuple[int, Any]:
    given = {"X-File-Name": quote(name), "Content-Type": "image/png"} | headers
    return await browser.call("POST", "/files", data=content, headers=given)


async def test_a_file_is_uploaded_sent_and_seen_by_everybody(server: Parts, browser: Browser, agent: MakeAgent) -> None:
    await browser.hello(language="fr")
    status, answer = await uploaded(browser, samples.picture(), "reçu nº 1.png")
    assert status == 201
    file = answer["file"]
    assert (file["name"], file["kind"], file["state"]) == ("reçu nº 1.png", "image", "kept")
    assert (await browser.send("", files=[file["id"]]))[0] == 200
    _, polled = await browser.poll()
    message = polled["messages"][0]
    assert (message["text"], message["files"][0]["id"]) == ("", file["id"])
    assert message["files"][0]["url"].startswith("/files/")
    async with browser.client.get(server.settings.address + message["files"][0]["url"]) as shown:
        assert (shown.status, shown.content_type) == (200, "image/png")
        assert shown.headers["Content-Disposition"].startswith("inline")
    claire = await agent()
    whole = await claire.conversation(str(browser.conversation))
    assert whole["messages"][0]["files"][0]["name"] == "reçu nº 1.png"
    assert whole["conversation"]["last"]["text"]


async def test_a_file_goes_with_words_over_the_socket_and_a_retry_stores_it_once(
    server: Parts, customer: MakeCustomer, browser: Browser
) -> None:
    marie = await customer()
    browser.token = str(marie.visitor)
    _, answer = await uploaded(browser, samples.PDF, "facture.pdf")
    client_id = str(uuid4())
    first = await marie.send("Voici la facture", files=[answer["file"]["id"]], client_id=client_id)
    again = await marie.send("Voici la facture", files=[answer["file"]["id"]], client_id=client_id)
    assert first["type"] == again["type"] == "ack" and first["seq"] == again["seq"]
    await marie.until("bot", after=first["seq"])
    assert [file["name"] for file in marie.messages[0]["files"]] == ["facture.pdf"]
    async with server.sessions() as session:
        assert len(list(await session.scalars(select(Turn)))) == 1


async def test_a_message_without_words_and_without_files_is_empty(browser: Browser) -> None:
    await browser.hello()
    assert (await browser.send("  ", files=[]))[1]["code"] == "empty"


async def test_another_visitors_file_cannot_be_sent(browser: Browser, customer: MakeCustomer) -> None:
    await browser.hello()
    _, answer = await uploaded(browser, samples.PDF)
    thief = await customer()
    refused = await thief.send("", files=[answer["file"]["id"]])
    assert (refused["type"], refused["code"]) == ("error", "bad_frame")
    assert (await browser.send("", files=[answer["file"]["id"]]))[0] == 200
    assert (await browser.send("", files=[answer["file"]["id"]]))[1]["code"] == "bad_frame"
    assert (await browser.send("", files=[str(uuid4()) for _ in range(11)]))[1]["code"] == "bad_frame"


async def test_refusals_say_why(server: Parts, browser: Browser) -> None:
    await browser.hello()
    for content, status, code in (
        (samples.SVG, 415, "file_type"),
        (samples.picture()[:50], 422, "file_broken"),
        (b"", 422, "file_broken"),
        (bytes(server.settings.max_upload_bytes + 1), 413, "too_large"),
    ):
        got, answer = await uploaded(browser, content)
        assert (got, answer["code"]) == (status, code)
        assert answer["detail"]


async def test_an_upload_needs_a_visitor_and_an_origin_that_is_allowed(server: Parts, browser: Browser) -> None:
    assert (await uploaded(browser, samples.PDF))[0] == 401
    await browser.hello()
    assert (await uploaded(browser, samples.PDF, Origin="https://evil.example"))[0] == 403
    host = server.settings.address
    async with browser.client.options(f"{host}/chat/files", headers={"Origin": host}) as preflight:
        assert "X-File-Name" in preflight.headers["Access-Control-Allow-Headers"]


async def test_what_is_uploaded_and_never_sent_has_an_end(server: Parts, browser: Browser) -> None:
    await browser.hello()
    for _ in range(20):
        assert (await uploaded(browser, samples.PDF))[0] == 201
    status, answer = await uploaded(browser, samples.PDF)
    assert (status, answer["code"]) == (429, "rate_limited")


async def test_the_configuration_tells_what_may_be_uploaded(server: Parts, browser: Browser) -> None:
    _, config = await browser.call("GET", "/config")
    assert config["upload"]["max_bytes"] == server.settings.max_upload_bytes
    assert {"image/*", "application/pdf"} <= set(config["upload"]["types"])
    assert not {"image/svg+xml", "text/html"} & set(config["upload"]["types"])


@pytest.mark.parametrize("name", ["%zz", "%ff%fe", "../../etc/passwd", "%E2%80%AEgpj.exe"])
async def test_a_name_of_any_kind_is_taken_for_what_it_is(browser: Browser, name: str) -> None:
    await browser.hello()
    status, answer = await browser.call("POST", "/files", data=samples.PDF, headers={"X-File-Name": name})
    assert status == 201 and answer["file"]["name"].endswith(".pdf")
    assert not set("/\\\u202e") & set(answer["file"]["name"])
