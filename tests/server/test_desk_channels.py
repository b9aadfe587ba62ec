"""The desk's pages about channels: for admins, without a secret in any answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, update

from channels import installed
from channels.port import Rejected, Retry
from crm_backend.accounts.model import Account
from crm_backend.agents.model import Agent
from crm_backend.audit.model import AuditEntry
from server import switchboard
from server.app import Parts
from tests.conftest import MakeAgent
from tests.support import site
from tests.support.assistant import ScriptedBot
from tests.support.site import AgentAtDesk
from tests.support.stores import Stores
from tests.support.toy import TOY, Toy

SECRET = "toy-token-1234"
SHOP = "/channels/toy/shop"


@pytest.fixture
async def server(
    database_url: str, stores: Stores, scripted: ScriptedBot, password_hash: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Parts]:
    """A server with the toy channel, whose account `given` comes from the environment, and an admin and an agent."""
    await stores.forget()
    Toy.made.clear()
    monkeypatch.setattr("server.app.installed", lambda: {**installed(), "toy": TOY})
    monkeypatch.setattr(switchboard, "LEAVE", 0.05)
    variables = {"RELAIS_TOY_ACCOUNTS": '{"given": {"token": "toy-of-the-environment"}}'}
    settings = site.settings_for(database_url, stores.redis_url, bot_port=scripted.port, given=variables)
    async with site.serving(settings) as parts:
        async with parts.sessions.begin() as session:
            for email, role, language in (
                ("claire@example.com", "admin", "fr"),
                ("emma@example.com", "admin", "en"),
                ("thomas@example.com", "supervisor", "fr"),
            ):
                session.add(Agent(email=email, name=email, role=role, language=language, password_hash=password_hash))
        yield parts


async def listed(agent: AgentAtDesk, name: str = "toy") -> dict[str, Any]:
    status, body = await agent.call("GET", "/channels")
    assert status == 200, body
    assert SECRET not in str(body) and "toy-of-the-environment" not in str(body)
    return next(channel for channel in body["channels"] if channel["name"] == name)


async def account(agent: AgentAtDesk, name: str) -> dict[str, Any]:
    return next(each for each in (await listed(agent))["accounts"] if each["name"] == name)


async def saved(agent: AgentAtDesk, **settings: Any) -> dict[str, Any]:
    status, body = await agent.call("PUT", SHOP, enabled=True, settings={"token": SECRET, **settings})
    assert status == 200, body
    assert SECRET not in str(body)
    return dict(body["account"])


async def test_only_admins_see_and_change_channels(server: Parts, agent: MakeAgent) -> None:
    thomas = await agent("thomas@example.com")
    for method, path in (
        ("GET", "/channels"),
        ("PUT", SHOP),
        ("DELETE", SHOP),
        ("POST", SHOP + "/check"),
        ("POST", SHOP + "/test"),
    ):
        assert (await thomas.call(method, path, settings={}, to="x"))[0] == 403
    nobody = AgentAtDesk(thomas.client, server.settings.address)
    async with site.browser_session() as client:
        nobody.client = client
        assert (await nobody.call("GET", "/channels"))[0] == 401


async def test_a_forged_change_is_refused(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    claire.csrf = "guessed"
    assert (await claire.call("PUT", SHOP, enabled=True, settings={"token": SECRET}))[0] == 403
    assert (await claire.call("POST", SHOP + "/check"))[0] == 403


async def test_fields_are_described_in_the_agents_language(server: Parts, agent: MakeAgent) -> None:
    french, english = await listed(await agent()), await listed(await agent("emma@example.com"))
    assert french["fields"][0] == {
        "name": "token",
        "title": "Jeton",
        "help": "Ouvre le jouet.",
        "kind": "text",
        "secret": True,
        "required": True,
        "choices": [],
        "labels": {},
        "default": None,
    }
    assert english["fields"][0]["title"] == "Token"
    assert (french["label"], english["label"]) == ("Jouet", "Toy")


async def test_the_environments_account_is_shown_and_cannot_be_changed(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    shown = await account(claire, "given")
    assert (shown["source"], shown["enabled"], shown["secrets"]) == ("environment", True, ["token"])
    assert shown["hook"] == f"{server.settings.address}/hooks/toy/given"
    path = "/channels/toy/given"
    assert (await claire.call("PUT", path, enabled=True, settings={"token": SECRET}))[0] == 409
    assert (await claire.call("DELETE", path))[0] == 409


async def test_an_account_is_made_used_changed_and_removed(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    made = await saved(claire, pause=5)
    assert (made["source"], made["settings"], made["secrets"]) == ("desk", {"pause": 5, "fail": ""}, ["token"])
    hook = made["hook"].replace("https://", "http://")
    async with claire.client.post(hook, data=b"bonjour", headers={"X-Token": SECRET}) as response:
        assert response.status == 200
    # A secret that is left out stays, the rest is what was sent.
    status, body = await claire.call("PUT", SHOP, enabled=True, settings={"pause": 6})
    assert (status, body["account"]["settings"]["pause"], body["account"]["secrets"]) == (200, 6, ["token"])
    toy = server.board.find("toy", "shop")
    assert isinstance(toy, Toy) and toy.settings.token.get_secret_value() == SECRET
    status, body = await claire.call("PUT", SHOP, enabled=False, settings={"pause": 6})
    assert status == 200 and server.board.find("toy", "shop") is None
    async with claire.client.post(hook, data=b"encore", headers={"X-Token": SECRET}) as response:
        assert response.status == 404
    assert (await claire.call("DELETE", SHOP))[0] == 204
    assert (await claire.call("DELETE", SHOP))[0] == 404
    async with server.sessions() as session:
        query = select(AuditEntry).where(AuditEntry.subject_kind == "account").order_by(AuditEntry.id)
        entries = list(await session.scalars(query))
    assert [entry.action for entry in entries] == [
        "account.made",
        "account.changed",
        "account.changed",
        "account.removed",
    ]
    assert {entry.actor for entry in entries} == {f"agent:{claire.id}"}
    assert SECRET not in str([entry.details for entry in entries])


async def test_a_secret_is_stored_encrypted(server: Parts, agent: MakeAgent) -> None:
    await saved(await agent())
    async with server.sessions() as session:
        row = await session.scalar(select(Account).where(Account.name == "shop"))
    assert row is not None and row.secrets is not None
    assert SECRET.encode() not in row.secrets and "token" not in row.settings


async def test_bad_values_are_refused_with_a_sentence_for_each_field(server: Parts, agent: MakeAgent) -> None:
    claire, emma = await agent(), await agent("emma@example.com")
    wrong = {"token": "abc", "pause": "beaucoup"}
    status, body = await claire.call("PUT", SHOP, enabled=True, settings=wrong)
    assert (status, body["code"]) == (400, "bad_settings")
    assert body["fields"] == {
        "token": "C’est trop court\u00a0: il en faut au moins 4.",
        "pause": "Saisissez un nombre entier.",
    }
    _, body = await emma.call("PUT", SHOP, enabled=True, settings=wrong)
    assert body["fields"]["pause"] == "Enter a whole number."
    _, body = await claire.call("PUT", SHOP, enabled=True, settings={"token": SECRET, "pause": 9})
    assert body["fields"] == {"pause": "Neuf ne convient jamais."}
    _, body = await claire.call("PUT", SHOP, enabled=True, settings={"pause": 5})
    assert body["fields"] == {"token": "Ce champ est obligatoire."}
    assert [each["name"] for each in (await listed(claire))["accounts"]] == ["given"]


async def test_null_removes_a_secret(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    await saved(claire)
    status, body = await claire.call("PUT", SHOP, enabled=True, settings={"token": None})
    assert (status, list(body["fields"])) == (400, ["token"])


@pytest.mark.parametrize("path", ["/channels/pigeon/main", "/channels/toy/Bad%20Name", "/channels/toy/" + "x" * 60])
async def test_what_cannot_be_an_account_is_refused(server: Parts, agent: MakeAgent, path: str) -> None:
    claire = await agent()
    assert (await claire.call("PUT", path, enabled=True, settings={"token": SECRET}))[0] in (400, 404)


async def test_a_channel_that_is_always_there_cannot_be_switched_off(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    assert (await listed(claire, "webchat"))["accounts"][0]["name"] == "main"
    status, body = await claire.call("PUT", "/channels/webchat/main", enabled=False, settings={})
    assert (status, list(body["fields"])) == (400, ["enabled"])
    assert (await claire.call("DELETE", "/channels/webchat/main"))[0] == 403


async def test_a_check_asks_the_platform(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    await saved(claire)
    status, body = await claire.call("POST", SHOP + "/check")
    assert status == 200
    shown = body["account"]
    assert (shown["ok"], shown["shown_as"], shown["detail"]) == (True, "@toy", "fine with …")
    assert shown["checked_at"].endswith("Z")


async def test_a_test_message_is_really_sent(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    await saved(claire)
    assert await claire.call("POST", SHOP + "/test", to="marie") == (200, {"id": "sent-1"})
    toy = server.board.find("toy", "shop")
    assert isinstance(toy, Toy)
    (delivery,) = toy.sent
    assert delivery.address == "marie"
    assert "Message d’essai" in delivery.reply.text and "Test message" in delivery.reply.text


@pytest.mark.parametrize(
    ("error", "french"),
    [
        (Rejected("chat not found", reason="unreachable"), "La plateforme"),
        (Rejected(f"Unauthorized: {SECRET}", reason="settings"), "Vérifiez le jeton"),
        (Rejected("no", reason="window"), "modèles approuvés"),
        (Rejected("no"), "a refusé le message"),
        (Retry("flood", after=3), "Réessayez dans quelques minutes"),
        (ConnectionError(f"https://x/{SECRET}"), "Aucune réponse"),
    ],
)
async def test_a_test_message_that_fails_tells_what_to_do(
    server: Parts, agent: MakeAgent, error: Exception, french: str
) -> None:
    claire = await agent()
    await saved(claire)
    toy = server.board.find("toy", "shop")
    assert isinstance(toy, Toy)
    toy.error = error
    status, body = await claire.call("POST", SHOP + "/test", to="marie")
    assert (status, body["code"]) == (422, "not_delivered")
    assert french in body["detail"] or "ne peut pas être jointe" in body["detail"]
    assert SECRET not in str(body)


async def test_secrets_that_can_no_longer_be_read_are_told(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    await saved(claire)
    async with server.sessions() as session, session.begin():
        await session.execute(
            update(Account).where(Account.name == "shop").values(secrets=b"\x01abcd" + b"x" * 40, version=9)
        )
    await server.board.look()
    shown = await account(claire, "shop")
    assert (shown["ok"], shown["detail"], shown["secrets"]) == (False, switchboard.UNREADABLE, [])
    assert (await saved(claire))["secrets"] == ["token"]
    assert server.board.find("toy", "shop") is not None


async def test_an_unknown_hook_is_not_there(server: Parts, agent: MakeAgent) -> None:
    claire = await agent()
    for path in ("/hooks/pigeon/main", "/hooks/toy/nobody", "/hooks/toy", "/hooks/toy/a/b/c"):
        async with claire.client.post(server.settings.address + path, data=b"x") as response:
            assert response.status == 404
