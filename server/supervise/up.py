"""Everything `./relais up` does: sets up what is missing, starts the four processes, watches them, stops them."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rich.text import Text

from server import secrets
from server.settings import Settings
from server.supervise import assistant, frontends, probes, records, stores
from server.supervise.children import Child, ChildFailed, Supervisor
from server.supervise.folders import ROOT
from server.supervise.processes import die_with_parent
from server.supervise.production import production_faults, production_notes
from server.supervise.signals import Signals
from server.supervise.steps import StepFailed, Steps


class Refused(Exception):
    """We do not start; every line says one reason."""

    def __init__(self, *lines: str) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


@dataclass
class Site:
    """One `up`: its settings, what it shows, and what it has started."""

    settings: Settings
    steps: Steps
    supervisor: Supervisor
    logins: records.DemoLogins | None = None

    @property
    def log(self) -> Path:
        return self.settings.var / "log"


async def up(settings: Settings, steps: Steps | None = None) -> int:
    """Runs until Ctrl-C, SIGTERM or a failure of the set-up; returns the exit code."""
    steps = steps or Steps()
    die_with_parent()
    try:
        with only_one(settings.var):
            check(settings)
            return await _run(Site(settings, steps, Supervisor(settings.var / "log", _teller(steps))))
    except Refused as refusal:
        for line in refusal.lines:
            print(f"relais: {line}", file=sys.stderr)
        return 1


@contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Holds the folder's lock. Raises Refused while another `up` does."""
    var.mkdir(parents=True, exist_ok=True)
    file: IO[str]
    with (var / "up.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise Refused(f"already running from this folder (process {holder}); stop that with Ctrl-C first") from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
        file.truncate(0)


def check(settings: Settings) -> None:
    """What can be refused before anything is started. Raises Refused."""
    lines = production_faults(settings, 0) if settings.production else []
    lines += probes.used_ports(settings)
    if lines:
        raise Refused(*lines)


async def _run(site: Site) -> int:
    signals = Signals(site.supervisor)
    signals.listen()
    started = time.monotonic()
    try:
        async with site.steps:
            await _set_up(site)
        _greet(site, time.monotonic() - started)
        await _serve(site)
    except asyncio.CancelledError:
        if not signals.caught:
            raise
    except BaseExceptionGroup as failures:
        known, unknown = failures.split((StepFailed, ChildFailed, Refused))
        _explain(known)
        if unknown:
            _keep_traceback(unknown, site.log / "up.log")
        return 1
    finally:
        signals.release()
        await _stop(site, told=signals.caught)
    return 0


async def _set_up(site: Site) -> None:
    # The assistant takes longest to load, so it goes first and everything else happens meanwhile.
    async with asyncio.TaskGroup() as group:
        group.create_task(_start_assistant(site))
        built = group.create_task(_build(site))
        group.create_task(_start_server(site, built))
    # The server says it is ready once the assistant is, so this comes last.
    async with site.steps.step("waiting until the server has everything it needs") as step:
        ready = f"{probes.local_address(site.settings)}/readyz"
        if not await probes.until(lambda: probes.is_up(ready), seconds=30):
            raise ChildFailed("the server lacks something (see /readyz)", site.log / "server.log")
        step.done("server and assistant have found each other")


async def _start_assistant(site: Site) -> None:
    if site.settings.bot_url:
        return
    async with site.steps.step("assistant's environment (2.4 GB the first time)") as step:
        await assistant.install(site.settings, step)
    async with site.steps.step("training the assistant") as step:
        await assistant.train(site.settings, step)
    async with site.steps.step("starting the assistant") as step:
        await assistant.start(site.settings, site.supervisor)
        step.done("assistant ready")


async def _build(site: Site) -> None:
    async with site.steps.step("building the front ends") as step:
        await frontends.build(site.settings, step)


async def _start_server(site: Site, built: asyncio.Task[None]) -> None:
    settings = site.settings
    if settings.database_url is None:
        await _start_postgres(site)
    if settings.redis_url is None:
        async with site.steps.step("starting Valkey") as step:
            await site.supervisor.start(stores.valkey(settings), within=15)
            step.done("Valkey ready")
    url = stores.database_url(settings)
    await _fill(site, url)
    await built
    async with site.steps.step("starting the server") as step:
        await site.supervisor.start(server_child(settings), within=60)
        step.done("server started")


async def _start_postgres(site: Site) -> None:
    settings = site.settings
    for folder in stores.make_passable(settings):
        site.steps.say(f"! {folder} may now be passed through by other users: PostgreSQL does not run as root")
    if (orphan := stores.leftover(settings)) is not None:
        site.steps.say(f"! PostgreSQL of an earlier run was still there (process {orphan.pid}); stopping it")
        await stores.stop_leftover(orphan)
    async with site.steps.step("starting PostgreSQL") as step:
        made = await stores.initialise(settings, site.log / "initdb.log")
        await site.supervisor.start(stores.postgres(settings), within=60)
        await stores.make_database(settings)
        step.done("database made, PostgreSQL ready" if made else "PostgreSQL ready")


async def _fill(site: Site, url: str) -> None:
    async with site.steps.step("migrating the database") as step:
        if await records.upgrade(url):
            step.done("database migrated")
        else:
            step.unchanged("database unchanged")
    if site.settings.production:
        if faults := production_faults(site.settings, await records.demo_agents(url)):
            raise Refused(*faults)
    elif site.settings.demo:
        async with site.steps.step("loading the demo company") as step:
            site.logins = await records.load_demo(site.settings, url)
            if site.logins:
                step.done("demo company loaded")
            elif renewed := await records.renew_demo(site.settings, url):
                step.done(f"demo company already there, {renewed} of its articles renewed")
            else:
                step.unchanged("demo company already there")


def server_child(settings: Settings) -> Child:
    """The server as a child, told where the stores are and what it shares with the assistant."""
    return Child(
        name="server",
        argv=[sys.executable, "-m", "server", "serve"],
        ready=lambda: probes.is_answering(f"{probes.local_address(settings)}/readyz"),
        environment=secrets.revealed(settings)
        | {
            "DATABASE_URL": stores.database_url(settings),
            "REDIS_URL": stores.redis_url(settings),
            "RELAIS_PRODUCTION": str(settings.production).lower(),
        },
        folder=ROOT,
        patience=4.0,
    )


async def _serve(site: Site) -> None:
    """Until somebody stops us."""
    if site.settings.bot_url is None:
        await assistant.renew(site.settings, site.supervisor, _teller(site.steps))
    await asyncio.Event().wait()


def _greet(site: Site, seconds: float) -> None:
    settings, say = site.settings, site.steps.console.print
    address = settings.address
    say(Text.assemble("\n", ("Relais is ready", "bold green"), f" after {seconds:.0f} s\n"))
    rows = [("Help centre", "/fr/aide"), ("", "/en/help"), ("Customer portal", "/fr/compte"), ("", "/en/account")]
    rows.append(("Agent desk", "/desk/"))
    if settings.demo and not settings.production:
        rows = [("Demo shop and chat", "/demo/fr/"), ("", "/demo/en/"), *rows]
    for name, path in rows:
        say(Text.assemble(f"  {name:<20}", (address + path, "cyan")))
    if site.logins:
        say(f"\n  Demo logins of the desk, all with the password [bold]{site.logins.password}[/] (shown this once):")
        for login in site.logins.agents:
            say(Text(f"    {login.email:<34}{login.name}, {login.role}"))
        say("  Another password: ./relais user password EMAIL")
    if settings.production:
        for note in production_notes(settings):
            say(Text(f"  Note: {note}", "yellow"))
    say(Text(f"\n  Logs: ./relais logs (in {site.log})    Stop: Ctrl-C\n", "dim"))


async def _stop(site: Site, *, told: bool) -> None:
    if told:
        site.steps.say("Stopping …")
    started = time.monotonic()
    await site.supervisor.stop()
    if told:
        site.steps.say(f"Stopped after {time.monotonic() - started:.1f} s.")


def _explain(failures: BaseExceptionGroup[BaseException] | None) -> None:
    for failure in failures.exceptions if failures else ():
        if isinstance(failure, BaseExceptionGroup):
            _explain(failure)
        elif isinstance(failure, Refused):
            for line in failure.lines:
                print(f"relais: {line}", file=sys.stderr)
        else:
            words = failure.last_words() if isinstance(failure, ChildFailed) else getattr(failure, "detail", "")
            print(f"\n{words}\n" if words else "", f"relais: {failure}", sep="", file=sys.stderr)
            if isinstance(failure, ChildFailed):
                print(f"relais: all of it is in {failure.log}; ./relais doctor may know more", file=sys.stderr)


def _keep_traceback(failure: BaseException, log: Path) -> None:
    with log.open("a") as file:
        traceback.print_exception(failure, file=file)
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    print(f"relais: {type(failure).__name__}: {failure}; the whole story is in {log}", file=sys.stderr)


def _teller(steps: Steps) -> Callable[[str], None]:
    def tell(line: str) -> None:
        steps.console.print(Text.assemble((time.strftime("%H:%M:%S "), "dim"), ("! ", "yellow"), line))

    return tell
