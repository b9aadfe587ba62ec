"""Who is signed in in the portal: the pass that its pages give the chat, good as long as the visit goes on."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
from sqlalchemy.ext.asyncio import AsyncSession

from channels.webchat.sign_in import Person, Portal
from crm_backend.customers import people
from crm_backend.database import Sessions, reading, utc_now
from crm_backend.errors import TokenExpired
from crm_backend.knowledge import read_before
from crm_backend.portal import chatting
from crm_backend.portal.schema import Visit
from crm_backend.portal.visits import Lasting

AUDIENCE = "relais-portal"
LONGEST = 4096
_ALGORITHM = "HS256"


def pass_of(visit: Visit, secret: bytes, lasting: Lasting) -> str:
    """The pass for the chat on the pages of a visit; none for a guest, who proved one order and not who they are."""
    if visit.guest:
        return ""
    now = utc_now()
    claims = {
        "aud": AUDIENCE,
        "sub": str(visit.customer_id),
        "visit": str(visit.id),
        "idle": int(lasting.idle.total_seconds()),
        "iat": int(now.timestamp()),
        "exp": int((now + lasting.most).timestamp()),
    }
    return jwt.encode(claims, _key(secret), algorithm=_ALGORITHM)


def read(token: object, *, secret: bytes) -> Portal | None:
    """What a pass of ours says; None for any other token, which may be that of a site. Raises TokenExpired."""
    if not isinstance(token, str) or len(token) > LONGEST:
        return None
    try:
        claims = jwt.decode(token, _key(secret), algorithms=[_ALGORITHM], audience=AUDIENCE)
    except jwt.ExpiredSignatureError as error:
        raise TokenExpired("expired") from error
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
    return Portal(UUID(claims["visit"]), UUID(claims["sub"]), timedelta(seconds=claims["idle"]), float(claims["exp"]))


async def still(session: AsyncSession, portal: Portal | None, *, seen: bool = False) -> None:
    """Raises TokenExpired once the visit that vouches is over: they signed out, or were long gone. With `seen`, writing
    is a sign of them."""
    if portal is None:
        return
    if not await chatting.goes_on(session, portal.visit_id, portal.customer_id, idle=portal.idle, seen=seen):
        raise TokenExpired("the visit is over")


async def person(sessions: Sessions, token: object, *, secret: bytes) -> Person | None:
    """Who is signed in by a pass of ours; None for any other token. Raises TokenExpired."""
    portal = read(token, secret=secret)
    if portal is None:
        return None
    async with reading(sessions) as session:
        await still(session, portal)
        number = await people.account_of(session, portal.customer_id)
    return Person(number=number, until=portal.until, portal=portal)


async def there(sessions: Sessions, who: Person | None, *, read: Any) -> dict[str, Any]:
    """What who is signed in `read` before they write this, for agents to see. Raises TokenExpired when the visit that
    vouches for them is over; otherwise they are there now."""
    if who is None or not (who.portal or read):
        return {}
    async with sessions() as session, session.begin():
        await still(session, who.portal, seen=True)
        found = await read_before.named(session, read)
    return {"read": found} if found else {}


def _key(secret: bytes) -> bytes:
    return hmac.new(secret, b"portal-chat", hashlib.sha256).digest()
