"""Where the portal's pages stand in each language, and what a visit is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from crm_backend.access.actor import Actor

Language = Literal["fr", "en"]
Way = Literal["code", "link", "token", "order"]
"""How somebody came in: a code that was typed, the link beside it, the shop's word, or the facts of one order."""
ORIGIN = "portal"
PATHS: dict[str, str] = {"fr": "/fr/compte", "en": "/en/account"}
PARTS: dict[str, dict[str, str]] = {
    "door": {"fr": "entree", "en": "door"},
    "code": {"fr": "code", "en": "code"},
    "demo": {"fr": "demonstration", "en": "demonstration"},
    "link": {"fr": "lien", "en": "link"},
    "sign-out": {"fr": "sortie", "en": "sign-out"},
    "find-order": {"fr": "retrouver-une-commande", "en": "find-an-order"},
    "details": {"fr": "coordonnees", "en": "details"},
    "data": {"fr": "donnees", "en": "data"},
    "visits": {"fr": "visites", "en": "visits"},
    "name": {"fr": "nom", "en": "name"},
    "language": {"fr": "langue", "en": "language"},
    "email": {"fr": "e-mail", "en": "email"},
    "phone": {"fr": "telephone", "en": "phone"},
    "first": {"fr": "en-premier", "en": "first"},
    "addresses": {"fr": "adresses", "en": "addresses"},
    "remove": {"fr": "retirer", "en": "remove"},
    "messages": {"fr": "messages", "en": "messages"},
    "loyalty": {"fr": "fidelite", "en": "loyalty"},
    "copy": {"fr": "copie", "en": "copy"},
    "erasure": {"fr": "effacement", "en": "erasure"},
    "others": {"fr": "autres", "en": "others"},
    "orders": {"fr": "commandes", "en": "orders"},
    "requests": {"fr": "demandes", "en": "requests"},
    "conversations": {"fr": "conversations", "en": "conversations"},
    "new": {"fr": "nouveau", "en": "new"},
    "cancel": {"fr": "annuler", "en": "cancel"},
    "address": {"fr": "adresse", "en": "address"},
    "return": {"fr": "retour", "en": "return"},
    "exchange": {"fr": "echange", "en": "exchange"},
    "problem": {"fr": "probleme", "en": "problem"},
    "invoice": {"fr": "facture", "en": "invoice"},
    "label": {"fr": "etiquette", "en": "label"},
    "check": {"fr": "verifier", "en": "check"},
    "tracking": {"fr": "suivi", "en": "tracking"},
    "reply": {"fr": "repondre", "en": "reply"},
    "rate": {"fr": "note", "en": "rating"},
    "news": {"fr": "nouveautes", "en": "news"},
    "who": {"fr": "qui", "en": "who"},
}
"""The words of addresses that are translated; every other part (an identifier) is the same in both languages."""
_KEYS = {(language, word): key for key, words in PARTS.items() for language, word in words.items()}


@dataclass(frozen=True)
class KeptForm:
    """A form that came when its visit had just ended: where it was sent, the page it stood on, and what was typed.
    `files` says whether files were chosen, which are not kept."""

    action: str
    page: str
    fields: Mapping[str, str] = field(default_factory=dict)
    files: bool = False


@dataclass(frozen=True)
class Visit:
    """Somebody at the portal, who acts as this customer; `order_id` is the one order of a guest who proved its facts
    and nothing else. `csrf` goes into the hidden field `csrf` of every form."""

    id: UUID
    customer_id: UUID
    order_id: UUID | None
    way: Way
    language: Language
    actor: Actor
    csrf: str
    kept: KeptForm | None = None
    """What its customer typed before, when another visit of theirs had just ended."""

    @property
    def guest(self) -> bool:
        """Whether it is good for one order only."""
        return self.order_id is not None

    @property
    def uploader(self) -> str:
        """Whose allowance of files it uses: a guest who knows an order takes nothing of its customer's."""
        return f"guest:{self.order_id}" if self.guest else self.actor.name

    def typed(self, *parts: object) -> Mapping[str, str]:
        """What was typed before into the form of this address (as `path_of` takes it); nothing mostly."""
        path = path_of(self.language, *parts)
        return self.kept.fields if self.kept is not None and self.typed_in(path) else {}

    def typed_in(self, path: str) -> bool:
        """Whether it is the form of this address that is kept."""
        return self.kept is not None and translated(self.kept.action, self.language) == path

    def typed_on(self, path: str) -> bool:
        """Whether it stood on this page."""
        return self.kept is not None and translated(self.kept.page.partition("?")[0], self.language) == path


def path_of(language: str, *parts: object) -> str:
    """The address of a page: `path_of("fr", "orders", order_id, "cancel")` is `/fr/compte/commandes/…/annuler`."""
    return "/".join([PATHS[language], *(PARTS[str(one)][language] if str(one) in PARTS else str(one) for one in parts)])


def translated(path: str, language: str) -> str:
    """The same page in another language; the portal's home for what is none of its pages."""
    for known, home in PATHS.items():
        if path == home or path.startswith(home + "/"):
            parts = path[len(home) :].strip("/").split("/")
            return path_of(language, *(_KEYS.get((known, part), part) for part in parts if part))
    return PATHS[language]
