"""Days and spans of days on the calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

AHEAD = 120
"""Days within which a day without a year is the next such day; past it, it is the last one."""
Span = tuple[date, date]


def shifted(today: date, months: int) -> date:
    """The same day some months away, or the month's last."""
    place = today.year * 12 + today.month - 1 + months
    year, month = place // 12, place % 12 + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def nearest(today: date, *, month: int, day: int, year: str | None) -> date | None:
    """The day meant, or None when the calendar has no such day."""
    try:
        if year:
            return date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
        ahead = next(found for add in range(9) if (found := day_of(today.year + add, month, day)) and found >= today)
        if (ahead - today).days <= AHEAD:
            return ahead
        return next(found for less in range(9) if (found := day_of(today.year - less, month, day)) and found < today)
    except (ValueError, StopIteration):
        return None


def day_of(year: int, month: int, day: int) -> date | None:
    """The day, if the calendar has it."""
    return date(year, month, day) if 1 <= day <= monthrange(year, month)[1] else None


def whole_month(year: int, month: int) -> Span:
    """From its first day to its last."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def plausible(span: Span, today: date) -> bool:
    """Within ten years: nobody asks a shop about other days."""
    return abs((span[0] - today).days) < 3_660 and abs((span[1] - today).days) < 3_660


def value_of(span: Span) -> str:
    """A day as ISO 8601 has it, or the first and the last with a stroke between them."""
    first, last = span[0].isoformat(), span[1].isoformat()
    return first if first == last else f"{first}/{last}"
