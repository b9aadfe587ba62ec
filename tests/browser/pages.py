"""A shop's own site: a real server on loopback, another origin than Relais, whose pages have the chat on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from playwright.async_api import Page, Request

from tests.browser.chat import Chat
from tests.support.assistant import free_port

SHOP = """<!doctype html><html lang="{language}" dir="{direction}">
<meta charset="{charset}"><title>{title}</title><meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width, initial-scale=1">
<body><main><h1>Boutique</h1></main>
<script src="{address}/widget/relais.js" {user} async></script></html>"""


@dataclass
class Site:
    """The shop: every path is the page that was set last."""

    address: str
    html: str = ""
    charset: str = "utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    polled: list[str] = field(default_factory=list)
    """Greetings that went by HTTP: the chat could not, or did not, use its WebSocket."""
    blocked: bool = False
    """The test has taken WebSockets away."""

    async def visit(
        self,
        page: Page,
        address: str,
        path: str = "/shop",
        *,
        language: str = "fr",
        direction: str = "ltr",
        title: str = "Boutique",
        user: str | None = None,
        policy: str = "",
        charset: str = "utf-8",
    ) -> Chat:
        """A page of the shop with the chat of the server at `address`; `user` is signed in there."""
        self.charset, self.headers = charset, {"Content-Security-Policy": policy} if policy else {}
        given = f'data-user="{user}"' if user else ""
        self.html = SHOP.format(
            language=language, direction=direction, charset=charset, title=title, address=address, user=given
        )
        page.remove_listener("request", self._note)
        page.on("request", self._note)
        await page.goto(self.address + path)
        return Chat(page, address)

    def _note(self, request: Request) -> None:
        if request.url.endswith("/chat/hello") and request.method == "POST":
            self.polled.append(request.url)

    async def _page(self, _: web.Request) -> web.Response:
        kind = f"text/html; charset={self.charset}"
        return web.Response(body=self.html.encode(self.charset), headers={"Content-Type": kind, **self.headers})


@asynccontextmanager
async def opened() -> AsyncIterator[Site]:
    """The shop's server, running. Fails at the end when a chat on it went without its WebSocket."""
    port = free_port()
    site = Site(f"http://127.0.0.1:{port}")
    app = web.Application()
    app.router.add_get("/favicon.ico", _nothing)
    app.router.add_get("/{path:.*}", site._page)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield site
        assert site.blocked or not site.polled, "the chat polled where a WebSocket is possible"
    finally:
        await runner.cleanup()


async def _nothing(_: web.Request) -> web.Response:
    return web.Response(status=204)
