"""What is wrong with the shape of a request, whatever it is about."""

REASONS: dict[str, dict[str, str]] = {
    "missing": {"fr": "Ce champ est obligatoire.", "en": "This is needed."},
    "unknown_field": {"fr": "Ce champ n’existe pas ici.", "en": "There is no such field here."},
    "not_text": {"fr": "Du texte est attendu.", "en": "Text is expected."},
    "not_integer": {"fr": "Un nombre entier est attendu.", "en": "A whole number is expected."},
    "not_number": {"fr": "Un nombre est attendu.", "en": "A number is expected."},
    "not_boolean": {"fr": "Vrai ou faux est attendu\u00a0: true ou false.", "en": "True or false is expected."},
    "not_list": {"fr": "Une liste est attendue.", "en": "A list is expected."},
    "not_object": {"fr": "Un objet est attendu.", "en": "An object is expected."},
    "not_identifier": {"fr": "Un identifiant (UUID) est attendu.", "en": "An identifier (UUID) is expected."},
    "not_moment": {
        "fr": "Une date et une heure avec fuseau sont attendues, comme 2026-03-01T09:30:00+01:00.",
        "en": "A date and time with its zone is expected, such as 2026-03-01T09:30:00+01:00.",
    },
    "not_day": {
        "fr": "Une date qui existe est attendue, comme 2026-03-01.",
        "en": "A date that exists is expected, such as 2026-03-01.",
    },
    "not_choice": {"fr": "Valeurs acceptées\u00a0: {expected}.", "en": "Accepted values: {expected}."},
    "wrong_form": {"fr": "La forme n’est pas la bonne.", "en": "That isn’t in the right form."},
    "too_short": {"fr": "C’est trop court\u00a0: au moins {least}.", "en": "That’s too short: at least {least}."},
    "too_long": {"fr": "C’est trop long\u00a0: au plus {most}.", "en": "That’s too long: at most {most}."},
    "too_small": {"fr": "C’est trop petit\u00a0: au moins {least}.", "en": "That’s too small: at least {least}."},
    "too_big": {"fr": "C’est trop grand\u00a0: au plus {most}.", "en": "That’s too big: at most {most}."},
    "unstorable_text": {
        "fr": "Ce texte contient un caractère qui ne peut pas être gardé.",
        "en": "This text holds a character that can’t be kept.",
    },
    "too_deep": {"fr": "C’est imbriqué trop profondément.", "en": "That is nested too deeply."},
    "given_twice": {"fr": "Ceci est donné deux fois.", "en": "This is given twice."},
    "bad_cursor": {
        "fr": "Ce curseur n’est pas le nôtre, ou appartient à une autre recherche. Reprenez au début.",
        "en": "That cursor isn’t ours, or belongs to another search. Start again from the beginning.",
    },
    "not_sortable": {"fr": "Tris possibles\u00a0: {expected}.", "en": "It can be sorted by: {expected}."},
    "not_a_field": {"fr": "Champs possibles\u00a0: {expected}.", "en": "Fields there are: {expected}."},
    "bad_version": {
        "fr": "If-Match porte une seule version, telle que l’ETag reçu.",
        "en": "If-Match carries one version, as the ETag gave it.",
    },
    "bad_key": {
        "fr": "Une clé d’idempotence a de 1 à 200 caractères imprimables.",
        "en": "An idempotency key has 1 to 200 printable characters.",
    },
    "key_used": {
        "fr": "Cette clé d’idempotence a déjà servi pour une autre demande.",
        "en": "This idempotency key was used for another request already.",
    },
    "key_in_use": {
        "fr": "La même demande est en cours. Réessayez dans un instant.",
        "en": "The same request is under way. Try again in a moment.",
    },
    "out_of_range": {"fr": "Cette valeur dépasse ce qui peut être gardé.", "en": "That is beyond what can be kept."},
    "not_json": {"fr": "Ce n’est pas du JSON lisible.", "en": "That isn’t readable JSON."},
    "nothing_to_change": {
        "fr": "Rien à modifier\u00a0: aucun champ n’est donné.",
        "en": "Nothing to change: no field is given.",
    },
    "not_null": {"fr": "Ce champ ne peut pas être vide.", "en": "This can’t be empty."},
}
