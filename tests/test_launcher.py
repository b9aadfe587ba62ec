import re
import shutil
import subprocess
from pathlib import Path

import pytest
import typer

from server.cli import app

ROOT = Path(__file__).parents[1]
LAUNCHER = ROOT / "relais"


def launch(*words: str, **more) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LAUNCHER, *words], capture_output=True, text=True, timeout=60, check=False, **more)


def listed() -> set[str]:
    return set(re.findall(r"^  ([a-z-]+)  ", launch().stdout, re.MULTILINE))


def test_alone_it_lists_its_verbs() -> None:
    done = launch()
    assert done.returncode == 0
    assert {"up", "test", "say", "import", "user", "doctor", "logs"} <= listed()


def test_the_list_is_what_the_command_line_has() -> None:
    known = set(typer.main.get_command(app).commands)
    assert listed() == known


def test_an_unknown_verb_is_refused_in_words() -> None:
    done = launch("fly")
    assert done.returncode == 1
    assert "there is no verb 'fly'" in done.stderr


@pytest.mark.parametrize("script", ["relais", ".ci/run"])
def test_scripts_are_plain_shell(script: str) -> None:
    shell = shutil.which("dash") or shutil.which("sh")
    subprocess.run([shell, "-n", ROOT / script], check=True, timeout=10)
    text = (ROOT / script).read_text()
    assert text.startswith("#!/bin/sh\n")
    assert not re.search(r"\[\[|\bfunction \w|\bsource |\blocal |<\(|\$'|\+=", text)
    assert (ROOT / script).stat().st_mode & 0o111


def test_without_uv_and_without_python_it_says_what_to_install(tmp_path: Path) -> None:
    for tool in ("sh", "dirname", "cat", "date", "mkdir", "rm", "cksum"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(LAUNCHER, copy)
    done = subprocess.run(
        [tmp_path / "sh", copy / "relais", "up"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Python 3.11 was not found" in done.stderr


def test_say_without_a_server_is_one_clear_sentence(tmp_path: Path) -> None:
    done = launch("say", "bonjour", "--url", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert done.stderr == "relais: no server answers at http://127.0.0.1:9; start it with ./relais up\n"
