"""A person's data by command: copied, shown, erased; and the night's work tried."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pydantic import SecretStr

from crm_backend.customers.model import Customer, Identity
from crm_backend.database import Sessions
from server.commands import privacy
from server.settings import Settings
from tests.support.stores import ROOT


@pytest.fixture
async def settings(sessions: Sessions, database_url: str, tmp_path: Path) -> Settings:
    async with sessions.begin() as session:
        customer = Customer(first_name="Marie", external_id="C-7")
        session.add(customer)
        await session.flush()
        session.add(Identity(customer_id=customer.id, kind="email", value="marie@example.fr"))
    return Settings(var=tmp_path, database_url=database_url, secret_key=SecretStr("secret-of-tests"))


async def test_copied_shown_and_erased(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await privacy.copy(settings, "Marie@Example.fr", tmp_path / "m.zip") == 0
    assert "data.json" in zipfile.ZipFile(tmp_path / "m.zip").namelist()
    assert await privacy.copy(settings, "C-7", tmp_path / "no" / "m.zip") == 1
    assert await privacy.erase(settings, "C-7", really=False, regardless=False) == 0
    assert "Nothing was changed" in capsys.readouterr().out
    assert await privacy.erase(settings, "C-7", really=True, regardless=False) == 0
    assert "Erased" in capsys.readouterr().out
    assert await privacy.erase(settings, "C-7", really=True, regardless=False) == 1
    assert await privacy.night(settings, dry_run=True) == 0
    assert "Closed conversations" in capsys.readouterr().out


def test_a_command_by_itself_knows_every_table() -> None:
    asked = (
        "import server.commands.privacy; from crm_backend.database import Base;"
        "from crm_backend.privacy.map import HELD;"
        "assert not HELD.keys() - Base.metadata.tables.keys()"
    )
    subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True, timeout=60)
