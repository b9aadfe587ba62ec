"""What is wrong with an offer, a transfer, a team or a skill."""

REASONS: dict[str, dict[str, str]] = {
    "answered_meanwhile": {
        "fr": "{name} a répondu entre-temps. Lisez sa réponse, puis envoyez la vôtre si elle reste utile.",
        "en": "{name} answered meanwhile. Read that first, then send yours if it still adds something.",
    },
    "colleague_full": {
        "fr": "Cette personne a déjà tout ce qu’elle peut suivre.",
        "en": "They already have as much as they can look after.",
    },
    "colleague_joined": {
        "fr": "Cette personne y est déjà, ou a déjà été invitée.",
        "en": "They’re there already, or have been asked already.",
    },
    "colleague_not_there": {
        "fr": "Cette personne n’est pas là en ce moment.",
        "en": "They’re not there at the moment.",
    },
    "offer_gone": {
        "fr": "Ce n’est plus à prendre\u00a0: le délai est passé, ou quelqu’un d’autre s’en occupe.",
        "en": "It’s gone: time ran out, or somebody else has it.",
    },
    "skill_exists": {"fr": "Cette compétence existe déjà.", "en": "There is such a skill already."},
    "self_answered": {
        "fr": "Vous avez vous-même répondu entre-temps. Relisez la conversation avant d’envoyer autre chose.",
        "en": "You answered here yourself meanwhile. Read the conversation again before you send anything more.",
    },
    "team_exists": {"fr": "Cette équipe existe déjà.", "en": "There is such a team already."},
    "team_in_use": {
        "fr": "Des clients attendent encore dans cette équipe.",
        "en": "Customers are still waiting in that team.",
    },
    "team_itself": {
        "fr": "Une équipe ne peut pas déborder sur elle-même.",
        "en": "A team can’t overflow to itself.",
    },
    "unknown_colleague": {
        "fr": "Il n’y a pas de collègue à qui donner cela.",
        "en": "There is no colleague to give that to.",
    },
    "unknown_skill": {"fr": "Cette compétence n’existe pas.", "en": "There is no such skill."},
    "unknown_team": {"fr": "Cette équipe n’existe pas.", "en": "There is no such team."},
    "written_meanwhile": {
        "fr": "Le client a écrit entre-temps. Lisez son message d’abord.",
        "en": "The customer wrote meanwhile. Read their message first.",
    },
}
