"""The buttons under a question: yes and no, and choices."""

from __future__ import annotations


def yes_no(language: str, *, of: str = "") -> list[dict[str, str]]:
    """The two buttons, marked with the question that they answer."""
    yes, no = ("Oui", "Non") if language == "fr" else ("Yes", "No")
    mark = f'{{"of": "{of}"}}' if of else ""
    return [{"title": yes, "payload": f"/affirm{mark}"}, {"title": no, "payload": f"/deny{mark}"}]


def choice(fact: str, code: str, label: str) -> dict[str, str]:
    """The button of a choice."""
    return {"title": label, "payload": f'/choose{{"fact": "{fact}", "choice": "{code}"}}'}
