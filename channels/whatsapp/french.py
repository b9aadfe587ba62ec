"""The French of what the settings say."""

from __future__ import annotations

from channels.whatsapp import settings

FRENCH = {
    "Phone number ID": "Identifiant du numéro de téléphone",
    "From WhatsApp > API setup; not the number itself.": (
        "Dans WhatsApp > Configuration de l’API\u00a0; ce n’est pas le numéro lui-même."
    ),
    "WhatsApp business account ID": "Identifiant du compte WhatsApp Business",
    "From WhatsApp > API setup. With it the check looks whether the templates are approved.": (
        "Dans WhatsApp > Configuration de l’API. Avec lui, la vérification regarde si les modèles sont approuvés."
    ),
    "Access token": "Jeton d’accès",
    "Of a system user, with whatsapp_business_messaging. It should not expire.": (
        "Celui d’un utilisateur système, avec whatsapp_business_messaging. Il vaut mieux qu’il n’expire pas."
    ),
    "App secret": "Clé secrète de l’application",
    "From App settings > Basic. It proves that a call comes from Meta.": (
        "Dans Paramètres de l’app > Général. Elle prouve qu’un appel vient de Meta."
    ),
    "Verify token": "Jeton de vérification",
    "A word of your own; the same one goes into the app’s webhook settings.": (
        "Un mot de votre choix\u00a0; le même va dans les réglages du webhook de l’application."
    ),
    "Templates": "Modèles",
    "Approved templates by notice and language, with the values that fill their places, such as "
    "order_shipped.en=order_shipped:en_GB number carrier expected. Without one, that notice is not sent after 24 "
    "hours of silence.": (
        "Les modèles approuvés par avis et par langue, avec les valeurs qui remplissent leurs emplacements, par "
        "exemple order_shipped.fr=order_shipped:fr number carrier expected. Sans modèle, cet avis n’est pas envoyé "
        "après 24\u00a0heures de silence."
    ),
    "Template values": "Valeurs des modèles",
    "Whether the templates’ places are numbered ({{1}}) or named ({{order_number}}).": (
        "Si les emplacements des modèles sont numérotés ({{1}}) ou nommés ({{order_number}})."
    ),
    "Numbered": "Numérotés",
    "Named": "Nommés",
    "Opt-out words": "Mots de désinscription",
    "A message that is exactly one of these ends notices to its writer. Case and accents do not count.": (
        "Un message qui est exactement l’un d’eux met fin aux avis pour son auteur. Majuscules et accents ne comptent "
        "pas."
    ),
    "Show as read": "Afficher comme lu",
    "Marks what the assistant answers as read, with “typing…” until the answer.": (
        "Marque comme lu ce à quoi l’assistant répond, avec «\u00a0écrit…\u00a0» jusqu’à la réponse."
    ),
    "Graph API": "API Graph",
    "Another one than Meta’s, for tests.": "Une autre que celle de Meta, pour des essais.",
    "Graph API version": "Version de l’API Graph",
    settings.EMPTY: "Ce champ ne doit pas être vide.",
    settings.NO_TEMPLATE: "Chaque ligne s’écrit avis.langue=modèle, par exemple order_shipped.fr=order_shipped.",
    settings.IN_CLEAR: "Le jeton ne part que par https.",
}
