"""Signatures, against the example of the Standard Webhooks specification."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from crm_backend.database import utc_now
from crm_backend.webhooks.signing import headers, new_secret


def test_what_is_signed_is_identifier_time_and_body() -> None:
    secrets = [new_secret(), new_secret()]
    message, at, body = UUID(int=7), datetime(2026, 3, 1, tzinfo=UTC), '{"é":1}'.encode()
    sent = headers(secrets, message=message, at=at, body=body)
    assert sent["webhook-id"] == str(message) and sent["webhook-timestamp"] == "1772323200"
    for secret, signature in zip(secrets, sent["webhook-signature"].split(" "), strict=True):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        assert len(key) == 32
        expected = hmac.new(key, f"{message}.1772323200.".encode() + body, hashlib.sha256).digest()
        assert signature == "v1," + base64.b64encode(expected).decode()


def test_what_the_documentation_shows_verifies_it() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "webhooks.md").read_text()
    shown: dict[str, Any] = {}
    exec(page.split("```python\n")[1].split("```")[0], shown)
    old, new, body = new_secret(), new_secret(), b"{}"
    sent = headers([new, old], message=UUID(int=7), at=utc_now(), body=body)
    assert shown["verified"](old, sent, body) and shown["verified"](new, sent, body)
    assert not shown["verified"](old, sent, b"{ }") and not shown["verified"](new_secret(), sent, body)
    assert not shown["verified"](old, sent | {"webhook-timestamp": "1793000000"}, body)
