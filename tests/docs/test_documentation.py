"""The documentation says what is so: its settings, its paths, its commands."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.app import Parts
from server.cli import app
from tests.docs.settings_page import PAGE, page

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "deploy" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)[^)]*\)")
FLOW = re.compile(r"^((?:[\w-]+/)+[\w.-]*)((?:, (?:[\w-]+/)+[\w.]+)*)", re.MULTILINE)


def commands() -> list[tuple[str, str]]:
    found = []
    for file in PAGES:
        for block in BLOCK.findall(file.read_text(encoding="utf-8")):
            joined = block.replace("\\\n", " ")
            found += [(file.name, line) for line in joined.splitlines() if line.startswith("./relais")]
    return found


def test_settings_page_is_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.docs.settings_page"


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_somewhere(file: Path) -> None:
    missing = [link for link in LINK.findall(file.read_text(encoding="utf-8")) if not (file.parent / link).exists()]
    assert not missing


def test_the_files_on_a_messages_way_exist() -> None:
    flow = (ROOT / "docs" / "message-flow.md").read_text(encoding="utf-8").split("```")[1]
    paths = [path for match in FLOW.finditer(flow) for path in match[0].split(", ")]
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(("file", "line"), commands())
def test_commands_have_verbs_and_options_that_exist(file: str, line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    groups = {group.name for group in app.registered_groups}
    verbs = words[:2] if words[0] in groups else words[:1]
    shown = CliRunner().invoke(app, [*verbs, "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0, shown.output
    for option in (word for word in words if word.startswith("--")):
        assert option in shown.output, f"{line}: {option}"


async def test_the_readmes_conversation_runs(company: Parts, tmp_path: Path) -> None:
    """The `./relais say` lines of the README, typed as they stand."""
    said = [line for file, line in commands() if file == "README.md" and line.startswith("./relais say")]
    assert len(said) >= 2
    for line in said:
        words = shlex.split(line, comments=True)[1:]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server", *words, "--url", company.settings.address),
            env={**os.environ, "RELAIS_VAR": str(tmp_path)},
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        assert len(out.decode()) > 40
