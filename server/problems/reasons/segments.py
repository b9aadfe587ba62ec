"""What is wrong in rules of segments and in what the company decides about value."""

REASONS: dict[str, dict[str, str]] = {
    "not_a_rule": {
        "fr": "Une règle est attendue ici\u00a0: all, any, not ou une condition avec field et op.",
        "en": "A rule is expected here: all, any, not, or a condition with field and op.",
    },
    "no_conditions": {
        "fr": "Une liste d’au moins une règle est attendue.",
        "en": "A list of at least one rule is expected.",
    },
    "too_many_conditions": {
        "fr": "Une règle compte au plus {most} conditions.",
        "en": "A rule has at most {most} conditions.",
    },
    "rules_too_deep": {"fr": "Au plus {most} niveaux de règles.", "en": "At most {most} levels of rules."},
    "unknown_key": {"fr": "Ce nom n’est pas connu ici.", "en": "That name isn’t known here."},
    "field_not_asked": {
        "fr": "Aucune règle ne porte sur ce champ.",
        "en": "There is no such field to ask about.",
    },
    "unknown_operator": {
        "fr": "Ce champ se compare par\u00a0: {operators}.",
        "en": "This field is compared by: {operators}.",
    },
    "value_not_wanted": {
        "fr": "Cet opérateur ne prend pas de valeur.",
        "en": "This operator takes no value.",
    },
    "currency_needed": {
        "fr": "Indiquez la devise du montant, comme EUR.",
        "en": "Give the currency of the amount, such as EUR.",
    },
    "currency_not_wanted": {"fr": "Ce champ n’a pas de devise.", "en": "This field has no currency."},
    "within_not_wanted": {
        "fr": "Ce champ ne se limite pas à des jours récents.",
        "en": "This field isn’t limited to recent days.",
    },
    "value_out_of_range": {
        "fr": "Une valeur de {least} à {most} est attendue.",
        "en": "A value from {least} to {most} is expected.",
    },
    "list_needed": {
        "fr": "Une liste d’au moins une valeur est attendue.",
        "en": "A list of at least one value is expected.",
    },
    "too_many_values": {"fr": "Au plus {most} valeurs.", "en": "At most {most} values."},
    "two_values_needed": {
        "fr": "Deux valeurs sont attendues\u00a0: de, à.",
        "en": "Two values are expected: from, to.",
    },
    "wrong_order": {
        "fr": "La première valeur dépasse la seconde.",
        "en": "The first value is beyond the second.",
    },
    "number_needed": {"fr": "Un nombre est attendu.", "en": "A number is expected."},
    "whole_number_needed": {"fr": "Un nombre entier est attendu.", "en": "A whole number is expected."},
    "text_needed": {"fr": "Un texte est attendu.", "en": "A text is expected."},
    "longer_than": {"fr": "Au plus {most} caractères.", "en": "At most {most} characters."},
    "text_unprintable": {
        "fr": "Ce texte contient un caractère qui ne s’écrit pas.",
        "en": "That text holds a character that can’t be written.",
    },
    "yes_or_no_needed": {"fr": "true ou false est attendu.", "en": "true or false is expected."},
    "date_needed": {
        "fr": "Une date est attendue, comme 2026-03-01.",
        "en": "A date is expected, such as 2026-03-01.",
    },
    "name_taken": {"fr": "Ce nom est déjà pris.", "en": "That name is taken already."},
    "too_many_segments": {"fr": "Il y a déjà {most} segments.", "en": "There are {most} segments already."},
    "segment_broken": {
        "fr": "La règle de ce segment ne tient plus ({place})\u00a0: corrigez-la d’abord.",
        "en": "This segment’s rule no longer holds up ({place}): put it right first.",
    },
    "segment_in_use": {
        "fr": "Ce segment sert encore ailleurs, par exemple à un niveau de service.",
        "en": "This segment is still used elsewhere, for instance by a service level.",
    },
    "segment_too_slow": {
        "fr": "Cette règle demande plus de {seconds}\u00a0secondes\u00a0: simplifiez-la.",
        "en": "This rule takes more than {seconds} seconds: make it simpler.",
    },
}
