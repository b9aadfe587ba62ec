"""What an agent's account may say of them."""

from __future__ import annotations

import re

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.agents.model import Agent
from crm_backend.errors import Invalid, NotNow

LONGEST_NAME = 200
LONGEST_EMAIL = 320
_ADDRESS = re.compile(r"[^@\s\x00-\x1f\ud800-\udfff]+@[^@\s\x00-\x1f\ud800-\udfff]+")


async def unused(session: AsyncSession, email: str) -> None:
    """Raises NotNow when an account has this address already."""
    if await session.scalar(select(exists().where(func.lower(Agent.email) == email))):
        raise NotNow("email_in_use")


def an_address(text: str) -> str:
    """An e-mail address as accounts keep it. Raises Invalid."""
    address = text.strip().casefold()
    if len(address) > LONGEST_EMAIL or not _ADDRESS.fullmatch(address):
        raise Invalid("email", "not_an_address")
    return address


def a_name(text: str) -> str:
    """A name fit to be shown. Raises Invalid."""
    name = " ".join(text.split())
    if not name:
        raise Invalid("name", "missing")
    if len(name) > LONGEST_NAME:
        raise Invalid("name", "too_long", most=LONGEST_NAME)
    if not name.isprintable():
        raise Invalid("name", "unstorable_text")
    return name


def a_language(code: str) -> str:
    """A language of ours. Raises Invalid."""
    if code not in ("fr", "en"):
        raise Invalid("language", "not_choice", expected="fr, en")
    return code
