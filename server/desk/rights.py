"""What each address of the desk needs: declared where its route is made, so that a test can hold them all to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access import queries as access
from crm_backend.access.permissions import ALL
from crm_backend.agents.model import Agent

Any_ = TypeVar("Any_", bound=Callable[..., Awaitable[web.StreamResponse]])
ANY_AGENT = ""
"""Declared by what every signed-in agent may do: it is about their own account or session."""
_NEEDS = "relais_needs"


def needing(needs: str) -> Callable[[Any_], Any_]:
    """Declares what the handler of a route needs: a permission, or ANY_AGENT. Raises KeyError when there is no such
    permission."""
    if needs != ANY_AGENT and needs not in ALL:
        raise KeyError(needs)

    def declare(handler: Any_) -> Any_:
        setattr(handler, _NEEDS, needs)
        return handler

    return declare


def declared(handler: object) -> str | None:
    """What was declared of a handler; None when nothing was."""
    needs: str | None = getattr(handler, _NEEDS, None)
    return needs


async def admit(session: AsyncSession, agent: Agent, needs: str) -> None:
    """Raises NotAllowed unless the agent may."""
    if needs != ANY_AGENT:
        await access.need(session, agent, needs)
