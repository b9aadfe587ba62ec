"""The square code of a return: on its slip and on the customer's screen, it tells whoever opens the parcel which return
is in it."""

from __future__ import annotations

from reportlab.graphics.barcode import qrencoder  # type: ignore[import-untyped]

from crm_backend.returns.model import Return

QUIET = 4
"""Modules of white around a code (ISO/IEC 18004)."""


def said(made: Return) -> str:
    """What the code says: the reference of the carrier's label, or the return's own."""
    return made.label_reference or made.reference


def path(text: str) -> tuple[str, int]:
    """The dark modules of a text's code as the data of an SVG path, one unit a module; and the side of the whole in
    modules, the white around it included."""
    code = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    side = code.getModuleCount()
    rows = []
    for row in range(side):
        start = None
        for column in range(side + 1):
            dark = column < side and code.isDark(row, column)
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                rows.append(f"M{start + QUIET} {row + QUIET}h{column - start}v1h-{column - start}z")
                start = None
    return "".join(rows), side + 2 * QUIET
