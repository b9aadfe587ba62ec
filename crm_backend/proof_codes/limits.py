"""How many codes may be asked for and how many wrong ones typed, in conversations and on pages alike.

**Limits** are by who asks (a browser, a conversation and its writer), by the place it is asked from, by an address from
there, and, higher, by an address from anywhere, so that a stranger uses up their own share of an address and not its
owner's. Who proved that address before is a place of their own (`places`), and the limit over all places is twice as
high there: strangers use up half of that at most, and who makes one such place after another comes to an end. Wrong
codes are counted where the code is held: who does not hold it spends none of its tries.

**What guessing comes to.** A code is one of 10^6. It takes 5 wrong ones where it is held, and an address 10 from one
place and 40 codes from all of them in a day: at most 40 x 5 = 200 tries, or one chance in 5,000 a day, from four
places or more that each leave the owner up to ten mails. One place has 50 tries at all addresses together: one chance
in 20,000 a day that any of them opens.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.proof_codes.model import ProofCode
from crm_backend.proof_codes.places import Place

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OF_BROWSER = 5
"""Codes that one browser may ask for on pages in an hour."""
OF_CONVERSATION, OF_WRITER = 4, 8
"""Codes that may be asked for in 24 hours in one conversation, and by one writer in all of theirs."""
OF_ADDRESS_HERE, OF_ADDRESS_HERE_IN_A_DAY = 5, 10
"""Codes for one address from one place, in an hour and in 24."""
OF_PLACE, OF_PLACE_IN_A_DAY = 120, 600
"""Codes for whomever from one place: an office, or all who share a carrier's line."""
OF_ADDRESS, OF_ADDRESS_IN_A_DAY = 15, 40
"""Codes for one address from anywhere; twice as many where the address is known."""
WRONG, WRONG_WRITER = 5, 10
"""Wrong codes in 24 hours, in one conversation or browser, and of one writer in all conversations; after them even a
right one is not taken."""
WRONG_HERE, WRONG_PLACE = 10, 50
"""Wrong codes in 24 hours that were asked for from one place: for one address, and for all of them."""
Counted = tuple[ColumnElement[bool], timedelta, int]


async def too_many(session: AsyncSession, *own: Counted, address: str, place: Place, now: datetime) -> bool:
    """Whether enough codes were asked for: by who asks (`own`), for an address (its `codes.address_key`), from a
    place."""
    here, this, times = ProofCode.asked_from == place.key, ProofCode.address_key == address, 2 if place.known else 1
    counted: Iterable[Counted] = (
        *own,
        (this & here, HOUR, OF_ADDRESS_HERE),
        (this & here, DAY, OF_ADDRESS_HERE_IN_A_DAY),
        (here, HOUR, OF_PLACE),
        (here, DAY, OF_PLACE_IN_A_DAY),
        (this, HOUR, times * OF_ADDRESS),
        (this, DAY, times * OF_ADDRESS_IN_A_DAY),
    )
    for which, window, most in counted:
        asked = select(func.count()).where(which, ProofCode.created_at > now - window)
        if int(await session.scalar(asked) or 0) >= most:
            return True
    return False


async def guessing(session: AsyncSession, last: ProofCode, now: datetime) -> bool:
    """Whether too many wrong codes were typed where this one is held, or was asked for from."""
    if last.browser_key is not None:
        tried = [(ProofCode.browser_key == last.browser_key, WRONG)]
    else:
        tried = [
            (ProofCode.conversation_id == last.conversation_id, WRONG),
            (ProofCode.writer_id == last.writer_id, WRONG_WRITER),
        ]
    if last.asked_from is not None:
        here = ProofCode.asked_from == last.asked_from
        tried += [(here & (ProofCode.address_key == last.address_key), WRONG_HERE), (here, WRONG_PLACE)]
    for which, most in tried:
        wrong = select(func.sum(ProofCode.wrong)).where(which, ProofCode.created_at > now - DAY)
        if int(await session.scalar(wrong) or 0) >= most:
            return True
    return False
