"""Secrets at rest: what the desk is told of tokens and passwords is stored encrypted, bound to where it belongs.

AES-256-GCM (NIST SP 800-38D) with keys derived by HKDF-SHA256 (RFC 5869) from RELAIS_SECRET_KEY. What was sealed under
an earlier key opens as long as that key is among RELAIS_OLD_SECRET_KEYS, and is sealed anew by `./relais up`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.settings import Settings

FORM = b"\x01"
KEY_NAME, NONCE = 4, 12


class Unreadable(Exception):
    """It was sealed under a key that is not known here, for another place, or was changed since."""


class Vault:
    """Seals small mappings of secrets. `keys` are secrets of any form: the present one, then earlier ones."""

    def __init__(self, present: bytes, earlier: Sequence[bytes] = ()) -> None:
        self._keys: dict[bytes, AESGCM] = {}
        for secret in (present, *earlier):
            derived = HKDF(algorithm=SHA256(), length=KEY_NAME + 32, salt=None, info=b"relais account secrets")
            name_and_key = derived.derive(secret)
            self._keys.setdefault(name_and_key[:KEY_NAME], AESGCM(name_and_key[KEY_NAME:]))
        self._present = next(iter(self._keys))

    def seal(self, values: Mapping[str, str], *, place: str) -> bytes:
        """The values, encrypted; they open for the same `place` (such as `telegram/main`) only."""
        nonce = secrets.token_bytes(NONCE)
        sealed = self._keys[self._present].encrypt(nonce, json.dumps(dict(values)).encode(), place.encode())
        return FORM + self._present + nonce + sealed

    def open(self, sealed: bytes, *, place: str) -> dict[str, str]:
        """The values again. Raises Unreadable."""
        name, nonce, body = sealed[1:5], sealed[5 : 5 + NONCE], sealed[5 + NONCE :]
        key = self._keys.get(name) if sealed[:1] == FORM else None
        if key is None:
            raise Unreadable("sealed under another key")
        try:
            opened: dict[str, str] = json.loads(key.decrypt(nonce, body, place.encode()))
        except (InvalidTag, ValueError) as error:
            raise Unreadable("changed, or sealed for another place") from error
        return opened

    def is_old(self, sealed: bytes) -> bool:
        """Whether it should be sealed anew: it opens, but under an earlier key."""
        return sealed[:1] == FORM and sealed[1:5] in self._keys and sealed[1:5] != self._present


def vault_of(settings: Settings) -> Vault:
    """The vault of this installation. The settings carry every secret."""
    assert settings.secret_key
    earlier = [key.get_secret_value().encode() for key in settings.old_secret_keys]
    return Vault(settings.secret_key.get_secret_value().encode(), earlier)
