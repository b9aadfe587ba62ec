"""The mails of `payloads/`, one file per kind."""

from __future__ import annotations

from pathlib import Path

from channels.mail.parse import Mail, parse

PAYLOADS = Path(__file__).parent / "payloads"


def raw(name: str) -> bytes:
    return (PAYLOADS / f"{name}.eml").read_bytes()


def mail(name: str) -> Mail:
    return parse(raw(name))
