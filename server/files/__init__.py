"""Files: where they are kept, what is let in, how they are fetched and handed out."""

from __future__ import annotations

from aiohttp import web

from crm_backend.database import Sessions
from server.files.fetching import FetchLoop
from server.files.places import place_of
from server.files.scanner import ClamAV
from server.files.serving import Serving
from server.files.store import FileStore
from server.settings import Settings

__all__ = ["FetchLoop", "FileStore", "file_store", "routes"]


def file_store(settings: Settings, sessions: Sessions) -> FileStore:
    """The store that the settings describe. They carry every secret. Raises BadInput for a scanner with no address."""
    assert settings.secret_key
    return FileStore(
        sessions=sessions,
        place=place_of(settings),
        secret=settings.secret_key.get_secret_value().encode(),
        address=settings.address,
        scanner=ClamAV(settings.clamav_url) if settings.clamav_url else None,
        largest=max(settings.max_upload_bytes, settings.max_file_bytes),
    )


def routes(store: FileStore) -> list[web.RouteDef]:
    """Where files are handed out."""
    return [web.get("/files/{id}", Serving(store).serve)]
