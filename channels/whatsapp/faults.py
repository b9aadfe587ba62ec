"""Meta's error codes, as what they mean for the message at hand.

Source: the Cloud API's list of error codes and the Graph API's page on rate limits (developers.facebook.com). Codes are
what Meta asks to go by; HTTP statuses decide only where a code is unknown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from channels.port import Rejected, Retry

Reason = Literal["unreachable", "window", "content", "settings"]

SETTINGS: dict[int, str] = {
    0: "the access token is not accepted",
    3: "the app lacks a permission",
    10: "the app lacks a permission",
    33: "the phone number no longer exists",
    190: "the access token has expired",
    368: "the account is restricted for a policy violation",
    131005: "the app lacks a permission",
    131031: "the account is locked",
    131042: "there is a problem with the payment method",
    131045: "the phone number is not registered",
    133010: "the phone number is not registered",
}
UNREACHABLE: dict[int, str] = {
    131026: "the number is not on WhatsApp, or cannot be reached there",
}
WINDOW: dict[int, str] = {
    470: "more than 24 hours have passed since they wrote",
    131047: "more than 24 hours have passed since they wrote",
}
CONTENT: dict[int, str] = {
    100: "a parameter is not accepted",
    130472: "the number is part of an experiment of Meta's",
    130497: "messages to this country are not allowed",
    131008: "a parameter is missing",
    131009: "a parameter is not accepted",
    131021: "the recipient is the sender",
    131030: "the number is in test mode and may only write to its listed recipients",
    131049: "Meta chose not to deliver it",
    131050: "the recipient has stopped marketing messages",
    131051: "the kind of message is not supported",
    131052: "the file could not be fetched",
    131053: "the file could not be uploaded",
    131062: "the kind of message needs a phone number",
    132000: "the template has another number of places",
    132001: "the template does not exist in this language, or is not approved",
    132005: "the filled-in template is too long",
    132007: "the template violates a policy",
    132012: "the template's values have another form",
    132015: "the template is paused",
    132016: "the template is disabled",
}
ACCOUNT_LATER: dict[int, tuple[str, float]] = {
    4: ("too many calls by the app", 60),
    80007: ("too many calls for the business account", 60),
    80008: ("too many calls for the business account", 60),
    130429: ("too many messages from this number", 5),
    131016: ("the service is overloaded", 10),
    131048: ("too many messages from this number were blocked or marked as spam", 900),
    131057: ("the account is being maintained", 300),
}
LATER: dict[int, tuple[str, float | None]] = {
    1: ("an error at Meta's", None),
    2: ("Meta is overloaded", None),
    131000: ("an error at Meta's", None),
    131056: ("too many messages to this person", 6),
}
_PERMISSIONS = range(200, 300)
_LONGEST_WAIT = 3600.0


def cause_of(code: int) -> str:
    """What a code means, short and without personal data."""
    for table in (SETTINGS, UNREACHABLE, WINDOW, CONTENT):
        if code in table:
            return f"{code}: {table[code]}"
    if code in ACCOUNT_LATER or code in LATER:
        return f"{code}: {(ACCOUNT_LATER.get(code) or LATER[code])[0]}"
    return f"{code}: refused by Meta"


def error_for(status: int, body: Any, headers: Mapping[str, str]) -> Retry | Rejected:
    """What to raise for an answer of the Graph API that is no success. `body` is its JSON, or None when it has none."""
    code = _code(body)
    cause = cause_of(code) if code is not None else f"HTTP {status}"
    wait = waiting_time(headers)
    if code in ACCOUNT_LATER:
        return Retry(cause, after=wait or ACCOUNT_LATER[code][1], whole_account=True)
    if code in LATER:
        return Retry(cause, after=wait or LATER[code][1])
    if reason := _reason(code):
        return Rejected(cause, reason=reason)
    if status == 429:
        return Retry(cause, after=wait or 30, whole_account=True)
    if status >= 500:
        return Retry(cause, after=wait, whole_account=status == 503)
    return Rejected(cause, reason="settings" if status in (401, 403) else "content")


def _reason(code: int | None) -> Reason | None:
    if code is None:
        return None
    if code in SETTINGS or code in _PERMISSIONS:
        return "settings"
    if code in UNREACHABLE:
        return "unreachable"
    if code in WINDOW:
        return "window"
    return "content" if code in CONTENT else None


def _code(body: Any) -> int | None:
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def waiting_time(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from `Retry-After` or Meta's own usage header; at most an hour."""
    told = _retry_after(headers.get("Retry-After", ""))
    if told is None:
        told = _regained(headers.get("X-Business-Use-Case-Usage", ""))
    return None if told is None else min(max(told, 0.0), _LONGEST_WAIT)


def _retry_after(value: str) -> float | None:
    if value.strip().isdecimal():
        return float(value[:9])
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()


def _regained(value: str) -> float | None:
    """`estimated_time_to_regain_access` is in minutes, by business and kind of call."""
    try:
        usage = json.loads(value) if value else {}
    except ValueError:
        return None
    minutes = [
        entry["estimated_time_to_regain_access"]
        for entries in (usage.values() if isinstance(usage, dict) else [])
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict) and isinstance(entry.get("estimated_time_to_regain_access"), int | float)
    ]
    return max(minutes) * 60.0 if minutes and max(minutes) > 0 else None
