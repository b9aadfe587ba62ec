"""Who signs in elsewhere, at the company's identity provider: which account they have here."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.access.actor import SYSTEM
from crm_backend.agents.fields import LONGEST_NAME, an_address
from crm_backend.agents.links import without_password
from crm_backend.agents.model import Agent
from crm_backend.errors import NotAllowed, NotFound


async def account_of(
    session: AsyncSession,
    *,
    email: str,
    name: str,
    language: str,
    role: str | None = None,
    domains: Collection[str] = (),
) -> Agent:
    """The account with this address, which the provider has verified; made when there is none, with `role`, for
    addresses at `domains` only.

    Raises NotFound when there is none and none is made, NotAllowed for somebody who left, Invalid.
    """
    address = an_address(email)
    found = await session.scalar(select(Agent).where(Agent.email == address))
    if found is not None:
        if not found.active:
            raise NotAllowed("left")
        return found
    if role is None or address.rpartition("@")[2] not in {each.strip().casefold() for each in domains}:
        raise NotFound("no account")
    shown = " ".join("".join(each for each in name if each.isprintable()).split())[:LONGEST_NAME]
    return await without_password(
        session, actor=SYSTEM, email=address, name=shown or address.partition("@")[0], role=role, language=language
    )
