"""Why something comes back: the reasons as they are offered, how customers say them, and what they come to."""

from __future__ import annotations

import re
from typing import Final

from actions.tasks.asking import Option
from actions.tasks.talk import Talk
from crm_backend.policies.allowed import FAULTS


def said(french: str, english: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{french}|{english})\b", re.IGNORECASE)


REASONS: Final = (
    Option(
        "changed_mind",
        {"fr": "Il ne me convient pas", "en": "I’ve changed my mind"},
        said(
            r"chang\w* d.avis|ne\s+(?:me|lui|nous)\s+pla[iî]\w*|(?:me|lui|nous)\s+pla[iî]\w*\s+(?:pas|plus)|"
            r"pas\s+convaincue?|plus\s+(?:besoin|envie)|pas\s+envie|r[ée]tract\w*|regrett?e\w*|pas\s+[àa]\s+mon\s+go[uû]t|ne\s+veux\s+plus",
            r"chang\w* my mind|don.?t (?:like|want|need)|doesn.?t suit|not for me|no longer (?:want|need)",
        ),
    ),
    Option(
        "wrong_size",
        {"fr": "La taille ne va pas", "en": "It’s the wrong size"},
        said(
            r"trop\s+(?:petite?s?|grande?s?|courte?s?|longue?s?|longs?|large|[ée]troite?s?)|(?:mauvaise|autre)\s+taille|"
            r"pas\s+(?:[àa]\s+)?(?:la\s+bonne|ma)\s+taille|ne\s+passe\s+pas|ne\s+rentre\s+pas",
            r"too (?:small|big|large|short|long|wide|narrow|tight)|wrong size|doesn.?t fit|"
            r"(?:not|isn.?t) (?:the right|my) size",
        ),
        ("exchange",),
    ),
    Option(
        "not_as_described",
        {"fr": "Il ne correspond pas à la description", "en": "It isn’t as described"},
        said(
            r"pas\s+conformes?|non\s+conformes?|(?:pas|rien)\s+[àa]\s+voir|diff[ée]rente?s?\s+(?:de|que)\s+(?:la|sur|le)\s+"
            r"(?:photo|site|description)|pas\s+comme\s+sur",
            r"not as described|nothing like|different from the (?:photo|picture|description|site)",
        ),
    ),
    Option(
        "wrong_item",
        {"fr": "Ce n’est pas ce que j’ai commandé", "en": "It isn’t what I ordered"},
        said(
            r"(?:mauvais|pas\s+le\s+bon)\s+(?:article|produit|mod[èe]le)|pas\s+ce\s+que\s+j.avais?\s+command\w*|erreur\s+d.article",
            r"wrong (?:item|product|article|model)|not what i ordered",
        ),
        ("missing_item",),
    ),
    Option(
        "damaged",
        {"fr": "Il est arrivé abîmé", "en": "It arrived damaged"},
        said(
            r"arriv\w+\s+(?:cass|ab[iî]m|f[eê]l|[ée]br[ée]ch|d[ée]chir|ray)\w*|(?:cass|ab[iî]m|[ée]br[ée]ch)[ée]e?s?\s+"
            r"(?:[àa]\s+l.arriv[ée]e|dans\s+le\s+colis)|ab[iî]m[ée]e?s?",
            r"arrived (?:broken|damaged|torn|cracked|chipped|scratched)|damaged",
        ),
        ("damaged_item",),
    ),
    Option(
        "defective",
        {"fr": "Il a un défaut, ou ne fonctionne pas", "en": "It’s faulty or doesn’t work"},
        said(
            r"d[ée]fectueu\w*|d[ée]fauts?|ne\s+(?:marche|fonctionne|s.allume)\s+(?:pas|plus)|(?:marche|fonctionne|s.allume)\s+(?:pas|plus)|"
            r"(?:en|est\s+tomb[ée]e?\s+en)\s+panne",
            r"faulty|defective|doesn.?t work|stopped working|not working|won.?t (?:work|turn on|light up)",
        ),
        ("warranty",),
    ),
    Option("other", {"fr": "Une autre raison", "en": "Another reason"}),
)
"""Why something comes back, as `returns.model.REASONS` has it."""


def faulty(code: object) -> bool:
    """Whether what comes back for this reason is judged by the warranty."""
    return code in FAULTS


def why_said(talk: Talk) -> str | None:
    """The reason that is settled, or that the message gives without having been asked for it: it is then."""
    if "reason" in talk.facts:
        return str(talk.facts["reason"])
    if not talk.heard or talk.turn.text.startswith("/"):
        return None
    meant = [each.code for each in REASONS if each.said and each.said.search(talk.turn.meant)]
    if talk.answers("reason") and not meant:
        meant = [each.code for each in REASONS if talk.turn.intent in each.intents]
    if len(meant) != 1:
        return None
    # Other questions may come first.
    talk.task.settle("reason", meant[0])
    talk.progress = True
    return meant[0]


def reason_in_words(code: str, language: str) -> str:
    """The reason as it was chosen, inside a sentence."""
    said = next(each.words[language] for each in REASONS if each.code == code)
    return said if said.startswith("I’") else said[:1].lower() + said[1:]
