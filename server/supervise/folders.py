"""Where things are in the repository, what has changed in it, and the tools found on this machine."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from server.supervise.steps import StepFailed

ROOT = Path(__file__).parents[2]
IGNORED = {"node_modules", "dist", ".venv", "__pycache__", ".vite"}


def fingerprint(paths: Iterable[Path], *, root: Path = ROOT) -> str:
    """A hash of the names and contents of files, and of everything in folders, but for what is built there."""
    total = hashlib.sha256()
    for path in sorted(files_in(paths)):
        total.update(f"{path.relative_to(root)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def files_in(paths: Iterable[Path]) -> set[Path]:
    """The files among `paths` and below the folders among them."""
    found: set[Path] = set()
    for path in paths:
        if path.is_file():
            found.add(path)
        for folder, folders, names in os.walk(path):
            folders[:] = [name for name in folders if name not in IGNORED]
            found.update(Path(folder) / name for name in names if not name.endswith((".pyc", ".tsbuildinfo")))
    return found


class Stamp:
    """Remembers in `var/stamps` what something was made from, so that it is not made again."""

    def __init__(self, var: Path, name: str) -> None:
        self._path = var / "stamps" / name

    def matches(self, value: str) -> bool:
        return self._path.exists() and self._path.read_text() == value

    def set(self, value: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(value)

    def clear(self) -> None:
        self._path.unlink(missing_ok=True)


def uv(var: Path) -> str:
    """The uv that the launcher found or installed. Raises StepFailed."""
    own = var / "tools" / "uv" / "bin" / "uv"
    found = shutil.which("uv") or (str(own.absolute()) if own.exists() else None)
    if found is None:
        raise StepFailed("uv was not found: start Relais with ./relais, which installs it")
    return found


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""
