"""Why a macro is refused, or one of its steps."""

REASONS: dict[str, dict[str, str]] = {
    "macro_steps": {
        "fr": "Une macro a entre une et {most} étapes.",
        "en": "A macro has between one and {most} steps.",
    },
    "macro_last": {
        "fr": "Transmettre, mettre en veille ou clore vient en dernier\u00a0: après, vous n’avez plus la conversation.",
        "en": "Passing on, snoozing or closing comes last: after it the conversation is no longer before you.",
    },
    "macro_one_insert": {
        "fr": "Un seul texte peut être proposé dans la réponse.",
        "en": "Only one text can be put into the answer.",
    },
    "macro_texts_or_canned": {
        "fr": "Donnez un texte, ou une réponse type.",
        "en": "Give a text, or a canned reply.",
    },
    "macro_team_or_agent": {"fr": "Choisissez une équipe, ou quelqu’un.", "en": "Choose a team, or somebody."},
    "macro_name_taken": {"fr": "Une macro porte déjà ce nom.", "en": "There is already a macro by that name."},
    "macros_too_many": {
        "fr": "{most} macros au plus\u00a0: supprimez-en une.",
        "en": "{most} macros at most: delete one.",
    },
    "macro_no_reply": {
        "fr": "La réponse type «\u00a0{shortcut}\u00a0» n’existe plus.",
        "en": "The canned reply “{shortcut}” is gone.",
    },
    "macro_no_case": {
        "fr": "Aucun dossier en cours n’est lié à cette conversation.",
        "en": "No open case is linked to this conversation.",
    },
    "macro_several_cases": {
        "fr": "Plusieurs dossiers en cours sont liés à cette conversation\u00a0: faites-le à la main.",
        "en": "Several open cases are linked to this conversation: do it by hand.",
    },
}
