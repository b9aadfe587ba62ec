"""The hook: who calls is proved by a signature over the body, and calling again changes nothing."""

from __future__ import annotations

import time
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from channels.mail import hook
from channels.mail.channel import MailChannel
from crm_backend.errors import NotAuthenticated
from server.problems import problems
from tests.channels.mail.conftest import World
from tests.channels.mail.mails import mail

SECRET = b"hook-secret"


async def call(
    channel: MailChannel, body: bytes, *, signature: str | None = None, content_type: str = "message/rfc822"
) -> int:
    """A provider calls over HTTP; the status it gets."""
    app = web.Application(middlewares=[problems])
    app.router.add_route("*", "/hooks/mail/main", channel.hook)
    given_ = hook.sign(body, SECRET, at=int(time.time())) if signature is None else signature
    headers = {hook.HEADER: given_, "Content-Type": content_type}
    async with (
        TestClient(TestServer(app)) as client,
        client.post("/hooks/mail/main", data=body, headers=headers) as got,
    ):
        return got.status


async def test_a_signed_mail_is_stored_and_repeating_it_changes_nothing(world: World) -> None:
    raw = mail()
    for _ in range(3):
        assert await call(world.channel, raw) == 200
    assert len(await world.messages()) == 1


async def test_a_mail_in_a_field_of_a_form_is_found(world: World) -> None:
    raw = mail("par formulaire", files=[("a.pdf", "application/pdf", b"%PDF-1.4\r\n\r\n--x\r\n%%EOF\r\n")])
    body = (
        b'--x1y2\r\nContent-Disposition: form-data; name="spam_score"\r\n\r\n0.1\r\n'
        b'--x1y2\r\nContent-Disposition: form-data; name="email"; filename="m.eml"\r\n'
        b"Content-Type: message/rfc822\r\n\r\n" + raw + b"\r\n--x1y2--\r\n"
    )
    assert await call(world.channel, body, content_type='multipart/form-data; boundary="x1y2"') == 200
    message = await world.last()
    assert message.text == "par formulaire"
    assert await world.core.files.read(message.details["original"]) == raw


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=zzz"])
async def test_a_form_without_a_mail_is_refused(world: World, content_type: str) -> None:
    assert await call(world.channel, mail(), content_type=content_type) == 400


async def test_a_mailbox_without_a_secret_takes_nothing(world: World) -> None:
    channel = world.opened(webhook_secret=None, imap_host="127.0.0.1", imap_security="none", imap_password=_password())
    assert await call(channel, mail()) == 401


@pytest.mark.parametrize(
    "header",
    ["", "t=,v1=", "v1=" + "0" * 64, "t=1,t=2,v1=" + "0" * 64, "t=99999999999999999999,v1=" + "0" * 64, "t=é,v1=x"],
)
def test_what_is_no_signature_is_refused(header: str) -> None:
    with pytest.raises(NotAuthenticated):
        hook.verify(header, b"body", SECRET)


@pytest.mark.parametrize(("late", "good"), [(0, True), (299, True), (-299, True), (301, False), (-301, False)])
def test_a_signature_is_good_for_five_minutes(late: int, good: bool) -> None:
    header = hook.sign(b"body", SECRET, at=1_000_000)
    if good:
        hook.verify(header, b"body", SECRET, now=1_000_000 + late)
    else:
        with pytest.raises(NotAuthenticated):
            hook.verify(header, b"body", SECRET, now=1_000_000 + late)


def test_while_a_secret_is_changed_two_signatures_may_be_given() -> None:
    old, new = (hook.sign(b"body", secret, at=1_000_000) for secret in (b"old", b"new"))
    hook.verify(f"{old},{new.partition(',')[2]}", b"body", b"new", now=1_000_000)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_signature_is_for_one_body_alone(body: bytes, other: bytes) -> None:
    header = hook.sign(body, SECRET, at=1_000_000)
    hook.verify(header, body, SECRET, now=1_000_000)
    if body != other:
        with pytest.raises(NotAuthenticated):
            hook.verify(header, other, SECRET, now=1_000_000)


def _password() -> Any:
    from pydantic import SecretStr

    return SecretStr("x")
