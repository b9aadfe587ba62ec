"""The company's times, from the settings: when people answer, and when customers are not disturbed."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import holidays
import structlog

from crm_backend.calendars import public_holidays
from crm_backend.calendars.opening import OpeningHours, parse
from crm_backend.notifications.schema import Rules
from server.settings import Settings

log = structlog.get_logger(__name__)


def opening_hours(settings: Settings) -> OpeningHours | None:
    """When people answer; None, and a warning, when the settings say it in words that cannot be read."""
    closed = _holidays(settings.holidays)
    try:
        return parse(settings.hours, ZoneInfo(settings.timezone), closed.__contains__)
    except ValueError as error:
        log.warning("settings.hours", cause=str(error))
        return None


def notification_rules(settings: Settings) -> Rules:
    """When the company writes unasked."""
    start, end = (time.fromisoformat(part) for part in settings.quiet_hours.split("-"))
    return Rules(
        zone=ZoneInfo(settings.timezone),
        quiet_from=start,
        quiet_until=end,
        per_week=settings.notifications_per_week,
    )


def _holidays(place: str | None) -> set[date] | holidays.HolidayBase:
    if place is None:
        return set()
    try:
        return public_holidays.known(place)
    except NotImplementedError:
        log.warning("settings.holidays", cause=f"no public holidays known for {place}")
        return set()
