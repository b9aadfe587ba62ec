"""The French of what the settings say."""

from __future__ import annotations

from channels.webchat import greetings, settings


def _said(fault: str) -> str:
    """What a fault says, without the name of its field."""
    return fault.partition(": ")[2]


FRENCH = {
    "Signed-in visitors": "Visiteurs connectés",
    "How your site tells the chat who is signed in there.": "Comment votre site dit au chat qui y est connecté.",
    "It does not": "Il ne le dit pas",
    "By a signed token (JWT)": "Par un jeton signé (JWT)",
    "By the customer’s number and its HMAC": "Par le numéro du client et son HMAC",
    "Secret for signing in": "Secret de connexion",
    "Shared with your site, at least 32 characters: signs tokens (HS256) or numbers (HMAC-SHA256).": (
        "Partagé avec votre site, au moins 32 caractères\u00a0: signe les jetons (HS256) ou les numéros (HMAC-SHA256)."
    ),
    "Public key for signing in": "Clé publique de connexion",
    "Instead of a secret, for tokens: in PEM, of RSA (RS256) or of the curve P-256 (ES256).": (
        "À la place d’un secret, pour les jetons\u00a0: en PEM, RSA (RS256) ou courbe P-256 (ES256)."
    ),
    "Audience of tokens": "Destinataire des jetons",
    "What a token must name as its audience (aud). Left out: it need not, or names the public address.": (
        "Ce qu’un jeton doit nommer comme destinataire (aud). Vide\u00a0: rien, ou l’adresse publique."
    ),
    "Hours of a token": "Heures d’un jeton",
    "After these a token counts no more, however late it says that it ends.": (
        "Au-delà, un jeton ne compte plus, même s’il dit durer plus longtemps."
    ),
    "Query parameters kept": "Paramètres d’adresse gardés",
    "Agents see the page a visitor is on, without its query but for these parameters.": (
        "Les agents voient la page où se trouve le visiteur, sans les paramètres de son adresse, sauf ceux-ci."
    ),
    "Transcripts by e-mail": "Conversations par e-mail",
    "Visitors may have their conversation sent to them, where a mailbox is set up.": (
        "Les visiteurs peuvent se faire envoyer leur conversation, si une boîte aux lettres est configurée."
    ),
    "Asked before": "Demandé avant",
    "What the chat asks before the first message: name, email, order_number.": (
        "Ce que le chat demande avant le premier message\u00a0: name, email, order_number."
    ),
    "Ask for a rating": "Demander une note",
    "Once, when a conversation in the chat has ended.": "Une fois, quand une conversation du chat est terminée.",
    "Greetings": "Messages d’accueil",
    'A JSON list: [{"path": "/basket*", "after": 30, "fr": "…", "en": "…"}]. The first that fits is shown after so many'
    ' seconds on the page. May be added: "languages": ["fr"], "hours": "open" or "closed", "visitor": "new" or'
    ' "returning".': (
        'Une liste JSON\u00a0: [{"path": "/panier*", "after": 30, "fr": "…", "en": "…"}]. Le premier qui convient'
        ' s’affiche après autant de secondes sur la page. On peut ajouter\u00a0: "languages": ["fr"], "hours":'
        ' "open" (ouvert) ou "closed" (fermé), "visitor": "new" (première visite) ou "returning" (déjà venu).'
    ),
    _said(settings.NO_KEY): "Il faut un secret ou une clé publique.",
    _said(settings.TWO_KEYS): "Un secret ou une clé publique, pas les deux.",
    _said(settings.NO_SECRET): "Il faut un secret d’au moins 32 caractères.",
    _said(settings.A_KEY): "C’est une clé\u00a0: sa place est dans le champ de la clé publique.",
    _said(settings.NOT_A_KEY): (
        "Ce n’est pas une clé publique en PEM, RSA d’au moins 2048 bits ou sur la courbe P-256."
    ),
    _said(settings.UNKNOWN_FIELD): "On peut demander name, email et order_number.",
    _said(greetings.NO_LIST): "Ce n’est pas une liste en JSON\u00a0: elle commence par [ et tient un {…} par message.",
    _said(greetings.UNKNOWN): "Seuls path, after, fr, en, languages, hours et visitor sont connus.",
    _said(greetings.FAULTS["path"]): (
        "Chaque message demande un chemin (path), de 200 caractères au plus, qui commence par / ou *."
    ),
    _said(greetings.FAULTS["after"]): "«\u00a0after\u00a0» est un nombre de secondes, de 0 à 3600.",
    _said(greetings.FAULTS["fr"]): ("Chaque message demande son texte en français (fr), de 300 caractères au plus."),
    _said(greetings.FAULTS["en"]): ("Chaque message demande son texte en anglais (en), de 300 caractères au plus."),
    _said(
        greetings.FAULTS["languages"]
    ): "«\u00a0languages\u00a0» est une liste de «\u00a0fr\u00a0», «\u00a0en\u00a0» ou des deux.",
    _said(greetings.FAULTS["hours"]): "«\u00a0hours\u00a0» est «\u00a0open\u00a0» ou «\u00a0closed\u00a0».",
    _said(greetings.FAULTS["visitor"]): "«\u00a0visitor\u00a0» est «\u00a0new\u00a0» ou «\u00a0returning\u00a0».",
}
