"""What every action of a rule has: in whose name it acts, on what, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from crm_backend.access.actor import Actor
from crm_backend.access.permissions import ALL
from crm_backend.cases.model import Case
from crm_backend.errors import NotNow
from crm_backend.rules.facts import Situation

ACTOR = Actor("system", ALL, "rules")
"""In whose name rules act; what they did is in their own log."""


@dataclass
class Done:
    """What came of some actions. `steps` is the log: each action, with what changed or why it was refused. Once it is
    committed, `told` are the agents to wake and `outgoing` the conversations in which something is to be sent."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    told: set[UUID] = field(default_factory=set)
    outgoing: set[UUID] = field(default_factory=set)
    refused: bool = False


def case_of(about: Situation) -> Case:
    """The case. Raises NotNow where there is none."""
    if about.case is None:
        raise NotNow("rule_without_case")
    return about.case


def subject_of(about: Situation) -> tuple[str, UUID]:
    """The case; where there is none, the order or the conversation. Raises NotNow where there is nothing."""
    if about.case is not None:
        return ("case", about.case.id)
    return ("order", about.order.id) if about.order is not None else ("conversation", conversation_of(about))


def conversation_of(about: Situation) -> UUID:
    """The conversation. Raises NotNow where there is none."""
    if about.conversation is None:
        raise NotNow("rule_without_conversation")
    return about.conversation.id
