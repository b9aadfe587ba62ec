"""The browser in which a code is asked for: what was typed in it, where it asks from, and whose addresses it knows."""

from __future__ import annotations

import hmac
import json
import secrets

from aiohttp import web

from crm_backend.portal.schema import PATHS
from crm_backend.proof_codes import codes, places
from crm_backend.proof_codes.on_pages import Asker

ASKED = {"fr": "relais_demande", "en": "relais_asked"}
"""Cookies that tell the browser in which a code was asked for, and what was typed there; one for each language's pages,
so that changing it loses nothing."""
ASKED_SECONDS = 15 * 60
KNOWN = {"fr": "relais_connu", "en": "relais_known"}
"""Cookies that tell a browser in which an address was proved. They open nothing: what strangers ask for does not count
where they are."""
KNOWN_SECONDS = 180 * 24 * 3600
MOST_KNOWN = 4
"""Addresses that one browser is known by: a household shares it."""


class Askers:
    """Makes and reads the cookies."""

    def __init__(self, secret: bytes, *, secure: bool) -> None:
        self._key, self._secret, self._secure = hmac.digest(secret, b"portal askers", "sha256"), secret, secure

    def asker(self, request: web.Request, language: str, browser: str, *, kind: str, value: str) -> Asker:
        """Who asks for a code to this address. Where it is known in this browser, that is its place."""
        nonce, marks = _known(request, language)
        if nonce and any(hmac.compare_digest(self._mark(nonce, codes.address_key(kind, value)), one) for one in marks):
            return Asker(browser, self._mark(nonce, "place"), known=True)
        return Asker(browser, places.of_network(self._secret, request.remote or ""))

    def remember(self, request: web.Request, response: web.Response, language: str, address_key: str) -> None:
        """An address was proved in this browser."""
        nonce, marks = _known(request, language)
        nonce = nonce or secrets.token_urlsafe(18)
        mine = self._mark(nonce, address_key)
        kept = [mine, *(each for each in marks if each != mine)][:MOST_KNOWN]
        self._set(response, KNOWN, ".".join([nonce, *kept]), KNOWN_SECONDS)

    def asked(self, response: web.Response, browser: str, who: str) -> None:
        """A code was asked for in this browser, for what was typed."""
        self._set(response, ASKED, json.dumps({"browser": browser, "who": who}).encode().hex(), ASKED_SECONDS)

    def _mark(self, nonce: str, address_key: str) -> str:
        return hmac.new(self._key, f"{nonce} {address_key}".encode("utf-8", "replace"), "sha256").hexdigest()[:32]

    def _set(self, response: web.Response, names: dict[str, str], value: str, seconds: int) -> None:
        for language, name in names.items():
            response.set_cookie(
                name,
                value,
                path=PATHS[language],
                max_age=seconds,
                httponly=True,
                samesite="Lax",
                secure=self._secure,
            )


def asked(request: web.Request, language: str) -> dict[str, str]:
    """What the cookie of this browser says; nothing when it is not one of ours."""
    try:
        kept = json.loads(bytes.fromhex(request.cookies.get(ASKED[language], "")))
        return {"browser": str(kept["browser"])[:100], "who": str(kept["who"])[:300]}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}


def forget(response: web.Response) -> None:
    """The code was typed."""
    for language, name in ASKED.items():
        response.del_cookie(name, path=PATHS[language])


def _known(request: web.Request, language: str) -> tuple[str, list[str]]:
    kept = request.cookies.get(KNOWN[language], "")[:400]
    nonce, *marks = kept.split(".") if kept.isascii() else ("",)
    return nonce, marks[:MOST_KNOWN]
