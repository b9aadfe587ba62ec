"""What reports say beside their figures: what they are divided by, why contacts were handed over, and their mails."""

from __future__ import annotations

from babel.dates import format_date, format_interval
from babel.numbers import format_decimal, format_percent

from crm_backend.reports.figures import Figure
from crm_backend.reports.periods import Period

LOCALES = {"fr": "fr_FR", "en": "en_GB"}
NOBODY = {
    "team": {"fr": "Sans équipe", "en": "No team"},
    "agent": {"fr": "Assistant seul", "en": "Assistant only"},
    "channel": {"fr": "Sans canal", "en": "No channel"},
    "topic": {"fr": "Sujet inconnu", "en": "Unknown topic"},
    "language": {"fr": "Langue inconnue", "en": "Unknown language"},
}
LANGUAGES = {"fr": {"fr": "Français", "en": "French"}, "en": {"fr": "Anglais", "en": "English"}}
DIVIDED_BY = {
    "day": {"fr": "Jour", "en": "Day"},
    "week": {"fr": "Semaine du", "en": "Week of"},
    "month": {"fr": "Mois", "en": "Month"},
    "team": {"fr": "Équipe", "en": "Team"},
    "agent": {"fr": "Conseiller", "en": "Agent"},
    "channel": {"fr": "Canal", "en": "Channel"},
    "topic": {"fr": "Sujet", "en": "Topic"},
    "language": {"fr": "Langue", "en": "Language"},
}
WHOLE = {"fr": "Toute la période", "en": "Whole period"}
UNIT = {"number": "", "share": " (%)", "seconds": " (s)", "score": " (/5)"}
NOTE = {
    "asked": {"fr": "À la demande du client", "en": "The customer asked"},
    "upset": {"fr": "Client mécontent", "en": "Upset customer"},
    "unclear": {"fr": "L’assistant n’a pas compris", "en": "The assistant didn’t understand"},
    "verification": {"fr": "Identité non vérifiée", "en": "Identity not verified"},
    "unknown": {"fr": "L’assistant n’avait pas la réponse", "en": "The assistant had no answer"},
    "distress": {"fr": "Détresse", "en": "Distress"},
    "fraud": {"fr": "Fraude", "en": "Fraud"},
    "failure": {"fr": "Panne de l’assistant", "en": "The assistant failed"},
    "taken": {"fr": "Pris par un conseiller", "en": "Taken by an agent"},
    "transferred": {"fr": "Transfert", "en": "Transfer"},
    "overridden": {"fr": "Attribué par un superviseur", "en": "Given by a supervisor"},
    "agent_vanished": {"fr": "Conseiller déconnecté", "en": "The agent went offline"},
    "agent_left": {"fr": "Départ d’un conseiller", "en": "An agent left"},
    "closed": {"fr": "Clos", "en": "Closed"},
    "silence": {"fr": "Fini en silence", "en": "Ended in silence"},
    "first_response": {"fr": "Première réponse", "en": "First response"},
    "next_response": {"fr": "Réponse suivante", "en": "Next response"},
    "resolution": {"fr": "Résolution", "en": "Resolution"},
    "form_sent": {"fr": "Message envoyé", "en": "Message sent"},
    "form_open": {"fr": "Pas encore connu", "en": "Not known yet"},
    "form_saved": {"fr": "Demande évitée", "en": "Deflected"},
    "form_returned": {"fr": "A écrit ensuite", "en": "Wrote afterwards"},
    "form_unknown": {"fr": "Sans adresse", "en": "No address typed"},
}
COLUMNS = {
    "at": {"fr": "Date", "en": "Date"},
    "counted": {"fr": "Compte", "en": "Counts"},
    "value": {"fr": "Valeur", "en": "Value"},
    "name": {"fr": "Client", "en": "Customer"},
    "note": {"fr": "Détail", "en": "Detail"},
    "score": {"fr": "Note", "en": "Mark"},
    "words": {"fr": "Texte", "en": "Words"},
    "number": {"fr": "Dossier", "en": "Case"},
    "conversation": {"fr": "Conversation", "en": "Conversation"},
}
YES = {"fr": "oui", "en": "yes"}
NO = {"fr": "non", "en": "no"}
MAIL = {
    "fr": "{name}, {when}\n\nBonjour {agent},\n\nvoici le rapport de {company} pour {when}.\n\n{figures}\n\n"
    "Le tableau complet est joint. Ce que chaque chiffre veut dire, et les conversations derrière\u00a0:\n{link}",
    "en": "{name}, {when}\n\nHello {agent},\n\nhere is the report of {company} for {when}.\n\n{figures}\n\n"
    "The whole table is attached. What each figure means, and the conversations behind it:\n{link}",
}
COMPARED = {"fr": "avant\u00a0: {value}", "en": "before: {value}"}
NOTHING = {"fr": "–", "en": "–"}


def note(key: str | None, language: str) -> str | None:
    """A reason, an ending or a promise in words; what stands there where nobody gave it any."""
    if key is None:
        return None
    return NOTE[key][language] if key in NOTE else key.replace("_", " ")


def when(period: Period, language: str) -> str:
    """A period as people say it."""
    locale = LOCALES[language]
    if period.first == period.last:
        return str(format_date(period.first, "full", locale=locale))
    return str(format_interval(period.first, period.last, "yMMMd", locale=locale))


def value(figure: Figure, amount: float | None, language: str) -> str:
    """A figure as people read it."""
    locale = LOCALES[language]
    if amount is None:
        return NOTHING[language]
    match figure.unit:
        case "share":
            return str(format_percent(round(amount, 3), "#,##0.#\u202f%" if language == "fr" else "#,##0.#%", locale))
        case "seconds":
            return lasting(amount)
        case "score":
            return str(format_decimal(amount, "0.0", locale=locale)) + "/5"
    return str(format_decimal(amount, "#,##0", locale=locale))


def lasting(seconds: float) -> str:
    """A time in its two largest units: `42 s`, `3 min 5 s`, `2 h 10 min`, `3 d` as `72 h`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}\u00a0s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes}\u00a0min" + (f" {rest}\u00a0s" if rest and minutes < 10 else "")
    hours, rest = divmod(round(whole / 60), 60)
    return f"{hours}\u00a0h" + (f" {rest}\u00a0min" if rest and hours < 10 else "")
