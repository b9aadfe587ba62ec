"""The mail that says a case was opened reads well in both languages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import pytest

from crm_backend.cases.acknowledging import Opened
from server.cases import words
from tests.support.typography import faults

PARIS = ZoneInfo("Europe/Paris")


def opened(language: str, *, name: str = "Léa", due: datetime | None = None) -> Opened:
    names = {"fr": "Réclamation", "en": "Complaint"}
    return Opened("C-2026-000123", language, names, name, due)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_is_set_properly(language: Literal["fr", "en"]) -> None:
    text = words.acknowledgement(opened(language, due=datetime(2026, 3, 1, 23, 30, tzinfo=UTC)), zone=PARIS)
    assert not faults(text, language)
    assert text.startswith({"fr": "Votre dossier C-2026-000123 est ouvert", "en": "Your case C-2026-000123"}[language])


def test_it_names_the_day_as_it_is_here_and_nobody_who_is_unknown() -> None:
    text = words.acknowledgement(opened("fr", name=" ", due=datetime(2026, 3, 1, 23, 30, tzinfo=UTC)), zone=PARIS)
    assert "2 mars 2026" in text
    assert "Bonjour,\n" in text
    assert "(réclamation)" in text
    assert "loi" not in words.acknowledgement(opened("fr"), zone=PARIS)
