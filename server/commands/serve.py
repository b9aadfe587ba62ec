"""`./relais serve`: the server alone, as a container or a service runs it."""

from __future__ import annotations

import gc
import sys

from server.settings import Settings
from server.supervise import records, stores
from server.supervise.priority import give_way
from server.supervise.production import production_faults

COLLECTED_AFTER = (1_500, 20, 100)
"""New objects more than freed ones before the youngest are looked at, and how many times that before older ones are."""
SWITCH = 0.001
"""Seconds that one thread of Python keeps another waiting, 5 ms where nothing is said: a vector that a search waits for
comes from a thread, while pages are being written in this one."""


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

    rare_collections()
    sys.setswitchinterval(SWITCH)
    if settings.roles == ["worker"]:
        give_way()
    await run(settings)
    return 0


def rare_collections() -> None:
    """Keeps the garbage collector off what lives as long as the process, and makes it look at the rest seldom.

    Looking through all that 2,000 open connections hold takes a tenth of a second, in which nobody is served. What is
    dropped is freed by its reference count as before; only cycles wait longer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)
