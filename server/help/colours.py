"""Colour arithmetic: every token of an accent from one colour, readable on its grounds (WCAG 2 contrast).

The same as in `web/shared/colour.ts`, for pages that are made here; a table of both is held equal by tests.
"""

from __future__ import annotations

import re

Rgb = tuple[float, float, float]
WHITE: Rgb = (255, 255, 255)
BLACK: Rgb = (0, 0, 0)
INK: Rgb = (31, 29, 26)
_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


def parsed(value: str | None) -> Rgb | None:
    """The colour of `#7a1f3d` or `#abc`; None for anything else."""
    match = _HEX.fullmatch((value or "").strip())
    if match is None:
        return None
    digits = match[1] if len(match[1]) == 6 else "".join(each * 2 for each in match[1])
    return (int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16))


def contrast(one: Rgb, other: Rgb) -> float:
    """From 1 to 21, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def accent_tokens(accent: Rgb, *, surface: Rgb, dark: bool) -> dict[str, str]:
    """The tokens for a light or a dark page."""
    on = next((each for each in (WHITE, INK) if contrast(each, accent) >= 4.5), WHITE)
    away = BLACK if on == WHITE else WHITE
    fill = _until(accent, away, on, 4.5)
    soft = _mix(surface, accent, 0.35 if dark else 0.1)
    text = _until(accent, WHITE if dark else BLACK, soft, 7 if dark else 5.4)
    return {
        "accent": _hex(fill),
        "accent-strong": _hex(_mix(fill, away, 0.15)),
        "on-accent": _hex(on),
        "accent-text": _hex(text),
        "accent-soft": _hex(soft),
        "selected": _hex(soft),
        "focus": _hex(text),
    }


def _luminance(colour: Rgb) -> float:
    parts = [each / 255 for each in colour]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(start: Rgb, end: Rgb, part: float) -> Rgb:
    red, green, blue = (one + (other - one) * part for one, other in zip(start, end, strict=True))
    return (red, green, blue)


def _until(colour: Rgb, end: Rgb, ground: Rgb, ratio: float) -> Rgb:
    """The colour on its way to `end`, as soon as it reads on the ground."""
    for step in range(20):
        tried = _mix(colour, end, step / 20)
        if contrast(tried, ground) >= ratio:
            return tried
    return end


def _hex(colour: Rgb) -> str:
    return "#" + "".join(f"{int(each + 0.5):02x}" for each in colour)
