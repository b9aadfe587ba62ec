"""What may not be done with articles and canned replies, and which values they do not take."""

REASONS: dict[str, dict[str, str]] = {
    "empty": {"fr": "Ce texte ne peut pas être vide.", "en": "This text can’t be empty."},
    "too_many_entries": {"fr": "C’est trop\u00a0: au plus {most}.", "en": "That’s too many: at most {most}."},
    "not_a_key": {
        "fr": "Lettres minuscules sans accent, chiffres et traits d’union seulement.",
        "en": "Small letters without accents, digits and hyphens only.",
    },
    "key_taken": {"fr": "Cette clé est déjà prise.", "en": "That key is taken already."},
    "slug_taken": {
        "fr": "Un autre article est déjà publié à cette adresse.",
        "en": "Another article is published at that address already.",
    },
    "broken_link": {
        "fr": "Ces liens ne mènent à aucun article publié dans cette langue : {articles}.",
        "en": "These links lead to no article published in this language: {articles}.",
    },
    "no_such_category": {"fr": "Cette rubrique n’existe pas.", "en": "There is no such category."},
    "category_circle": {
        "fr": "Une rubrique ne peut pas être rangée dans elle-même.",
        "en": "A category can’t stand inside itself.",
    },
    "category_too_deep": {"fr": "{most} niveaux de rubriques au plus.", "en": "At most {most} levels of categories."},
    "category_same": {"fr": "Ils y sont déjà.", "en": "That is where they are."},
    "category_in_use": {
        "fr": "Cette rubrique contient encore {articles} articles et {categories} rubriques.",
        "en": "This category still holds {articles} articles and {categories} categories.",
    },
    "draft_open": {
        "fr": "Le brouillon nº\u00a0{number} de cet article est déjà ouvert.",
        "en": "Draft no. {number} of this article is open already.",
    },
    "version_status": {
        "fr": "Cela ne va pas avec une version à l’état «\u00a0{status}\u00a0».",
        "en": "That can’t be done with a version that is “{status}”.",
    },
    "own_article": {
        "fr": "Quelqu’un d’autre doit relire ce que vous avez écrit.",
        "en": "Somebody else has to review what you wrote.",
    },
    "never_published": {
        "fr": "La version {number} n’a jamais été publiée.",
        "en": "Version {number} was never published.",
    },
    "published_already": {
        "fr": "La version {number} est celle qui est publiée.",
        "en": "Version {number} is the one that is published.",
    },
    "too_far_ahead": {"fr": "C’est à plus de {years} ans.", "en": "That’s more than {years} years ahead."},
    "article_ends_before": {
        "fr": "La fin vient avant le début, ou est déjà passée.",
        "en": "It would end before it begins, or the end has passed.",
    },
    "too_many_files": {"fr": "Un article a au plus {most} fichiers.", "en": "An article has at most {most} files."},
    "no_stem": {
        "fr": "Ce mot est trop courant pour être cherché.",
        "en": "This word is too common to be searched for.",
    },
    "reason_of_praise": {
        "fr": "Une raison se donne quand l’article n’a pas aidé.",
        "en": "A reason is given when the article didn’t help.",
    },
    "group_status": {
        "fr": "Un article est déjà prévu pour ces questions.",
        "en": "There is an article on its way for these questions.",
    },
    "no_such_placeholder": {
        "fr": "«\u00a0{name}\u00a0» n’existe pas. Champs possibles\u00a0: {expected}.",
        "en": "There is no “{name}”. There are: {expected}.",
    },
    "stray_brace": {
        "fr": "Une accolade ouvre ou ferme un champ qui n’en est pas un.",
        "en": "A brace opens or closes what is no placeholder.",
    },
    "shortcut_taken": {"fr": "Ce raccourci est déjà pris.", "en": "That shortcut is taken already."},
}
