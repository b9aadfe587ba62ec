"""What a person reads of each kind of error, by its code."""

from __future__ import annotations

SENTENCES: dict[str, dict[str, str]] = {
    "internal_error": {
        "fr": "Une erreur est survenue de notre côté. Rien n’a été modifié, réessayez.",
        "en": "Something went wrong on our side. Nothing was changed; please try again.",
    },
    "bad_input": {"fr": "Cette demande n’est pas lisible.", "en": "That request could not be read."},
    "empty": {"fr": "Ce message est vide.", "en": "That message is empty."},
    "too_long": {"fr": "Ce message est trop long.", "en": "That message is too long."},
    "not_text": {"fr": "Seul le texte est accepté ici.", "en": "Only text is accepted here."},
    "bad_address": {
        "fr": "Cette adresse e-mail ne semble pas complète.",
        "en": "That e-mail address doesn’t look complete.",
    },
    "no_way": {
        "fr": "Nous ne pouvons pas envoyer d’e-mail pour le moment.",
        "en": "We can’t send e-mails at the moment.",
    },
    "not_authenticated": {"fr": "Connectez-vous pour continuer.", "en": "Please sign in to go on."},
    "wrong_credentials": {
        "fr": "E-mail ou mot de passe incorrect.",
        "en": "That e-mail or password is not right.",
    },
    "wrong_code": {
        "fr": "Ce code ne convient pas, ou il a déjà servi.",
        "en": "That code is not right, or was used before.",
    },
    "second_factor": {
        "fr": "Saisissez le code de votre application d’authentification.",
        "en": "Enter the code from your authenticator app.",
    },
    "set_up_first": {
        "fr": "Votre rôle demande un second facteur\u00a0: configurez-le d’abord.",
        "en": "Your role asks for a second factor: set it up first.",
    },
    "bad_token": {
        "fr": "Votre connexion n’a pas pu être reconnue. Rechargez la page.",
        "en": "We couldn’t recognise your sign-in. Please reload the page.",
    },
    "token_expired": {
        "fr": "Votre connexion a expiré. Reconnectez-vous pour continuer.",
        "en": "Your sign-in has expired. Sign in again to go on.",
    },
    "not_allowed": {"fr": "Vous n’y avez pas accès.", "en": "You don’t have access to this."},
    "not_proved": {"fr": "Il faut d’abord vérifier votre identité.", "en": "We need to check who you are first."},
    "foreign_origin": {
        "fr": "Cette page n’est pas autorisée à utiliser ce service.",
        "en": "This page may not use this service.",
    },
    "not_found": {"fr": "Introuvable.", "en": "Not found."},
    "conflict": {"fr": "Cela existe déjà.", "en": "That already exists."},
    "owner_changed": {
        "fr": "Quelqu’un d’autre s’en occupe déjà.",
        "en": "Somebody else already has it.",
    },
    "not_owner": {
        "fr": "Prenez la conversation avant d’y répondre.",
        "en": "Take the conversation before answering in it.",
    },
    "rate_limited": {
        "fr": "Trop d’essais. Réessayez dans {retry_after}\u00a0secondes.",
        "en": "Too many attempts. Try again in {retry_after} seconds.",
    },
    "unavailable": {
        "fr": "Le service est momentanément indisponible. Réessayez dans un instant.",
        "en": "The service is briefly unavailable. Please try again in a moment.",
    },
    "too_large": {"fr": "Cet envoi est trop volumineux.", "en": "That is too large."},
    "file_type": {
        "fr": "Ce type de fichier n’est pas accepté. Une photo ou un PDF conviennent.",
        "en": "That type of file isn’t accepted. A photo or a PDF will do.",
    },
    "file_infected": {
        "fr": "Ce fichier contient un virus ou y ressemble\u00a0: il n’a pas été gardé.",
        "en": "That file holds a virus or looks like one: it was not kept.",
    },
    "file_broken": {
        "fr": "Ce fichier est endommagé, il ne peut pas être ouvert.",
        "en": "That file is damaged and cannot be opened.",
    },
    "invalid": {
        "fr": "Une valeur ne convient pas. Rien n’a été modifié.",
        "en": "A value won’t do. Nothing was changed.",
    },
    "not_now": {"fr": "Ce n’est pas possible pour le moment.", "en": "That isn’t possible at the moment."},
    "stale": {
        "fr": "Quelqu’un l’a modifié depuis que vous l’avez lu. Relisez-le, puis recommencez.",
        "en": "Somebody changed it since you read it. Read it again, then try again.",
    },
    "method_not_allowed": {
        "fr": "Cette adresse n’accepte pas cette méthode.",
        "en": "This address doesn’t take that method.",
    },
    "version_missing": {
        "fr": "Dites quelle version vous modifiez\u00a0: renvoyez son ETag dans If-Match.",
        "en": "Say which version you are changing: send its ETag back in If-Match.",
    },
    "media_type": {
        "fr": "Envoyez du {expected}.",
        "en": "Send {expected}.",
    },
}
