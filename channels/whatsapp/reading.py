"""A webhook taken apart: what it says of our number, each item by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import structlog
from pydantic import ValidationError

from channels.whatsapp.shapes import Change, Shape, Value, Writer

log = structlog.get_logger(__name__)
FIELD = "messages"
_OBJECT = "whatsapp_business_account"
S = TypeVar("S", bound=Shape)


def values(parsed: Any, *, number: str) -> Iterator[Value]:
    """What happened to the business number whose identifier is `number`; anything else is left out.

    One call may hold several entries, each with several changes.
    """
    if not isinstance(parsed, dict) or parsed.get("object") != _OBJECT:
        return
    for entry in _list(parsed.get("entry")):
        for raw in _list(entry.get("changes")) if isinstance(entry, dict) else []:
            change = one(Change, raw)
            if change is None or change.field != FIELD:
                continue
            if change.value.metadata.phone_number_id != number:
                # Meta calls one address for all numbers of an app, unless told otherwise for each.
                log.warning("whatsapp.other_number", number=change.value.metadata.phone_number_id[:20])
                continue
            yield change.value


def one(shape: type[S], raw: Any) -> S | None:
    """The item, or None when it is not of the documented shape: logged, without what it says."""
    try:
        return shape.model_validate(raw)
    except (ValidationError, ValueError) as error:
        where = (
            [".".join(map(str, each["loc"]))[:60] for each in error.errors()[:3]]
            if isinstance(error, ValidationError)
            else []
        )
        log.warning("whatsapp.unreadable", shape=shape.__name__, where=where)
        return None


def writer_of(value: Value, *, sender: str, user_id: str) -> Writer:
    """Who wrote a message, with what the webhook says of them beside."""
    known = [found for raw in value.contacts if (found := one(Writer, raw)) is not None]
    for found in known:
        if (sender and found.wa_id == sender) or (user_id and found.user_id == user_id):
            return found
    # A number and its identifier need not be the same; with one writer and one message there is no doubt.
    if len(known) == 1 and len(value.messages) == 1:
        return known[0]
    return Writer(wa_id=sender, user_id=user_id)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
