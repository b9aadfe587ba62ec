"""Why something is not allowed or not taken, in both languages; and the facts that such sentences tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date

from crm_backend.catalogue.money import money
from crm_backend.policies.schema import Decision

_LOCALES = {"fr": "fr_FR", "en": "en_GB"}
STATUS: dict[str, dict[str, str]] = {
    "placed": {"fr": "enregistrée", "en": "placed"},
    "paid": {"fr": "payée", "en": "paid"},
    "preparing": {"fr": "en préparation", "en": "being prepared"},
    "shipped": {"fr": "expédiée", "en": "shipped"},
    "out_for_delivery": {"fr": "en cours de livraison", "en": "out for delivery"},
    "delivered": {"fr": "livrée", "en": "delivered"},
    "cancelled": {"fr": "annulée", "en": "cancelled"},
    "lost": {"fr": "perdue", "en": "lost"},
    "returned": {"fr": "retournée", "en": "returned"},
}
BEFORE: dict[str, dict[str, str]] = {
    "paid": {"fr": "avant le paiement", "en": "before it is paid"},
    "preparing": {"fr": "avant la préparation", "en": "before it is prepared"},
    "shipped": {"fr": "avant l’expédition", "en": "before it is shipped"},
}
STEP: dict[str, dict[str, str]] = {
    "requested": {"fr": "demandé", "en": "requested"},
    "labelled": {"fr": "étiqueté", "en": "labelled"},
    "received": {"fr": "reçu", "en": "received"},
    "inspected": {"fr": "contrôlé", "en": "inspected"},
    "refunded": {"fr": "remboursé", "en": "refunded"},
    "exchanged": {"fr": "échangé", "en": "exchanged"},
    "refused": {"fr": "refusé", "en": "refused"},
    "cancelled": {"fr": "annulé", "en": "cancelled"},
}
REASONS: dict[str, dict[str, str]] = {
    "order_status": {
        "fr": "La commande est {status}\u00a0: elle ne peut pas devenir {to}.",
        "en": "The order is {status}, so it can’t become {to}.",
    },
    "replacement": {
        "fr": "C’est un envoi de remplacement\u00a0: il ne s’annule pas, il peut être retourné.",
        "en": "This is a replacement: it can’t be cancelled, but it can be returned.",
    },
    "order_is_cancelled": {"fr": "La commande est annulée.", "en": "The order has been cancelled."},
    "order_is_returned": {"fr": "La commande est revenue.", "en": "The order has come back."},
    "order_is_lost": {
        "fr": "Le colis est perdu\u00a0: un conseiller s’en occupe avec vous.",
        "en": "The parcel is lost: an adviser will sort it out with you.",
    },
    "has_left_on": {
        "fr": "La commande est partie le {on}\u00a0: c’était possible jusque-là.",
        "en": "The order left on {on}: it was possible until then.",
    },
    "too_far": {
        "fr": "La commande est {status}\u00a0: ce n’est possible qu’{until_status}.",
        "en": "The order is {status}: this is only possible {until_status}.",
    },
    "not_delivered": {"fr": "La commande n’est pas encore livrée.", "en": "The order has not been delivered yet."},
    "return_under_way": {
        "fr": "Un retour est déjà en cours pour tout ce qui pouvait l’être.",
        "en": "A return is under way already for all that could come back.",
    },
    "all_came_back": {"fr": "Tout est déjà revenu.", "en": "All of it has come back already."},
    "excluded_hygiene": {
        "fr": "Cet article ne peut pas être retourné pour des raisons d’hygiène.",
        "en": "This can’t be returned, for reasons of hygiene.",
    },
    "excluded_made_to_measure": {
        "fr": "Cet article a été fait sur mesure\u00a0: il ne peut pas être retourné.",
        "en": "This was made to measure, so it can’t be returned.",
    },
    "not_taken_back": {"fr": "Cet article n’est pas repris.", "en": "This is not taken back."},
    "return_over": {
        "fr": "Le retour était possible jusqu’au {last}, {days}\u00a0jours après la livraison.",
        "en": "It could be returned until {last}, {days} days after delivery.",
    },
    "warranty_over": {"fr": "La garantie a pris fin le {last}.", "en": "The warranty ended on {last}."},
    "nothing_ordered": {"fr": "Cette commande n’a pas d’article.", "en": "There is nothing on this order."},
    "nothing_to_refund": {
        "fr": "Rien n’est à rembourser sur cette commande.",
        "en": "There is nothing to refund on this order.",
    },
    "more_than_paid": {
        "fr": "Au plus {left} peuvent encore être remboursés.",
        "en": "At most {left} can still be refunded.",
    },
    "more_than_due": {"fr": "Il reste {due} à payer, pas plus.", "en": "{due} is still to be paid, and no more."},
    "fully_paid": {"fr": "La commande est entièrement payée.", "en": "The order is paid in full."},
    "not_paid": {"fr": "La commande n’est pas entièrement payée.", "en": "The order is not paid in full."},
    "payment_known": {
        "fr": "Ce paiement est déjà enregistré pour un autre montant.",
        "en": "This payment has been recorded with another amount.",
    },
    "part_done": {"fr": "Ce remboursement est déjà fait.", "en": "This refund has been made already."},
    "more_than_bought": {
        "fr": "Au plus {left} de cet article peuvent revenir.",
        "en": "At most {left} of this can come back.",
    },
    "return_status": {
        "fr": "Le retour est {step}\u00a0: ce n’est pas possible à cette étape.",
        "en": "The return is {step}: that isn’t possible at this point.",
    },
    "not_an_exchange": {"fr": "Ce retour n’est pas un échange.", "en": "This return is not an exchange."},
    "same_address": {
        "fr": "C’est déjà l’adresse de livraison de cette commande.",
        "en": "That’s where this order is going already.",
    },
    "address_abroad": {
        "fr": "Pour une adresse dans un autre pays, écrivez-nous\u00a0: le prix et le délai peuvent changer.",
        "en": "For an address in another country, please write to us: price and delivery time may change.",
    },
    "not_late_yet": {
        "fr": "La livraison est prévue le {on}\u00a0: elle n’a pas de retard.",
        "en": "Delivery is expected on {on}, so it isn’t late.",
    },
    "not_sent_yet": {"fr": "La commande n’est pas encore partie.", "en": "The order hasn’t left yet."},
    "order_is_there": {
        "fr": "Selon le transporteur, la commande est livrée.",
        "en": "The carrier says that the order has been delivered.",
    },
    "more_parcels_coming": {
        "fr": "Un autre colis de cette commande est encore en chemin.",
        "en": "Another parcel of this order is still on its way.",
    },
    "case_open_already": {
        "fr": "Nous nous en occupons déjà\u00a0: dossier {number}.",
        "en": "We’re seeing to it already: case {number}.",
    },
    "too_many_pictures": {"fr": "Au plus {most}\u00a0photos.", "en": "{most} photos at most."},
    "unknown_picture": {
        "fr": "Cette photo n’est plus là\u00a0: ajoutez-la de nouveau.",
        "en": "That photo is no longer there: please add it again.",
    },
    "not_a_picture": {
        "fr": "Ce fichier n’est pas une photo que nous pouvons ouvrir.",
        "en": "That file isn’t a photo that we can open.",
    },
    "variant_gone": {"fr": "Cet article n’est plus disponible.", "en": "This is no longer available."},
    "policy_in_force": {
        "fr": "Cette règle est déjà en vigueur\u00a0: mettez-y fin, puis ajoutez-en une autre.",
        "en": "This policy is in force already: end it, then add another.",
    },
    "policy_overlaps": {
        "fr": "Une autre règle vaut déjà pendant cette période.",
        "en": "Another policy holds during that time already.",
    },
    "policy_for_all": {
        "fr": "Cette règle vaut pour toutes les commandes.",
        "en": "This policy is the same for all orders.",
    },
    "category_or_product": {
        "fr": "Donnez une catégorie ou un article, pas les deux.",
        "en": "Give a category or a product, not both.",
    },
    "wrong_parameter": {"fr": "Cette valeur n’est pas permise ici.", "en": "That value isn’t allowed here."},
    "before_start": {"fr": "La fin vient avant le début.", "en": "The end comes before the beginning."},
    "no_time_zone": {"fr": "Indiquez le fuseau horaire.", "en": "Give the time zone."},
    "year_out_of_range": {
        "fr": "L’année doit être entre 2000 et 2100.",
        "en": "The year must be between 2000 and 2100.",
    },
    "too_long_ago": {"fr": "Cette date est trop ancienne.", "en": "That date is too long ago."},
    "in_the_future": {"fr": "Cette date n’est pas encore venue.", "en": "That date has not come yet."},
    "unknown_product": {"fr": "Cet article n’existe pas.", "en": "There is no such product."},
    "unknown_customer": {"fr": "Ce client n’existe pas.", "en": "There is no such customer."},
    "unknown_line": {"fr": "Cette ligne n’est pas sur la commande.", "en": "There is no such line on the order."},
    "unknown_currency": {
        "fr": "Cette monnaie n’existe pas (ISO\u00a04217).",
        "en": "There is no such currency (ISO 4217).",
    },
    "other_currency": {"fr": "La monnaie doit être {currency}.", "en": "The currency must be {currency}."},
    "unknown_country": {
        "fr": "Ce pays n’existe pas (deux lettres, ISO\u00a03166).",
        "en": "There is no such country (two letters, ISO 3166).",
    },
    "wrong_postcode": {
        "fr": "Ce code postal ne convient pas au pays choisi ({country}).",
        "en": "That postcode doesn’t fit the country chosen ({country}).",
    },
    "wrong_number": {
        "fr": "Un numéro de commande contient au moins une lettre ou un chiffre.",
        "en": "An order number has at least one letter or digit.",
    },
    "number_taken": {"fr": "Ce numéro est déjà celui d’une commande.", "en": "An order has that number already."},
    "wrong_total": {
        "fr": "Les lignes, le port et la remise font {expected}.",
        "en": "Lines, shipping and discount come to {expected}.",
    },
    "listed_twice": {"fr": "Cette ligne est donnée deux fois.", "en": "This line is given twice."},
    "web_address": {"fr": "Une adresse en https est attendue.", "en": "An https address is expected."},
    "unknown_gift_card": {
        "fr": "Cette carte cadeau n’existe pas. Vérifiez le code.",
        "en": "There is no such gift card. Please check the code.",
    },
    "gift_card_expired": {
        "fr": "Cette carte cadeau était valable jusqu’au {last}.",
        "en": "This gift card was good until {last}.",
    },
    "gift_card_blocked": {"fr": "Cette carte cadeau est bloquée.", "en": "This gift card is blocked."},
    "gift_card_short": {
        "fr": "Il reste {balance} sur cette carte.",
        "en": "There is {balance} left on this card.",
    },
    "no_company": {
        "fr": "Indiquez d’abord le nom et l’adresse de la société (règle «\u00a0company\u00a0»).",
        "en": "Set the company’s name and address first (policy “company”).",
    },
    "nothing_to_invoice": {"fr": "Cette commande n’a rien à facturer.", "en": "There is nothing to invoice."},
    "refund_without_invoice": {
        "fr": "La commande n’a pas encore de facture.",
        "en": "The order has no invoice yet.",
    },
}  # fmt: skip


def why(decision: Decision, language: str, *, zone: ZoneInfo | None = None) -> str | None:
    """The sentence that says why it is not allowed; None when it is."""
    if decision.allowed or decision.reason is None:
        return None
    return REASONS[decision.reason][language].format_map(worded(decision.facts, language, zone=zone))


def worded(facts: Mapping[str, object], language: str, *, zone: ZoneInfo | None = None) -> dict[str, object]:
    """Facts as a sentence tells them: dates, amounts (`(minor units, currency)`), statuses and countries in words."""
    return {name: _word(name, value, language, zone) for name, value in facts.items()}


def _word(name: str, value: object, language: str, zone: ZoneInfo | None) -> object:
    if isinstance(value, datetime):
        value = value.astimezone(zone) if zone else value
    if isinstance(value, date):
        return _day(value, language)
    match value:
        case (int(minor), str(currency)):
            return money(minor, currency, language)
        case str() if name == "until_status":
            return BEFORE.get(value, {}).get(language, value)
        case str() if name in ("status", "to"):
            return STATUS.get(value, {}).get(language, value)
        case str() if name == "step":
            return STEP.get(value, {}).get(language, value)
        case str() if name == "country":
            return Locale.parse(_LOCALES[language]).territories.get(value, value)
    return value


def _day(day: date, language: str) -> str:
    text = format_date(day, "d MMMM y", locale=_LOCALES[language])
    return text.replace("1 ", "1er ", 1) if language == "fr" and day.day == 1 else text
