"""How checks went: read from what their runners said, and told in a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

_COUNTS = re.compile(r"(\d+) (passed|failed|skipped|error)")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Result:
    """How a check went, in tests where it counts them, otherwise as one."""

    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    reasons: tuple[str, ...] = ()
    """What was skipped and why, a line each."""
    shaky: tuple[str, ...] = ()
    """What failed and then passed by itself: timing that a busy machine breaks, to be mended all the same."""


def failures(said: str) -> tuple[str, ...]:
    """The tests that pytest says (with `-ra`) have failed."""
    return tuple(
        match[1] for match in re.finditer(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", _COLOURS.sub("", said), re.MULTILINE)
    )


def counted(said: str, counts: str | None, code: int) -> tuple[int, int, int]:
    """Tests passed, failed and skipped according to a runner's closing lines.

    A check that counts none is one test. A failure that no line tells of (a crash, no test at all) is one failure.
    """
    passed = failed = skipped = 0
    if counts:
        lines = [line for line in _COLOURS.sub("", said).splitlines() if _is_closing(line, counts)]
        for number, kind in _COUNTS.findall(lines[-1] if lines else ""):
            passed += int(number) * (kind == "passed")
            failed += int(number) * (kind in ("failed", "error"))
            skipped += int(number) * (kind == "skipped")
        if code != 0 or passed + failed == 0:
            failed = max(failed, 1)
        return passed, failed, skipped
    return int(code == 0), int(code != 0), 0


def skips(said: str) -> tuple[str, ...]:
    """What pytest says (with `-ra`) that it skipped, and why."""
    lines = _COLOURS.sub("", said).splitlines()
    return tuple(line.removeprefix("SKIPPED ") for line in lines if line.startswith("SKIPPED ["))


def _is_closing(line: str, counts: str) -> bool:
    if counts == "vitest":
        return line.strip().startswith("Tests ")
    return bool(re.search(r"\d+ (passed|failed|skipped|error)s?\b.* in [\d.]+s", line))


def summarise(results: Sequence[Result], console: Console) -> int:
    """Prints the table and the closing line; 1 when something failed."""
    table = Table("Check", "Passed", "Failed", "Skipped", "Seconds", box=None, title="\nSummary", title_justify="left")
    for result in results:
        row = [result.name, *map(str, (result.passed, result.failed, result.skipped)), f"{result.seconds:.1f}"]
        table.add_row(*row, style="red" if result.failed else "")
    console.print(table)
    passed, failed, skipped = (sum(getattr(each, name) for each in results) for name in ("passed", "failed", "skipped"))
    for result in results:
        if result.failed:
            console.print(Text(f"failed: {result.name}"))
    for result in results:
        for reason in result.reasons:
            print(f"Skipped: {reason}")
        for name in result.shaky:
            print(f"Passed at the second try only: {name}")
    print(f"\n{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    return 1 if failed else 0
