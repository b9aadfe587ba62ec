"""Structured logs, with personal data masked."""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+")
PHONE = re.compile(r"\+?\d[\d .-]{7,}\d")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LONGEST = 1_000
STACKS = {"exception", "stack"}
IDENTIFIERS = {"address", "conversation", "turn", "timestamp", "agent", "demo_link"}


def mask(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hides e-mail addresses and long numbers in whatever is logged, and keeps each value short and on its line."""
    for key, value in event.items():
        if isinstance(value, str) and key not in IDENTIFIERS:
            shown = value if key in STACKS else _one_line(value)
            event[key] = PHONE.sub("[number]", EMAIL.sub("[e-mail]", shown))
    return event


def _one_line(value: str) -> str:
    """What a stranger sent could otherwise forge lines, or speak to the terminal of whoever reads them."""
    cut = value if len(value) <= LONGEST else value[:LONGEST] + "…"
    return CONTROLS.sub(lambda control: control[0].encode("unicode_escape").decode(), cut)


def configure(*, level: str, form: str) -> None:
    """Sets up logging for this process; `form` is console or json."""
    renderer: Any = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
