"""Files: where they are kept, what is let in, how they are fetched and handed out."""

from __future__ import annotations

from aiohttp import web

from crm_backend.database import Sessions
from server.files.fetching import FetchLoop
from server.files.made import Made
from server.files.places import place_of
from server.files.scanner import ClamAV
from server.files.serving import Serving
from server.files.standing import FilesStanding
from server.files.store import FileStore
from server.settings import Settings

__all__ = ["FetchLoop", "FileStore", "FilesStanding", "Made", "file_store", "routes", "scanner_of"]


def file_store(settings: Settings, sessions: Sessions) -> FileStore:
    """The store that the settings describe. They carry every secret. Raises BadInput for a scanner with no address."""
    assert settings.secret_key
    return FileStore(
        sessions=sessions,
        place=place_of(settings),
        secret=settings.secret_key.get_secret_value().encode(),
        address=settings.address,
        scanner=scanner_of(settings),
        largest=max(settings.max_upload_bytes, settings.max_file_bytes),
    )


def scanner_of(settings: Settings) -> ClamAV | None:
    """The scanner that the settings name, if any. Raises BadInput for an address that is none."""
    return ClamAV(settings.clamav_url) if settings.clamav_url else None


def routes(store: FileStore) -> list[web.RouteDef]:
    """Where files are handed out."""
    return [web.get("/files/{id}", Serving(store).serve)]
