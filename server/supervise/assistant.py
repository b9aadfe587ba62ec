"""The command lines of the assistant's own project: its environment, its training, its process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from server import secrets
from server.settings import Settings
from server.supervise import probes
from server.supervise.children import Child, ChildFailed, Supervisor
from server.supervise.folders import ROOT, Stamp, fingerprint, tail, uv
from server.supervise.probes import is_up
from server.supervise.processes import run
from server.supervise.steps import Step, StepFailed

PROJECT = ROOT / "bot"
LOADING = 120.0
"""Seconds the assistant may take to load; about 6 on two cores."""
RENEWS = 2.0
"""Seconds between looks whether another model is there."""
DOING, LOOK = "» ", 0.5
"""What begins a line of the training's log that is for people; seconds between looks at it."""

QUIET = {
    "PYTHONWARNINGS": "ignore",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "UV_PYTHON_DOWNLOADS": "never",
}

SERVING = QUIET | {"OMP_NUM_THREADS": "1"}
"""One thread a sentence vector: several wait for each other in busy loops, and cost seconds when the cores are shared.
The environment has to say so, since scikit-learn loads the library of threads before the vectors' own code does."""


def command(settings: Settings, *words: str) -> list[str]:
    """A command in the assistant's environment; the working directory stays the root, where Rasa finds its files."""
    return [uv(settings.var), "run", "--frozen", "--no-sync", "--project", "bot", *words]


def model(settings: Settings) -> Path:
    """The trained model."""
    return settings.var / "models" / "relais.tar.gz"


def vectors(settings: Settings) -> Path:
    """Where a training keeps the vectors of sentences, for the next one."""
    return settings.var / "vectors"


def learned_from() -> str:
    """A fingerprint of everything a training depends on."""
    code = PROJECT.rglob("*.py")
    sources = [ROOT / "config.yml", ROOT / "domain.yml", ROOT / "data", PROJECT / "uv.lock"]
    return fingerprint([*sources, *(path for path in code if ".venv" not in path.parts)])


def is_trained(settings: Settings) -> bool:
    """Whether the model is there and was made from what is here now."""
    return model(settings).exists() and Stamp(settings.var, "model").matches(learned_from())


def locked() -> str:
    """A fingerprint of what the environment is made from."""
    return fingerprint([PROJECT / "pyproject.toml", PROJECT / "uv.lock"])


def is_installed(settings: Settings, *, dev: bool = False) -> bool:
    """Whether the environment matches the lock file."""
    stamps = [Stamp(settings.var, "bot-environment-dev")]
    if not dev:
        stamps.append(Stamp(settings.var, "bot-environment"))
    return (PROJECT / ".venv" / "bin" / "rasa").exists() and any(stamp.matches(locked()) for stamp in stamps)


async def install(settings: Settings, step: Step, *, dev: bool = False) -> None:
    """Brings the environment up to date. Raises StepFailed."""
    if is_installed(settings, dev=dev):
        step.unchanged("assistant's environment unchanged")
        return
    log = settings.var / "log" / "bot-install.log"
    groups = ["--group", "dev"] if dev else ["--no-dev"]
    words = [uv(settings.var), "sync", "--frozen", "--inexact", "--project", "bot", *groups]
    if await run(words, log=log, folder=ROOT, environment=QUIET) != 0:
        raise StepFailed("the assistant's environment could not be made; is there a network?", tail(log))
    Stamp(settings.var, "bot-environment-dev" if dev else "bot-environment").set(locked())
    step.done("assistant's environment ready")


async def train(settings: Settings, step: Step, *, force: bool = False) -> None:
    """Trains if what the assistant learns from has changed. Raises StepFailed."""
    if is_trained(settings) and not force:
        step.unchanged("assistant unchanged, not trained again")
        return
    learned, stamp = learned_from(), Stamp(settings.var, "model")
    stamp.clear()
    model(settings).parent.mkdir(parents=True, exist_ok=True)
    log = settings.var / "log" / "train.log"
    words = command(settings, "python", "-m", "bot.training", "--out", str(model(settings)))
    environment = QUIET | {"RELAIS_VECTORS": str(vectors(settings))}
    async with asyncio.TaskGroup() as group:
        watcher = group.create_task(_show(log, step))
        code = await run(words, log=log, folder=ROOT, environment=environment)
        watcher.cancel()
    if code != 0 or not model(settings).exists():
        raise StepFailed(f"the assistant could not be trained; all of it is in {log}", tail(log))
    stamp.set(learned)
    step.done("assistant trained")


async def write_vectors(settings: Settings, step: Step) -> None:
    """Writes the vectors of the sentences that come with the repository. Raises StepFailed."""
    log = settings.var / "log" / "vectors.log"
    environment = QUIET | {"RELAIS_VECTORS": str(vectors(settings))}
    if await run(command(settings, "python", "-m", "bot.taught"), log=log, folder=ROOT, environment=environment) != 0:
        raise StepFailed(f"the sentences' vectors could not be written; all of it is in {log}", tail(log))
    step.done(tail(log, 1))


async def _show(log: Path, step: Step) -> None:
    """Shows beside the step what the training says it is doing."""
    begun, doing = time.time(), step.doing
    while True:
        await asyncio.sleep(LOOK)
        # A log of an earlier training says nothing of this one.
        if log.exists() and log.stat().st_mtime >= begun:
            said = [line.partition(DOING)[2] for line in tail(log).splitlines() if DOING in line]
            step.doing = f"{doing}: {said[-1]}" if said else doing


async def start(settings: Settings, supervisor: Supervisor) -> None:
    """As many processes as the settings ask for, all on one port. Raises ChildFailed."""
    for each in children(settings, supervisor):
        await supervisor.start(each, within=LOADING)


def children(settings: Settings, supervisor: Supervisor) -> list[Child]:
    """The assistant's processes."""
    first = child(settings)
    more = [f"{first.name} {number}" for number in range(2, settings.bot_processes + 1)]

    async def beside(name: str) -> bool:
        # Whoever asks the port may be answered by another.
        return probes.listens(supervisor.pid_of(name) or 0, settings.bot_port)

    return [first, *(replace(first, name=name, ready=partial(beside, name)) for name in more)]


def child(settings: Settings) -> Child:
    """The assistant as a child: on loopback only, its token in its environment."""
    listens = ["--host", "127.0.0.1", "--port", str(settings.bot_port)]
    return Child(
        name="bot",
        argv=command(settings, "python", "-m", "bot.serve", "--model", str(model(settings)), *listens),
        ready=lambda: is_up(f"http://127.0.0.1:{settings.bot_port}/webhooks/relais/ready"),
        environment=SERVING | secrets.revealed(settings),
        folder=ROOT,
        patience=5.0,
        gives_way=True,
    )


def made(settings: Settings) -> int | None:
    """When the model was put there, in nanoseconds; None while there is none."""
    try:
        return model(settings).stat().st_mtime_ns
    except FileNotFoundError:
        return None


async def renew(settings: Settings, supervisor: Supervisor, tell: Callable[[str], None]) -> NoReturn:
    """Whenever another model was put there, a process with it takes over from each that runs: no message is lost or
    waits. One that cannot be loaded changes nothing."""
    serving = made(settings)
    while True:
        await asyncio.sleep(RENEWS)
        if (newest := made(settings)) in (None, serving):
            continue
        serving, begun = newest, time.monotonic()

        async def taken_over(pid: int) -> bool:
            return probes.listens(pid, settings.bot_port)

        try:
            for each in children(settings, supervisor):
                await supervisor.replace(each, taken_over=taken_over, within=LOADING)
        except ChildFailed as failure:
            tell(f"the new model is not taken: {failure}; the one before goes on serving")
        else:
            tell(f"the assistant has taken the new model after {time.monotonic() - begun:.1f} s")
