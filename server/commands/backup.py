"""`./relais backup` and `./relais restore`."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from sqlalchemy.exc import SQLAlchemyError

from crm_backend.access.actor import COMMAND_LINE
from crm_backend.audit import services as audit
from crm_backend.database import connect, sessions_on
from crm_backend.errors import RelaisError
from server.backup import restoring, taking
from server.backup.archive import Damaged
from server.backup.restoring import Refused
from server.backup.sealed import SealedWriter
from server.files.places import Place, place_of
from server.settings import Settings
from server.supervise import stores

FAILED = 1
SHORTEST_PASSPHRASE = 12


async def backup(settings: Settings, file: Path, *, passphrase_file: Path | None = None) -> int:
    """Writes a backup that only its owner reads; under its name once it is whole. Exit code 0 or FAILED."""
    try:
        passphrase = _passphrase(passphrase_file)
        draft = file.with_name(file.name + ".part")
        async with stores.database(settings) as url:
            # Neither through a link that somebody laid there, nor into a file that others may read already.
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
            with os.fdopen(os.open(draft, flags, 0o600), "wb") as below:
                os.fchmod(below.fileno(), 0o600)
                try:
                    taken = await _take(url, below, _disk(settings), passphrase)
                    below.flush()
                    os.fsync(below.fileno())
                except BaseException:
                    draft.unlink(missing_ok=True)
                    raise
            await _note(url, "backed_up", file.name)
        draft.replace(file)
    except (taking.Unusable, ValueError, OSError) as error:
        return _failed(f"No backup was made: {error}.")
    except (SQLAlchemyError, RelaisError) as error:
        return _failed(f"No backup was made: {type(error).__name__}.")
    rows = sum(taken.tables.values())
    print(f"{file}: {rows} rows of {len(taken.tables)} tables and {taken.files} files ({taken.bytes} bytes).")
    if taken.lost:
        print(f"{len(taken.lost)} files are in the database only: their content is gone. The backup names them.")
    if taken.elsewhere:
        print(f"{taken.elsewhere} files stay in their bucket: the backup only lists them. Back the bucket up, too.")
    return 0


async def restore(settings: Settings, file: Path, *, replace: bool = False, passphrase_file: Path | None = None) -> int:
    """Restores a backup, wholly or not at all. Exit code 0 or FAILED."""
    try:
        passphrase = _passphrase(passphrase_file)
        async with stores.database(settings) as url:
            found = await restoring.restore(
                url, file, place=_disk(settings), replace=replace, passphrase=passphrase, tell=_progress()
            )
            await _note(url, "restored", found.header["taken_at"])
    except Damaged as error:
        return _failed(f"Nothing was restored: the backup is damaged: {error}.")
    except (Refused, ValueError, OSError) as error:
        return _failed(f"Nothing was restored: {error}.")
    except (SQLAlchemyError, RelaisError) as error:
        return _failed(f"Nothing was restored: the database or the files failed ({type(error).__name__}).")
    print(f"Restored what was there at {found.header['taken_at']}: {found.rows} rows and {found.files} files.")
    if elsewhere := len(found.manifest["elsewhere"]):
        print(f"{elsewhere} files are not in the backup, but in the bucket that it was taken beside.")
    return 0


async def _take(url: str, below: BinaryIO, place: Place | None, passphrase: str | None) -> taking.Taken:
    if passphrase is None:
        return await taking.take(url, below, place=place, tell=_progress())
    with await asyncio.to_thread(SealedWriter, below, passphrase) as sealed:
        return await taking.take(url, cast("BinaryIO", sealed), place=place, tell=_progress())


def _disk(settings: Settings) -> Place | None:
    return None if (settings.files_url or "").startswith("s3://") else place_of(settings)


def _passphrase(file: Path | None) -> str | None:
    if file is None:
        return None
    words = file.read_text(encoding="utf-8").strip()
    if len(words) < SHORTEST_PASSPHRASE:
        raise ValueError(f"a passphrase needs {SHORTEST_PASSPHRASE} characters")
    return words


async def _note(url: str, action: str, what: str) -> None:
    engine = connect(url, pool_size=1)
    try:
        async with sessions_on(engine).begin() as session:
            audit.record(session, actor=COMMAND_LINE, action=action, subject=("backup", what))
    finally:
        await engine.dispose()


def _progress() -> Callable[[str], None]:
    shown = sys.stderr.isatty()
    return lambda what: print(f"\r\033[K{what} …", end="", file=sys.stderr) if shown else None


def _failed(why: str) -> int:
    print(f"relais: {why}", file=sys.stderr)
    return FAILED
