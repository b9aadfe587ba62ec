"""What they agree to be sent and done, on which channel and when; and the loyalty programme."""

from __future__ import annotations

from datetime import time
from typing import Any

from aiohttp import web

from crm_backend.customers import consents, profiles
from crm_backend.customers.consenting import decide
from crm_backend.errors import Invalid, NotNow
from crm_backend.loyalty import services as loyalty
from crm_backend.portal.schema import Language, Visit, path_of
from server.portal.details import keeper, refused
from server.portal.frame import Frame


class Messages:
    """`…/details/messages` and `…/details/loyalty`."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def routes(self) -> list[web.RouteDef]:
        """The two forms."""
        frame = self._frame
        return frame.post("details/messages", self._wish) + frame.post("details/loyalty", self._loyalty)

    async def _wish(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        """Notes what changed, each with the words that stood beside it."""
        frame, form = self._frame, await self._frame.form(request)
        words, customer = frame.words(language), visit.customer_id
        try:
            async with frame.changing() as session:
                wish = {
                    "channel": form.get("channel") or None,
                    "hours_from": _hour("hours_from", form),
                    "hours_until": _hour("hours_until", form),
                }
                await profiles.change(session, actor=keeper(visit), customer_id=customer, values=wish)
                for purpose in consents.PURPOSES:
                    given = form.get(f"purpose_{purpose}") == "1"
                    if await consents.allowed(session, customer, purpose) is not given:
                        said: dict[str, Any] = {"how": "form", "wording": words[f"purpose_{purpose}"]}
                        whose: dict[str, Any] = {"actor": keeper(visit), "customer_id": customer}
                        await decide(session, **whose, purpose=purpose, given=given, **said)
        except (Invalid, NotNow) as error:
            return await refused(frame, request, visit, language, error, place="messages", given=form)
        return frame.done(path_of(language, "details"), "done_messages")

    async def _loyalty(self, request: web.Request, visit: Visit, language: Language) -> web.StreamResponse:
        """Joins the programme, or leaves it."""
        frame, form = self._frame, await self._frame.form(request)
        leaves = form.get("do") == "leave"
        if leaves and form.get("sure") != "1":
            raise Invalid("sure", "missing")
        async with frame.changing() as session:
            change = loyalty.leave if leaves else loyalty.join
            await change(session, visit.customer_id, actor=visit.actor)
        return frame.done(path_of(language, "details"), "done_left" if leaves else "done_joined")


def _hour(name: str, form: dict[str, str]) -> time | None:
    """A time as browsers write it. Raises Invalid."""
    given = form.get(name, "").strip()
    if not given:
        return None
    try:
        return time.fromisoformat(given)
    except ValueError:
        raise Invalid(name, "time") from None
