"""Addresses of pictures and pages: elsewhere on the web, or on the company's own site."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from crm_backend.errors import Invalid
from crm_backend.own_path import own_path

LONGEST = 1_000
LANGUAGES = ("fr", "en")


def whole(field: str, given: str | None) -> str | None:
    """An address that begins with `https://`, or with `/` for this site; None for none. Raises Invalid."""
    plain = (given or "").strip()
    if not plain:
        return None
    if len(plain) > LONGEST:
        raise Invalid(field, "too_long", most=LONGEST)
    if not fits(plain):
        raise Invalid(field, "page_address")
    return plain


def by_language(field: str, given: Mapping[str, str]) -> dict[str, str]:
    """An address a language; those left empty are left out. Raises Invalid."""
    if not set(given) <= set(LANGUAGES):
        raise Invalid(field, "not_choice", expected=", ".join(LANGUAGES))
    told = {language: whole(f"{field}.{language}", address) for language, address in given.items()}
    return {language: address for language, address in told.items() if address}


def fits(plain: str) -> bool:
    """Whether a browser takes it for what it says: nothing invisible, no password, no host behind `//`."""
    if any(letter.isspace() or not letter.isprintable() or letter in '"<>\\' for letter in plain):
        return False
    try:
        parts = urlsplit(plain)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if plain.startswith("/"):
        return own_path(plain)
    return parts.scheme == "https" and bool(host) and not (parts.username or parts.password)
