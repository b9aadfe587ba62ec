"""Signing in: passwords, OAuth2, TLS; and what `check` says of it."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr
from sqlalchemy import select

from channels.mail import smtp, wire
from channels.mail.imap import folder_name, quoted, signed_in
from channels.mail.oauth import SignInRefused, Tokens
from channels.mail.settings import MailSettings, examine
from crm_backend.accounts.model import Account
from crm_backend.errors import BadInput
from server.renewals import Renewals
from server.vault import Vault
from tests.channels.mail.conftest import World
from tests.channels.mail.mailbox import imap_server
from tests.channels.mail.servers import PASSWORD, USER, smtp_server, token_server
from tests.support.channels import delivery

OAUTH: dict[str, Any] = {
    "oauth_client_id": "relais",
    "oauth_client_secret": SecretStr("client-secret"),
    "oauth_refresh_token": SecretStr("refresh-1"),
}


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for `localhost` that our side trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    trusting = ssl.create_default_context(cafile=str(pem))
    for module in (wire, smtp):
        monkeypatch.setattr(module, "trust", lambda: trusting)
    return context


def at(world: World, port: int, **more: Any) -> MailSettings:
    values = {
        "imap_host": "127.0.0.1",
        "imap_port": port,
        "imap_security": "none",
        "imap_password": SecretStr(PASSWORD),
    }
    return world.settings.model_copy(update={**values, **more})


async def test_starttls_comes_before_the_password(world: World, authority: ssl.SSLContext) -> None:
    async with imap_server(tls=authority) as server:
        settings = at(world, server.line.port, imap_host="localhost", imap_security="starttls")
        async with signed_in(settings, Tokens(world.core.http, settings), world.core.reach) as imap:
            assert (await imap.open("INBOX", read_only=True)).validity > 0


async def test_a_certificate_for_another_name_is_not_accepted(world: World, authority: ssl.SSLContext) -> None:
    async with imap_server(tls=authority) as server:
        settings = at(world, server.line.port, imap_host="127.0.0.1", imap_security="starttls")
        with pytest.raises(ssl.SSLError):
            async with signed_in(settings, Tokens(world.core.http, settings), world.core.reach):
                pass


async def test_mail_is_sent_over_starttls(world: World, authority: ssl.SSLContext) -> None:
    async with smtp_server(tls=authority) as server:
        channel = world.opened(smtp_host="localhost", smtp_port=server.port, smtp_security="starttls")
        await channel.send(delivery("Bonjour", to="marie@client.example", channel="mail"))
        assert len(server.taken) == 1


async def test_an_access_token_is_fetched_kept_and_renewed(world: World) -> None:
    async with token_server() as server:
        settings = world.settings.model_copy(update={**OAUTH, "oauth_token_url": server.address})
        tokens = Tokens(world.core.http, settings)
        assert await tokens.token() == await tokens.token() == "access-1"
        tokens.forget()
        assert await tokens.token() == "access-2"
        server.lasts = 30
        tokens.forget()
        assert [await tokens.token(), await tokens.token()] == ["access-3", "access-4"]


async def test_a_refresh_token_that_changes_is_followed(world: World) -> None:
    async with token_server() as server:
        server.rotates = True
        settings = world.settings.model_copy(update={**OAUTH, "oauth_token_url": server.address})
        tokens = Tokens(world.core.http, settings)
        for expected in ("access-1", "access-2", "access-3"):
            assert await tokens.token() == expected
            tokens.forget()


async def test_a_withdrawn_grant_is_told_apart_from_a_server_in_trouble(world: World) -> None:
    async with token_server() as server:
        settings = world.settings.model_copy(update={**OAUTH, "oauth_token_url": server.address})
        server.refresh_token = "another"
        with pytest.raises(SignInRefused):
            await Tokens(world.core.http, settings).token()
        server.status = 503
        with pytest.raises(ConnectionError):
            await Tokens(world.core.http, settings).token()


async def test_a_mailbox_is_read_and_written_from_with_a_token(world: World) -> None:
    async with token_server() as server, imap_server(password="access-1") as imap, smtp_server() as smtp_:
        smtp_.token = "access-2"
        settings = at(
            world, imap.line.port, **OAUTH, oauth_token_url=server.address, imap_password=None, smtp_password=None,
            smtp_port=smtp_.port,
        )  # fmt: skip
        async with signed_in(settings, Tokens(world.core.http, settings), world.core.reach) as signed:
            assert (await signed.open("INBOX", read_only=True)).validity > 0
        channel = world.opened(**settings.model_dump(exclude={"address"}))
        await channel.send(delivery("Bonjour", to="marie@client.example", channel="mail"))
        assert len(smtp_.taken) == 1


async def test_a_token_that_was_withdrawn_early_is_renewed_at_the_next_try(world: World) -> None:
    async with token_server() as server, imap_server(password="access-2") as imap:
        settings = at(world, imap.line.port, **OAUTH, oauth_token_url=server.address, imap_password=None)
        tokens = Tokens(world.core.http, settings)
        with pytest.raises(SignInRefused):
            async with signed_in(settings, tokens, world.core.reach):
                pass
        async with signed_in(settings, tokens, world.core.reach) as signed:
            assert (await signed.open("INBOX", read_only=True)).validity > 0


async def test_check_says_that_all_is_well_and_how_to_write(world: World) -> None:
    async with imap_server() as server:
        health = await world.opened(**at(world, server.line.port).model_dump(exclude={"address"})).check()
    assert (health.ok, health.name) == (True, USER)
    assert health.link == f"mailto:{USER}?subject={{code}}"


async def test_check_says_what_is_wrong_and_no_secret(world: World) -> None:
    async with imap_server() as server:
        settings = at(
            world, server.line.port, imap_password=SecretStr("wrong-secret"), smtp_password=SecretStr("wrong2")
        )
        health = await world.opened(**settings.model_dump(exclude={"address"})).check()
    assert not health.ok and "IMAP: sign-in refused" in health.detail and "SMTP" in health.detail
    assert "wrong" not in health.detail
    gone = await world.opened(**at(world, 1, smtp_port=1).model_dump(exclude={"address"})).check()
    assert not gone.ok and "IMAP" in gone.detail and "SMTP" in gone.detail


@pytest.mark.parametrize(
    "more",
    [
        {"address": "nobody"},
        {"imap_host": "", "webhook_secret": None},
        {"imap_host": "imap.example.com", "imap_security": "none", "imap_password": SecretStr("x")},
        {"imap_host": "imap.example.com"},
        {"oauth_token_url": "https://login.example.com/token"},
        {"after": "move"},
        {"dkim_selector": "s1"},
    ],
)
def test_settings_that_cannot_work_are_refused(more: dict[str, Any]) -> None:
    good = MailSettings(address=USER, webhook_secret=SecretStr("x"), smtp_host="smtp.example.com")
    examine(good)
    with pytest.raises(BadInput):
        examine(good.model_copy(update=more))


def test_names_of_folders_travel_in_modified_utf7_and_cannot_end_the_line() -> None:
    assert folder_name("Traités & clos") == "Trait&AOk-s &- clos"
    assert quoted('a"b\\c') == '"a\\"b\\\\c"'
    with pytest.raises(ValueError, match="line break"):
        quoted("INBOX\r\nr9 DELETE INBOX")


@pytest.mark.parametrize("source", ["desk", "environment"])
async def test_a_refresh_token_that_changed_outlives_the_process_encrypted(world: World, source: str) -> None:
    vault = Vault(b"key-of-the-installation")
    async with world.sessions.begin() as session:
        secrets = vault.seal({"oauth_refresh_token": "refresh-1", "smtp_password": "kept"}, place="mail/main")
        kept = secrets if source == "desk" else None
        session.add(Account(channel="mail", name="main", source=source, secrets=kept))
    async with token_server() as server:
        server.rotates = True
        settings = world.settings.model_copy(update={**OAUTH, "oauth_token_url": server.address})

        def started(**more: Any) -> Tokens:
            there = Renewals(world.sessions, vault)
            return Tokens(world.core.http, settings.model_copy(update=more), renewals=there)

        first, beside = started(), started()
        assert [await first.token(), await beside.token()] == ["access-1", "access-2"]
        first.forget()
        assert [await first.token(), await started().token()] == ["access-3", "access-4"]
        async with world.sessions() as session:
            row = await session.scalar(select(Account))
        assert row is not None and row.secrets is not None and server.refresh_token.encode() not in row.secrets
        opened = vault.open(row.secrets, place="mail/main")
        assert opened["oauth_refresh_token"] == server.refresh_token
        assert opened.get("smtp_password") == ("kept" if source == "desk" else None)
        if source == "environment":
            # Who gives another one there has signed in anew.
            server.refresh_token = "given-anew"
            assert await started(oauth_refresh_token=SecretStr("given-anew")).token() == "access-5"
