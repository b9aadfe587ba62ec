"""Which order a page is about, and the page that says that something came in between."""

from __future__ import annotations

import re
import secrets
from uuid import UUID

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.attachments import services as attachments
from crm_backend.errors import BadInput, NotFound, RelaisError
from crm_backend.orders import queries
from crm_backend.orders.model import Order
from crm_backend.portal.schema import Language, Visit, path_of
from server.portal import forms
from server.portal.forms import Brought
from server.portal.frame import Frame
from server.portal.order_shown import Teller
from server.problems import sentence

_KEY = re.compile(r"[\w-]{16,64}", re.ASCII)


def named(request: web.Request, part: str = "id") -> UUID:
    """The identifier in an address. Raises NotFound for what is none."""
    try:
        return UUID(request.match_info[part])
    except ValueError as error:
        raise NotFound("no identifier") from error


async def own(session: AsyncSession, request: web.Request, visit: Visit) -> Order:
    """The order that a page is about, with lines and parcels. Raises NotFound for any that the visitor has no business
    with: somebody else's, and for a guest every other one."""
    wanted = named(request)
    if visit.order_id not in (None, wanted):
        raise NotFound("a guest with another order")
    return await queries.order(session, wanted, actor=visit.actor)


def new_key() -> str:
    """What a form is known by, so that it is done once however often it is sent."""
    return secrets.token_urlsafe(18)


def key_of(form: dict[str, str]) -> str:
    """The key of a form. Raises BadInput for one that we did not make."""
    key = form.get("key", "")
    if not _KEY.fullmatch(key):
        raise BadInput("no key")
    return f"portal-{key}"


def version_of(form: dict[str, str]) -> int:
    """The version of the order that a form was made for. Raises BadInput."""
    given = form.get("version", "")
    if not given.isdecimal() or len(given) > 9:
        raise BadInput("no version")
    return int(given)


class OrderPages:
    """What all pages of orders share."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def _teller(self, language: str) -> Teller:
        return Teller(self._frame.words(language), language, self._frame.zone)

    async def _brought(self, request: web.Request, visit: Visit, *, most: int) -> Brought:
        """The form of a page with photos. Raises as `forms.with_files`."""
        largest = self._frame.settings.max_upload_bytes
        return await forms.with_files(request, visit, self._frame.files, most=most, largest=largest, pictures=True)

    async def _own_photos(self, session: AsyncSession, visit: Visit, brought: Brought) -> list[UUID]:
        """The photos, to be taken by the order's customer, for whom a guest acts."""
        if visit.guest:
            given: dict[str, str] = {"uploaded_by": visit.uploader, "to": visit.actor.name}
            await attachments.hand_on(session, brought.files, **given)
        return brought.files

    def _amiss(self, language: str, error: RelaisError, brought: Brought) -> str:
        """What is wrong with a form, and with which of its photos."""
        said = sentence(error, language)
        if brought.refused is not error or not brought.refused_name:
            return said
        return self._frame.words(language)["order_photo_refused"].format(name=brought.refused_name, why=said)

    def _came_between(
        self, request: web.Request, visit: Visit, language: Language, error: RelaisError, *, again: str = ""
    ) -> web.Response:
        """Nothing was done: why, and the way back to the order or `again` to what was being done."""
        stale = error.code == "stale"
        said = self._frame.words(language)["order_stale"] if stale else sentence(error, language)
        order = path_of(language, "orders", named(request))
        return self._frame.page(
            request, "order_not_done.html", visit, language, status=error.status, said=said, order=order,
            again=again if stale else "",
        )  # fmt: skip
