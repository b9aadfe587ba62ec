"""`./relais serve`: the server alone, as a container or a service runs it."""

from __future__ import annotations

import sys

from server.settings import Settings
from server.supervise import records, stores
from server.supervise.production import production_faults


async def serve(settings: Settings) -> int:
    """Serves until it is told to stop. Without addresses of stores it looks for those of `./relais up`."""
    url = stores.database_url(settings)
    settings = settings.model_copy(update={"database_url": url, "redis_url": stores.redis_url(settings)})
    if not await stores.answers(url):
        print("relais: the database does not answer; start ./relais up, or set DATABASE_URL", file=sys.stderr)
        return 1
    if settings.production:
        await records.upgrade(url)
        if faults := production_faults(settings, await records.demo_agents(url)):
            for fault in faults:
                print(f"relais: {fault}", file=sys.stderr)
            return 1
    from server.app import serve as run

    await run(settings)
    return 0
