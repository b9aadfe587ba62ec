"""Invoices and credit notes as PDF, in either language, from what they said when they were issued."""

from __future__ import annotations

from typing import Any

from reportlab.platypus import Flowable  # type: ignore[import-untyped]

from crm_backend.catalogue.words import options_in_words
from crm_backend.invoices.model import Invoice
from crm_backend.invoices.paper import amount, day, gap, grid, pages, side_by_side, words
from crm_backend.invoices.words import METHODS, WORDS


def pdf(invoice: Invoice, language: str) -> bytes:
    """The document in `language` (`fr` or `en`); the same bytes whenever it is asked for."""
    said = invoice.content
    title = f"{WORDS[invoice.kind][language]} {invoice.number}"
    story: list[Flowable] = [
        words(said["seller"]["name"], size=13, bold=True),
        words("\n".join(said["seller"]["address"])),
        gap(8),
        words(title, size=16, bold=True),
        gap(3),
        side_by_side(_facts(invoice, language), _buyer(said, language)),
        gap(7),
        grid(_lines(said, language), (46, 12, 17, 10, 15)),
        gap(6),
        grid(_rates(said, language), (25, 25, 25, 25), last_bold=True),
        gap(5),
        *_payments(invoice, language),
    ]
    mention = said["seller"][f"mention_{language}"]
    if mention:
        story += [gap(5), words(mention, size=8)]
    return pages(title, story, foot=_foot(said, language), author=said["seller"]["name"])


def name(invoice: Invoice, language: str) -> str:
    """What the file is called."""
    return f"{WORDS[invoice.kind][language]} {invoice.number}.pdf"


def _facts(invoice: Invoice, language: str) -> str:
    said, of = invoice.content, WORDS["of"][language]
    issued = "issued" if invoice.kind == "invoice" else "issued_credit_note"
    lines = [f"{WORDS['number'][language]} {invoice.number}"]
    lines.append(f"{WORDS[issued][language]} {day(said['issued_on'], language)}")
    ordered = f" {of} {day(said['ordered_on'], language)}" if said["ordered_on"] else ""
    lines.append(f"{WORDS['order'][language]} {said['order']}{ordered}")
    if corrects := said.get("corrects"):
        lines.append(f"{WORDS['corrects'][language]} {corrects['number']} {of} {day(corrects['issued_on'], language)}")
    return "\n".join(lines)


def _buyer(said: dict[str, Any], language: str) -> str:
    return "\n".join([WORDS["buyer"][language], *said["buyer"], said["country"]])


def _lines(said: dict[str, Any], language: str) -> list[list[str]]:
    currency = said["currency"]
    rows = [[WORDS[name][language] for name in ("what", "quantity", "unit", "rate", "total")]]
    for line in said["lines"]:
        names = line["names"]
        called = names.get(language) or next(iter(names.values()), "")
        options = options_in_words(line["options"], language)
        rows.append([
            f"{called}\n{options}" if options else called,
            str(line["quantity"]),
            amount(line["unit_minor"], currency, language),
            percent(line["rate"], language),
            amount(line["total_minor"], currency, language),
        ])  # fmt: skip
    for kind, sign in (("shipping", 1), ("discount", -1)):
        if said[f"{kind}_minor"]:
            rows.append([WORDS[kind][language], "", "", "", amount(sign * said[f"{kind}_minor"], currency, language)])
    if not said["lines"]:
        rows.append([WORDS["refunded"][language], "", "", "", amount(said["total_minor"], currency, language)])
    return rows


def _rates(said: dict[str, Any], language: str) -> list[list[str]]:
    currency, rates = said["currency"], said["rates"]
    rows = [[WORDS[name][language] for name in ("rate", "net", "vat", "gross")]]
    columns = ("net_minor", "vat_minor", "gross_minor")
    for each in rates:
        sums = [amount(each[column], currency, language) for column in columns]
        rows.append([percent(each["rate"], language), *sums])
    totals = [amount(sum(each[column] for each in rates), currency, language) for column in columns]
    return [*rows, [WORDS["all"][language], *totals]]


def _payments(invoice: Invoice, language: str) -> list[Flowable]:
    said = invoice.content
    by = WORDS["paid_by" if invoice.kind == "invoice" else "refunded_by"][language]
    colon = "\u00a0: " if language == "fr" else ": "
    return [
        words(
            by
            + " "
            + METHODS[each["method"]][language]
            + colon
            + amount(each["amount_minor"], said["currency"], language)
        )
        for each in said["payments"]
    ]


def _foot(said: dict[str, Any], language: str) -> str:
    seller = said["seller"]
    number = f"{WORDS['vat_number'][language]} {seller['vat_number']}" if seller["vat_number"] else ""
    return " · ".join(part for part in (seller["name"], seller["registration"], number) if part)


def percent(rate: int, language: str) -> str:
    """A rate in hundredths of a percent: `5,5 %`, `5.5%`."""
    number = f"{rate / 100:g}"
    return f"{number.replace('.', ',')}\u00a0%" if language == "fr" else f"{number}%"
