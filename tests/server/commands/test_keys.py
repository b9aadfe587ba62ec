"""`./relais key` and what the README does with it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys

import pytest

from crm_backend.keys import services
from server.app import Parts
from server.commands import keys
from tests.support import site
from tests.support.stores import ROOT


async def test_a_key_is_made_listed_and_revoked(
    database_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    settings = site.settings_for(database_url, "redis://127.0.0.1:1")
    made = {"name": "Warehouse", "days": 30, "per_minute": 60}
    assert await keys.add(settings, scopes=["orders.read", "catalogue.read"], **made) == 0
    token, told = capsys.readouterr()
    assert re.fullmatch(r"relais_[\w-]{43}\n", token) and "Warehouse" in told
    assert await keys.show(settings) == 0
    listed = capsys.readouterr().out
    prefix = token[: services.SHOWN]
    assert prefix in listed and token.strip() not in listed and "good until" in listed and "never" in listed
    for which, code in (("relais_nobody", 1), (prefix, 0), (prefix, 0)):
        assert await keys.revoke(settings, which) == code
    await keys.show(settings)
    assert "revoked 2" in capsys.readouterr().out
    assert await keys.add(settings, scopes=["everything"], **made) == 1
    assert "scopes.0: There is no such permission." in capsys.readouterr().err


async def test_the_readmes_lines_run(server: Parts) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    script = next(block for block in re.findall(r"```sh\n(.*?)```", readme, re.DOTALL) if "relais key add" in block)
    script = script.replace("./relais", f'"{sys.executable}" -m server').replace("curl ", "curl -sS ")
    script = script.replace("http://127.0.0.1:8080", server.settings.address)
    environment = {**os.environ, "DATABASE_URL": str(server.settings.database_url), "REDIS_URL": "redis://127.0.0.1:1"}
    process = await asyncio.create_subprocess_exec(
        *("sh", "-eu", "-c", script), env=environment, cwd=ROOT, stdout=-1, stderr=-1
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert json.loads(out) == {"items": [], "next": None}
