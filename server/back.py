"""When the team is back, in words, for those who write outside its hours."""

from __future__ import annotations

from datetime import datetime

from actions.wording import instant
from crm_backend.calendars.opening import OpeningHours
from crm_backend.conversations.waiting.away import Away, Back


def when_back(hours: OpeningHours | None) -> Away:
    """Tells when the hours begin again, in the company's zone; never where they are not known."""

    def back(at: datetime, language: str) -> Back | None:
        if hours is None or hours.open_at(at) or (opens := hours.next_opening(at)) is None:
            return None
        return Back(at=opens, spoken=instant(opens, language, today=at.astimezone(hours.zone).date()))

    return back
