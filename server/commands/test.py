"""`./relais test`: the set-up with what the tests need, every check as soon as it can run, and a summary."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from server.commands.doctor import browser
from server.commands.results import Result, counted, failures, skips, summarise
from server.settings import Settings
from server.supervise import assistant, frontends
from server.supervise.folders import ROOT
from server.supervise.processes import die_with_parent, run
from server.supervise.steps import StepFailed, Steps

Ready = dict[str, asyncio.Task[None]]
"""What the set-up makes, by name: done when it is there."""
FEW = 3
"""Failures that are tried once more by themselves; more of them are no accident."""


@dataclass(frozen=True)
class Check:
    """A command that must end with 0. `counts` says whose closing line tells how many tests there were."""

    name: str
    argv: Sequence[str]
    folder: Path = ROOT
    environment: dict[str, str] = field(default_factory=dict)
    counts: str | None = None
    needs: Collection[str] = ()
    """What of the set-up must be there before; the names are those of `prepare`."""
    within: float = 1800
    """Seconds. Longer than it takes on the slowest machine: what is not done by then waits for something."""


async def check(settings: Settings, arguments: Sequence[str]) -> int:
    """Runs everything, or only pytest with `arguments`; 1 when something failed."""
    die_with_parent()
    try:
        async with Steps() as steps, _ended_with_us(prepare(settings, steps)) as ready:
            if not arguments:
                results = await _all(settings, steps, ready)
            await asyncio.gather(*ready.values())
    except StepFailed as failure:
        print(f"{failure.detail}\nrelais: {failure}", file=sys.stderr)
        return 1
    if arguments:
        pytest = [sys.executable, "-m", "pytest", *arguments]
        process = await asyncio.create_subprocess_exec(*pytest, cwd=ROOT, env=_environment())
        return await process.wait()
    return summarise(results, Console(highlight=False))


def prepare(settings: Settings, steps: Steps) -> Ready:
    """The set-up, begun: environments with their test tools, browser, front ends, model. Its tasks raise StepFailed."""

    async def environment() -> None:
        async with steps.step("assistant's environment (2.4 GB the first time)") as step:
            await assistant.install(settings, step, dev=True)

    async def model() -> None:
        await ready["environment"]
        async with steps.step("training the assistant") as step:
            await assistant.train(settings, step)

    async def packages() -> None:
        async with steps.step("packages of the front ends"):
            await frontends.install(settings)

    async def pages() -> None:
        await ready["packages"]
        async with steps.step("building the front ends") as step:
            await frontends.build(settings, step)

    async def chromium() -> None:
        async with steps.step("browser for tests") as step:
            step.unchanged(await install_browser(settings))

    parts: tuple[Callable[[], Coroutine[Any, Any, None]], ...] = (environment, packages, model, pages, chromium)
    ready: Ready = {}
    for part in parts:
        ready[part.__name__] = asyncio.create_task(part())
    return ready


@asynccontextmanager
async def _ended_with_us(tasks: dict[str, asyncio.Task[Any]]) -> AsyncIterator[dict[str, asyncio.Task[Any]]]:
    try:
        yield tasks
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)


async def install_browser(settings: Settings) -> str:
    """Installs Debian's chromium when there is none and we may; returns what there is, in words."""
    if found := browser():
        return f"browser for tests: {found}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return "no browser: the browser tests will fail; install chromium (Debian: apt install chromium)"
    log = settings.var / "log" / "apt.log"
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    if await run(["apt-get", "update", "-q"], log=log, environment=quiet) == 0:
        await run(["apt-get", "install", "-qy", "--no-install-recommends", "chromium"], log=log, environment=quiet)
    if found := browser():
        return f"browser for tests: {found} (just installed)"
    return f"chromium could not be installed (see {log}): the browser tests will fail"


BROWSER = ("tests/browser",)
TALKING = ("tests/dialogues", "tests/scenarios", "tests/docs", "tests/test_launcher.py")
"""These and the browser's look at the whole product as people do."""
CHANNELS = ("tests/channels", "tests/actions", "tests/security", "tests/server/files")
CRM = ("tests/crm_backend",)
PROCESSES = (
    "tests/server/backup",
    "tests/server/supervise",
    "tests/server/test_kill.py",
    "tests/server/test_outbox_kill.py",
    "tests/server/test_outbox_kill_clients.py",
    "tests/server/test_turn_loop.py",
)
"""These start, kill and wait for other processes most of the time, and leave the cores to the rest."""
AT_ONCE = 3


def checks(settings: Settings) -> list[Check]:
    """Every check, in the order in which they begin as far as what they need is there: those that say quickly what is
    wrong come first, and of the others the longest, so that none begins late and runs alone."""
    python = (sys.executable, "-m")
    npm, node = frontends.node().npm, frontends.node().environment
    rasa = ("rasa", "data", "validate", "--config", "config.yml", "--domain", "domain.yml", "--data", "data")
    # The root's configuration belongs to another pytest with other plug-ins.
    bot_tests = ("python", "-m", "pytest", "-q", "-c", "bot/pyproject.toml", "--rootdir", ".", "tests/bot")
    quiet = assistant.QUIET
    data, taught = assistant.command(settings, *rasa), assistant.command(settings, *bot_tests)
    parts = (*BROWSER, *CHANNELS, *CRM, *PROCESSES, *TALKING)
    whole = ("model", "pages", "chromium")

    def product(name: str, which: Sequence[str], *needs: str) -> Check:
        argv = [*python, "pytest", "-q", *which]
        return Check(f"tests: {name}", argv, environment=_environment(), counts="pytest", needs=needs)

    return [
        Check("ruff check", [*python, "ruff", "check", "."]),
        Check("ruff format", [*python, "ruff", "format", "--check", "."]),
        Check("import contracts", [str(Path(sys.executable).with_name("lint-imports"))]),
        Check("mypy", [*python, "mypy"]),
        Check("front ends: types", [*npm, "run", "check"], frontends.WEB, node, needs=["packages"]),
        Check("front ends: tests", [*npm, "test"], frontends.WEB, node, counts="vitest", needs=["packages"]),
        Check("assistant: data", data, environment=quiet, needs=["environment"]),
        product("browser", BROWSER, *whole),
        product("all others", [f"--ignore={each}" for each in parts], *whole),
        product("processes", PROCESSES, *whole),
        product("channels", CHANNELS, "pages"),
        product("whole conversations", TALKING, *whole),
        product("crm", CRM),
        Check("assistant: tests", taught, environment=quiet, counts="pytest", needs=["model"]),
        Check("front ends: size", [*npm, "run", "size"], frontends.WEB, node, needs=["pages"]),
    ]


def _environment() -> dict[str, str]:
    # Tests start processes of their own: what `up` would find in the environment must not reach them.
    ours = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return {**ours, **frontends.node().environment}


async def _all(settings: Settings, steps: Steps, ready: Ready) -> list[Result]:
    """Tests wait for stores, browsers and each other's processes: three checks at a time keep two cores busy."""
    waiting = checks(settings)
    results: dict[str, Result | None] = {each.name: None for each in waiting}
    running: dict[str, asyncio.Task[Result]] = {}
    async with _ended_with_us(running):
        while waiting or running:
            can = [each for each in waiting if all(ready[need].done() for need in each.needs)]
            for each in can[: AT_ONCE - len(running)]:
                waiting.remove(each)
                running[each.name] = asyncio.create_task(_run(settings, steps, each))
            undone = [task for task in ready.values() if not task.done()]
            await asyncio.wait([*running.values(), *undone], return_when=asyncio.FIRST_COMPLETED)
            for task in undone:
                if task.done():
                    task.result()
            for name in [name for name, task in running.items() if task.done()]:
                results[name] = running.pop(name).result()
    return [result for result in results.values() if result]


async def _run(settings: Settings, steps: Steps, check: Check) -> Result:
    slug = re.sub("[^a-z]+", "-", check.name)
    log = settings.var / "log" / f"test-{slug}.log"
    log.unlink(missing_ok=True)
    started = time.monotonic()
    shaky: tuple[str, ...] = ()
    argv = [*check.argv]
    if check.counts == "pytest":
        argv += ["-o", f"cache_dir={settings.var / 'pytest' / slug}"]
    async with steps.step(check.name) as step:
        code = await _ended(check, argv, log)
        said = log.read_text(errors="replace")
        passed, failed, skipped = counted(said, check.counts, code)
        if 0 < len(names := failures(said)) == failed <= FEW:
            again = log.with_stem(f"{log.stem}-again")
            again.unlink(missing_ok=True)
            if await _ended(check, [*argv, "--last-failed", "--last-failed-no-failures", "none"], again) == 0:
                passed, failed, shaky = passed + failed, 0, names
        told = f"{check.name}{f': {passed} passed' if check.counts else ''}"
        told += f", {len(shaky)} of them at the second try" if shaky else ""
        if failed:
            step.failed(told + (f", {failed} failed" if check.counts else ""))
        else:
            step.done(told)
    if failed or shaky:
        steps.say(f"{'─' * 20} {check.name} {'─' * 20}\n{said}\n{'─' * (42 + len(check.name))}")
    reasons = skips(said) if check.counts == "pytest" else ()
    return Result(check.name, passed, failed, skipped, time.monotonic() - started, reasons, shaky)


async def _ended(check: Check, argv: Sequence[str], log: Path) -> int:
    """Its exit code; 124, as timeout(1) says it, when it was ended."""
    try:
        async with asyncio.timeout(check.within):
            return await run(argv, log=log, folder=check.folder, environment=check.environment)
    except TimeoutError:
        with log.open("a") as end:
            end.write(f"\nrelais: not done after {check.within:.0f} s, ended\n")
        return 124
