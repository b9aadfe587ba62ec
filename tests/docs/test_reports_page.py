"""The page about reports says what the figures are."""

from __future__ import annotations

from tests.docs.reports_page import PAGE, page


def test_the_page_of_reports_is_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.docs.reports_page"
