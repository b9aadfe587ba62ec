"""My details: everything the file holds of who somebody is, on one page; name and language are changed here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import Actor
from crm_backend.cases import services as cases
from crm_backend.cases.model import Case
from crm_backend.cases.queries import OVER
from crm_backend.cases.schema import NewCase
from crm_backend.customers import checks, consents, profiles
from crm_backend.customers.model import Address, Customer, Identity
from crm_backend.database import utc_now
from crm_backend.errors import BadInput, Invalid, NotNow
from crm_backend.loyalty import points
from crm_backend.loyalty import services as loyalty
from crm_backend.notifications import routes
from crm_backend.notifications.model import ContactPreference
from crm_backend.portal.schema import Language, Visit, path_of
from server.desk.words import country
from server.portal.frame import Frame
from server.problems import sentence

NAMES_PER_MINUTE = 5
SHOWN = ("email", "phone", "whatsapp", "telegram")


class Details:
    """`…/details`, `…/details/name` and `…/details/language`."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[web.RouteDef]:
        """The page, and its two smallest forms."""
        frame = self._frame
        return [
            *frame.get("details", self._page),
            *frame.post("details/language", self._language),
            *frame.post("details/name", self._name),
        ]

    async def _page(self, request: web.Request, visit: Visit, language: Language) -> web.Response:
        for place in ("name", "email", "phone"):
            if typed := visit.typed("details", place):
                return await shown(self._frame, request, visit, language, place=place, given=typed)
        return await shown(self._frame, request, visit, language)

    async def _language(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        """In which language they are written to."""
        form = await self._frame.form(request)
        async with self._frame.changing() as session:
            wanted = {"language": form.get("language", "")}
            await profiles.change(session, actor=keeper(visit), customer_id=visit.customer_id, values=wanted)
        return self._frame.done(path_of(language, "details"), "done_language")

    async def _name(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        """A new name is for people to check, as when the assistant is asked: it stands on invoices. The same one twice
        is asked for once."""
        frame, form = self._frame, await self._frame.form(request)
        words = frame.words(language)
        try:
            name = checks.text("name", form.get("name", ""), needed=True)
        except Invalid as error:
            return await refused(frame, request, visit, language, error, place="name", given=form)
        await frame.limiter.check("portal-name", str(visit.customer_id), NAMES_PER_MINUTE)
        subject, said = words["details_name_subject"], words["details_name_said"].format(new=name)
        new = NewCase("request", subject, said, customer_id=visit.customer_id, language=language)
        asked = select(Case.id).where(
            Case.customer_id == visit.customer_id,
            Case.opened_by == visit.actor.name,
            Case.description == said,
            Case.stage.not_in(OVER),
        )
        async with frame.changing() as session:
            await profiles.locked(session, visit.customer_id)
            if await session.scalar(asked.limit(1)) is None:
                taking_down = replace(visit.actor, permissions=frozenset({"cases.read", "cases.write"}))
                await cases.open_case(session, new, actor=taking_down)
        return frame.done(path_of(language, "details"), "done_name")


def keeper(visit: Visit) -> Actor:
    """The customer, writing to their own file: whoever calls a service with it names nobody else's."""
    assert not visit.guest
    return replace(visit.actor, permissions=frozenset({"customers.read", "customers.write"}))


async def shown(
    frame: Frame, request: web.Request, visit: Visit, language: str, *, status: int = 200, **more: Any
) -> web.Response:
    """The page; `more` is what a form of it says that was not taken."""
    async with frame.sessions() as session:
        customer = await session.get_one(Customer, visit.customer_id)
        told = {
            "customer": customer,
            "identities": await _identities(session, visit),
            "addresses": await _addresses(session, visit),
            "country": lambda code: country(code, language),
            "purposes": await _purposes(session, visit),
            "wish": await session.get(ContactPreference, visit.customer_id),
            "channels": await _channels(session, frame, visit, language),
            **await _loyalty(session, visit),
        }
    values = {"wrong": "", "place": "", "given": {}} | told | more
    return frame.page(request, "details.html", visit, language, status=status, **values)


async def refused(
    frame: Frame,
    request: web.Request,
    visit: Visit,
    language: str,
    error: Invalid | NotNow | BadInput,
    *,
    place: str,
    given: dict[str, str],
) -> web.Response:
    """The page again, with what was typed and what is wrong with it beside the form `place`."""
    wrong = sentence(error, language)
    return await shown(frame, request, visit, language, status=error.status, wrong=wrong, place=place, given=given)


async def _identities(session: AsyncSession, visit: Visit) -> list[Identity]:
    found = await session.scalars(
        select(Identity)
        .where(Identity.customer_id == visit.customer_id, Identity.kind.in_(SHOWN))
        .order_by(Identity.is_primary.desc(), Identity.created_at, Identity.id)
    )
    return sorted(found, key=lambda each: SHOWN.index(each.kind))


async def _addresses(session: AsyncSession, visit: Visit) -> list[Address]:
    found = select(Address).where(Address.customer_id == visit.customer_id)
    return list(await session.scalars(found.order_by(Address.is_default.desc(), Address.id)))


async def _purposes(session: AsyncSession, visit: Visit) -> dict[str, bool]:
    return {purpose: await consents.allowed(session, visit.customer_id, purpose) for purpose in consents.PURPOSES}


async def _channels(session: AsyncSession, frame: Frame, visit: Visit, language: str) -> dict[str, str]:
    """The channels that they may be written to on, with what each is called."""
    ways = await routes.ways(session, visit.customer_id, starts=frame.starts())
    return {way.channel: frame.core.labels.get(way.channel, {}).get(language, way.channel) for way in ways}


async def _loyalty(session: AsyncSession, visit: Visit) -> dict[str, Any]:
    programme = await loyalty.programme(session)
    status = await points.status_of(session, visit.customer_id, now=utc_now()) if programme.enabled else None
    return {"programme": programme if programme.enabled else None, "points": status}
