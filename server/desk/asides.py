"""What a channel could not take in and set aside: listed for admins, tried again or left at their word."""

from __future__ import annotations

from typing import Any, Literal

from aiohttp import web

from crm_backend.accounts import settings as accounts
from crm_backend.accounts.asides import Asides, SetAside, waking
from crm_backend.accounts.settings import Key
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.conversations.schema import agent_owner
from crm_backend.errors import NotFound
from server.desk.api import Body, Desk, body
from server.desk.channels import Channels


class Wish(Body):
    do: Literal["again", "leave"]


class AsidePages:
    """`/desk/api/channels/…/asides`, with the sign-in of `Channels`."""

    def __init__(self, desk: Desk, channels: Channels) -> None:
        self._desk, self._channels = desk, channels

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        address = "/desk/api/channels/{channel}/{account}/asides"
        return [
            web.get(address, self._channels.for_admins(self.listing)),
            web.post(address + "/{aside}", self._channels.for_admins(self.wish)),
        ]

    async def listing(self, request: web.Request, agent: Agent) -> web.Response:
        key, asides = self._named(request)
        async with self._desk.sessions() as session:
            row = await accounts.find(session, key)
        return web.json_response(_listed(asides, row.cursor, agent.language))

    async def wish(self, request: web.Request, agent: Agent) -> web.Response:
        key, asides = self._named(request)
        given, aside = await body(request, Wish), request.match_info["aside"]
        async with self._desk.sessions() as session, session.begin():
            row = await accounts.find(session, key, lock=True)
            row.cursor = asides.wish(row.cursor, aside, again=given.do == "again")
            done = "aside.retried" if given.do == "again" else "aside.left"
            audit.record(session, actor=agent_owner(agent.id), action=done, subject=("account", key), id=aside)
            listed = _listed(asides, row.cursor, agent.language)
        await self._desk.live.publish(waking(*key), {})
        return web.json_response(listed)

    def _named(self, request: web.Request) -> tuple[Key, Asides]:
        key, blueprint = self._channels.named(request)
        if blueprint.asides is None:
            raise NotFound("nothing is set aside here")
        return key, blueprint.asides


def _listed(asides: Asides, cursor: dict[str, Any] | None, language: str) -> dict[str, Any]:
    return {"items": [_item(one, language) for one in asides.listed(cursor)], "count": asides.count(cursor)}


def _item(one: SetAside, language: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "why": one.why[language],
        "at": one.at.strftime("%Y-%m-%dT%H:%M:%SZ") if one.at else None,
        "again": one.again,
    }
