"""What the assistant is told with every turn besides the message: the day, and which version of the catalogue holds."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from crm_backend.catalogue.model import Product
from crm_backend.database import Sessions

FRESH = 60.0
"""Seconds after which the catalogue is looked at again."""
MOST = 20_000


class Shelf:
    """The names of the catalogue's products. A version is the hash of its content: the same in every server process."""

    def __init__(self, sessions: Sessions, zone: ZoneInfo) -> None:
        self._sessions, self._zone = sessions, zone
        self._products: list[dict[str, Any]] = []
        self._version: str | None = None
        self._looked = 0.0

    async def given(self) -> dict[str, Any]:
        """What goes into a turn's metadata: `today`, the company's day, and `catalogue`, a version."""
        version, _ = await self.catalogue()
        return {"today": datetime.now(self._zone).date().isoformat(), "catalogue": version}

    async def catalogue(self) -> tuple[str, list[dict[str, Any]]]:
        """The version that holds and its products, `{"id", "names": {"fr", "en"}}`; read once a minute."""
        if self._version is None or time.monotonic() - self._looked > FRESH:
            self._looked = time.monotonic()
            # A database that is away shows at the turn itself.
            with contextlib.suppress(SQLAlchemyError, OSError):
                async with self._sessions() as session:
                    rows = await session.execute(select(Product.id, Product.names).order_by(Product.id).limit(MOST))
                    self._products = [{"id": str(row.id), "names": row.names} for row in rows]
            content = json.dumps(self._products, sort_keys=True).encode()
            self._version = hashlib.sha256(content).hexdigest()[:16]
        return self._version, self._products
