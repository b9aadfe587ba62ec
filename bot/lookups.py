"""What never changes while Rasa serves, kept: its own actions, the kinds of events, what an empty domain is.

Rasa works each of them out anew several times a turn: together a twentieth of the processor time of a turn.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import rasa.core.actions.action as actions
from rasa.core.actions.action import Action
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.utils.endpoints import EndpointConfig

ALL_ACTIONS = actions.default_actions
KIND_OF_EVENT = Event.resolve_by_type


def default_actions(endpoint: EndpointConfig | None = None) -> list[Action]:
    """Rasa's own actions, which know nothing but the endpoint: made once for each."""
    if endpoint is None:
        return ALL_ACTIONS(endpoint)
    kept: list[Action] | None = endpoint.__dict__.get("_default_actions")
    if kept is None:
        kept = endpoint.__dict__["_default_actions"] = ALL_ACTIONS(endpoint)
    return kept


@cache
def kind_of_event(name: str, default: type[Event] | None = None) -> type[Event] | None:
    """The class of events of this name. Raises ValueError where there is none, and no `default`."""
    found: type[Event] | None = KIND_OF_EVENT(name, default)
    return found


@cache
def nothing() -> dict[str, Any]:
    """A domain in which there is nothing, as a dictionary."""
    content: dict[str, Any] = Domain.empty().as_dict()
    return content


def is_empty(domain: Domain) -> bool:
    """Whether there is nothing in a domain."""
    return bool(domain.as_dict() == nothing())


def install() -> None:
    """From now on Rasa looks these up here."""
    actions.default_actions = default_actions
    Event.resolve_by_type = staticmethod(kind_of_event)
    Domain.is_empty = is_empty
