"""What is told of a file."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

FileKind = Literal["image", "document", "audio", "video", "other"]
FileState = Literal["pending", "kept", "refused", "lost"]


class FileRef(BaseModel):
    """A file that is kept, or being fetched. `size` is in bytes, `name` is safe to show and to save under."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    kind: FileKind
    name: str
    media_type: str
    size: int
    state: FileState = "kept"
    width: int | None = None
    height: int | None = None
    refused: str | None = None
    """Why it was not kept: `too_large`, `type`, `infected`, `broken`, `gone`."""
    inline: bool = False
