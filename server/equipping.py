"""What the assistant's actions are given of the server that runs them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from actions import toolbox
from channels import installed
from crm_backend.database import Sessions
from crm_backend.notifications.schema import Start
from server.embedding import Embedder
from server.files import FileStore, Made
from server.schedule import opening_hours
from server.settings import Settings


def equip(
    settings: Settings,
    sessions: Sessions,
    embedder: Embedder,
    files: FileStore,
    starts: Callable[[], Sequence[Start]] = tuple,
) -> None:
    """Fills the toolbox of all actions in this process. `starts` are the accounts that may write first."""
    zone = ZoneInfo(settings.timezone)
    toolbox.equip(
        toolbox.Toolbox(
            sessions=sessions,
            embed=embedder.one,
            now=lambda: datetime.now(zone),
            hours=opening_hours(settings),
            channels={
                name: toolbox.Spoken(one.where, one.spoken, one.slow) for name, one in installed().items() if one.where
            },
            keep=Made(files),
            starts=starts,
        )
    )
