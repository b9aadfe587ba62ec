import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from server import secrets
from server.settings import Settings
from server.supervise import probes
from server.supervise.folders import ROOT, Stamp, fingerprint
from server.supervise.up import Refused, check, only_one


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    given |= {"RELAIS_VAR": str(var), **environment}
    return subprocess.run(
        [sys.executable, "-m", "server", "up"],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_port_in_use_is_told_in_one_line_before_anything_is_started(var: Path) -> None:
    ports = {name: str(free_port()) for name in ("RELAIS_BOT_PORT",)}
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        done = start(var, RELAIS_PORT=str(port), **ports)
    assert done.returncode == 1
    assert done.stderr == f"relais: port {port} is in use: stop what holds it, or choose another with RELAIS_PORT\n"
    assert not (var / "postgres").exists()


def test_a_second_up_in_the_same_folder_is_told_in_one_line(var: Path) -> None:
    with only_one(var):
        done = start(var)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"already running from this folder (process {os.getpid()})" in done.stderr
    with only_one(var):
        pass


def test_production_faults_stop_the_start_one_line_each(var: Path) -> None:
    ports = {name: str(free_port()) for name in ("RELAIS_PORT", "RELAIS_BOT_PORT")}
    done = start(var, RELAIS_PRODUCTION="true", **ports)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 3
    assert not (var / "secrets.env").exists()


def test_a_wrong_setting_is_told_by_its_name(var: Path) -> None:
    done = start(var, RELAIS_PORT="many")
    assert done.returncode == 1
    assert done.stderr.startswith("relais: RELAIS_PORT: ")


def test_the_assistants_port_does_not_matter_when_it_is_elsewhere(var: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        ports = {"bot_port": held.getsockname()[1], "port": free_port()}
        check(Settings(var=var, _env_file=None, bot_url="http://bot:5005", **ports))
        with pytest.raises(Refused, match="RELAIS_BOT_PORT"):
            check(Settings(var=var, _env_file=None, **ports))


def test_a_server_on_every_address_is_asked_on_loopback() -> None:
    assert probes.local_address(Settings(_env_file=None, host="0.0.0.0", port=81)) == "http://127.0.0.1:81"


def test_secrets_are_made_once_and_read_by_their_owner_only(settings: Settings) -> None:
    first = secrets.load(settings)
    path = settings.var / "secrets.env"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secrets.revealed(first) == secrets.revealed(secrets.load(settings))
    assert len(set(secrets.revealed(first).values())) == 2


def test_the_environment_wins_over_kept_secrets(settings: Settings) -> None:
    secrets.load(settings)
    given = secrets.load(settings.model_copy(update={"bot_token": SecretStr("given")}))
    assert secrets.revealed(given)["RELAIS_BOT_TOKEN"] == "given"


def test_production_neither_makes_nor_reads_secrets(settings: Settings) -> None:
    secrets.load(settings)
    assert secrets.revealed(secrets.load(settings.model_copy(update={"production": True}))) == {}


def test_a_fingerprint_changes_with_names_and_contents_but_not_with_what_is_built(tmp_path: Path) -> None:
    (tmp_path / "a.ts").write_text("one")
    first = fingerprint([tmp_path], root=tmp_path)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "a.js").write_text("built")
    assert fingerprint([tmp_path], root=tmp_path) == first
    (tmp_path / "a.ts").rename(tmp_path / "b.ts")
    renamed = fingerprint([tmp_path], root=tmp_path)
    (tmp_path / "b.ts").write_text("two")
    assert len({first, renamed, fingerprint([tmp_path], root=tmp_path)}) == 3


def test_a_stamp_remembers(var: Path) -> None:
    stamp = Stamp(var, "web")
    assert not stamp.matches("x")
    stamp.set("x")
    assert Stamp(var, "web").matches("x")
    stamp.clear()
    assert not stamp.matches("x")
