"""The page that ends unasked messages in one step."""

from __future__ import annotations

import aiohttp
import pytest

from crm_backend.customers.model import Customer
from crm_backend.database import new_id
from crm_backend.notifications import services
from server.app import Parts
from server.help.theme import theme_of
from server.notifications.pages import Unsubscribing


@pytest.fixture
async def link(server: Parts) -> tuple[str, Customer]:
    async with server.sessions.begin() as session:
        customer = Customer(id=new_id(), first_name="Marie", language="fr")
        session.add(customer)
    secret = server.settings.secret_key
    assert secret is not None
    pages = Unsubscribing(
        sessions=server.sessions,
        secret=secret.get_secret_value().encode(),
        address=server.settings.address,
        company="Maison Tilleul",
        theme=theme_of(server.settings),
    )
    return pages.link(customer.id), customer


async def wants(server: Parts, customer: Customer) -> bool:
    async with server.sessions() as session:
        return await services.wants(session, customer_id=customer.id)


async def test_a_look_changes_nothing_and_the_button_ends_them(server: Parts, link: tuple[str, Customer]) -> None:
    address, customer = link
    async with aiohttp.ClientSession() as client:
        async with client.get(address) as page:
            text = await page.text()
            assert page.status == 200 and "Ne plus recevoir" in text
            assert "relais.js" not in text, "the chat would tell the desk the address, which is a key"
        assert await wants(server, customer)
        async with client.post(address, data={"List-Unsubscribe": "One-Click"}) as page:
            assert page.status == 200 and "C’est fait" in await page.text()
        assert not await wants(server, customer)
        async with client.post(address, data={"again": "1"}) as page:
            assert page.status == 200
        assert await wants(server, customer)


async def test_the_page_speaks_the_other_language_when_asked(link: tuple[str, Customer]) -> None:
    async with aiohttp.ClientSession() as client, client.get(link[0] + "?language=en") as page:
        assert "Stop receiving order updates?" in await page.text()


@pytest.mark.parametrize(
    "change", [lambda t: t[:-2] + "xx", lambda t: "A" * len(t), lambda t: "é", lambda t: "x" * 5000]
)
async def test_a_link_of_ones_own_making_leads_nowhere(link: tuple[str, Customer], change: object) -> None:
    base, token = link[0].rsplit("/", 1)
    async with aiohttp.ClientSession() as client:
        async with client.get(f"{base}/{change(token)}") as page:  # type: ignore[operator]
            assert page.status == 404
        async with client.post(f"{base}/{change(token)}") as page:  # type: ignore[operator]
            assert page.status == 404
