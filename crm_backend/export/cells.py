"""A table's cells as CSV (RFC 4180) that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

BOM = "\ufeff".encode()
"""By which Excel knows that a file is UTF-8."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet run a cell (OWASP, CSV Injection), also full-width."""


def lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as lines that end in CRLF, in UTF-8."""
    kept = io.StringIO()
    csv.writer(kept, lineterminator="\r\n").writerows([cell(value) for value in row] for row in rows)
    return kept.getvalue().encode("utf-8", "replace")


def cell(value: object) -> str:
    """One cell: nothing for None, ISO 8601 for times, JSON for what has parts; a text that begins like a formula gets
    an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, int | float | Decimal | UUID):
        return str(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return "'" + text if text.lstrip(" ").startswith(FORMULA) else text
