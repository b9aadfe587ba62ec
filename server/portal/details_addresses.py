"""Postal addresses: added, changed, taken away, and which is the usual one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web
from babel import Locale
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.customers import addresses
from crm_backend.customers.countries import COUNTRIES
from crm_backend.customers.model import Address
from crm_backend.errors import BadInput, Invalid, NotFound, NotNow, Stale
from crm_backend.orders import repeats
from crm_backend.portal.schema import Language, Visit, path_of
from server.portal.details import keeper
from server.portal.frame import Frame
from server.portal.order_of import key_of, new_key
from server.problems import sentence

FIELDS = ("line1", "line2", "postcode", "city", "country", "label")
AT = ("details", "addresses")
_LOCALES = {"fr": "fr_FR", "en": "en_GB"}


class Addresses:
    """`…/details/addresses/new` and `…/details/addresses/<id>`."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[web.RouteDef]:
        """The form for a new one and for each."""
        frame = self._frame
        return [
            *frame.get("details/addresses/new", self._blank),
            *frame.post("details/addresses/new", self._add),
            *frame.get("details/addresses/{id}", self._one),
            *frame.post("details/addresses/{id}", self._change),
            *frame.post("details/addresses/{id}/remove", self._remove),
        ]

    async def _blank(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        given = {"country": "FR" if language == "fr" else "GB"} | dict(visit.typed(*AT, "new"))
        given["key"] = new_key()
        return self._shown(request, visit, language, given)

    async def _add(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        frame, form = self._frame, await self._frame.form(request)
        try:
            async with frame.changing() as session:
                values = _values(form)
                asked: dict[str, Any] = {"actor": visit.actor, "key": key_of(form), "name": "add_address"}
                command = await repeats.begin(session, **asked, given=values)
                if repeats.done(command, "row") is None:
                    whose: dict[str, Any] = {"actor": keeper(visit), "customer_id": visit.customer_id}
                    row = await addresses.add(session, **whose, values=values)
                    repeats.finish(command, order_id=None, row=row.id)
        except (Invalid, NotNow) as error:
            return self._shown(request, visit, language, form, error=error)
        return frame.done(path_of(language, "details"), "done_postal")

    async def _one(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        async with self._frame.sessions() as session:
            found = await _own(session, request, visit)
        given = {name: getattr(found, name) for name in FIELDS} | {"version": str(found.version)}
        given |= {"is_default": "1"} if found.is_default else {}
        given |= {name: value for name, value in visit.typed(*AT, found.id).items() if name in FIELDS}
        return self._shown(request, visit, language, given, address=found)

    async def _change(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        frame, form = self._frame, await self._frame.form(request)
        async with frame.sessions() as session:
            found = await _own(session, request, visit)
        try:
            async with frame.changing() as session:
                values = _values(form)
                # The usual one stays it until another is.
                values |= {"is_default": True} if found.is_default else {}
                which: dict[str, Any] = {"actor": keeper(visit), "address_id": found.id, "version": _version(form)}
                await addresses.change(session, **which, values=values)
        except (Invalid, NotNow, Stale) as error:
            return self._shown(request, visit, language, form, error=error, address=found)
        return frame.done(path_of(language, "details"), "done_postal")

    async def _remove(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        form = await self._frame.form(request)
        async with self._frame.changing() as session:
            found = await _own(session, request, visit)
            await addresses.remove(session, actor=keeper(visit), address_id=found.id, version=_version(form))
        return self._frame.done(path_of(language, "details"), "done_removed")

    def _shown(
        self,
        request: web.Request,
        visit: Visit,
        language: str,
        given: dict[str, str],
        *,
        error: Invalid | NotNow | Stale | None = None,
        address: Address | None = None,
    ) -> web.Response:
        names = Locale.parse(_LOCALES[language]).territories
        told = {
            "given": {name: given.get(name, "") for name in (*FIELDS, "is_default", "version", "key")},
            "countries": sorted(((code, names.get(code, code)) for code in COUNTRIES), key=lambda each: each[1]),
            "wrong": sentence(error, language) if error else "",
            "field": error.field if isinstance(error, Invalid) else "",
            "address": address,
        }
        status = error.status if error else 200
        return self._frame.page(request, "details_address.html", visit, language, status=status, **told)


def _values(form: dict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {name: form.get(name, "") for name in FIELDS}
    return values | ({"is_default": True} if form.get("is_default") else {})


def _version(form: dict[str, str]) -> int:
    given = form.get("version", "")
    if not given.isascii() or not given.isdecimal() or len(given) > 9:
        raise BadInput("no version")
    return int(given)


async def _own(session: AsyncSession, request: web.Request, visit: Visit) -> Address:
    """The address, if it is theirs. Raises NotFound."""
    try:
        address_id = UUID(request.match_info["id"])
    except ValueError:
        raise NotFound("no such address") from None
    own = select(Address).where(Address.id == address_id, Address.customer_id == visit.customer_id)
    found = await session.scalar(own)
    if found is None:
        raise NotFound("no such address")
    return found
