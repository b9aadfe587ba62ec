"""Articles brought in from files, and what came of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.database import Sessions
from server.articles import bringing, reading
from server.articles.bringing import Report
from server.files import file_store
from tests.crm_backend.knowledge.writing import embed_later
from tests.support import site

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
Bring = Callable[..., Any]


@pytest.fixture
def store(sessions: Sessions, tmp_path: Path) -> Any:
    settings = site.settings_for("postgresql://x/y", "redis://x", files_url=str(tmp_path / "kept"))
    return file_store(settings, sessions)


@pytest.fixture
def bring(sessions: Sessions, store: Any) -> Bring:
    async def run(path: Path, *, dry: bool = False, language: str | None = None) -> Report:
        found = reading.read(path, language=language)
        return await bringing.bring_all(sessions, found, actor=COMMAND_LINE, files=store, embed=embed_later, dry=dry)

    return run


def what(report: Report) -> dict[str, str]:
    return {f"{source.rpartition('/')[2]} {language}": done for source, language, done in report.done}
