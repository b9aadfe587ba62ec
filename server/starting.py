"""Which accounts may write first, and to which kind of address on file."""

from __future__ import annotations

from channels.port import Channel
from crm_backend.notifications.schema import Start
from server.switchboard import Switchboard


def may_begin(board: Switchboard) -> list[Start]:
    """The open accounts of channels that reach an address on file, by its kind."""
    return [
        Start(kind=kind, channel=key.channel, account=key.name)
        for key in board.opened()
        if (kind := board.blueprints[key.channel].starts) is not None
    ]


def by_mail(board: Switchboard) -> tuple[Start, Channel] | None:
    """The first account that writes mails, and its channel; None where there is none."""
    way = next((start for start in may_begin(board) if start.kind == "email"), None)
    channel = board.find(way.channel, way.account) if way else None
    return (way, channel) if way and channel else None
