"""What the description and the reading page say, in both languages."""

from __future__ import annotations

from typing import Any

WORDS: dict[str, dict[str, Any]] = {
    "fr": {
        "title": "API de Relais",
        "introduction": [
            (
                "Tout ce que Relais sait des clients, des commandes, des dossiers et de la base de connaissances,"
                " pour vos propres programmes. Une adresse par chose, du JSON dans les deux sens."
            ),
            (
                "Une clé s’envoie dans l’en-tête Authorization, après le mot Bearer. Elle ne peut que ce que ses"
                " droits permettent. Les erreurs sont des documents de problème (RFC 9457), dans la langue que"
                " demande Accept-Language."
            ),
            (
                "Une liste se lit page par page\u00a0: suivez next. Une modification dit par If-Match quelle"
                " version elle vise. Un POST envoyé deux fois avec la même Idempotency-Key n’agit qu’une fois,"
                " pendant 24\u00a0heures."
            ),
        ],
        "key": "Une clé d’API, faite par ./relais key add ou par POST /keys.",
        "desk": "La session d’un agent connecté au bureau.",
        "csrf": "Pour toute modification avec la session d’un agent\u00a0: le jeton qu’elle a reçu en s’ouvrant.",
        "needs": "Droit nécessaire\u00a0: {needs}.",
        "parameters": {
            "cursor": "Où reprendre\u00a0: tel que next l’a donné.",
            "limit": "Éléments par page.",
            "sort": "Le tri\u00a0; un tiret devant le retourne.",
            "fields": "Les champs voulus, séparés par des virgules. L’identifiant est toujours là.",
            "If-Match": "La version que l’on modifie, telle que l’ETag l’a donnée.",
            "Idempotency-Key": "Un nom pour cette demande\u00a0: renvoyée sous le même nom, elle n’agit pas deux fois.",
            "Accept-Language": "La langue des phrases\u00a0: fr ou en.",
        },
        "headers": {
            "RateLimit-Limit": "Demandes par minute.",
            "RateLimit-Remaining": "Demandes restantes.",
            "RateLimit-Reset": "Secondes avant que la limite soit de nouveau entière.",
            "RateLimit-Policy": "La limite et sa fenêtre en secondes.",
            "Retry-After": "Secondes à attendre.",
            "ETag": "La version de ce qui est lu.",
            "Location": "L’adresse de ce qui vient d’être fait.",
            "Link": "La page suivante.",
            "Idempotency-Replayed": "Présent quand la réponse est celle d’une demande déjà traitée.",
            "WWW-Authenticate": "Ce qu’il faut présenter.",
        },
        "answers": {
            "200": "Voici.",
            "201": "C’est fait.",
            "202": "C’est noté, et en cours.",
            "204": "C’est fait, il n’y a rien à dire de plus.",
            "304": "Rien n’a changé depuis la version que vous avez.",
        },
        "page": {
            "file": "Fichier",
            "contents": "Sommaire",
            "parameters": "Paramètres",
            "body": "Corps",
            "answer": "Réponse",
            "example": "Exemple",
            "required": "obligatoire",
            "refusals": "Refus possibles",
            "description": "Description OpenAPI 3.1",
            "other": "English",
            "skip": "Aller au contenu",
            "in": {"path": "adresse", "query": "requête", "header": "en-tête"},
            "nothing": "Aucun contenu.",
            "of": "{kind} de {inner}",
            "or": " ou ",
            "most": "au plus {most}",
            "least": "au moins {least}",
            "kinds": {
                "string": "texte",
                "integer": "nombre entier",
                "number": "nombre",
                "boolean": "vrai ou faux",
                "object": "objet",
                "array": "liste",
                "null": "null",
                "uuid": "identifiant",
                "date-time": "date et heure",
                "date": "date",
                "binary": "fichier",
                "email": "e-mail",
            },
        },
    },
    "en": {
        "title": "Relais API",
        "introduction": [
            (
                "All that Relais knows of customers, orders, cases and the knowledge base, for programs of your"
                " own. One address a thing, JSON both ways."
            ),
            (
                "A key goes in the header Authorization, after the word Bearer. It can do only what its permissions"
                " allow. Errors are problem documents (RFC 9457), in the language that Accept-Language asks for."
            ),
            (
                "A list is read page by page: follow next. A change says by If-Match which version it is meant"
                " for. A POST sent twice with the same Idempotency-Key acts once, for 24 hours."
            ),
        ],
        "key": "An API key, made by ./relais key add or by POST /keys.",
        "desk": "The session of an agent who is signed in at the desk.",
        "csrf": "For every change with an agent’s session: the token it was given when it opened.",
        "needs": "Permission needed: {needs}.",
        "parameters": {
            "cursor": "Where to go on: as next gave it.",
            "limit": "Items a page.",
            "sort": "What to sort by; a hyphen before it turns it round.",
            "fields": "The fields wanted, with commas between them. The identifier is always there.",
            "If-Match": "The version that is being changed, as its ETag gave it.",
            "Idempotency-Key": "A name for this request: sent again under the same name, it doesn’t act twice.",
            "Accept-Language": "The language of sentences: fr or en.",
        },
        "headers": {
            "RateLimit-Limit": "Requests a minute.",
            "RateLimit-Remaining": "Requests left.",
            "RateLimit-Reset": "Seconds until the limit is whole again.",
            "RateLimit-Policy": "The limit and its window in seconds.",
            "Retry-After": "Seconds to wait.",
            "ETag": "The version of what is read.",
            "Location": "The address of what was just made.",
            "Link": "The next page.",
            "Idempotency-Replayed": "There when the answer is that of a request already dealt with.",
            "WWW-Authenticate": "What to show.",
        },
        "answers": {
            "200": "Here it is.",
            "201": "Done.",
            "202": "Noted, and under way.",
            "204": "Done; there is nothing more to say.",
            "304": "Nothing has changed since the version you have.",
        },
        "page": {
            "file": "File",
            "contents": "Contents",
            "parameters": "Parameters",
            "body": "Body",
            "answer": "Answer",
            "example": "Example",
            "required": "required",
            "refusals": "Possible refusals",
            "description": "OpenAPI 3.1 description",
            "other": "Français",
            "skip": "Skip to content",
            "in": {"path": "address", "query": "query", "header": "header"},
            "nothing": "No content.",
            "of": "{kind} of {inner}",
            "or": " or ",
            "most": "at most {most}",
            "least": "at least {least}",
            "kinds": {
                "string": "text",
                "integer": "whole number",
                "number": "number",
                "boolean": "true or false",
                "object": "object",
                "array": "list",
                "null": "null",
                "uuid": "identifier",
                "date-time": "date and time",
                "date": "date",
                "binary": "file",
                "email": "e-mail",
            },
        },
    },
}
