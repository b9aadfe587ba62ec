"""One-time codes, against the vectors of the RFCs."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from crm_backend.agents import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    step = totp.step_at(datetime.fromtimestamp(seconds, UTC))
    assert totp.code_of(SECRET, step, digits=8) == code
    assert totp.code_of(SECRET, step) == code[-6:]


def test_counters_give_the_codes_of_rfc_4226_appendix_d() -> None:
    told = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
    assert [totp.code_of(SECRET, count) for count in range(10)] == told


def test_a_code_is_taken_one_step_early_or_late_and_never_twice() -> None:
    now = datetime.fromtimestamp(3_000_000_015, UTC)
    step = totp.step_at(now)
    for shift in (-1, 0, 1):
        assert totp.step_of(SECRET, totp.code_of(SECRET, step + shift), at=now) == step + shift
    for shift in (-2, 2):
        assert totp.step_of(SECRET, totp.code_of(SECRET, step + shift), at=now) is None
    assert totp.step_of(SECRET, totp.code_of(SECRET, step), at=now, after=step) is None
    spaced = totp.code_of(SECRET, step)
    assert totp.step_of(SECRET, f" {spaced[:3]} {spaced[3:]} ", at=now) == step


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\ud800", "0" * 64])
def test_what_is_no_code_is_none(code: str) -> None:
    assert totp.step_of(SECRET, code, at=datetime.fromtimestamp(59, UTC)) is None


def test_the_address_for_apps_names_company_and_account_whatever_they_are_called() -> None:
    found = urlsplit(totp.address_of(totp.new_secret(), issuer="Maison: Tilleul & fils", account="léa@example.com"))
    assert (found.scheme, found.netloc) == ("otpauth", "totp")
    assert unquote(found.path) == "/Maison  Tilleul & fils:léa@example.com"
    asked = parse_qs(found.query)
    assert (asked["issuer"], asked["digits"], asked["period"]) == (["Maison: Tilleul & fils"], ["6"], ["30"])
    assert len(base64.b32decode(asked["secret"][0])) == 20
