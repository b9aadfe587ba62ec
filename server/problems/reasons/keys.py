"""What is wrong with an API key that is to be made."""

REASONS: dict[str, dict[str, str]] = {
    "key_name": {
        "fr": "Donnez à la clé un nom de {most}\u00a0caractères au plus.",
        "en": "Give the key a name of at most {most} characters.",
    },
    "scopes_empty": {"fr": "Choisissez au moins un droit.", "en": "Choose at least one permission."},
    "scope_unknown": {"fr": "Ce droit n’existe pas.", "en": "There is no such permission."},
    "expiry_past": {"fr": "Cette date est déjà passée.", "en": "That date has passed already."},
}
