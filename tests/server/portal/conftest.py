"""Customers at the portal of a running server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import pytest

from crm_backend.notifications.schema import Start
from server import public
from server.app import Parts
from tests.support import portal as at_portal
from tests.support import site
from tests.support.portal import AtPortal

Portal = Callable[..., Awaitable[AtPortal]]


def browsers(parts: Parts, stack: AsyncExitStack) -> Portal:
    """Makes browsers at the portal: signed in as a customer (`await portal(customer_id)`), a guest with one order
    (`order_id=…`), or nobody."""

    async def make(customer_id: UUID | None = None, *, language: str = "fr", **more: Any) -> AtPortal:
        client = await stack.enter_async_context(site.browser_session())
        browser = AtPortal(client, parts.settings.address, language)
        if customer_id is not None:
            await at_portal.signed_in(browser, parts.sessions, customer_id, **more)
        return browser

    return make


@pytest.fixture
def portal(server: Parts, stack: AsyncExitStack) -> Portal:
    """Browsers at the portal of `server`."""
    return browsers(server, stack)


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the server under test write mails first, which stay in its outbox; asked for before `server`."""
    kinds = (("email", "mail"), ("phone", "whatsapp"))
    starts = [Start(kind=kind, channel=channel, account="main") for kind, channel in kinds]
    monkeypatch.setattr(public, "may_begin", lambda _: starts)
