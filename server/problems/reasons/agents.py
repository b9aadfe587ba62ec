"""Accounts of agents, and roles."""

REASONS: dict[str, dict[str, str]] = {
    "not_an_address": {
        "fr": "Cette adresse e-mail ne semble pas complète.",
        "en": "That e-mail address doesn’t look complete.",
    },
    "email_in_use": {"fr": "Un compte utilise déjà cette adresse.", "en": "An account uses that address already."},
    "password_short": {
        "fr": "Un mot de passe compte au moins {least} caractères.",
        "en": "A password has at least {least} characters.",
    },
    "last_admin": {
        "fr": "C’est le dernier administrateur actif\u00a0: nommez-en d’abord un autre.",
        "en": "This is the last active administrator: name another one first.",
    },
    "unknown_role": {"fr": "Ce rôle n’existe pas.", "en": "There is no such role."},
    "unknown_permission": {
        "fr": "Cette permission n’existe pas\u00a0: {permission}.",
        "en": "There is no such permission: {permission}.",
    },
    "role_key": {
        "fr": "La clé d’un rôle est faite de lettres minuscules, de chiffres et de tirets bas, comme equipe_retours.",
        "en": "The key of a role is made of lower-case letters, digits and underscores, such as returns_team.",
    },
    "role_exists": {"fr": "Le rôle {key} existe déjà.", "en": "The role {key} exists already."},
    "role_built_in": {
        "fr": "Ce rôle est fourni avec Relais et ne change pas. Créez le vôtre à côté.",
        "en": "This role comes with Relais and does not change. Make your own beside it.",
    },
    "role_in_use": {
        "fr": "Ce rôle est encore attribué ({count}). Donnez-en d’abord un autre à ces agents.",
        "en": "This role is still in use ({count}). Give those agents another one first.",
    },
    "too_many_roles": {"fr": "Il y a déjà {most} rôles.", "en": "There are {most} roles already."},
}
