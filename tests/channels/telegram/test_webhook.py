"""Being called by Telegram: who may, what is answered, and how the webhook is set."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from pydantic import SecretStr, ValidationError

from channels.telegram import CHANNEL, Settings
from crm_backend.errors import BadInput, NotAuthenticated, Unavailable
from tests.channels.telegram.bot_api import Refused
from tests.channels.telegram.conftest import OpenWorld, World, hook
from tests.channels.telegram.updates import TOKEN, payload, text
from tests.support.channels import COMPANY


async def test_a_call_with_the_secret_is_stored_and_answered(world: World) -> None:
    assert await hook(world, payload("message_text")) == 200
    assert len(await world.messages()) == 1


@pytest.mark.parametrize("secret", [None, "", "webhook-secret-of-test", "webhook-secret-of-tests ", "é"])
async def test_a_call_without_the_secret_is_refused_before_its_body_is_read(world: World, secret: str | None) -> None:
    with pytest.raises(NotAuthenticated):
        await hook(world, b"{not json", secret=secret)


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 50_000, b"[]", b"null", b'{"update_id": "1"}'])
async def test_what_is_no_update_is_bad_input(world: World, body: bytes) -> None:
    with pytest.raises(BadInput):
        await hook(world, body)


async def test_the_second_delivery_of_an_update_changes_nothing(world: World) -> None:
    for _ in range(3):
        await hook(world, payload("message_text"))
    assert len(await world.messages()) == 1


async def test_the_webhook_is_set_with_a_secret_and_the_kinds_that_are_read(world: World) -> None:
    await world.channel.run()
    webhook = world.api.bots[TOKEN].webhook
    assert webhook is not None
    assert webhook["url"] == "https://help.example.com/hooks/telegram/main"
    assert webhook["secret_token"] == "webhook-secret-of-tests"
    assert {"message_reaction", "my_chat_member", "deleted_business_messages"} <= set(webhook["allowed_updates"])
    assert webhook["drop_pending_updates"] == "false"


async def test_setting_the_webhook_is_tried_until_telegram_takes_it(world: World, monkeypatch) -> None:
    tried = []

    async def refuses_once(said):
        tried.append(said)
        if len(tried) == 1:
            raise Refused(429, "Too Many Requests: retry after 1", retry_after=1)
        return True

    monkeypatch.setattr(world.api, "_do_set_webhook", refuses_once)
    await world.channel.run()
    assert len(tried) == 2


def test_the_derived_secret_is_the_same_on_every_server_and_another_for_every_account() -> None:
    settings = Settings(token=SecretStr(TOKEN))
    secret = settings.secret(key=b"key", account="main")
    assert secret == Settings(token=SecretStr(TOKEN)).secret(key=b"key", account="main")
    assert (
        len({secret, settings.secret(key=b"key", account="second"), settings.secret(key=b"other", account="main")}) == 3
    )
    assert secret.isalnum() and len(secret) == 64


def test_telegram_calls_where_the_public_address_is_https() -> None:
    settings = Settings(token=SecretStr(TOKEN))
    assert settings.by_webhook("https://help.example.com") and not settings.by_webhook("http://127.0.0.1:8080")


@pytest.mark.parametrize(
    "values",
    [
        {"token": "not a token"},
        {"token": ""},
        {"token": TOKEN + "\n/getMe"},
        {"token": TOKEN, "api_url": "ftp://example.com"},
        {"token": TOKEN, "webhook_secret": "short"},
        {"token": TOKEN, "webhook_secret": "sixteen signs, but spaces"},
    ],
)
def test_settings_that_cannot_work_are_refused(values: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(**values)


async def test_a_webhook_without_https_is_refused(world: World) -> None:
    core = replace(world.core, company=replace(COMPANY, address="http://127.0.0.1:8080"))
    with pytest.raises(BadInput):
        CHANNEL.open(Settings(token=SecretStr(TOKEN), mode="webhook"), "main", core)


async def test_while_the_database_is_away_telegram_is_asked_to_come_again(world: World, open_world: OpenWorld) -> None:
    async def away(_):
        raise Unavailable("database")

    other = await open_world(account="second")
    object.__setattr__(other.channel._hearing._intake, "core", replace(other.core, accept=away))
    with pytest.raises(Unavailable):
        await other.take(text("bonjour"))


async def test_neither_settings_nor_errors_show_the_token(world: World) -> None:
    assert TOKEN not in repr(world.channel._settings)
    world.api.bots.clear()
    health = await world.channel.check()
    assert not health.ok and TOKEN not in json.dumps(health.model_dump())
    await world.api.stop()
    health = await world.channel.check()
    assert not health.ok and TOKEN.split(":")[1] not in health.detail


async def test_health_names_the_bot_and_where_to_write_to_it(world: World) -> None:
    await world.channel.run()
    health = await world.channel.check()
    assert (health.ok, health.name) == (True, "@maison_tilleul_bot")
    assert health.link == "https://t.me/maison_tilleul_bot?start={code}"


async def test_health_tells_when_the_webhook_fails_or_leads_elsewhere(world: World) -> None:
    bot = world.api.bots[TOKEN]
    assert (await world.channel.check()).detail == "the webhook is not set"
    await world.channel.run()
    bot.last_error = (time.time(), "Wrong response from the webhook: 503 Service Unavailable")
    assert (await world.channel.check()).ok, "an old error with nothing waiting is over"
    world.api.push(TOKEN, text("bonjour"))
    health = await world.channel.check()
    assert not health.ok and "503" in health.detail
    bot.webhook = {"url": "https://elsewhere.example/"}
    assert (await world.channel.check()).detail == "the webhook leads elsewhere"
