"""What is wrong with a shop, a booking, a promotion code or the loyalty programme."""

REASONS: dict[str, dict[str, str]] = {
    "shop_unknown": {"fr": "Cette boutique n’existe pas.", "en": "There is no such shop."},
    "shop_calendar_unknown": {"fr": "Ce calendrier n’existe pas.", "en": "There is no such calendar."},
    "shop_half_position": {
        "fr": "Une position a une latitude et une longitude.",
        "en": "A position has a latitude and a longitude.",
    },
    "shop_in_use": {
        "fr": "Des rendez-vous y ont été pris\u00a0: rendez-la plutôt inactive.",
        "en": "Appointments were booked there: set it inactive instead.",
    },
    "booking_shop": {
        "fr": "Un rendez-vous se prend dans une boutique, un rappel non.",
        "en": "An appointment is in a shop, a call-back is not.",
    },
    "booking_scheduled_before": {
        "fr": "Il y a déjà un planning pour cela.",
        "en": "There is a schedule for that already.",
    },
    "booking_not_offered": {
        "fr": "Cela ne peut pas être réservé ici.",
        "en": "That cannot be booked here.",
    },
    "booking_no_window": {
        "fr": "Aucun créneau ne commence à ce moment.",
        "en": "No window begins at that time.",
    },
    "booking_taken": {"fr": "Ce créneau vient d’être pris.", "en": "That window has just been taken."},
    "booking_too_many": {
        "fr": "Au plus {most} rendez-vous à venir par personne.",
        "en": "At most {most} bookings ahead for one person.",
    },
    "booking_over": {
        "fr": "Il est trop tard\u00a0: c’est passé ou annulé.",
        "en": "Too late: it is past or cancelled.",
    },
    "promo_code_form": {
        "fr": "Un code est fait de lettres sans accents, de chiffres et de tirets, {most} au plus.",
        "en": "A code is plain letters, digits and hyphens, {most} at most.",
    },
    "promo_code_used": {"fr": "Ce code existe déjà.", "en": "There is such a code already."},
    "promo_code_other_kind": {
        "fr": "Un code donne un pourcentage ou un montant, pas les deux.",
        "en": "A code gives a percentage or an amount, not both.",
    },
    "loyalty_closed": {
        "fr": "Le programme de fidélité n’est pas ouvert.",
        "en": "The loyalty programme is not open.",
    },
    "loyalty_no_member": {
        "fr": "Ce client n’est pas membre du programme.",
        "en": "This customer is not a member of the programme.",
    },
    "loyalty_too_few": {
        "fr": "Il n’y a que {balance}\u00a0points.",
        "en": "There are only {balance} points.",
    },
    "loyalty_level_taken": {
        "fr": "Un autre niveau a cette clé ou ce nombre de points.",
        "en": "Another level has that key or that number of points.",
    },
    "loyalty_both_languages": {
        "fr": "Cela se dit en français (fr) et en anglais (en).",
        "en": "That is said in French (fr) and in English (en).",
    },
}
