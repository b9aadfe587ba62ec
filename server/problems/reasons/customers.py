"""What is wrong with a customer's values, and what merging and its undoing cannot do."""

REASONS: dict[str, dict[str, str]] = {
    "language": {"fr": "Langues possibles\u00a0: fr, en.", "en": "Languages there are: fr, en."},
    "channel": {"fr": "Ce n’est pas le nom d’un canal.", "en": "That isn’t the name of a channel."},
    "birth_date": {
        "fr": "Cette date de naissance n’est pas possible.",
        "en": "That date of birth isn’t possible.",
    },
    "time": {"fr": "Une heure est attendue, comme 18:30.", "en": "A time is expected, such as 18:30."},
    "no_hours": {
        "fr": "Ces heures finissent quand elles commencent.",
        "en": "These hours end when they begin.",
    },
    "time_zone": {
        "fr": "Ce n’est pas un fuseau horaire connu, comme Europe/Paris.",
        "en": "That isn’t a known time zone, such as Europe/Paris.",
    },
    "email": {"fr": "Ce n’est pas une adresse e-mail.", "en": "That isn’t an e-mail address."},
    "phone": {
        "fr": "Ce numéro de téléphone n’existe pas.",
        "en": "There is no such telephone number.",
    },
    "phone_country": {
        "fr": "Indiquez le pays de ce numéro, ou commencez-le par + et l’indicatif.",
        "en": "Give the number’s country, or begin it with + and the country code.",
    },
    "url": {
        "fr": "Une adresse web est attendue, comme https://example.com.",
        "en": "A web address is expected, such as https://example.com.",
    },
    "country": {
        "fr": "Un code de pays à deux lettres est attendu, comme FR.",
        "en": "A country code of two letters is expected, such as GB.",
    },
    "postcode": {
        "fr": "Ce n’est pas un code postal de ce pays ({country}).",
        "en": "That isn’t a postcode of this country ({country}).",
    },
    "choose_another": {
        "fr": "Choisissez plutôt une autre adresse par défaut.",
        "en": "Choose another default address instead.",
    },
    "telegram": {
        "fr": "Un identifiant Telegram est un nombre.",
        "en": "A Telegram identifier is a number.",
    },
    "external": {"fr": "Cet identifiant ne peut pas être gardé.", "en": "That identifier can’t be kept."},
    "not_added_by_hand": {
        "fr": "Ce genre d’identité ne s’ajoute pas à la main.",
        "en": "This kind of identity isn’t added by hand.",
    },
    "taken": {"fr": "Déjà utilisé ailleurs.", "en": "Already used elsewhere."},
    "there_already": {"fr": "Ce client l’a déjà.", "en": "This customer already has it."},
    "enough_there": {"fr": "Il y en a trop\u00a0: au plus {most}.", "en": "There are too many: at most {most}."},
    "all_channels": {
        "fr": "Ce choix vaut pour tous les canaux.",
        "en": "This choice is for all channels.",
    },
    "not_past": {
        "fr": "Une date passée, avec son fuseau, est attendue.",
        "en": "A moment that has passed, with its zone, is expected.",
    },
    "attribute_key": {
        "fr": "Des lettres minuscules sans accent, des chiffres et _ sont attendus, une lettre d’abord.",
        "en": "Lower-case letters, digits and _ are expected, a letter first.",
    },
    "both_languages": {
        "fr": "Donnez le libellé en français (fr) et en anglais (en).",
        "en": "Give the label in French (fr) and in English (en).",
    },
    "kind_stays": {"fr": "Le genre ne change pas.", "en": "The kind doesn’t change."},
    "only_for_choice": {
        "fr": "Seul un attribut à choix a des choix.",
        "en": "Only an attribute of choices has choices.",
    },
    "never_unique": {
        "fr": "Les valeurs d’un tel attribut ne peuvent pas être toutes différentes.",
        "en": "Values of such an attribute can’t all differ.",
    },
    "values_in_the_way": {
        "fr": "Des clients ont des valeurs qui l’empêchent\u00a0: {count}.",
        "en": "Customers have values that stand in the way: {count}.",
    },
    "merged": {
        "fr": "Ce client a été fusionné avec un autre ({into}).",
        "en": "This customer was merged into another ({into}).",
    },
    "same_customer": {
        "fr": "Un client ne peut pas être fusionné avec lui-même.",
        "en": "A customer can’t be merged with themselves.",
    },
    "not_demo": {
        "fr": "Un client de démonstration ne se fusionne pas avec un vrai.",
        "en": "A demo customer isn’t merged with a real one.",
    },
    "merge_forgotten": {
        "fr": "Cette fusion est trop ancienne\u00a0: ses détails ne sont plus gardés.",
        "en": "This merge is too long ago: its details are no longer kept.",
    },
    "undone_already": {"fr": "Cette fusion est déjà annulée.", "en": "This merge is undone already."},
    "later_merge": {
        "fr": "Annulez d’abord la fusion faite ensuite ({merge}).",
        "en": "Undo the later merge first ({merge}).",
    },
    "in_use_since": {
        "fr": "Une valeur qui doit revenir est prise depuis ({table}).",
        "en": "A value that has to come back has been taken since ({table}).",
    },
    "too_short_to_search": {
        "fr": "Donnez au moins deux caractères à chercher.",
        "en": "Give at least two characters to look for.",
    },
}
