"""What is said of a booking, in both languages."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

SUBJECTS = {
    "call_back": {"fr": "Rappel demandé, {when}", "en": "Call-back asked for, {when}"},
    "appointment": {"fr": "Rendez-vous en boutique, {when}", "en": "Appointment in the shop, {when}"},
}
DESCRIPTION = {
    "fr": "Téléphone\u00a0: {phone}\nSujet\u00a0: {topic}\nRéférence\u00a0: {reference}",
    "en": "Phone: {phone}\nTopic: {topic}\nReference: {reference}",
}
CONFIRMED = {
    "call_back": {
        "fr": "C’est noté\u00a0: nous vous appelons {when}. Votre référence est {reference}.",
        "en": "That’s booked: we’ll call you {when}. Your reference is {reference}.",
    },
    "appointment": {
        "fr": "C’est noté\u00a0: nous vous attendons {when}. Votre référence est {reference}.",
        "en": "That’s booked: we’ll see you {when}. Your reference is {reference}.",
    },
}
CANCELLED = {
    "call_back": {
        "fr": "Le rappel {reference} est annulé.",
        "en": "Call-back {reference} is cancelled.",
    },
    "appointment": {
        "fr": "Le rendez-vous {reference} est annulé.",
        "en": "Appointment {reference} is cancelled.",
    },
}
UNSAID = {"fr": "non précisé", "en": "not given"}


def window_in_words(starts_at: datetime, ends_at: datetime, zone: ZoneInfo, language: str) -> str:
    """A window as people say it: `lundi 23 novembre entre 9 h 30 et 10 h`, `on Monday 23 November between 9:30 and
    10:00`."""
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if language == "fr":
        day = format_date(start, "EEEE d MMMM", locale="fr_FR").replace(" 1 ", " 1er ")
        return f"{day} entre {_french(start)} et {_french(end)}"
    day = format_date(start, "EEEE d MMMM", locale="en_GB")
    return f"on {day} between {start.hour}:{start.minute:02} and {end.hour}:{end.minute:02}"


def _french(at: datetime) -> str:
    return f"{at.hour}\u00a0h" + (f"\u00a0{at.minute:02}" if at.minute else "")
