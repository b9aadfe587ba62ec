"""The portal's first page: what matters now."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import select

from crm_backend.customers.model import Customer, Identity
from crm_backend.errors import NotFound
from crm_backend.portal.schema import Language, Visit, path_of
from server.help.forms import Seals, said_of
from server.portal.frame import Frame


class Home:
    """`/fr/compte` and `/en/account`."""

    def __init__(self, frame: Frame) -> None:
        self._frame, self._seals = frame, Seals(frame.core.company.secret)

    def routes(self) -> list[web.RouteDef]:
        """The page, and what it tells the contact form."""
        return self._frame.get("", self._home) + self._frame.open("GET", "who", self._who)

    def others(self) -> list[web.RouteDef]:
        """Every address below that is none: asked for last."""
        return self._frame.open("GET", "{rest:.*}", self._missing)

    async def _home(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        async with self._frame.sessions() as session:
            customer = await session.get_one(Customer, visit.customer_id)
            found = [await provider(session, visit) for provider in self._frame.matters]
        matters = [one for one in found if one is not None and one.lines]
        return self._frame.page(request, "home.html", visit, language, name=customer.first_name, matters=matters)

    async def _who(self, request: web.Request, visit: Visit | None, language: Language) -> web.StreamResponse:
        """For the contact form in this browser: who is signed in here, as hashes by which they are known again when
        they write."""
        if visit is None or visit.guest:
            return web.json_response({})
        theirs = select(Identity.value).where(Identity.customer_id == visit.customer_id, Identity.kind == "email")
        async with self._frame.sessions() as session:
            emails = list(await session.scalars(theirs.order_by(Identity.is_primary.desc(), Identity.id)))
        return web.json_response({"who": said_of(visit.customer_id, emails, self._seals)})

    async def _missing(self, request: web.Request, visit: Visit | None, language: Language) -> web.StreamResponse:
        if not request.match_info["rest"]:
            return self._frame.leads_to(path_of(language))
        raise NotFound("no such page")
