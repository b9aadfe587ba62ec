"""What is wrong with a calendar, a policy, a contract or a rule."""

REASONS: dict[str, dict[str, str]] = {
    "calendar_in_use": {
        "fr": "Des politiques ou des règles comptent avec ce calendrier\u00a0: donnez-leur d’abord un autre.",
        "en": "Policies or rules count by this calendar: give them another first.",
    },
    "condition_too_large": {
        "fr": "Cette condition est trop grande\u00a0: {most} éléments sur {deepest} niveaux au plus.",
        "en": "That condition is too large: {most} parts on {deepest} levels at most.",
    },
    "day_twice": {"fr": "Ce jour y est deux fois.", "en": "That day is there twice."},
    "ends_before_it_begins": {"fr": "La fin est avant le début.", "en": "It ends before it begins."},
    "less_than_none": {
        "fr": "On ne peut pas retirer plus de temps qu’il n’en a été compté.",
        "en": "No more time can be taken back than was counted.",
    },
    "name_too_long": {"fr": "{most} caractères au plus.", "en": "{most} characters at most."},
    "never_open": {
        "fr": "Il faut au moins une plage dans la semaine.",
        "en": "There has to be some time in the week.",
    },
    "never_so_much": {
        "fr": "Ce calendrier n’a pas autant de temps ouvré dans les soixante ans à venir.",
        "en": "That calendar hasn’t so much business time within sixty years.",
    },
    "no_contract": {
        "fr": "Ce dossier ne compte sur aucun contrat.",
        "en": "This case doesn’t count on any contract.",
    },
    "no_such_day": {"fr": "Les jours sont mon, tue, wed, thu, fri, sat, sun.", "en": "Days are mon, tue, wed …, sun."},
    "no_such_place": {
        "fr": "Aucun jour férié n’est connu ici. Écrivez le pays, ou pays-région\u00a0: FR, FR-57, GB-ENG.",
        "en": "No public holidays are known there. Write the country, or country-region: FR, FR-57, GB-ENG.",
    },
    "no_such_thing": {"fr": "Il n’y en a pas de ce nom.", "en": "There is none."},
    "no_such_zone": {"fr": "Ce fuseau horaire n’existe pas.", "en": "There is no such time zone."},
    "no_target": {
        "fr": "Une politique promet au moins un délai.",
        "en": "A policy promises at least one time limit.",
    },
    "not_a_condition": {
        "fr": "Une condition est all, any, not, ou un champ avec sa comparaison.",
        "en": "A condition is all, any, not, or a field with its comparison.",
    },
    "not_a_date": {
        "fr": "Une date de 1990 à 2100 est attendue, comme 2026-12-24.",
        "en": "A date from 1990 to 2100 is expected, such as 2026-12-24.",
    },
    "not_a_day": {"fr": "Un jour a une date et des plages.", "en": "A day has a date and spans."},
    "not_a_list_of_actions": {
        "fr": "De {least} à {most} actions sont attendues.",
        "en": "From {least} to {most} actions are expected.",
    },
    "not_a_list_of_conditions": {
        "fr": "Une liste de conditions est attendue, qui n’est pas vide.",
        "en": "A list of conditions is expected, not an empty one.",
    },
    "not_a_list_of_days": {"fr": "{most} jours au plus sont attendus.", "en": "{most} days at most are expected."},
    "not_a_list_of_values": {
        "fr": "Une liste de 1 à {most} valeurs est attendue.",
        "en": "A list of 1 to {most} values is expected.",
    },
    "not_a_name": {"fr": "Un nom d’une ligne est attendu.", "en": "A name of one line is expected."},
    "not_a_number": {"fr": "Un nombre est attendu, {most} au plus.", "en": "A number is expected, {most} at most."},
    "not_a_span": {
        "fr": "Une plage est une ouverture et une fermeture, comme 09:00 et 12:30.",
        "en": "A span is an opening and a closing time, such as 09:00 and 12:30.",
    },
    "not_a_text": {"fr": "Un texte de 1 à {most} caractères.", "en": "A text of 1 to {most} characters."},
    "not_a_wait": {
        "fr": "Une attente a une étape et un nombre d’heures.",
        "en": "A wait has a status and a number of hours.",
    },
    "not_a_week": {"fr": "Une semaine a des plages par jour.", "en": "A week has spans for its days."},
    "not_a_word": {
        "fr": "Un texte d’une ligne est attendu, {most} caractères au plus.",
        "en": "A text of one line is expected, {most} characters at most.",
    },
    "not_an_id": {"fr": "Un identifiant (UUID) est attendu.", "en": "An identifier (UUID) is expected."},
    "not_between": {
        "fr": "Un nombre entier de {least} à {most} est attendu.",
        "en": "A whole number from {least} to {most} is expected.",
    },
    "not_both_languages": {
        "fr": "Le texte est attendu en français (fr) et en anglais (en).",
        "en": "The text is expected in French (fr) and English (en).",
    },
    "not_every_rule_once": {
        "fr": "Chaque règle doit y être une fois\u00a0: rechargez la liste.",
        "en": "Every rule has to be there once: reload the list.",
    },
    "not_hours": {"fr": "Une liste de {most} plages au plus.", "en": "A list of {most} spans at most."},
    "not_minutes": {
        "fr": "Un nombre de minutes est attendu, {most} au plus.",
        "en": "A number of minutes is expected, {most} at most.",
    },
    "not_yes_or_no": {"fr": "Vrai ou faux est attendu.", "en": "True or false is expected."},
    "policy_in_use": {
        "fr": "Des dossiers comptent avec cette politique\u00a0: désactivez-la plutôt.",
        "en": "Cases count by this policy: switch it off instead.",
    },
    "rule_without_case": {
        "fr": "Cette action demande un dossier, et il n’y en a pas.",
        "en": "That action needs a case, and there is none.",
    },
    "rule_without_conversation": {
        "fr": "Cette action demande une conversation, et il n’y en a pas.",
        "en": "That action needs a conversation, and there is none.",
    },
    "spans_overlap": {"fr": "Deux plages se chevauchent.", "en": "Two spans overlap."},
    "too_many_rules": {"fr": "Il y a déjà {most} règles.", "en": "There are {most} rules already."},
    "too_far_apart": {"fr": "{years} ans au plus entre les deux.", "en": "{years} years at most between the two."},
    "unknown_action": {"fr": "Actions possibles\u00a0: {known}.", "en": "Actions there are: {known}."},
    "unknown_comparison": {"fr": "Comparaisons possibles\u00a0: {known}.", "en": "Comparisons there are: {known}."},
    "rule_texts_or_canned": {
        "fr": "Donnez des textes ou une réponse type, l’un des deux.",
        "en": "Give texts or a canned reply, one of the two.",
    },
    "rule_no_such_reply": {
        "fr": "Aucune réponse type n’a ce raccourci.",
        "en": "No canned reply has that shortcut.",
    },
    "rule_reply_lacks": {
        "fr": "Il manque de quoi remplir la réponse : {names}.",
        "en": "What the reply would be filled with is missing: {names}.",
    },
    "unknown_placeholder": {"fr": "On peut y mettre\u00a0: {known}.", "en": "What can be put there: {known}."},
    "wait_goes_with_time": {
        "fr": "Une attente va avec l’événement case.waited, et lui seul.",
        "en": "A wait goes with the event case.waited, and with no other.",
    },
}
