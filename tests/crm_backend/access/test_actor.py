"""What an actor may do."""

from __future__ import annotations

import pytest

from crm_backend.access.actor import SYSTEM, Actor
from crm_backend.errors import NotAllowed


def test_what_is_not_permitted_is_refused() -> None:
    actor = Actor("agent:1", frozenset({"orders.read"}))
    actor.need("orders.read")
    with pytest.raises(NotAllowed):
        actor.need("orders.read", "orders.write")
    SYSTEM.need("orders.write")


def test_a_permission_that_does_not_exist_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        SYSTEM.need("orders.eat")
