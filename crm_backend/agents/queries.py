"""Finding agents."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from crm_backend.access.actor import Actor
from crm_backend.agents.model import Agent


def agents(
    actor: Actor, *, role: str | None = None, active: bool | None = None, email: str | None = None
) -> Select[Any]:
    """Every account, or those with this role, state or address. Raises NotAllowed."""
    actor.need("agents.read")
    found = select(Agent)
    if role is not None:
        found = found.where(Agent.role == role)
    if active is not None:
        found = found.where(Agent.active == active)
    if email is not None:
        found = found.where(Agent.email == email.strip().casefold())
    return found
