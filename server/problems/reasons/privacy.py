"""Why a person is not erased now, and what is wrong with a retention rule."""

REASONS: dict[str, dict[str, str]] = {
    "privacy.under_way": {
        "fr": "Quelque chose est encore en cours\u00a0: {orders} commande(s), {returns} retour(s), {refunds}"
        " remboursement(s), {cases} dossier(s). Terminez-les, ou effacez malgré tout.",
        "en": "Something is still under way: orders {orders}, returns {returns}, refunds {refunds}, cases {cases}."
        " Finish these, or erase regardless.",
    },
    "privacy.days": {
        "fr": "Entre {least} et {most}\u00a0jours.",
        "en": "Between {least} and {most} days.",
    },
}
