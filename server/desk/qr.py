"""QR codes, as the path of an SVG: drawn here, so that no secret leaves the house to become a picture."""

from __future__ import annotations

from typing import Any

from reportlab.graphics.barcode.qrencoder import (  # type: ignore[import-untyped]
    QRCode,
    QRErrorCorrectLevel,
)

MARGIN = 4
"""Modules left free around it (ISO/IEC 18004)."""


def drawn(text: str) -> dict[str, Any]:
    """`size` is the side of the square in modules, margin included; `path` the dark ones, row by row."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    count = code.getModuleCount()
    runs = []
    for row in range(count):
        column = 0
        while column < count:
            start = column
            while column < count and code.isDark(row, column):
                column += 1
            if column > start:
                runs.append(f"M{start + MARGIN} {row + MARGIN}h{column - start}v1h-{column - start}z")
            column += 1
    return {"size": count + 2 * MARGIN, "path": "".join(runs)}
