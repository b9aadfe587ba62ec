"""The keys by which push services know this installation: made on first use, the private one sealed."""

from __future__ import annotations

import base64

import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.pushes import services
from crm_backend.pushes.model import PushKeys
from server.vault import Unreadable, Vault

log = structlog.get_logger(__name__)
_PLACE = "push/keys"


async def keys_of(session: AsyncSession, vault: Vault) -> tuple[str, ec.EllipticCurvePrivateKey]:
    """(the public key as browsers take it, the private key).

    Where nobody can open the private one any more, since the secret of this installation was lost, there are others.
    """
    row = await services.keys(session, lambda: _made(vault))
    try:
        return row.public, _opened(row, vault)
    except Unreadable:
        log.warning("push.keys_replaced")
        row = await services.replace_keys(session, _made(vault))
        return row.public, _opened(row, vault)


def _opened(row: PushKeys, vault: Vault) -> ec.EllipticCurvePrivateKey:
    pem = vault.open(row.private, place=_PLACE)["private"]
    if vault.is_old(row.private):
        row.private = vault.seal({"private": pem}, place=_PLACE)
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _made(vault: Vault) -> services.Made:
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode(), vault.seal({"private": pem}, place=_PLACE)
