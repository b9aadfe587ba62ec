"""What is said of a figure, in both languages: its name, and exactly what it means."""

from __future__ import annotations

from dataclasses import dataclass

Text = dict[str, str]


@dataclass(frozen=True)
class Words:
    """A figure's name; what counts (the numerator, or what is measured), among what (the denominator), what is left
    out; and where the figure is known from."""

    name: Text
    counts: Text
    among: Text
    without: Text
    source: Text


def both(fr: str, en: str) -> Text:
    """The same in French and in English."""
    return {"fr": fr, "en": en}


NONE = both("", "")
OWN = both("Définition de Relais.", "Relais’s own definition.")
