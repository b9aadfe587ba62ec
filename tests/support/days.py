"""Days as the company counts them: between midnight there and midnight UTC they are others."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from crm_backend.database import utc_now
from server.settings import Settings


def today() -> date:
    """The company's today."""
    return utc_now().astimezone(ZoneInfo(Settings.model_fields["timezone"].default)).date()
