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
    "password_long": {
        "fr": "Un mot de passe compte au plus {most} caractères.",
        "en": "A password has at most {most} characters.",
    },
    "password_simple": {
        "fr": "Trop facile à deviner\u00a0: variez les caractères, évitez les suites du clavier.",
        "en": "Too easy to guess: vary the characters, avoid rows of the keyboard.",
    },
    "password_common": {
        "fr": "Ce mot de passe repose sur un mot trop courant.",
        "en": "This password rests on a word that is too common.",
    },
    "password_personal": {
        "fr": "N’utilisez ni votre nom, ni votre adresse, ni celui de l’entreprise.",
        "en": "Don’t use your name, your address or the company’s name.",
    },
    "push_bad": {
        "fr": "Ce navigateur n’a pas donné de quoi lui écrire. Rechargez la page, puis réessayez.",
        "en": "This browser didn’t give what it takes to reach it. Reload the page, then try again.",
    },
    "push_bad_address": {
        "fr": "Le service d’avis de ce navigateur n’a pas d’adresse à laquelle nous puissions écrire.",
        "en": "This browser’s push service has no address that we can write to.",
    },
    "password_wrong": {"fr": "Ce n’est pas votre mot de passe.", "en": "That is not your password."},
    "password_none": {
        "fr": "Ce compte n’a pas de mot de passe\u00a0: demandez une invitation à un administrateur.",
        "en": "This account has no password: ask an administrator for an invitation.",
    },
    "second_factor_on": {
        "fr": "Le second facteur est déjà activé.",
        "en": "The second factor is on already.",
    },
    "second_factor_off": {"fr": "Le second facteur n’est pas activé.", "en": "The second factor is not on."},
    "second_factor_not_begun": {
        "fr": "Recommencez la configuration du second facteur.",
        "en": "Begin setting up the second factor again.",
    },
    "second_factor_code": {
        "fr": "Ce code ne convient pas. Vérifiez l’heure de votre téléphone et saisissez le code affiché.",
        "en": "That code is not right. Check your phone’s clock and enter the code it shows.",
    },
    "second_factor_asked": {
        "fr": "Votre rôle demande un second facteur\u00a0: il reste activé.",
        "en": "Your role asks for a second factor: it stays on.",
    },
    "account_closed": {
        "fr": "Ce compte est fermé\u00a0: rouvrez-le d’abord.",
        "en": "This account is closed: open it again first.",
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
