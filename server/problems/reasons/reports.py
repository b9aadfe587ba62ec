"""Why a report cannot be told, or mailed, as it was asked for."""

REASONS: dict[str, dict[str, str]] = {
    "report_no_day": {"fr": "Une date comme 2026-11-23.", "en": "A date such as 2026-11-23."},
    "report_ends_before": {
        "fr": "La période finit avant de commencer.",
        "en": "The period ends before it begins.",
    },
    "report_too_long": {"fr": "Au plus {days}\u00a0jours.", "en": "At most {days} days."},
    "report_within": {
        "fr": "Un nombre de secondes entre 1 et {most}.",
        "en": "A number of seconds between 1 and {most}.",
    },
    "report_name_taken": {
        "fr": "Vous avez déjà un envoi de ce nom.",
        "en": "You already have a mailing of this name.",
    },
    "reports_too_many": {"fr": "Au plus {most}.", "en": "At most {most}."},
    "report_may_not_read": {
        "fr": "L’un d’eux ne peut pas lire les rapports.",
        "en": "One of them may not read reports.",
    },
    "report_choice": {"fr": "Choisissez l’une des valeurs proposées.", "en": "Choose one of the values offered."},
    "report_hour": {"fr": "Une heure entre 0 et 23.", "en": "An hour between 0 and 23."},
}
