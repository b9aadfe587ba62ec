"""The French of what the settings say."""

from __future__ import annotations

from channels.mail import settings

FRENCH = {
    "Address": "Adresse",
    "Where customers write, such as support@example.com.": "Où les clients écrivent, par exemple support@example.com.",
    "Other addresses": "Autres adresses",
    "Further addresses of ours that end in this mailbox: mail from them is our own.": (
        "Nos autres adresses qui arrivent dans cette boîte\u00a0: un e-mail venant d’elles est de nous."
    ),
    "Team": "Équipe",
    "The queue that takes what the assistant cannot.": "La file qui prend ce que l’assistant ne peut pas traiter.",
    "Language": "Langue",
    "Of mails too short to tell. Left out: the company’s.": (
        "Celle des e-mails trop courts pour la deviner. Vide\u00a0: celle de l’entreprise."
    ),
    "French": "Français",
    "English": "Anglais",
    "TLS": "TLS",
    "STARTTLS": "STARTTLS",
    "None (this very machine only)": "Aucune (cette machine seulement)",
    "IMAP server": "Serveur IMAP",
    "IMAP port": "Port IMAP",
    "IMAP security": "Sécurité IMAP",
    "IMAP user": "Utilisateur IMAP",
    "Left out: the address.": "Vide\u00a0: l’adresse.",
    "IMAP password": "Mot de passe IMAP",
    "Folder": "Dossier",
    "The folder that is read.": "Le dossier qui est lu.",
    "At first": "Au début",
    "Which mails are read when the folder is read for the first time.": (
        "Quels e-mails sont lus quand le dossier l’est pour la première fois."
    ),
    "Only those that come from now on": "Seulement ceux qui arrivent désormais",
    "All that are there": "Tous ceux qui sont là",
    "Afterwards": "Ensuite",
    "What is done with a mail once it is stored.": "Ce que devient un e-mail une fois enregistré.",
    "Leave it as it is": "Le laisser tel quel",
    "Mark it as read": "Le marquer comme lu",
    "Move it to another folder": "Le déplacer dans un autre dossier",
    "Move to": "Déplacer vers",
    "The folder for mails that are moved. It must exist.": "Le dossier des e-mails déplacés. Il doit exister.",
    "Poll every": "Relever toutes les",
    "In seconds, where the server cannot call us (IDLE).": (
        "En secondes, quand le serveur ne sait pas prévenir (IDLE)."
    ),
    "SMTP server": "Serveur SMTP",
    "SMTP port": "Port SMTP",
    "SMTP security": "Sécurité SMTP",
    "SMTP user": "Utilisateur SMTP",
    "SMTP password": "Mot de passe SMTP",
    "Left out: the IMAP password.": "Vide\u00a0: le mot de passe IMAP.",
    "OAuth2 token address": "Adresse des jetons OAuth2",
    "Sign in with OAuth2 (XOAUTH2) instead of passwords.": (
        "Se connecter par OAuth2 (XOAUTH2) plutôt que par mot de passe."
    ),
    "OAuth2 client": "Client OAuth2",
    "OAuth2 client secret": "Secret du client OAuth2",
    "OAuth2 refresh token": "Jeton de renouvellement OAuth2",
    "OAuth2 scope": "Portée OAuth2",
    "Webhook secret": "Secret du webhook",
    "Lets a mail provider hand mails over: the signing key, SendGrid’s public key, or user:password.": (
        "Permet à un prestataire de remettre des e-mails\u00a0: la clé de signature, la clé publique de SendGrid, ou "
        "utilisateur:motdepasse."
    ),
    "Webhook calls are proved by": "Preuve des appels du webhook",
    "How the mail provider shows that it is the one who calls the account’s hook.": (
        "Comment le prestataire montre que c’est bien lui qui appelle l’adresse du compte."
    ),
    "Relais’ own signature": "Signature propre à Relais",
    "Mailgun’s signature": "Signature de Mailgun",
    "SendGrid’s signature": "Signature de SendGrid",
    "User and password (Postmark, Amazon SNS)": "Utilisateur et mot de passe (Postmark, Amazon SNS)",
    settings.NO_USER: (
        "L’utilisateur et le mot de passe du webhook s’écrivent utilisateur:motdepasse, avec un mot de passe d’au "
        "moins 16\u00a0caractères."
    ),
    settings.NO_PUBLIC_KEY: "Ce n’est pas la clé publique de SendGrid.",
    "Plus addressing": "Adresses à suffixe",
    "support+anything@ arrives here too: answers carry a signed mark that finds their conversation.": (
        "support+quelquechose@ arrive aussi ici\u00a0: les réponses portent une marque signée qui retrouve leur "
        "conversation."
    ),
    "Automatic answers a day": "Réponses automatiques par jour",
    "To one address; what comes after that waits for a person.": (
        "À une même adresse\u00a0; ce qui suit attend une personne."
    ),
    "Blind copy": "Copie cachée",
    "An archive that gets a copy of what we send.": "Une archive qui reçoit une copie de ce que nous envoyons.",
    "Trusted receiver": "Serveur de confiance",
    "The name our mail server signs Authentication-Results with. Left out: DMARC is checked here.": (
        "Le nom que notre serveur met dans Authentication-Results. Vide\u00a0: DMARC est vérifié ici."
    ),
    "DKIM selector": "Sélecteur DKIM",
    "Signs our mails where nobody else does.": "Signe nos e-mails quand personne d’autre ne le fait.",
    "DKIM private key": "Clé privée DKIM",
    "In PEM.": "Au format PEM.",
    settings.NOT_AN_ADDRESS: "L’adresse n’est pas une adresse e-mail.",
    settings.NOTHING_TO_READ: "Il n’y a rien à lire\u00a0: donnez un serveur IMAP, ou un secret de webhook.",
    settings.NO_FOLDER: "Il n’y a pas de dossier où déplacer les e-mails.",
    settings.NO_CLIENT: "OAuth2 demande un client et un jeton de renouvellement.",
    settings.NO_PASSWORD: "Le serveur IMAP demande un mot de passe, ou OAuth2.",
    settings.HALF_A_KEY: "Un sélecteur DKIM va avec une clé DKIM.",
    settings.IN_CLEAR: (
        "Sans TLS, le mot de passe voyagerait en clair\u00a0: seul un serveur sur cette machine peut s’en passer."
    ),
}
