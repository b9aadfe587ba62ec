"""Customers at the portal, in a browser without JavaScript."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import aiohttp
from sqlalchemy import select
from yarl import URL

from crm_backend.customers.model import Identity
from crm_backend.database import Sessions
from crm_backend.portal import visits
from crm_backend.portal.schema import PATHS, Way, path_of
from crm_backend.portal.visits import Lasting
from server.portal.frame import COOKIES

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Answer:
    """What came back: `to` is where a redirect leads, `text` the page."""

    status: int
    text: str
    to: str
    headers: Any


@dataclass
class AtPortal:
    """A browser at the portal. `csrf` is that of the last page."""

    client: aiohttp.ClientSession
    address: str
    language: str = "fr"
    csrf: str = ""

    @property
    def home(self) -> URL:
        """Where its cookies belong."""
        return URL(f"{self.address}{PATHS[self.language]}/")

    async def get(self, path: str, **more: Any) -> Answer:
        """One page, without following where it leads: an address, or the keys of its parts (`orders/<id>/cancel`)."""
        return await self._call("GET", path, **more)

    async def post(self, path: str, **fields: Any) -> Answer:
        """A form of the last page, sent from there. `csrf` and `headers` may be others."""
        headers, csrf = fields.pop("headers", None), fields.pop("csrf", self.csrf)
        return await self._call("POST", path, data={"csrf": csrf, **fields}, headers=headers)

    async def follow(self, answer: Answer) -> Answer:
        """The page that a form leads to."""
        assert answer.status == 303, (answer.status, answer.text)
        return await self.get(answer.to)

    async def _call(self, method: str, path: str, **more: Any) -> Answer:
        named, _, query = path.partition("?")
        whole = named if path.startswith("/") else path_of(self.language, *filter(None, named.split("/")))
        url = URL(self.address + whole + (f"?{query}" if query else ""), encoded=True)
        async with self.client.request(method, url, allow_redirects=False, **more) as response:
            body = await response.read()
            # What a line must not end in stands in an element of its own: a matter of looks.
            text = re.sub(r'<span class="whole">([^<]*)</span>', r"\1", body.decode("utf-8", "replace"))
            if found := _CSRF.search(text):
                self.csrf = found[1]
            return Answer(response.status, text, response.headers.get("Location", ""), response.headers)


async def signed_in(
    browser: AtPortal, sessions: Sessions, customer_id: UUID, *, order_id: UUID | None = None, way: Way = "code"
) -> AtPortal:
    """The browser with a visit of this customer, or of a guest who looked up the one order; an address is put on file
    when there is none."""
    async with sessions.begin() as session:
        identity = None
        if order_id is None:
            value = f"{customer_id}@example.com"
            identity = await session.scalar(select(Identity).where(Identity.value == value))
            if identity is None:
                identity = Identity(customer_id=customer_id, kind="email", value=value, proof="verified")
                session.add(identity)
                await session.flush()
        token = await visits.begin(
            session,
            customer_id=customer_id,
            identity_id=identity.id if identity else None,
            order_id=order_id,
            way="order" if order_id else way,
            device="tests",
            lasting=Lasting(timedelta(minutes=30), timedelta(hours=12)),
        )
    for language, name in COOKIES.items():
        browser.client.cookie_jar.update_cookies({name: token}, URL(browser.address + PATHS[language] + "/"))
    await browser.get("")
    return browser
