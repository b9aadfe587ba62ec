"""Opening hours as visitors read them, whatever the settings may say."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from channels.webchat.hours import in_words
from crm_backend.calendars.opening import parse
from server.app import Parts
from tests.channels.webchat.conftest import Browser


@pytest.mark.parametrize(
    ("text", "french", "english"),
    [
        ("Mon-Sat 09:00-18:30", "du lundi au samedi, de 9 h à 18 h 30", "Monday to Saturday, 9 am to 6:30 pm"),
        (
            "Mon-Fri 09:00-12:30, Mon-Fri 13:30-18:00; Sat 10:00-16:00",
            "du lundi au vendredi, de 9 h à 12 h 30 et de 13 h 30 à 18 h ; le samedi, de 10 h à 16 h",
            "Monday to Friday, 9 am to 12:30 pm and 1:30 pm to 6 pm; Saturday, 10 am to 4 pm",
        ),
        ("sun 10:00-12:00", "le dimanche, de 10 h à 12 h", "Sunday, 10 am to 12 pm"),
        ("Mon-Sun 00:00-24:00", "tous les jours, 24 h sur 24", "every day, round the clock"),
        (
            "Thu 09:00-17:00, Mon 09:00-17:00, Tue 9:00 – 17:00, Fri 14:00-24:00",
            "le lundi, le mardi et le jeudi, de 9 h à 17 h ; le vendredi, de 14 h à minuit",
            "Monday, Tuesday and Thursday, 9 am to 5 pm; Friday, 2 pm to midnight",
        ),
        (
            "Fri-Mon 08:00-12:00, Fri-Mon 12:00-20:00, Sat 19:00-20:00",
            "du vendredi au lundi, de 8 h à 20 h",
            "Friday to Monday, 8 am to 8 pm",
        ),
    ],
)
def test_hours_are_said_in_both_languages(text: str, french: str, english: str) -> None:
    opening = parse(text, ZoneInfo("Europe/Paris"))
    assert in_words(opening, "fr").replace("\u00a0", " ") == french
    assert in_words(opening, "en").replace("\u00a0", " ") == english


async def test_the_chat_is_told_them_in_its_language(server: Parts, browser: Browser) -> None:
    for language, first in (("fr", "du lundi au "), ("en", "Monday to ")):
        status, told = await browser.call("GET", "/config", params={"language": language})
        assert status == 200 and told["hours"].startswith(first)
