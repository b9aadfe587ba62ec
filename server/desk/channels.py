"""The desk's pages about channels, for admins: accounts, their settings, their health, a test message."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import structlog
from aiohttp import web
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from channels.port import Blueprint, Rejected, Retry
from crm_backend.accounts import settings as accounts
from crm_backend.accounts.model import Account
from crm_backend.accounts.settings import Key
from crm_backend.agents import services as agents
from crm_backend.agents.model import Agent
from crm_backend.audit import services as audit
from crm_backend.conversations.schema import Reply, agent_owner
from crm_backend.conversations.sending import undelivered
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import new_id, utc_now
from crm_backend.errors import BadInput, NotAllowed, NotFound
from server.accounts import ACCOUNT_NAME, MAIN, BadSettings, apart, described, is_secret, validated, within_reach
from server.desk import refusals
from server.desk.api import COOKIE, Body, Desk, body, same_origin
from server.desk.rights import admit, needing
from server.problems import LANGUAGE, problem
from server.settings import Settings
from server.switchboard import TEST_PATIENCE, UNREADABLE, Switchboard
from server.vault import Unreadable, Vault

log = structlog.get_logger(__name__)
Handler = Callable[[web.Request, Agent], Awaitable[web.StreamResponse]]
CHECKS_PER_MINUTE = 30
TEST = {
    "fr": "Message d’essai de {company}\u00a0: ce canal fonctionne.\nTest message from {company}: this channel works.",
    "en": "Test message from {company}: this channel works.\nMessage d’essai de {company}\u00a0: ce canal fonctionne.",
}


class Wanted(Body):
    enabled: bool = True
    settings: dict[str, Any] = Field(default_factory=dict)


class Addressee(Body):
    to: str = Field(min_length=1, max_length=400, pattern=r"^[^\x00-\x1f\x7f]*$")


class Channels:
    """`/desk/api/channels`"""

    def __init__(self, desk: Desk, board: Switchboard, vault: Vault, settings: Settings) -> None:
        self._desk, self._board, self._vault = desk, board, vault
        self._address, self._company = settings.address, settings.company

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        account = "/desk/api/channels/{channel}/{account}"
        return [
            web.get("/desk/api/channels", self.for_admins(self.listing)),
            web.put(account, self.for_admins(self.save)),
            web.delete(account, self.for_admins(self.remove)),
            web.post(account + "/check", self.for_admins(self.check)),
            web.post(account + "/test", self.for_admins(self.test)),
        ]

    def for_admins(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Who asks is looked up in a transaction of its own: what follows may wait for a platform."""

        @needing("channels.configure")
        async def handle(request: web.Request) -> web.StreamResponse:
            async with self._desk.sessions() as session, session.begin():
                signed_in = await agents.session_of(session, request.cookies.get(COOKIE))
                request[LANGUAGE] = signed_in.agent.language
                if request.method != "GET":
                    same_origin(request)
                    if not agents.csrf_matches(signed_in, request.headers.get("X-CSRF-Token")):
                        raise NotAllowed("forged request")
                await admit(session, signed_in.agent, "channels.configure")
            return await handler(request, signed_in.agent)

        return handle

    async def listing(self, request: web.Request, agent: Agent) -> web.Response:
        async with self._desk.sessions() as session, session.begin():
            rows = await accounts.listing(session)
            failed = await undelivered.counts(session)
        found = []
        for name, blueprint in self._board.blueprints.items():
            fields = blueprint.settings.model_fields.items()
            found.append(
                {
                    "name": name,
                    "label": blueprint.label.get(agent.language) or name.capitalize(),
                    "always": blueprint.always,
                    "fields": [described(each, field, _french(blueprint, agent)) for each, field in fields],
                    "accounts": [
                        self._account(row, failed.get((row.channel, row.name), 0))
                        for row in rows
                        if row.channel == name
                    ],
                }
            )
        return web.json_response({"channels": found})

    async def save(self, request: web.Request, agent: Agent) -> web.StreamResponse:
        key, blueprint = self.named(request)
        wanted = await body(request, Wanted)
        if blueprint.always and not wanted.enabled and key.name == MAIN:
            return _bad_settings({"enabled": refusals.always(agent.language)}, agent)
        if blueprint.always and key.name != MAIN:
            raise BadInput("a channel that is always there has one account")
        async with self._desk.sessions() as session, session.begin():
            kept = await self._kept_secrets(session, key, wanted)
            values = {**wanted.settings, **kept}
            try:
                settings = validated(blueprint, {name: value for name, value in values.items() if value is not None})
                await self._openable(blueprint, settings, key)
            except (BadSettings, BadInput) as error:
                return _bad_settings(refusals.refused(error, blueprint, agent.language), agent)
            shown, secrets = apart(blueprint, settings)
            sealed = self._vault.seal(secrets, place=str(key)) if secrets else None
            _, new = await accounts.save(session, key, enabled=wanted.enabled, settings=shown, secrets=sealed)
            self._record(
                session,
                agent,
                "account.made" if new else "account.changed",
                key,
                enabled=wanted.enabled,
                secrets=sorted(secrets),
            )
        await self._board.changed()
        return await self._answer(key)

    async def remove(self, request: web.Request, agent: Agent) -> web.Response:
        key, blueprint = self.named(request)
        if blueprint.always:
            raise NotAllowed("always there")
        async with self._desk.sessions() as session, session.begin():
            await accounts.remove(session, key, given=key in self._board.given)
            self._record(session, agent, "account.removed", key)
        await self._board.changed()
        return web.Response(status=204)

    async def check(self, request: web.Request, agent: Agent) -> web.Response:
        key, _ = self.named(request)
        await self._desk.limiter.check("channel-check", str(agent.id), CHECKS_PER_MINUTE)
        await self._board.look()
        await self._board.check(key)
        return await self._answer(key)

    async def test(self, request: web.Request, agent: Agent) -> web.Response:
        key, _ = self.named(request)
        given = await body(request, Addressee)
        await self._desk.limiter.check("channel-check", str(agent.id), CHECKS_PER_MINUTE)
        channel = self._board.find(*key) or await self._board.missed(key)
        if channel is None:
            raise NotFound("not open")
        text = TEST[agent.language].format(company=self._company)
        try:
            sent = await asyncio.wait_for(channel.send(_outside(key, given.to.strip(), text, agent)), TEST_PATIENCE)
        except Exception as error:  # noqa: BLE001  whatever it was, the admin is told what to do about it
            told = self._board.clean(key, str(error)) if isinstance(error, (Retry, Rejected)) else ""
            log.warning("channel.test_failed", channel=str(key), cause=told or type(error).__name__)
            return problem("not_delivered", 422, refusals.not_delivered(error, told, agent.language))
        async with self._desk.sessions() as session, session.begin():
            self._record(session, agent, "account.tested", key)
        return web.json_response({"id": sent})

    async def _answer(self, key: Key) -> web.Response:
        async with self._desk.sessions() as session, session.begin():
            row = await accounts.find(session, key)
            failed = await undelivered.counts(session)
        return web.json_response({"account": self._account(row, failed.get(key, 0))})

    async def _kept_secrets(self, session: AsyncSession, key: Key, wanted: Wanted) -> dict[str, Any]:
        """The secrets as they are, where nothing new is given."""
        try:
            row = await accounts.find(session, key, lock=True)
            secrets = self._vault.open(row.secrets, place=str(key)) if row.secrets else {}
        except (NotFound, Unreadable):
            return {}
        return {name: value for name, value in secrets.items() if name not in wanted.settings}

    async def _openable(self, blueprint: Blueprint, settings: Any, key: Key) -> None:
        """Raises BadInput when the channel says that these settings cannot work, BadSettings when they lead where
        channels do not go."""
        await within_reach(settings, self._board.core.reach)
        await blueprint.open(settings, key.name, self._board.core).close()

    def named(self, request: web.Request) -> tuple[Key, Blueprint]:
        """The account that the address names. Raises NotFound for a channel nobody has, BadInput for no name."""
        key = Key(request.match_info["channel"], request.match_info["account"])
        if key.channel not in self._board.blueprints:
            raise NotFound("no such channel")
        if not ACCOUNT_NAME.fullmatch(key.name):
            raise BadInput("not a name")
        return key, self._board.blueprints[key.channel]

    def _account(self, row: Account, undelivered: int) -> dict[str, Any]:
        """An account as the desk shows it: nothing of a secret but that it is set."""
        key = Key(row.channel, row.name)
        fault, asides = self._board.fault(key), self._board.blueprints[key.channel].asides
        return {
            "name": row.name,
            "source": row.source,
            "enabled": row.enabled,
            "settings": row.settings,
            "secrets": self._secrets_set(key, row),
            "hook": f"{self._address}/hooks/{row.channel}/{row.name}",
            "shown_as": row.shown_as,
            "link": row.link,
            "ok": False if fault else row.check_ok,
            "detail": fault or row.check_detail,
            "checked_at": _time(row.checked_at),
            "last_in_at": _time(row.last_in_at),
            "last_out_at": _time(row.last_out_at),
            "last_error": row.last_error,
            "last_error_at": _time(row.last_error_at),
            "paused_until": _time(row.open_until) if row.open_until and row.open_until > utc_now() else None,
            "undelivered": undelivered,
            "set_aside": asides.count(row.cursor) if asides else 0,
        }

    def _secrets_set(self, key: Key, row: Account) -> list[str]:
        if (given := self._board.given.get(key)) is not None:
            fields = self._board.blueprints[key.channel].settings.model_fields
            return sorted(name for name in given.values if name in fields and is_secret(fields[name]))
        if not row.secrets or self._board.fault(key) == UNREADABLE:
            return []
        try:
            return sorted(self._vault.open(row.secrets, place=str(key)))
        except Unreadable:
            return []

    def _record(self, session: AsyncSession, agent: Agent, action: str, key: Key, **details: Any) -> None:
        audit.record(session, actor=agent_owner(agent.id), action=action, subject=("account", key), **details)


def _outside(key: Key, to: str, text: str, agent: Agent) -> Delivery:
    """A delivery that belongs to no conversation."""
    return Delivery(
        id=new_id(),
        lease=new_id(),
        attempts=1,
        conversation_id=new_id(),
        message_id=new_id(),
        seq=1,
        channel=key.channel,
        account=key.name,
        address=to,
        reply=Reply(text=text),
        author="system",
        language="en" if agent.language == "en" else "fr",
        created_at=utc_now(),
    )


def _french(blueprint: Blueprint, agent: Agent) -> Mapping[str, str]:
    return blueprint.french if agent.language == "fr" else {}


def _bad_settings(fields: dict[str, str], agent: Agent) -> web.Response:
    return problem("bad_settings", 400, refusals.some(agent.language), more={"fields": fields})


def _time(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
