"""Writes docs/reports.md from the declared figures: python -m tests.docs.reports_page"""

from __future__ import annotations

from pathlib import Path

from crm_backend.reports.figures import FIGURES, Figure

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reports.md"
COUNTED = {
    "contacts": "contacts",
    "stays": "stays in a queue",
    "ratings": "ratings",
    "promises": "promised times of cases",
    "cases": "cases",
    "questions": "questions",
    "forms": "visits of the contact form",
}
FOLDED = {
    "count": "number",
    "sum": "sum",
    "share": "share: what counts, divided by what it is among",
    "median": "median",
    "mean": "mean",
}
HEAD = """# Reports

What happened over a period: at the desk under **Reports** (`Shift+R`, permission `reports.read`, which supervisors,
administrators and auditors have), by mail, and as CSV. The address holds what was asked for, so that a report can be
passed on as a link.

* Any **period** of up to three years, in whole days of the company's time zone (`RELAIS_TIMEZONE`): the day on which
  the clocks change has 23 or 25 hours. Beside each figure stands the **period before**: as many days, or as many
  months where whole months were asked for.
* Narrowed by **team, agent, channel, topic and language**, and divided by each of them. A figure that says nothing of
  a filter (cases have no topic) is left out rather than told of more than was asked.
* **Behind each figure** are its rows, which of them count, and the way to each conversation. Names need
  `customers.read`, words `conversations.read` (or `cases.read`).
* **CSV** of the table and of the rows: no cell runs as a formula; whoever takes one is in the audit log (`exported`).
* **Mailed** every day, on Mondays or on the first of the month, at an hour of the company's clock, to agents who may
  read reports, each in their language, with the table attached. Each gets one mail for a day: whatever restarts, a
  mail that is tried again has the same `Message-ID`. Days that were missed while the server was off are made up for
  by the latest one.

## What is counted

**A contact** runs from a customer's first words until the conversation is closed, or until 24 hours of silence after
the assistant's last word; a conversation that goes on is a new contact. While a person has it, or it waits for one,
silence ends nothing. Notices sent unasked begin nothing and answer nothing; neither do automatic replies, the
question how it was, and its answer. A contact in which a customer only says thanks or goodbye is not counted, and is
no return.

**A person** is the customer, or the address of somebody whom nobody knows yet; customers who were merged are one.

**A stay** is one wait in a team's queue and what came of it. What moves to another team while it waits is one wait:
it counts for the team that took it, and is nobody's abandonment.

## The figures

"""
TAIL = """
## Where they come from

Contacts and stays are worked out from conversations, messages, queue entries, ratings and the audit log, a bit at a
time, and kept in `report_contacts` and `report_stays` (`crm_backend/reports/rolling.py`); the page says up to when.
One narrow row for each contact, not a sum for each day: medians cannot be added up, a contact's fate (did they come
back?) is known days later, and behind every figure there must be its rows. An index on the time it began, and one on
person and time, are all a period needs. The loop `reports` looks every 15 seconds for what
has been silent for a minute, and an existing installation fills in by itself.

When a conversation is forgotten ([privacy.md](privacy.md)), its rows stay for the figures, and name neither a
conversation nor a person any more.

`tests/crm_backend/reports` computes every figure a second time, in plain Python over the rows that were stored, by
what this page says.
"""


def page() -> str:
    """The page as it should be."""
    return HEAD + "".join(map(section, FIGURES.values())).rstrip("\n") + "\n" + TAIL


def section(figure: Figure) -> str:
    """One figure, in English; the desk tells the same in French."""
    said = figure.words
    lines = [
        f"### {said.name['en']}\n",
        f"*{said.name['fr']}* · `{figure.key}` · {FOLDED[figure.fold]}, of {COUNTED[figure.of]}\n",
        f"{said.counts['en']} **Among:** {said.among['en']}"
        + (f" **Left out:** {said.without['en']}" if said.without["en"] else ""),
    ]
    if said.source["en"] != "Relais’s own definition.":
        lines.append(f"\nKnown as: {said.source['en']}")
    return "\n".join(lines) + "\n\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
