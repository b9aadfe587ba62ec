"""Where a page of the desk's lists begins, as it goes over the wire."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from uuid import UUID

from crm_backend.errors import BadInput


def cursor(text: str | None) -> tuple[datetime, UUID] | None:
    """Where a page begins, from what was told with the one before. Raises BadInput."""
    if not text:
        return None
    try:
        at, last = json.loads(base64.urlsafe_b64decode(text))
        when = datetime.fromisoformat(at)
        return when if when.tzinfo else when.replace(tzinfo=UTC), UUID(last)
    except (ValueError, TypeError, AttributeError) as error:
        raise BadInput("not a cursor") from error


def cursor_text(place: tuple[datetime, UUID] | None) -> str | None:
    """Where the next page begins, as it goes over the wire."""
    if place is None:
        return None
    at, last = place
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), str(last)]).encode()).decode()
