"""Which accounts may write first, and to which kind of address on file."""

from __future__ import annotations

from crm_backend.notifications.schema import Start
from server.switchboard import Switchboard


def may_begin(board: Switchboard) -> list[Start]:
    """The open accounts of channels that reach an address on file, by its kind."""
    return [
        Start(kind=kind, channel=key.channel, account=key.name)
        for key in board.opened()
        if (kind := board.blueprints[key.channel].starts) is not None
    ]
