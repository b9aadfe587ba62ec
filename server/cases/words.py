"""The mail that says a case was opened, in both languages."""

from __future__ import annotations

from datetime import tzinfo

from babel.dates import format_date

from crm_backend.cases.acknowledging import Opened

FIRST = {
    "fr": "Votre dossier {number} est ouvert",
    "en": "Your case {number} has been opened",
}
"""The subject of the mail, where it begins a conversation."""
HELLO = {"fr": "Bonjour {name},", "en": "Hello {name},"}
HELLO_NOBODY = {"fr": "Bonjour,", "en": "Hello,"}
BODY = {
    "fr": (
        "Nous avons bien reçu votre demande ({kind}) et nous nous en occupons. Vous n’avez rien à faire\u00a0: nous"
        " vous écrivons dès qu’il y a du nouveau."
    ),
    "en": (
        "We have received your request ({kind}) and are working on it. There is nothing you need to do: we’ll write to"
        " you as soon as there is news."
    ),
}
DUE = {
    "fr": "Comme la loi le prévoit, nous vous répondrons au plus tard le {day}.",
    "en": "As the law provides, you will hear from us by {day} at the latest.",
}
MORE = {
    "fr": "Pour ajouter quelque chose, répondez à cet e-mail. Votre numéro de dossier\u00a0: {number}.",
    "en": "To add anything, just reply to this e-mail. Your case number: {number}.",
}


def acknowledgement(opened: Opened, *, zone: tzinfo | None) -> str:
    """The mail; what the case itself says, which may be an agent's words, is not in it. Days are those of `zone`."""
    language = opened.language
    name = opened.first_name.strip()
    kind = opened.type_names.get(language, "")
    parts = [
        FIRST[language].format(number=opened.number),
        HELLO[language].format(name=name) if name else HELLO_NOBODY[language],
        BODY[language].format(kind=kind[:1].lower() + kind[1:]),
    ]
    if opened.due_at is not None:
        day = format_date(opened.due_at.astimezone(zone), format="long", locale=language)
        parts.append(DUE[language].format(day=day))
    parts.append(MORE[language].format(number=opened.number))
    return "\n\n".join(parts)
