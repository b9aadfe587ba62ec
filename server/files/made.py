"""Files that the assistant makes: an invoice, a return slip. Kept once in a turn, however often the turn is run."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from uuid import UUID

from crm_backend.attachments import services as attachments
from crm_backend.attachments.schema import FileRef
from server.files.store import FileStore


class Made:
    """`actions.toolbox.Keep`, in the store that keeps all files."""

    def __init__(self, store: FileStore) -> None:
        self._store = store

    async def __call__(self, turn: UUID, content: bytes, *, name: str, media_type: str) -> FileRef:
        """The file, which only this turn's answer may carry; the same one for the same content, unless it is a picture:
        those are kept as they are painted anew. Raises BadFile, TooLarge, RateLimited, Unavailable."""
        by = attachments.made_in(turn)
        async with self._store.sessions() as session:
            before = await attachments.kept_before(session, uploaded_by=by, sha256=hashlib.sha256(content).hexdigest())
        if before is not None:
            return before
        return await self._store.keep(_whole(content), name=name, declared_type=media_type, uploaded_by=by)


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
