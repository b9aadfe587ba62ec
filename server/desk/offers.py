"""What an agent may offer the customer of a conversation, with the reason in words; or why nothing."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.queries import actor_of
from crm_backend.agents.model import Agent
from crm_backend.catalogue.money import lowest
from crm_backend.conversations.reading import queries
from crm_backend.errors import NotFound
from crm_backend.offers.services import Offer, offers_for
from server.desk.api import Desk, identifier

BECAUSE = {
    "fr": "{percent}\u00a0% de ceux qui ont commandé «\u00a0{name}\u00a0» l’ont pris avec.",
    "en": "{percent}% of those who ordered “{name}” took it with that.",
}
WITHHELD: dict[str, dict[str, str]] = {
    "no_consent": {
        "fr": "Ce client n’a pas accepté de recevoir des suggestions.",
        "en": "This customer has not agreed to suggestions.",
    },
    "complaint": {
        "fr": "Une réclamation est ouverte\u00a0: ce n’est pas le moment.",
        "en": "A complaint is open: this is not the moment.",
    },
    "upset": {
        "fr": "Ce client est mécontent\u00a0: ce n’est pas le moment.",
        "en": "This customer is upset: this is not the moment.",
    },
    "nothing_bought": {"fr": "Rien n’a encore été commandé.", "en": "Nothing has been ordered yet."},
    "nothing_goes_with_it": {
        "fr": "Rien de disponible ne va avec ses achats.",
        "en": "Nothing to be had goes with what they bought.",
    },
}


class OfferPages:
    """`/desk/api/conversations/ID/offers`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """Its address."""
        return [web.get("/desk/api/conversations/{id}/offers", self._desk.signed_in(self.whole, "customers.read"))]

    async def whole(self, request: web.Request, session: AsyncSession, agent: Agent) -> web.Response:
        conversation = await queries.conversation(session, identifier(request))
        if conversation.customer_id is None:
            raise NotFound("nobody knows whose conversation it is")
        found = await offers_for(session, await actor_of(session, agent, "desk"), conversation.customer_id)
        why = found.withheld
        return web.json_response({
            "offers": [_told(offer, agent.language) for offer in found.offers],
            "withheld": {"code": why, "text": WITHHELD[why][agent.language]} if why else None,
        })  # fmt: skip


def _told(offer: Offer, language: str) -> dict[str, Any]:
    because = BECAUSE[language].format(percent=round(offer.confidence * 100), name=_name(offer.because_names, language))
    return {
        "product": str(offer.product_id),
        "name": _name(offer.names, language),
        "price": lowest(offer.price_minor, offer.currency, language),
        "because": because,
    }


def _name(names: dict[str, str], language: str) -> str:
    return names.get(language) or next(iter(names.values()), "")
