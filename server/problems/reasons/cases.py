"""What is wrong with a case, or with how cases are set up."""

REASONS: dict[str, dict[str, str]] = {
    "case_not_text": {"fr": "Du texte est attendu.", "en": "Text is expected."},
    "case_too_long": {"fr": "{most} caractères au plus.", "en": "{most} characters at most."},
    "case_empty": {"fr": "Ce champ ne peut pas rester vide.", "en": "This can’t be left empty."},
    "case_bad_key": {
        "fr": "Une clé n’a que des minuscules sans accent, des chiffres et des tirets bas\u00a0: 40 au plus.",
        "en": "A key has only small letters, digits and underscores: 40 at most.",
    },
    "case_language": {"fr": "Les textes sont en français (fr) et en anglais (en).", "en": "Texts are in fr and en."},
    "case_not_one_of": {"fr": "Valeurs acceptées\u00a0: {choices}.", "en": "Accepted values: {choices}."},
    "case_number": {"fr": "Un nombre de {least} à {most} est attendu.", "en": "A number from {least} to {most}."},
    "case_not_list": {"fr": "Une liste est attendue.", "en": "A list is expected."},
    "case_not_boolean": {"fr": "Vrai ou faux est attendu.", "en": "True or false is expected."},
    "case_not_date": {"fr": "Une date est attendue.", "en": "A date is expected."},
    "case_no_zone": {"fr": "Il manque le fuseau horaire.", "en": "The time zone is missing."},
    "case_far_date": {"fr": "Cette date est à plus de dix ans.", "en": "That date is more than ten years away."},
    "case_too_many": {"fr": "{most} au plus.", "en": "{most} at most."},
    "case_twice": {"fr": "Un élément y est deux fois.", "en": "Something is there twice."},
    "case_bad_tag": {
        "fr": "Une étiquette commence par une lettre ou un chiffre et n’a pas de signes spéciaux.",
        "en": "A tag begins with a letter or digit and has no special signs.",
    },
    "case_choices": {
        "fr": "Un champ à choix a de 1 à 50 choix, les autres n’en ont pas.",
        "en": "A choice field has 1 to 50 choices; the others have none.",
    },
    "case_unknown": {"fr": "Cet élément n’existe pas ou n’est plus utilisé.", "en": "There is none, or it is retired."},
    "case_unknown_field": {"fr": "Ce champ n’existe pas ici.", "en": "There is no such field here."},
    "case_itself": {"fr": "Un dossier ne peut pas être relié à lui-même.", "en": "A case can’t be linked to itself."},
    "case_needed": {"fr": "Cette étape demande ce champ.", "en": "This step needs it."},
    "case_text_length": {
        "fr": "Cherchez de {least} à {most} caractères.",
        "en": "Look for {least} to {most} characters.",
    },
    "case_other_customer": {
        "fr": "Cet élément n’appartient pas au client de ce dossier.",
        "en": "That doesn’t belong to this case’s customer.",
    },
    "case_customer_fixed": {
        "fr": "Une conversation ou une commande y est reliée\u00a0: le client ne change plus.",
        "en": "A conversation or an order is linked to it: its customer can’t change.",
    },
    "case_legal_due": {
        "fr": "La loi fixe l’échéance au {due} au plus tard.",
        "en": "The law sets the due date: {due} at the latest.",
    },
    "case_not_extendable": {"fr": "Ce type n’a pas de délai à prolonger.", "en": "This type has no term to extend."},
    "case_extended_before": {"fr": "Le délai a déjà été prolongé.", "en": "The term was extended already."},
    "case_term_over": {"fr": "Le premier délai est passé.", "en": "The first term is over."},
    "case_is_over": {"fr": "Ce dossier est terminé.", "en": "This case is over."},
    "case_no_such_step": {
        "fr": "Un dossier de ce type ne passe pas de «\u00a0{start}\u00a0» à «\u00a0{to}\u00a0».",
        "en": "A case of this type doesn’t go from “{start}” to “{to}”.",
    },
    "case_needs_agent": {"fr": "Il faut d’abord un agent chargé du dossier.", "en": "It needs an agent first."},
    "case_needs_category": {"fr": "Il faut d’abord une catégorie.", "en": "It needs a category first."},
    "case_needs_checklist": {
        "fr": "Des points obligatoires de la liste ne sont pas faits.",
        "en": "Required items of its checklist aren’t done.",
    },
    "case_needs_children": {"fr": "Des sous-dossiers sont encore ouverts.", "en": "Some of its parts are still open."},
    "case_parent_loop": {"fr": "Ce dossier fait partie de celui-ci.", "en": "That case is a part of this one."},
    "case_duplicate_loop": {"fr": "Ce dossier est un doublon de celui-ci.", "en": "That case is a duplicate of this."},
    "case_too_many_links": {"fr": "{most} liens au plus.", "en": "{most} links at most."},
    "case_too_many_items": {"fr": "{most} points au plus.", "en": "{most} items at most."},
    "case_too_many_files": {"fr": "{most} fichiers au plus.", "en": "{most} files at most."},
    "case_too_many_watchers": {"fr": "{most} agents au plus.", "en": "{most} agents at most."},
    "case_item_required": {"fr": "Ce point est obligatoire.", "en": "This item is required."},
    "case_no_conversation": {
        "fr": "Aucune conversation n’est reliée à ce dossier\u00a0: il n’y a pas où répondre.",
        "en": "No conversation is linked to this case: there is nowhere to reply.",
    },
    "case_reply_sent": {"fr": "Cette réponse est partie.", "en": "That reply has been sent."},
    "case_category_loop": {
        "fr": "Une catégorie ne peut pas aller sous elle-même.",
        "en": "A category can’t be put below itself.",
    },
    "case_category_deep": {"fr": "{most} niveaux au plus.", "en": "{most} levels at most."},
    "case_category_used": {
        "fr": "Des dossiers, des modèles ou d’autres catégories s’y trouvent.",
        "en": "There are cases, templates or other categories in it.",
    },
    "case_key_taken": {"fr": "La clé {key} existe déjà.", "en": "The key {key} exists already."},
    "case_too_many_settings": {"fr": "{most} au plus.", "en": "{most} at most."},
    "case_status_used": {
        "fr": "Des dossiers sont à cette étape\u00a0: son sens ne change plus.",
        "en": "Cases have this status: what it means can’t change.",
    },
    "case_type_given": {
        "fr": "Les clients ouvrent eux-mêmes de ces dossiers et en reçoivent le numéro\u00a0: ils les voient donc, et"
        " le type reste en usage. Ajoutez un type pour ce qui ne les regarde pas.",
        "en": "Customers open these cases themselves and are told the number: so they see them, and the type stays in"
        " use. Add a type for what is not their business.",
    },
    "case_setting_used": {"fr": "C’est utilisé\u00a0: désactivez-le plutôt.", "en": "It is in use: retire it instead."},
}
