"""Values that no honest platform sends."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from pydantic import ValidationError

from crm_backend.conversations.schema import InboundMessage
from crm_backend.errors import BadInput
from server.app import Parts
from tests.support import core

LONG = "é" * 200_000
HOSTILE = ("\x00", "\U0001f600" * 900, "a\x00b", "\ud800", "a\udfffb", "\u202egnp.exe", LONG)
PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "external_id": lambda value: {"external_id": value},
    "identity": lambda value: {"identity_value": value},
    "address": lambda value: {"address": value},
    "name": lambda value: {"sender_name": value},
    "quote": lambda value: {"reply_to": value},
    "place": lambda value: {"location": {"latitude": 1, "longitude": 2, "name": value, "address": value}},
    "contact": lambda value: {"contacts": [{"name": value, "phones": [value], "emails": [value]}]},
    "file": lambda value: {"files": [{"remote": {"id": value}, "name": value, "media_type": value, "size": 2**63 - 1}]},
    "details": lambda value: {"details": {"subject": value, value: [value, {"deep": value}]}},
    "automatic": lambda value: {"automatic": value},
    "team": lambda value: {"team": value},
    "vouched": lambda value: {"vouched": {"kind": "phone", "value": value}},
    "order": lambda value: {"order": 2**63 + len(value)},
    "size": lambda value: {"files": [{"remote": {"id": "1"}, "size": 2**63 + len(value)}]},
}


@pytest.mark.parametrize("place", PLACES)
async def test_a_value_that_cannot_be_kept_is_cleaned_or_refused_and_never_asked_for_again(
    server: Parts, place: str
) -> None:
    """A platform sends again what fails: what can never be stored would come for days, and hold up what follows."""
    for number, value in enumerate(HOSTILE):
        told = core.inbound("bonjour", visitor=f"{place} {number}").model_dump() | PLACES[place](value)
        # What is no text at all does not come as far as this: the shape of a message refuses it.
        with suppress(BadInput, ValidationError):
            await server.core.accept(InboundMessage(**told))
    after = await server.core.accept(core.inbound("et après ?", visitor="somebody else"))
    assert after.seq == 1
