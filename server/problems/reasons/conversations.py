"""Why something cannot be written in a conversation."""

REASONS: dict[str, dict[str, str]] = {
    "snooze_past": {
        "fr": "Ce moment est déjà passé\u00a0: choisissez-en un plus tard.",
        "en": "That moment has passed: choose a later one.",
    },
    "snooze_too_far": {
        "fr": "C’est dans plus d’un an\u00a0: choisissez un moment plus proche.",
        "en": "That is more than a year away: choose a nearer moment.",
    },
    "filter_name_taken": {
        "fr": "Vous avez déjà un filtre de ce nom.",
        "en": "You already have a filter by that name.",
    },
    "filters_too_many": {
        "fr": "{most} filtres au plus\u00a0: supprimez-en un.",
        "en": "{most} filters at most: delete one.",
    },
    "placeholder_left": {
        "fr": "Il reste à compléter\u00a0: {names}.",
        "en": "Still to be filled in: {names}.",
    },
    "answer_said": {
        "fr": "Trop tard\u00a0: la réponse est déjà partie.",
        "en": "Too late: the answer has already left.",
    },
    "conversation_over": {
        "fr": "Cette conversation est close\u00a0: écrivez-y au nom d’un agent.",
        "en": "That conversation is over: write in the name of an agent.",
    },
    "conversation_no_agent": {
        "fr": "Aucun agent en activité n’a cet identifiant.",
        "en": "No agent at work has that identifier.",
    },
    "conversation_other_agent": {
        "fr": "Un agent écrit en son propre nom.",
        "en": "An agent writes in their own name.",
    },
    "unknown_intent": {
        "fr": "L’assistant ne connaît pas ce sujet.",
        "en": "The assistant knows no such topic.",
    },
    "not_understood_yet": {
        "fr": "L’assistant n’a pas lu ce message\u00a0: il n’y a rien à corriger.",
        "en": "The assistant has not read that message: there is nothing to correct.",
    },
}
