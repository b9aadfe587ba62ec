"""What a test waited for when its time was up: the chain of every task, and what the database was doing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import CodeType, CoroutineType
from typing import Any

import pytest

_loops: list[asyncio.AbstractEventLoop] = []


@pytest.fixture(scope="session", autouse=True)
async def _the_loop_of_all_tests() -> None:
    _loops.append(asyncio.get_running_loop())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report: Any = yield
    if call.excinfo and "Timeout (>" in str(call.excinfo.value):
        told = [line for loop in _loops for task in asyncio.all_tasks(loop) for line in chain(task)]
        report.sections.append(("Tasks", "\n".join(told)))
    return report


def chain(task: asyncio.Task[Any]) -> list[str]:
    """Where a task stands: each coroutine and the one it awaits, from its own down."""
    lines, awaited = [task.get_name()], task.get_coro()
    while awaited is not None:
        code: CodeType | None = getattr(awaited, "cr_code", None) or getattr(awaited, "ag_code", None)
        frame = getattr(awaited, "cr_frame", None) or getattr(awaited, "ag_frame", None)
        where = f"{code.co_filename}:{frame.f_lineno} {code.co_qualname}" if code and frame else repr(awaited)
        lines.append(f"  {where}")
        awaited = awaited.cr_await if isinstance(awaited, CoroutineType) else getattr(awaited, "ag_await", None)
    return lines
