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
    "note_settled": {
        "fr": "Une note se modifie pendant 24\u00a0heures\u00a0: écrivez-en une autre.",
        "en": "A note can be changed for 24 hours: write another one.",
    },
    "mention_minutes": {
        "fr": "Entre {least} et {most} minutes.",
        "en": "Between {least} and {most} minutes.",
    },
    "reminders_too_many": {
        "fr": "{most} rappels au plus\u00a0: terminez-en un.",
        "en": "{most} reminders at most: finish one.",
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
    "answer_waits": {
        "fr": "Votre réponse en attente n’a pas pu partir. Attendez quelques secondes, puis réessayez.",
        "en": "Your answer that was waiting couldn’t leave. Wait a few seconds, then try again.",
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
    "unknown_fact": {
        "fr": "Cette information ne se corrige pas ici.",
        "en": "That cannot be corrected here.",
    },
    "not_a_number_of_ours": {
        "fr": "Ce n’est pas un de nos numéros\u00a0: il figure dans l’e-mail de confirmation.",
        "en": "That is not one of our numbers: it is in the confirmation e-mail.",
    },
    "not_understood_yet": {
        "fr": "L’assistant n’a pas lu ce message\u00a0: il n’y a rien à corriger.",
        "en": "The assistant has not read that message: there is nothing to correct.",
    },
}
