"""Marks that tell our own: the Message-ID of each mail we send, and the signed reply address of each conversation."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from uuid import UUID

_OURS = re.compile(r"relais\.([0-9a-f]{32})\.([0-9a-f]{10})@", re.IGNORECASE)
_MAC = 8
"""Bytes of the mark that prove it: 64 bits, with nothing to try them on but a mailbox."""


def key_of(secret: bytes, use: str) -> bytes:
    """The key for one use, derived from the company's secret."""
    return hmac.digest(secret, f"mail {use}".encode(), hashlib.sha256)


def message_id(message: UUID, domain: str, secret: bytes) -> str:
    """The Message-ID of one of our messages, without brackets: always the same, so that a mail which had to be sent
    again can be told for what it is by whoever gets it twice."""
    proof = hmac.digest(key_of(secret, "message-id"), message.bytes, hashlib.sha256).hex()[:10]
    return f"relais.{message.hex}.{proof}@{domain}"


def our_messages(identifiers: Iterable[str], secret: bytes) -> list[UUID]:
    """Which of our messages these Message-IDs name. Invented ones are not ours."""
    found = []
    for identifier in identifiers:
        for one in _OURS.finditer(identifier):
            message = UUID(hex=one[1])
            proof = hmac.digest(key_of(secret, "message-id"), message.bytes, hashlib.sha256).hex()[:10]
            if hmac.compare_digest(proof, one[2].lower()) and message not in found:
                found.append(message)
    return found


def reply_address(address: str, conversation: UUID, secret: bytes) -> str:
    """`support+<mark>@…`: an answer to it belongs to the conversation. The bare address where there is no room.

    The mark is base32, since servers may change the case of what is before the @ (RFC 5321, section 2.4, forbids it,
    and some do); 64 characters is what all must take (section 4.5.3.1.1).
    """
    local, _, domain = address.rpartition("@")
    marked = f"{local}+{_mark(conversation, secret)}"
    return f"{marked}@{domain}" if len(marked) <= 64 else address


def conversation_marked(addresses: Iterable[str], secret: bytes) -> UUID | None:
    """The conversation that one of the addresses is marked with, if the mark is ours."""
    for address in addresses:
        mark = address.rpartition("@")[0].partition("+")[2].lower()
        if len(mark) != 39 or not mark.isascii():
            continue
        try:
            conversation = UUID(bytes=base64.b32decode(mark.upper() + "=")[:16])
        except (binascii.Error, ValueError):
            continue
        if hmac.compare_digest(mark, _mark(conversation, secret)):
            return conversation
    return None


def unmarked(address: str) -> str:
    """The address without what is between `+` and `@`, in lower case."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _mark(conversation: UUID, secret: bytes) -> str:
    proof = hmac.digest(key_of(secret, "reply"), conversation.bytes, hashlib.sha256)[:_MAC]
    return base64.b32encode(conversation.bytes + proof).decode().rstrip("=").lower()
