"""What the database can keep of an inbound message: a platform would send again, for days, what fails to be stored."""

from __future__ import annotations

import math
from typing import Any

from crm_backend.conversations.schema import InboundMessage
from crm_backend.errors import BadInput

LONGEST_NAME = 1_000
"""Bytes of an identifier: PostgreSQL takes 2,704 in an index."""
LONGEST = 20_000
"""Characters of any one text beside the message's own."""
MOST = 1_000
"""Items of a list."""
_DEEPEST = 20
_BIGINT = 2**63 - 1
_NAMES = ("channel", "account", "external_id", "identity_kind", "identity_value", "address")


def storable(inbound: InboundMessage) -> InboundMessage:
    """The message without what PostgreSQL refuses, and without texts beyond measure.

    NUL and lone surrogates are valid in JSON and in no text of PostgreSQL. Raises BadInput where they, or more than
    `LONGEST_NAME` bytes, stand in what names the message or its writer: changed, it would name another.
    """
    for name in _NAMES:
        value = getattr(inbound, name)
        if not _fits(value, LONGEST_NAME):
            raise BadInput(f"{name} cannot be kept")
    update: dict[str, Any] = {}
    if inbound.order is not None and abs(inbound.order) > _BIGINT:
        update["order"] = None
    for name, most in (("target", LONGEST_NAME), ("reply_to", LONGEST_NAME), ("automatic", 100), ("team", 100)):
        value = getattr(inbound, name)
        if value is not None and not _fits(value, most):
            update[name] = None
    if inbound.vouched is not None and not _fits(inbound.vouched.value, LONGEST_NAME):
        update["vouched"] = None
    if inbound.details:
        update["details"] = kept(inbound.details)
    if inbound.location is not None:
        place = inbound.location
        named = {"name": kept(place.name)[:LONGEST_NAME], "address": kept(place.address)[:LONGEST_NAME]}
        update["location"] = place.model_copy(update=named)
    if inbound.contacts:
        update["contacts"] = [
            card.model_copy(update={name: kept(value, LONGEST_NAME) for name, value in card.model_dump().items()})
            for card in inbound.contacts[:MOST]
        ]
    if inbound.files:
        update["files"] = [
            file.model_copy(update={"remote": kept(file.remote), "size": min(file.size, _BIGINT)})
            for file in inbound.files
        ]
    return inbound.model_copy(update=update) if update else inbound


def _fits(name: str, most: int) -> bool:
    return bool(kept(name) == name and len(name.encode()) <= most)


def kept(value: Any, longest: int = LONGEST, *, deep: int = 0) -> Any:
    """A value of JSON as PostgreSQL can keep it."""
    if isinstance(value, str):
        return value.encode("utf-8", "ignore").decode("utf-8").replace("\0", "")[:longest]
    if deep >= _DEEPEST or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, dict):
        return {kept(str(key), 200): kept(each, longest, deep=deep + 1) for key, each in list(value.items())[:MOST]}
    if isinstance(value, list | tuple):
        return [kept(each, longest, deep=deep + 1) for each in value[:MOST]]
    return value
