"""When a case is due by law, and how much longer that may be made."""

from __future__ import annotations

import calendar
from datetime import datetime


def months_after(start: datetime, months: int) -> datetime:
    """The same day and time of day, so many months later; the last day of a month that has no such day.

    The GDPR (art. 12(3)) gives one month from receipt, and two more where the request is complex; a period in months
    ends on the day with the same number or, where there is none, on the last of the month (Regulation 1182/71, art.
    3(2)(c)). That period runs to the end of its last day, and on to the next working day; this ends earlier, never
    later, so keeping to it is keeping to both.
    """
    first = start.year * 12 + start.month - 1 + months
    year, month = divmod(first, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)
