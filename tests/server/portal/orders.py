"""Orders of customers at the portal, what was bought, and the forms about them."""

from __future__ import annotations

import re
from typing import Any

import aiohttp
from sqlalchemy import func, select

from crm_backend.access.actor import SYSTEM
from crm_backend.orders.creating import NewLine
from crm_backend.orders.model import Order
from crm_backend.policies import services as policies
from server.app import Parts
from tests.support import shop
from tests.support.portal import Answer, AtPortal

LAMP = NewLine(1, 8000, names={"fr": "Lampe <b>Orée</b>", "en": "Orée <b>lamp</b>"})
PLATES = NewLine(3, 1500, names={"fr": "Assiette", "en": "Plate"})
HOSTILE = "<script>alert(1)</script>'\"; drop table orders --\u202e\0"


async def delivered(server: Parts, *lines: NewLine, **more: Any) -> Order:
    async with server.sessions.begin() as session:
        return await shop.delivered(session, *(lines or (LAMP, PLATES)), **more)


async def paid(server: Parts, **more: Any) -> Order:
    async with server.sessions.begin() as session:
        return await shop.paid(session, LAMP, PLATES, **more)


async def with_company(server: Parts) -> None:
    async with server.sessions.begin() as session:
        said = {"name": "Maison", "address": ["3 quai", "Lyon"]}
        await policies.add(session, actor=SYSTEM, kind="company", parameters=said)


async def count(server: Parts, table: Any) -> int:
    async with server.sessions() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


def fields(page: Answer) -> dict[str, str]:
    """The hidden fields of the page's last form."""
    form = page.text[page.text.rindex("<form") :]
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))


async def send(browser: AtPortal, path: str, said: dict[str, str], *photos: tuple[str, bytes]) -> Answer:
    """A form with photos, its fields in the order of the page."""
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in said.items():
        form.add_field(name, value)
    for name, content in photos or (("", b""),):
        form.add_field("photos", content, filename=name, content_type="image/jpeg")
    return await browser._call("POST", path, data=form)
