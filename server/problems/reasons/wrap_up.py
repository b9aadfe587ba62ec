"""What is wrong with a wrap-up, a reason for closing, or how customers are asked how it was."""

REASONS: dict[str, dict[str, str]] = {
    "day_past": {"fr": "Ce moment est passé.", "en": "That moment has passed."},
    "day_too_far": {"fr": "C’est à plus d’un an.", "en": "That is more than a year away."},
    "followed_up_already": {
        "fr": "Une suite est déjà prévue pour cette conversation.",
        "en": "There is a follow-up for this conversation already.",
    },
    "reason_in_use": {
        "fr": "Ce motif a servi, ou en contient d’autres\u00a0: archivez-le.",
        "en": "This reason has been used, or has others under it: archive it.",
    },
    "reason_required": {
        "fr": "Votre équipe demande un motif pour chaque conversation.",
        "en": "Your team asks for a reason for each conversation.",
    },
    "reason_too_deep": {
        "fr": "Les motifs vont sur {most} niveaux au plus.",
        "en": "Reasons go {most} levels deep at most.",
    },
    "reason_under_itself": {
        "fr": "Un motif ne peut pas être rangé sous lui-même.",
        "en": "A reason can’t stand under itself.",
    },
    "too_many_reasons": {
        "fr": "Il y a déjà {most}\u00a0motifs.",
        "en": "There are {most} reasons already.",
    },
    "unknown_reason": {
        "fr": "Ce motif n’existe pas, ou n’est pas proposé à cette équipe.",
        "en": "There is no such reason, or it isn’t offered to this team.",
    },
}
