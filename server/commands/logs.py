"""`./relais logs`: what the processes wrote."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from server.settings import Settings

PROCESSES = ("server", "bot", "valkey", "postgres")


async def show(settings: Settings, name: str | None, *, lines: int, follow: bool) -> int:
    """Prints the ends of the logs, and goes on until Ctrl-C when following."""
    folder = settings.var / "log"
    known = sorted(path.stem for path in folder.glob("*.log"))
    if not known or (name and name not in known):
        choice = f"choose one of {', '.join(known)}" if known else f"{folder} is empty, nothing has run yet"
        print(f"relais: there is no log {name or ''}: {choice}".replace(" :", ":"), file=sys.stderr)
        return 1
    shown = [name] if name else [process for process in PROCESSES if process in known] or known
    width = 0 if name else max(map(len, shown))
    ends = {each: _print_end(folder / f"{each}.log", each, lines, width) for each in shown}
    while follow:
        await asyncio.sleep(0.3)
        for each, position in ends.items():
            ends[each] = _print_new(folder / f"{each}.log", each, position, width)
    return 0


def _print_end(path: Path, name: str, lines: int, width: int) -> int:
    said = path.read_bytes()
    for line in said.decode(errors="replace").splitlines()[-lines:] if lines else ():
        _print(line, name, width)
    return len(said)


def _print_new(path: Path, name: str, position: int, width: int) -> int:
    if not path.exists():
        return position
    if path.stat().st_size < position:
        position = 0
    with path.open("rb") as file:
        file.seek(position)
        fresh = file.read()
    whole = fresh[: fresh.rfind(b"\n") + 1]
    for line in whole.decode(errors="replace").splitlines():
        _print(line, name, width)
    return position + len(whole)


def _print(line: str, name: str, width: int) -> None:
    print(f"{name:<{width}} | {line}" if width else line, flush=True)
