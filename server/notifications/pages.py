"""The page that ends unasked messages in one step, and begins them again (RFC 8058 for mail programs)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path
from uuid import UUID

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crm_backend.customers.model import Customer
from crm_backend.customers.successors import now_called
from crm_backend.database import Sessions
from crm_backend.errors import NotFound
from crm_backend.notifications import services
from server.help.forms import small
from server.help.rendering import typeset
from server.help.theme import Theme
from server.help.words import WORDS as HELP

WORDS = {
    "fr": {
        "title": "Messages de suivi",
        "ask": "Ne plus recevoir de messages de suivi\u00a0?",
        "what": (
            "Il s’agit des nouvelles de vos commandes (expédition, retard, livraison). Nous répondrons toujours à vos"
            " questions."
        ),
        "stop": "Ne plus les recevoir",
        "stopped": "C’est fait\u00a0: vous ne recevrez plus ces messages.",
        "again": "Les recevoir à nouveau",
        "resumed": "C’est fait\u00a0: vous recevrez à nouveau ces messages.",
    },
    "en": {
        "title": "Order updates",
        "ask": "Stop receiving order updates?",
        "what": "These are the news of your orders (sent, late, delivered). We’ll always answer your questions.",
        "stop": "Stop receiving them",
        "stopped": "Done: you won’t receive these messages any more.",
        "again": "Receive them again",
        "resumed": "Done: you’ll receive these messages again.",
    },
}


class Unsubscribing:
    """`/unsubscribe/<token>`: the token names a customer and is signed; who has the link has the customer's mail."""

    def __init__(self, *, sessions: Sessions, secret: bytes, address: str, company: str, theme: Theme) -> None:
        """`theme` is the help centre's, whose dress the page wears."""
        self._sessions, self._address, self._company = sessions, address, company
        self._key = hmac.digest(secret, b"unsubscribe", "sha256")
        folder = Path(__file__).parent / "templates"
        loader = FileSystemLoader([folder, Path(__file__).parents[1] / "help" / "templates"])
        self._pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
        self._pages.filters["typeset"] = typeset
        self._theme = theme

    def link(self, customer_id: UUID) -> str:
        """The address of the page for this customer."""
        return f"{self._address}/unsubscribe/{self._token(customer_id)}"

    def routes(self) -> list[web.RouteDef]:
        """The page, and what its buttons and mail programs post."""
        return [
            web.get("/unsubscribe/{token}", self._page),
            web.post("/unsubscribe/{token}", self._post),
        ]

    def _token(self, customer_id: UUID) -> str:
        raw = customer_id.bytes + hmac.new(self._key, customer_id.bytes, hashlib.sha256).digest()[:16]
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    def _customer(self, token: str) -> UUID:
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
            customer = UUID(bytes=raw[:16])
        except ValueError as error:
            raise NotFound("no such link") from error
        if not hmac.compare_digest(self._token(customer).encode(), token.encode()):
            raise NotFound("no such link")
        return customer

    async def _page(self, request: web.Request) -> web.Response:
        return await self._render(request, self._customer(request.match_info["token"]), done=None)

    async def _post(self, request: web.Request) -> web.Response:
        customer = self._customer(request.match_info["token"])
        form = await small(request)
        again = form.get("again") == "1"
        async with self._sessions() as session, session.begin():
            # The link may have been mailed to somebody who has been merged into another since.
            customer = await now_called(session, customer)
            if await session.get(Customer, customer) is None:
                raise NotFound("no such customer")
            await services.choose(session, customer_id=customer, unasked=again, actor="customer", how="link")
        return await self._render(request, customer, done="resumed" if again else "stopped")

    async def _render(self, request: web.Request, customer_id: UUID, *, done: str | None) -> web.Response:
        async with self._sessions() as session:
            customer = await session.get(Customer, await now_called(session, customer_id))
        if customer is None:
            raise NotFound("no such customer")
        language = request.query.get("language", customer.language)
        language = language if language in WORDS else customer.language
        page = self._pages.get_template("unsubscribe.html").render(
            language=language,
            words={
                **WORDS[language],
                "site": HELP[language]["site"],
                "account": HELP[language]["account"],
                "other": "English" if language == "fr" else "Français",
            },
            company=self._company,
            canonical=None,
            dress=self._theme.dress(language),
            home=f"/{language}/" + ("aide/" if language == "fr" else "help/"),
            other={"en" if language == "fr" else "fr": f"?language={'en' if language == 'fr' else 'fr'}"},
            done=done,
        )
        return web.Response(text=page, content_type="text/html", headers={"Referrer-Policy": "no-referrer"})
