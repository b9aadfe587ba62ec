"""`./relais migrate`."""

from __future__ import annotations

from server.settings import Settings
from server.supervise import records, stores


async def migrate(settings: Settings) -> int:
    """Brings the database to the newest shape and says whether it was not."""
    async with stores.database(settings) as url:
        print("The database was brought to the newest shape." if await records.upgrade(url) else "Nothing to do.")
    return 0
