"""A folder of its own for each test, short enough for the path of a socket and open to the stores' user."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.settings import Settings


@pytest.fixture
def var(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    folder = Path(tempfile.mkdtemp(prefix="relais-test-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def settings(var: Path) -> Settings:
    return Settings(var=var, _env_file=None)
