"""Mail providers call in their own ways: each proves itself as its documentation says, or nothing is taken in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import SecretStr

from channels.mail import providers
from channels.mail.channel import MailChannel
from channels.mail.settings import MailSettings, examine
from crm_backend.errors import BadInput
from server.problems import problems
from tests.channels.mail.conftest import World
from tests.channels.mail.mails import mail

PASSWORD = "postmark:a-password-of-some-length"
KEY = "key-of-the-webhooks"
FORM = "application/x-www-form-urlencoded"
SENDGRIDS = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(SENDGRIDS.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


async def call(channel: MailChannel, data: Any, **headers: str) -> tuple[int, dict[str, str]]:
    """A provider calls over HTTP, below the account's address; status and headers of the answer."""
    app = web.Application(middlewares=[problems], client_max_size=50_000_000)
    app.router.add_route("*", "/hooks/mail/main/mime", channel.hook)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        TestClient(TestServer(app)) as client,
        client.post("/hooks/mail/main/mime", data=data, headers=named) as got,
    ):
        return got.status, dict(got.headers)


def by(world: World, kind: str, secret: str) -> MailChannel:
    return world.opened(webhook_by=kind, webhook_secret=SecretStr(secret))


def of_mailgun(raw: bytes, *, at: float | None = None, token: str = "t" * 50, key: str = KEY) -> dict[str, str]:
    """What a route with forward("…/mime") posts."""
    stamp = str(int(time.time() if at is None else at))
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    signed = {"timestamp": stamp, "token": token, "signature": signature}
    return {"recipient": "support@relais.example", "sender": "marie@client.example", "subject": "Ma commande",
            "body-mime": raw.decode("latin-1"), **signed}  # fmt: skip


@pytest.mark.parametrize("multipart", [False, True])
async def test_a_mail_of_mailgun_is_stored_once(world: World, multipart: bool) -> None:
    channel = by(world, "mailgun", KEY)
    raw = mail("où est-elle ?", files=[("a.pdf", "application/pdf", b"%PDF-1.4\r\n\xff\x00\r\n%%EOF\r\n")])
    posted = of_mailgun(raw)
    for _ in range(2):
        data: Any = urlencode(posted, encoding="latin-1")
        if multipart:
            data = FormData(default_to_multipart=True)
            for name, value in posted.items():
                data.add_field(name, value.encode("latin-1"), filename=None)
        status, _ = await call(channel, data, **({} if multipart else {"Content_Type": FORM}))
        assert status == 200
    assert len(await world.messages()) == 1
    message = await world.last()
    assert message.text == "où est-elle ?"
    assert await world.core.files.read(message.details["original"]) == raw


@pytest.mark.parametrize(
    "change",
    [{"key": "another"}, {"at": time.time() - 10 * 3600}, {"at": time.time() + 10 * 3600}, {"token": ""}],
)
async def test_what_mailgun_did_not_sign_is_refused(world: World, change: dict[str, Any]) -> None:
    posted = urlencode(of_mailgun(mail(), **change), encoding="latin-1")
    assert (await call(by(world, "mailgun", KEY), posted, Content_Type=FORM))[0] == 401
    assert await world.messages() == []


async def test_a_token_of_mailgun_that_was_listened_to_brings_no_other_mail(world: World) -> None:
    channel = by(world, "mailgun", KEY)
    for text, expected in (("le vrai", 200), ("le faux", 401), ("le vrai", 200)):
        posted = urlencode(of_mailgun(mail(text, message_id=f"{len(text)}@client.example")), encoding="latin-1")
        assert (await call(channel, posted, Content_Type=FORM))[0] == expected
    assert [message.text for message in await world.messages()] == ["le vrai"]


async def test_a_mail_of_sendgrid_is_held_against_its_public_key(world: World) -> None:
    channel = by(world, "sendgrid", PUBLIC)
    body = (
        b'--xYzZY\r\nContent-Disposition: form-data; name="headers"\r\n\r\nReceived: by mx.sendgrid.net\r\n'
        b'--xYzZY\r\nContent-Disposition: form-data; name="email"\r\n\r\n' + mail("par SendGrid") + b"\r\n"
        b'--xYzZY\r\nContent-Disposition: form-data; name="envelope"\r\n\r\n{"to":["support@relais.example"]}\r\n'
        b"--xYzZY--\r\n"
    )

    async def called(at: float, sent: bytes) -> int:
        stamp = str(int(at))
        signature = base64.b64encode(SENDGRIDS.sign(stamp.encode() + body, ec.ECDSA(SHA256()))).decode()
        headers = {providers.SENDGRID_SIGNATURE: signature, providers.SENDGRID_TIME: stamp}
        kind = "multipart/form-data; boundary=xYzZY"
        return (await call(channel, sent, **headers, Content_Type=kind))[0]

    now = time.time()
    assert await called(now, body) == 200
    assert (await world.last()).text == "par SendGrid"
    assert [await called(now, body + b"x"), await called(now - 400, body)] == [401, 401]
    assert (await call(channel, body))[0] == 401


def of_postmark(raw: bytes) -> dict[str, Any]:
    return {"From": "marie@client.example", "MessageStream": "inbound", "TextBody": "x", "RawEmail": raw.decode()}


def of_amazon(raw: bytes) -> dict[str, Any]:
    """A notification of an SNS action of Amazon SES that is set to Base64."""
    receipt = {"recipients": ["support@relais.example"], "action": {"type": "SNS", "encoding": "BASE64"}}
    told = {"notificationType": "Received", "receipt": receipt, "content": base64.b64encode(raw).decode()}
    return {"Type": "Notification", "MessageId": "22b80b92", "TopicArn": "arn:aws:sns:…", "Message": json.dumps(told)}


def basic(credentials: str = PASSWORD) -> str:
    return "Basic " + base64.b64encode(credentials.encode()).decode()


@pytest.mark.parametrize("posted", [of_postmark, of_amazon])
async def test_who_can_only_send_a_password_is_asked_for_it(world: World, posted: Any) -> None:
    channel, body = by(world, "basic", PASSWORD), json.dumps(posted(mail("Bonjour")))
    # Amazon SNS calls it plain text, and shows its password only when asked.
    status, headers = await call(channel, body, Content_Type="text/plain; charset=UTF-8")
    assert (status, headers["WWW-Authenticate"][:5]) == (401, "Basic")
    for wrong in (basic("postmark:another"), "Basic é", "Bearer x", basic("")):
        assert (await call(channel, body, Authorization=wrong))[0] == 401
    assert (await call(channel, body, Authorization=basic(), X_Forwarded_Proto="http"))[0] == 401
    assert await world.messages() == []
    assert (await call(channel, body, Authorization=basic(), X_Forwarded_Proto="https"))[0] == 200
    assert (await world.last()).text == "Bonjour"


@pytest.mark.parametrize(
    "body", [b"{", b"{}", b'{"Type": "Notification"}', b'{"Type": "Notification", "Message": "[]"}']
)
def test_other_json_is_no_mail(body: bytes) -> None:
    with pytest.raises(BadInput):
        providers.mail_of_json(body)


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://sns.eu-west-3.amazonaws.com/?Action=ConfirmSubscription&Token=x", True),
        ("http://sns.eu-west-3.amazonaws.com/?Action=ConfirmSubscription", False),
        ("https://sns.eu-west-3.amazonaws.com.evil.example/", False),
        ("https://sns.eu-west-3.amazonaws.com@evil.example/", False),
        ("https://127.0.0.1/", False),
        ("https://[", False),
    ],
)
def test_a_subscription_is_confirmed_at_amazon_only(address: str, good: bool) -> None:
    body = json.dumps({"Type": "SubscriptionConfirmation", "SubscribeURL": address}).encode()
    if good:
        assert providers.mail_of_json(body) == (None, address)
    else:
        with pytest.raises(BadInput):
            providers.mail_of_json(body)


@pytest.mark.parametrize(
    ("kind", "secret"), [("basic", "no-colon-in-here-at-all"), ("basic", "user:short"), ("sendgrid", "no key")]
)
def test_secrets_that_cannot_work_are_refused(kind: Any, secret: str) -> None:
    with pytest.raises(BadInput):
        examine(MailSettings(address="a@b.example", webhook_by=kind, webhook_secret=SecretStr(secret)))


async def test_a_mail_beyond_25_mb_comes_with_its_headers_and_a_person_is_asked(world: World) -> None:
    raw = mail(subject="Photos du salon", message_id="big@client.example") + b"x" * (26 * 1024 * 1024)
    channel = by(world, "basic", PASSWORD)
    for _ in range(2):
        assert (await call(channel, raw, Authorization=basic(), Content_Type="message/rfc822"))[0] == 200
    (message,) = [one for one in await world.messages() if one.author == "customer"]
    assert "27" in message.text and "Photos du salon" in message.text and "boîte" not in message.text
    conversation = await world.conversation(message.conversation_id)
    assert (message.details["size"], conversation.owner) == (len(raw), "queue:support")
    assert conversation.passport is not None and conversation.passport["reason"] == "too_large"
