"""Pages on which invoices and slips are printed: a font with accents and the euro sign, tables, page numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from babel.dates import format_date
from reportlab.graphics.barcode.qr import QrCodeWidget  # type: ignore[import-untyped]
from reportlab.graphics.shapes import Drawing  # type: ignore[import-untyped]
from reportlab.lib import colors  # type: ignore[import-untyped]
from reportlab.lib.enums import TA_RIGHT  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle  # type: ignore[import-untyped]

from crm_backend.catalogue.money import money
from crm_backend.letters import unaccented

PLAIN, BOLD = "Vera", "VeraBd"
"""Bitstream Vera, which comes with ReportLab and may be embedded."""
WIDTH = A4[0] - 40 * mm
_LOCALES = {"fr": "fr_FR", "en": "en_GB"}
_RULE = colors.HexColor("#b8b8b8")


@cache
def _fonts() -> frozenset[int]:
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    return frozenset(pdfmetrics.getFont(PLAIN).face.charToGlyph)


def printable(text: str) -> str:
    """The text in letters that the font has: the narrow space of numbers is a plain one, a letter that is missing loses
    its accent, and what is left over becomes a question mark."""
    known = _fonts()
    found = []
    for letter in text.replace("\u202f", "\u00a0"):
        if ord(letter) in known or letter == "\n":
            found.append(letter)
            continue
        base = unaccented(letter)
        found.append(base if base and all(ord(each) in known for each in base) else "?")
    return "".join(found)


def words(text: str, *, size: float = 9, bold: bool = False, right: bool = False) -> Paragraph:
    """A paragraph; line breaks of the text are kept."""
    _fonts()
    style = ParagraphStyle(
        "text", fontName=BOLD if bold else PLAIN, fontSize=size, leading=size * 1.35, alignment=TA_RIGHT if right else 0
    )
    return Paragraph(escape(printable(text)).replace("\n", "<br/>"), style)


def gap(millimetres: float) -> Flowable:
    """Empty space."""
    return Spacer(1, millimetres * mm)


def grid(rows: Sequence[Sequence[str]], widths: Sequence[float], *, last_bold: bool = False) -> Table:
    """A table whose first row is its head, repeated on every page; all columns but the first are aligned right.
    `widths` are shares of the page."""
    cells = [
        [
            words(text, size=8.5, bold=at == 0 or (last_bold and at == len(rows) - 1), right=column > 0)
            for column, text in enumerate(row)
        ]
        for at, row in enumerate(rows)
    ]
    total = sum(widths)
    table = Table(cells, colWidths=[WIDTH * width / total for width in widths], repeatRows=1)
    table.setStyle(
        TableStyle([
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
            ("LINEBELOW", (0, 1), (-1, -1), 0.3, _RULE),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ])
    )  # fmt: skip
    return table


def side_by_side(left: str, right: str) -> Table:
    """Two blocks of text next to each other."""
    table = Table([[words(left), words(right)]], colWidths=[WIDTH / 2, WIDTH / 2])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return table


def headed(left: Sequence[Flowable], code: str) -> Table:
    """A heading with a square code (QR) to its right that says `code`."""
    side = 28 * mm
    square = Drawing(side, side)
    square.add(QrCodeWidget(code, barWidth=side, barHeight=side, barLevel="M"))
    table = Table([[list(left), square]], colWidths=[WIDTH - side, side])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return table


def day(text: str | None, language: str) -> str:
    """A day (2026-03-01) in words."""
    return format_date(date.fromisoformat(text), "long", locale=_LOCALES[language]) if text else ""


def amount(minor: int, currency: str, language: str) -> str:
    """An amount in words; below zero with a minus sign that the font has."""
    return money(minor, currency, language).replace("\u2212", "-")


def pages(title: str, story: list[Flowable], *, foot: str, author: str) -> bytes:
    """The document as PDF. The same story gives the same bytes: nothing in it tells when it was printed."""
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=18 * mm, bottomMargin=22 * mm,
        title=printable(title), author=printable(author), invariant=1,
    )  # fmt: skip

    def footed(canvas: Any, found: Any) -> None:
        canvas.setFont(PLAIN, 7)
        canvas.setFillColor(colors.HexColor("#555555"))
        for at, line in enumerate(reversed(printable(foot).split("\n"))):
            canvas.drawString(20 * mm, (10 + 3.2 * at) * mm, line[:140])
        canvas.drawRightString(A4[0] - 20 * mm, 10 * mm, str(found.page))

    document.build(story, onFirstPage=footed, onLaterPages=footed)
    return out.getvalue()
