"""What is wrong with a product or variant."""

REASONS: dict[str, dict[str, str]] = {
    "page_address": {
        "fr": "Une adresse qui commence par https:// est attendue, ou par / pour ce site.",
        "en": "An address is expected that begins with https://, or with / for this site.",
    },
    "names_missing": {
        "fr": "Donnez un nom en français (fr), en anglais (en) ou dans les deux.",
        "en": "Give a name in French (fr), English (en) or both.",
    },
    "external_id_used": {
        "fr": "Cet identifiant externe est déjà pris.",
        "en": "That external identifier is taken already.",
    },
    "product_unknown": {"fr": "Ce produit n’existe pas.", "en": "There is no such product."},
    "currency_unknown": {
        "fr": "Une monnaie s’écrit en trois lettres, comme EUR.",
        "en": "A currency is three letters, such as EUR.",
    },
}
