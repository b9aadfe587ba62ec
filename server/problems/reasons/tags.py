"""Why tags and what is done to many conversations are refused."""

REASONS: dict[str, dict[str, str]] = {
    "tag_taken": {"fr": "Une étiquette porte déjà ce nom.", "en": "There is already a tag by that name."},
    "tag_same": {"fr": "Choisissez une autre étiquette.", "en": "Choose another tag."},
    "unknown_tag": {
        "fr": "Cette étiquette n’existe plus\u00a0: choisissez-en une autre.",
        "en": "That tag is gone: choose another.",
    },
    "tag_retired": {
        "fr": "L’étiquette «\u00a0{name}\u00a0» ne s’emploie plus.",
        "en": "The tag “{name}” is no longer in use.",
    },
    "tags_most": {
        "fr": "Une conversation a {most} étiquettes au plus\u00a0: retirez-en une.",
        "en": "A conversation has {most} tags at most: take one off.",
    },
    "tags_too_many": {
        "fr": "{most} étiquettes au plus\u00a0: fusionnez-en deux.",
        "en": "{most} tags at most: merge two.",
    },
    "bulk_most": {
        "fr": "Choisissez entre une et {most} conversations.",
        "en": "Choose between one and {most} conversations.",
    },
}
