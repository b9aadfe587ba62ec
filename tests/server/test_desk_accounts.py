"""Accounts at the desk: invitations and forgotten passwords by mail, the second factor, sessions, who is shown out."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import WSMsgType
from sqlalchemy import select, text, update

from crm_backend.agents import totp
from crm_backend.agents.model import Agent, AgentSession, SignInRules
from crm_backend.audit.model import AuditEntry
from server.app import Parts
from tests.channels.mail import servers
from tests.support import site
from tests.support.site import AgentAtDesk
from tests.support.stores import PASSWORD, Stores

NEW = "ours-givre-marelle"
NOWHERE = "00000000-0000-7000-8000-000000000000"


@dataclass
class Place:
    """A server with a mailbox, Ada who manages agents, and Claire who answers."""

    parts: Parts
    smtp: servers.SmtpServer
    stack: AsyncExitStack

    async def browser(self) -> AgentAtDesk:
        client = await self.stack.enter_async_context(site.browser_session())
        return AgentAtDesk(client, self.parts.settings.address)

    async def signed_in(self, name: str = "claire", password: str = PASSWORD) -> AgentAtDesk:
        made = await self.browser()
        await made.sign_in(f"{name}@example.com", password)
        return made

    async def link(self, count: int) -> tuple[str, str]:
        """The words of the mail that is the `count`th, and the token in it."""
        for _ in range(200):
            if len(self.smtp.taken) >= count:
                break
            await asyncio.sleep(0.02)
        raw = email.message_from_bytes(self.smtp.taken[count - 1].raw, policy=email.policy.default)
        part = raw.get_body(("plain",))
        assert part is not None
        text = part.get_content()
        [token] = re.findall(rf"{self.parts.settings.address}/desk/#/password/([\w-]+)", text)
        return f"{raw['Subject']}\n{text}", token


@pytest.fixture(scope="module")
async def smtp() -> AsyncIterator[servers.SmtpServer]:
    async with servers.smtp_server() as running:
        yield running


@pytest.fixture(scope="module")
async def house(stores: Stores, smtp: servers.SmtpServer) -> AsyncIterator[Parts]:
    await stores.forget()
    given = {
        "RELAIS_MAIL_ADDRESS": servers.USER,
        "RELAIS_MAIL_SMTP_HOST": "127.0.0.1",
        "RELAIS_MAIL_SMTP_PORT": str(smtp.port),
        "RELAIS_MAIL_SMTP_SECURITY": "none",
        "RELAIS_MAIL_SMTP_PASSWORD": servers.PASSWORD,
        "RELAIS_MAIL_WEBHOOK_SECRET": "a secret for the hook of it",
    }
    async with stores.copy("template_empty") as url:
        settings = site.settings_for(url, stores.redis_url, bot_port=site.free_port(), roles=["web"], given=given)
        async with site.serving(settings) as parts:
            yield parts


@pytest.fixture
async def place(
    house: Parts, smtp: servers.SmtpServer, stores: Stores, stack: AsyncExitStack, password_hash: str
) -> Place:
    await stores.forget()
    smtp.taken.clear()
    smtp.refuse.clear()
    async with house.sessions.begin() as session:
        for table in ("agents", "sign_in_tries", "sign_in_rules"):
            await session.execute(text(f"delete from {table}"))
        for name, role, language in (("Ada Admin", "admin", "fr"), ("Claire Martin", "agent", "fr")):
            address = f"{name.split()[0].lower()}@example.com"
            session.add(Agent(email=address, name=name, role=role, language=language, password_hash=password_hash))
    return Place(house, smtp, stack)


async def enrolled(agent: AgentAtDesk, password: str = PASSWORD) -> tuple[str, list[str]]:
    status, begun = await agent.call("POST", "/account/second-factor/begin", password=password)
    assert status == 200, begun
    assert begun["qr"]["path"].startswith("M4 4h7") and begun["secret"] in begun["address"]
    status, told = await agent.call("POST", "/account/second-factor/confirm", code=code_of(begun["secret"]))
    assert status == 200, told
    return begun["secret"], told["codes"]


def code_of(secret: str) -> str:
    return totp.code_of(secret, totp.step_at(datetime.now(UTC)))


async def test_an_invitation_comes_by_mail_and_opens_the_account(place: Place) -> None:
    ada, lea = await place.signed_in("ada"), await place.browser()
    who = {"email": "Lea@example.com", "name": "Léa Petit", "role": "agent", "language": "fr"}
    status, body = await ada.call("POST", "/agents", **who)
    assert (status, body["mailed"], body["link"]) == (201, True, None)
    words, token = await place.link(1)
    assert words.startswith("Votre compte chez Maison Tilleul") and "Léa Petit" in words
    assert place.smtp.taken[0].recipients == ["lea@example.com"]
    found = await lea.call("POST", "/password/link", token=token)
    assert found == (200, {"purpose": "invitation", "name": "Léa Petit", "email": "lea@example.com", "language": "fr"})
    weak = await lea.call("POST", "/password/new", token=token, password="Maison-Tilleul")
    assert (weak[0], weak[1]["errors"][0]["reason"]) == (422, "password_personal")
    assert (await lea.call("POST", "/password/new", token=token, password=NEW))[0] == 200
    assert (await lea.call("POST", "/password/new", token=token, password=NEW + "2"))[0] == 404
    await lea.sign_in("lea@example.com", NEW)
    assert (await ada.call("POST", "/agents", **who))[1]["reason"] == "email_in_use"
    assert (await lea.call("POST", "/agents", **{**who, "email": "x@example.com"}))[0] == 403


async def test_where_no_mail_can_be_sent_the_link_is_told_to_who_invites(place: Place) -> None:
    ada = await place.signed_in("ada")
    place.smtp.refuse["DATA"] = "554 5.7.1 no"
    status, body = await ada.call("POST", "/agents", email="lea@example.com", name="Léa", role="agent", language="en")
    assert (status, body["mailed"]) == (201, False) and "/desk/#/password/" in body["link"]
    place.smtp.refuse.clear()
    status, body = await ada.call("POST", f"/agents/{body['id']}/link")
    assert (status, body["mailed"]) == (200, True)
    words, _ = await place.link(1)
    assert words.startswith("Your account at Maison Tilleul")


async def test_a_forgotten_password_is_changed_by_mail_and_nobody_hears_who_has_an_account(place: Place) -> None:
    claire, stranger = await place.signed_in(), await place.browser()
    answers = [
        await stranger.call("POST", "/password/forgotten", email=who) for who in ("nobody@x.fr", "CLAIRE@example.com")
    ]
    assert answers == [(202, {})] * 2
    _, token = await place.link(1)
    assert len(place.smtp.taken) == 1
    socket = await claire.client.ws_connect(f"{claire.address}/desk/ws", headers={"Origin": claire.address})
    assert (await socket.receive_json(timeout=5))["type"] == "ready"
    for _ in range(6):
        tried = await stranger.call("POST", "/session", email="claire@example.com", password="a guess")
    assert tried[0] == 429
    assert (await stranger.call("POST", "/password/new", token=token, password=NEW))[0] == 200
    assert (await claire.call("GET", "/session"))[0] == 401
    assert await closed(socket) == 4401
    await claire.sign_in("claire@example.com", NEW)
    for wrong in ("", "x" * 43, "é" * 30):
        assert (await stranger.call("POST", "/password/link", token=wrong))[0] in (400, 404)


async def closed(socket: Any) -> int | None:
    while True:
        message = await socket.receive(timeout=5)
        if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING):
            return int(message.data) if message.type == WSMsgType.CLOSE else socket.close_code


async def test_the_second_factor_is_set_up_asked_for_and_stands_in_for_by_recovery_codes(place: Place) -> None:
    claire, again = await place.signed_in(), await place.browser()
    wrong = await claire.call("POST", "/account/second-factor/begin", password="not mine")
    assert (wrong[0], wrong[1]["errors"][0]["field"]) == (422, "password")
    secret, codes = await enrolled(claire)
    who = {"email": "claire@example.com", "password": PASSWORD}
    for _ in range(3):
        status, problem = await again.call("POST", "/session", **who)
        assert (status, problem["code"]) == (401, "second_factor"), "asking for the code is no failure"
    async with place.parts.sessions.begin() as session:
        await session.execute(update(Agent).values(totp_step=0))
    assert (await again.call("POST", "/session", **who, code="000000"))[1]["code"] == "wrong_code"
    assert (await again.call("POST", "/session", **who, code=code_of(secret)))[0] == 200
    assert (await again.call("POST", "/session", **who, code=code_of(secret)))[1]["code"] == "wrong_code"
    assert (await again.call("POST", "/session", **who, code=codes[3]))[0] == 200
    _, mine = await claire.call("GET", "/account")
    assert (mine["second_factor"]["on"], mine["second_factor"]["codes_left"]) == (True, 9)
    # Signing in again ended what that browser's cookie was before.
    assert sorted(each["way"] for each in mine["sessions"]) == ["password", "recovery"]
    status, new = await claire.call("POST", "/account/second-factor/codes", password=PASSWORD)
    assert status == 200 and not set(new["codes"]) & set(codes)
    assert (await claire.call("POST", "/account/second-factor/drop", password=PASSWORD))[0] == 204
    assert (await again.call("POST", "/session", **who))[0] == 200


async def test_who_needs_a_second_factor_can_do_nothing_before(place: Place) -> None:
    ada, claire = await place.signed_in("ada"), await place.signed_in()
    status, rules = await ada.call("GET", "/sign-in-rules")
    assert (status, rules["second_factor_roles"]) == (200, [])
    assert (await claire.call("GET", "/sign-in-rules"))[0] == 403
    asked = {"second_factor_roles": ["agent"], "version": rules["version"]}
    assert (await ada.call("PUT", "/sign-in-rules", **asked))[0] == 200
    assert (await ada.call("PUT", "/sign-in-rules", **asked))[0] == 412
    assert (await claire.call("GET", "/session"))[1]["enrolling"] is True
    for path in ("/conversations", "/ways", "/channels"):
        status, problem = await claire.call("GET", path)
        assert (status, problem["code"]) == (403, "set_up_first")
    async with claire.client.get(f"{claire.address}/api/v1/agents") as response:
        assert response.status == 403
    await enrolled(claire)
    assert (await claire.call("GET", "/session"))[1]["enrolling"] is False
    assert (await claire.call("GET", "/conversations"))[0] == 200
    assert (await claire.call("POST", "/account/second-factor/drop", password=PASSWORD))[1][
        "reason"
    ] == "second_factor_asked"
    async with place.parts.sessions() as session:
        kept = await session.get_one(SignInRules, 1)
        assert kept.second_factor_roles == ["agent"]


async def test_signing_in_again_in_one_browser_ends_what_its_cookie_was_before(place: Place) -> None:
    claire = await place.signed_in()
    stolen = {"Cookie": "relais_desk=" + next(c.value for c in claire.client.cookie_jar if c.key == "relais_desk")}
    await claire.sign_in("claire@example.com")
    thief = await place.browser()
    async with thief.client.get(f"{claire.address}/desk/api/session", headers=stolen) as response:
        assert response.status == 401
    assert (await claire.call("GET", "/session"))[0] == 200


async def test_sessions_are_listed_and_ended(place: Place) -> None:
    here, there, third = await place.signed_in(), await place.signed_in(), await place.signed_in()
    _, mine = await here.call("GET", "/account")
    assert [each["here"] for each in mine["sessions"]].count(True) == 1
    assert all(each["device"].startswith("Python") and each["address"] == "127.0.0.1" for each in mine["sessions"])
    async with place.parts.sessions() as session:
        ids = {row.csrf: str(row.id) for row in await session.scalars(select(AgentSession))}
    assert (await here.call("POST", f"/account/sessions/{ids[there.csrf]}/end"))[0] == 204
    assert (await there.call("GET", "/session"))[0] == 401
    ada = await place.signed_in("ada")
    assert (await here.call("POST", f"/account/sessions/{NOWHERE}/end"))[0] == 404
    async with place.parts.sessions() as session:
        ids = {row.csrf: str(row.id) for row in await session.scalars(select(AgentSession))}
    assert (await here.call("POST", f"/account/sessions/{ids[ada.csrf]}/end"))[0] == 404
    assert (await here.call("POST", "/account/sessions/end-others"))[1] == {"ended": 1}
    assert (await third.call("GET", "/session"))[0] == 401
    assert (await ada.call("POST", f"/agents/{here.id}/sessions/end"))[1] == {"ended": 1}
    assert (await here.call("GET", "/session"))[0] == 401


async def test_a_password_of_ones_own_is_changed_with_the_old_one(place: Place) -> None:
    claire, other = await place.signed_in(), await place.signed_in()
    for old, new, reason in (("not mine", NEW, "password_wrong"), (PASSWORD, "Claire-Martin", "password_personal")):
        status, problem = await claire.call("POST", "/account/password", password=old, new=new)
        assert (status, problem["errors"][0]["reason"]) == (422, reason)
    assert (await claire.call("POST", "/account/password", password=PASSWORD, new=NEW))[0] == 204
    assert (await claire.call("GET", "/session"))[0] == 200 and (await other.call("GET", "/session"))[0] == 401
    await other.sign_in("claire@example.com", NEW)


async def test_an_agent_removed_while_signed_in_is_out_at_once(place: Place) -> None:
    ada, claire = await place.signed_in("ada"), await place.signed_in()
    socket = await claire.client.ws_connect(f"{claire.address}/desk/ws", headers={"Origin": claire.address})
    assert (await socket.receive_json(timeout=5))["type"] == "ready"
    url = f"{ada.address}/api/v1/agents/{claire.id}/deactivate"
    for headers, status in (({}, 403), ({"X-CSRF-Token": ada.csrf, "Origin": "https://evil.example"}, 403)):
        async with ada.client.post(url, headers=headers) as response:
            assert response.status == status
    async with ada.client.post(url, headers={"X-CSRF-Token": ada.csrf}) as response:
        assert response.status == 200
    assert await closed(socket) == 4401
    assert (await claire.call("GET", "/session"))[0] == 401


async def test_a_lost_second_factor_is_taken_away_by_who_manages_agents(place: Place) -> None:
    ada, claire = await place.signed_in("ada"), await place.signed_in()
    await enrolled(claire)
    assert (await claire.call("POST", f"/agents/{ada.id}/second-factor/drop"))[0] == 403
    assert (await ada.call("POST", f"/agents/{claire.id}/second-factor/drop"))[0] == 204
    assert (await claire.call("GET", "/session"))[0] == 401
    await claire.sign_in("claire@example.com")
    async with place.parts.sessions() as session:
        told = set(await session.scalars(select(AuditEntry.action)))
    assert {"second_factor_on", "second_factor_off"} <= told


async def test_every_change_of_an_account_wants_the_token_against_forgery(place: Place) -> None:
    ada = await place.signed_in("ada")
    ada.csrf = "guessed"
    for path in (
        "/account/password", "/account/second-factor/begin", "/account/second-factor/drop", "/agents",
        "/account/sessions/end-others", f"/agents/{ada.id}/sessions/end", f"/agents/{ada.id}/second-factor/drop",
    ):  # fmt: skip
        status, problem = await ada.call("POST", path, password=PASSWORD, new=NEW)
        assert (status, problem["code"]) == (403, "not_allowed"), path
