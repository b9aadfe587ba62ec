"""Why something cannot be written in a conversation."""

REASONS: dict[str, dict[str, str]] = {
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
        "fr": "L’assistant n’a pas lu ce message : il n’y a rien à corriger.",
        "en": "The assistant has not read that message: there is nothing to correct.",
    },
}
