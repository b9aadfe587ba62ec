"""The page a visitor writes from, what was filled in, and the greeting: told to agents, believed by nobody."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.webchat.page import page_of
from channels.webchat.settings import WebChatSettings, examine
from crm_backend.errors import BadInput
from server.app import Parts
from tests.conftest import MakeAgent, MakeCustomer

SHOP = "https://www.shop.example"


def page(url: Any, *, query: tuple[str, ...] = ("ref",), title: Any = "") -> Any:
    return page_of({"url": url, "title": title}, query=query, origins={SHOP}, host="help.example:8080")


def test_a_page_is_its_address_without_what_tells_of_people() -> None:
    found = page(f"{SHOP}/panier?email=marie%40example.com&ref=42&ref=43#fragment", title=" Mon\u202e  panier ")
    assert found == {"url": f"{SHOP}/panier?ref=42&ref=43", "title": "Mon panier"}
    assert page("https://help.example:8080/aide?x=1") == {"url": "https://help.example:8080/aide", "title": ""}
    assert page_of(f"{SHOP}/a?b=c", query=(), origins={SHOP}, host="") == {"url": f"{SHOP}/a", "title": ""}


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "ftp://www.shop.example/",
            "//www.shop.example",
        ),
        *("https://evil.example/", "https://www.shop.example.evil.example/", "https://www.shop.example@evil.example/"),
        *("https://www.shop.example:444/", "http://www.shop.example/", "https://www.shop.example\\@evil.example/"),
        *("", "x" * 10_000, "https://[", "https://www.shop.example:x/", None, 7, ["a"], {"url": "b"}),
    ],
)
def test_what_is_no_page_of_the_company_is_left_out(url: Any) -> None:
    assert page(url) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_browser_says_a_page_stays_on_the_site(path: str, title: str) -> None:
    found = page(f"{SHOP}/{path}", title=title)
    if found is not None:
        assert (
            found["url"].startswith(f"{SHOP}/")
            and len(found["url"]) <= 500
            and "?" not in found["url"].split("ref=")[0].rstrip("?")
        )
        assert "\n" not in found["title"] and "\n" not in found["url"]


async def test_agents_see_the_page_of_each_message_and_customers_do_not(
    server: Parts, customer: MakeCustomer, agent: MakeAgent
) -> None:
    marie, claire, here = await customer(), await agent(), server.settings.address
    assert marie.socket is not None
    hello = {"type": "hello", "visitor": marie.visitor, "page": {"url": f"{here}/fr/panier?token=x", "title": "Panier"}}
    await marie.socket.send_json(hello)
    await marie._frame("welcome")
    await marie.send("bonjour")
    await marie.send("et là ?", page={"url": f"{here}/fr/aide", "title": "Aide"})
    await marie.send("toujours là", page={"url": "https://evil.example/", "title": "x"})
    shown = (await claire.conversation(str(marie.conversation)))["messages"]
    pages = [message["details"]["page"] for message in shown if message["from"] == "customer"]
    basket, helped = {"url": f"{here}/fr/panier", "title": "Panier"}, {"url": f"{here}/fr/aide", "title": "Aide"}
    assert pages == [basket, helped, helped]
    await marie.settle(0.2)
    assert not any("details" in message or "page" in message for message in marie.messages)


def test_only_known_fields_are_asked_before() -> None:
    with pytest.raises(BadInput):
        examine(WebChatSettings(ask_before=["name", "password"]))
