"""Pictures of cards in a mail: they come with it, so that opening it fetches nothing and tells nobody."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence

from channels import degrade
from channels.degrade import Pictures
from channels.mail.compose import Inline
from channels.mail.letters import Shown
from crm_backend.conversations.schema import Reply

MOST = 6
"""Pictures of one mail; cards after that are words."""
WIDEST, TALLEST = 320, 240
"""Pixels on the page."""


async def of(
    replies: Sequence[Reply], source: Pictures | None, *, domain: str
) -> tuple[dict[str, Shown], list[Inline]]:
    """Where the letter shows each picture that can be had, by its address; and what goes along."""
    wanted = dict.fromkeys(card.picture for reply in replies for card in reply.cards if card.picture)
    shown: dict[str, Shown] = {}
    inline: dict[str, Inline] = {}
    addresses = list(wanted)[:MOST]
    for address, found in zip(
        addresses, await asyncio.gather(*(degrade.picture(source, one) for one in addresses)), strict=True
    ):
        if found is None:
            continue
        cid = f"{hashlib.sha256(found.content).hexdigest()[:32]}@{domain}"
        scale = min(1.0, WIDEST / found.width, TALLEST / found.height)
        shown[address] = Shown(cid, max(1, round(found.width * scale)), max(1, round(found.height * scale)))
        inline[cid] = Inline(cid, found.media_type, found.content)
    return shown, list(inline.values())
