"""Giving way: what thinks leaves the processor to what answers platforms and people, when both want it.

A thought may take a moment longer; a platform that is acknowledged late sends everything again.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

BEHIND = 10
"""Niceness of what gives way: about a tenth of the share of what does not."""
_AUTOGROUP = Path("/proc/self/autogroup")


def give_way(niceness: int = BEHIND) -> None:
    """Lowers the priority of this process, and of its session where it leads one.

    Linux shares the processor out among sessions before it looks at their processes' niceness (sched(7), "The autogroup
    feature"). Where that is off, or a service manager groups processes, there is no such file or it changes nothing.
    """
    os.nice(niceness)
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):
            _AUTOGROUP.write_text(str(niceness))
