import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from server.supervise import processes
from server.supervise.children import Child, ChildFailed, Supervisor

SLEEP = [sys.executable, "-c", "import time; print('here', flush=True); time.sleep(60)"]
LAST = 19
"""The highest niceness there is (nice(2))."""


def child(argv, name="sleeper", **more):
    async def ready():
        return True

    return Child(name=name, argv=argv, ready=more.pop("ready", ready), **more)


async def gone(pid: int) -> bool:
    for _ in range(100):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        await asyncio.sleep(0.05)
    return False


async def test_a_crash_is_said_logged_and_mended(var: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(var / "log", said.append)
    await supervisor.start(child(SLEEP), within=5)
    first = supervisor.pid_of("sleeper")
    os.kill(first, signal.SIGKILL)
    for _ in range(100):
        if len(said) == 2:
            break
        await asyncio.sleep(0.05)
    assert "stopped by itself (SIGKILL)" in said[0]
    assert "is back" in said[1]
    assert supervisor.pid_of("sleeper") not in (None, first)
    assert "stopped by itself" in (var / "log" / "sleeper.log").read_text()
    await supervisor.stop()
    assert supervisor.pid_of("sleeper") is None


async def test_what_a_crashed_child_had_started_is_ended_before_it_starts_again(var: Path) -> None:
    supervisor = Supervisor(var / "log", lambda _: None)
    script = "import subprocess, sys; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); p.wait()"
    await supervisor.start(child([sys.executable, "-c", script]), within=5)
    log = var / "log" / "sleeper.log"
    while not log.read_text().strip():
        await asyncio.sleep(0.05)
    grandchild = int(log.read_text().split()[0])
    os.kill(supervisor.pid_of("sleeper"), signal.SIGKILL)
    assert await gone(grandchild)
    await supervisor.stop()


async def test_a_child_that_ends_at_its_start_is_a_failure_with_its_last_words(var: Path) -> None:
    async def never():
        return False

    supervisor = Supervisor(var / "log", lambda _: None)
    with pytest.raises(ChildFailed, match="ended at its start \\(exit code 3\\)") as failure:
        await supervisor.start(
            child([sys.executable, "-c", "print('no room'); raise SystemExit(3)"], ready=never), within=5
        )
    assert failure.value.last_words() == "no room"


async def test_children_stop_in_reverse_order(var: Path) -> None:
    order = var / "order"
    script = f"""
        import signal, sys, time
        def leave(*_):
            with open({str(order)!r}, "a") as file: file.write(sys.argv[1] + " ")
            sys.exit()
        signal.signal(signal.SIGTERM, leave)
        print("ready", flush=True)
        time.sleep(60)
    """
    supervisor = Supervisor(var / "log", lambda _: None)
    for name in ("store", "site"):
        log = var / "log" / f"{name}.log"

        async def ready(log=log):
            return log.exists() and "ready" in log.read_text()

        argv = [sys.executable, "-c", textwrap.dedent(script), name]
        await supervisor.start(child(argv, name=name, ready=ready), within=5)
    await supervisor.stop()
    assert order.read_text().split() == ["site", "store"]


async def test_a_child_that_will_not_leave_is_killed(var: Path) -> None:
    async def ready():
        return "deaf" in (var / "log" / "sleeper.log").read_text()

    script = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    supervisor = Supervisor(var / "log", lambda _: None)
    await supervisor.start(child([sys.executable, "-c", script], ready=ready, patience=0.3), within=5)
    started = time.monotonic()
    await supervisor.stop()
    # The child itself would sleep for a minute.
    assert time.monotonic() - started < 20


@pytest.mark.skipif(sys.platform != "linux", reason="prctl(2) is Linux's")
async def test_a_killed_parent_leaves_no_orphan(var: Path) -> None:
    script = f"""
        import asyncio
        from pathlib import Path
        from server.supervise.processes import spawn
        async def main():
            process = await spawn(["sleep", "60"], log=Path({str(var)!r}) / "sleep.log")
            print(process.pid, flush=True)
            await asyncio.sleep(60)
        asyncio.run(main())
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True) as parent:  # noqa: ASYNC220
        orphan = int(parent.stdout.readline())
        parent.kill()
    assert await gone(orphan)


async def test_a_cancelled_command_is_ended(var: Path) -> None:
    pid = var / "pid"
    script = f"import os, pathlib, time; pathlib.Path({str(pid)!r}).write_text(str(os.getpid())); time.sleep(60)"
    task = asyncio.create_task(processes.run([sys.executable, "-c", script], log=var / "run.log"))
    while not pid.exists() or not pid.read_text():
        await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await gone(int(pid.read_text()))


def test_a_large_log_is_moved_aside_and_the_oldest_dropped(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "LARGEST_LOG", 10)
    log = var / "bot.log"
    for number in range(6):
        log.write_text(f"number {number}, long enough")
        processes.rotate(log)
    assert not log.exists()
    assert sorted(path.name for path in var.iterdir()) == ["bot.log.1", "bot.log.2", "bot.log.3"]
    assert (var / "bot.log.1").read_text().startswith("number 5")


async def test_what_thinks_gives_way_and_nothing_else_does(var: Path) -> None:
    supervisor = Supervisor(var / "log", lambda _: None)
    await supervisor.start(child(SLEEP, name="thinks", gives_way=True), within=5)
    await supervisor.start(child(SLEEP, name="answers"), within=5)
    try:
        niceness = [psutil.Process(supervisor.pid_of(name)).nice() for name in ("thinks", "answers")]
    finally:
        await supervisor.stop()
    # Whoever runs the tests may give way already: there is a last place.
    assert niceness == [min(os.nice(0) + 10, LAST), os.nice(0)]
