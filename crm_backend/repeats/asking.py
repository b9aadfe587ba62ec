"""Which facts somebody's words ask a customer for, in French and in English: told by their form, without a model.

A sentence asks when it holds an asking phrase (« pouvez-vous me donner… », “what is…”, “please confirm…”) with a fact
as its object, or is nothing but the fact with a question mark. Speaking of a fact is not asking for it, and neither is
asking which of several, a new one, or where one wants something sent.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, get_args

Fact = Literal["order_number", "email", "phone", "name", "address", "postcode", "product", "what_happened"]
FACTS: tuple[Fact, ...] = get_args(Fact)

LONGEST = 4_000
"""Of a longer message, only the beginning is looked at: questions to a customer are not hidden further down."""
LONGEST_SENTENCE = 300
"""Characters of a sentence that are looked at: the work grows with the square of them."""

_THE = r"(?:(?:votre|vos|ton|ta|le|la|les|ce|cette|your|the|that|this) |l')(?:\w+ ){0}"
_ANY = r"(?:(?:un|une|a|an|any) )"
_FULL = r"(?:(?:full|complete|exact|current|delivery|shipping|postal|home|billing|mailing) ){0,2}"
_NO = r"(?:numero|num|no|n°|nr)\.?"
_OF_OURS = r"(?! (?:que|qu'|we|i|that|from|envoye|recu|sent|received|de (?:confirmation|bienvenue|suivi)))"

_NOUNS: dict[Fact, str] = {
    "order_number": (
        rf"(?:{_THE}|{_ANY})?(?:{_NO} (?:de |d')?(?:(?:la |votre |ta )?commande)|ref(?:erence)? (?:de )?"
        r"(?:(?:la |votre )?commande)|order (?:number|no\b|nr\b|id\b|ref(?:erence)?\b|#)|(?:number"
        r"|reference) (?:of|for|on) (?:your|the) "
        r"order)"
    ),
    "email": (
        rf"(?:{_THE}|{_ANY})(?:adresse (?:e-?mail|mail|courriel|electronique)|e-?mail address)"
        rf"|{_THE}(?:e-?mail|mail|courriel)\b(?! (?:address|de\b)){_OF_OURS}"
        r"|^(?:adresse (?:e-?mail|mail)|e-?mail address)"
    ),
    "phone": (
        rf"(?:{_THE}|{_ANY})?(?:{_NO} (?:de )?(?:tel\b|telephone|portable|mobile)|(?:tele)?phone (?:number|no\b)"
        rf"|(?:mobile|cell|contact) number)|{_THE}(?:telephone|phone)\b"
    ),
    "name": (
        r"(?:(?:votre|ton|vos|your|le|the) )(?:(?:full|first|last|family|complete) )?"
        r"(?:noms?|prenoms?|name|surname)\b(?! (?:du|de l'|de la commande|d'|of|on) ?(?:produit|article|modele|domaine|"
        r"product|item|point|relais|magasin|vendeur|transporteur))"
    ),
    "address": (
        rf"{_THE}{_FULL}(?:adresse|address)\b(?! (?:e-?mail|mail|courriel|electronique|du|des|de la|de l'|d'un|of|on))"
    ),
    "postcode": rf"(?:{_THE}|{_ANY})?(?:code postal|post ?code|postal code|zip(?: code)?)\b",
    "product": (
        rf"(?:{_THE})(?:nom|reference|name|reference) (?:du|de l'|of the) (?:produit|article|modele|product|item|model)"
        rf"|{_THE}(?:product|item) (?:name|reference)"
        r"|(?:quel|which|what) (?:produit|article|modele|product|item|model)\b"
    ),
    "what_happened": (
        r"(?:ce qui (?:s'est passe|ne va pas|est arrive|vous arrive)|what (?:happened|went wrong|is wrong"
        r"|the (?:problem|issue) is)|(?:votre|le|your|the) (?:probleme|souci|demande|problem|issue|request)\b"
        r"|(?:la |the )?(?:raison|motif|objet|reason) (?:de|for) (?:votre|your) (?:demande|message|appel"
        r"|contact|call|request))"
    ),
}
_VERBS_FR = (
    r"(?:re)?(?:donner|dire|communiquer|preciser|indiquer|transmettre|confirmer|rappeler|envoyer|fournir"
    r"|partager|repeter"
    r"|epeler|ecrire|laisser|decrire|expliquer|raconter|detailler|noter)"
)
_VERBS_EN = (
    r"(?:re)?(?:give|tell|provide|confirm|share|send|remind(?: me of)?|repeat|spell(?: out)?"
    r"|let (?:me|us) (?:know|have)|describe|explain|state|write|specify|enter|supply|verify)"
)
_POLITE = r"(?:(?:s'il vous plait|svp|bien|please|just|kindly|possibly|me|nous|m'|encore|again) ?,? ?){0,4}"
_ASKS = re.compile(
    rf"(?:(?:pouvez|pourriez|peux|pourrais|voulez|voudriez|auriez|sauriez)[- ](?:vous|tu) {_POLITE}{_VERBS_FR}"
    rf"|(?:vous|tu) (?:pouvez|pourriez|peux) {_POLITE}{_VERBS_FR}"
    rf"|(?:(?:merci de|veuillez|il faudrait|je vous (?:invite|prie) (?:a|de)|priere de) |merci d'){_POLITE}{_VERBS_FR}"
    r"|\b(?:(?:re)?donnez|dites|communiquez|precisez|indiquez|transmettez|confirmez|rappelez|envoyez|fournissez|repetez"
    r"|epelez|decrivez|expliquez|racontez)(?:[- ](?:moi|nous|vous))?\b"
    r"|(?:puis|pourrais|pouvons|peut)[- ](?:je|nous|on) (?:avoir|connaitre|vous demander|obtenir|noter|savoir)"
    r"|(?:je peux|on peut) (?:avoir|connaitre|vous demander|savoir)"
    r"|(?:j'ai|j'aurai|j'aurais|nous avons|nous aurions) (?:encore |juste |aussi )?besoin (?:de |d')"
    r"|il (?:me|nous) (?:faut|faudrait|manque)|je (?:souhaiterais|voudrais) (?:avoir|connaitre|savoir)"
    r"|j'aimerais (?:avoir|connaitre|savoir)|(?:avez|auriez)[- ]vous|vous (?:avez|auriez)"
    r"|quel(?:le)?s? (?:est|sont|etait|etaient)|c'est quoi"
    rf"|(?:can|could|would|will) you {_POLITE}{_VERBS_EN}(?: (?:me|us))?|please {_POLITE}{_VERBS_EN}(?: (?:me|us))?"
    r"|(?:can|could|may|might) (?:i|we) (?:please |just |also ){0,2}"
    r"(?:have|get|take|ask(?: (?:you )?for)?|know|confirm)"
    r"|(?:i|we)(?:'ll| will| would|'d)?(?: just| also| still)? (?:need|require)|what(?: is|'s| are| was)"
    r"|do you (?:have|know|remember)|have you got|remind me of"
    r"|(?:mind|by) (?:giving|telling|confirming|sharing|sending)(?: (?:me|us))?|(?:^|, )(?:tell|give|send) (?:me|us))"
)
_UP_TO = re.compile(
    r" (?:si|if|whether|pour|afin|so|in order|to|par|by|via|que|qui|that|who|car|because|puisque|as|before|avant)\b"
    r"|\b(?:recu|recue|recevoir|reception|received|receive|receipt|verifie|verifier|check|consulter|regarder)\b"
    r"| (?:you|we|i|vous avez|avoir|etre)\b"
)
_WHOLE: dict[Fact, re.Pattern[str]] = {
    "order_number": re.compile(
        r"(?:^|de |sur |about |with |for |pour |[,:] )(?:quelle commande|which order)\b|what order is (?:it|this)"
    ),
    "email": re.compile(
        r"(?:quelle|which|what)(?: est l')? ?(?:adresse )?(?:e-?mail|mail)(?: address)?"
        r" (?:avez|as[- ]tu|did you|have you|was used)"
    ),
    "name": re.compile(
        r"(?:a|sous|au) quel nom\b|(?:under|in) (?:which|what) name|comment vous appelez|who (?:am i|are we) "
        r"(?:speaking|talking|chatting)|a qui ai[- ]je (?:l'honneur|affaire)|what name is (?:it|the)"
    ),
    "address": re.compile(r"(?:ou habitez[- ]vous|where do you live|quelle adresse (?:avez|figure))"),
    "product": re.compile(
        r"(?:de quel|quel|which|what|sur quel|pour quel) (?:produit|article|modele|product|item|model) "
        r"(?:s'agit|est[- ]ce|est|avez|as[- ]tu|avait|pose|is|was|did|do you mean|are you|have you|concern)"
    ),
    "what_happened": re.compile(
        r"que s'est[- ]il passe|qu'est[- ]ce qui (?:s'est passe|ne va pas|vous amene|ne fonctionne pas)"
        r"|(?:comment|en quoi) (?:puis[- ]je|je peux|pouvons[- ]nous|pourrais[- ]je|on peut) "
        r"(?:vous |t')?(?:aider|etre utile)"
        r"|(?:que|what) (?:puis[- ]je faire pour vous|can i do for you|can we do for you)"
        r"|what (?:has |have )?(?:happened|went wrong|seems to be the)"
        r"|what(?:'s| is) (?:wrong|going on|the (?:problem|issue|matter))|how (?:can|may|could) (?:i"
        r"|we) (?:help|assist|be of)|what brings you|what is (?:it|this) about"
        r"|quel est (?:le |votre )(?:probleme|souci)|pourquoi nous contactez"
    ),
}
_CHOICE = re.compile(
    r"\b(?:lequel|laquelle|lesquels|lesquelles|des deux|of the two|of these|of those|which one|parmi|among|entre les)\b"
)
_NO_NEED = re.compile(
    r"pas besoin|inutile|no need|(?:don't|do not|needn't|won't) (?:have|need)|(?:n'|ne )(?:me |nous )?(?:re)?"
    r"(?:donnez|envoyez|communiquez) pas|(?:sur|on) (?:le colis|l'etiquette|le carton|the (?:parcel|label|box|package))"
)
_WISH = re.compile(
    r"\b(?:souhaitez|souhaiteriez|preferez|prefereriez|voulez[- ]vous (?:que|qu')|desirez"
    r"|would you (?:like|prefer|rather)|do you (?:want|prefer)|should (?:i|we)|dois[- ]je|devons[- ]nous"
    r"|nouveau|nouvelle|new|autre|another|different"
    r"|other|else|d'autre|encore vous)\b"
)
_PREFERS: frozenset[Fact] = frozenset({"email", "phone", "address", "postcode", "product", "what_happened", "name"})
_BARE = {
    fact: re.compile(
        rf"(?:et |and |alors |ok,? |d'accord,? |bonjour,? |hello,? |hi,? )?(?:{noun})"
        r"(?:,? (?:s'il vous plait|s'il te plait|svp|stp|please|pls|merci|thanks))?"
    )
    for fact, noun in (
        *((fact, pattern) for fact, pattern in _NOUNS.items() if fact not in ("product", "what_happened")),
    )
}
_PLEASE = re.compile(r"(?:s'il vous plait|s'il te plait|svp|stp|please|pls|merci|thanks)$")
_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;]?(?<!\bn\.)")
_FOUND = {fact: re.compile(pattern) for fact, pattern in _NOUNS.items()}


def asked_for(text: str) -> list[Fact]:
    """The facts that these words ask the customer for, in the order of FACTS. Lines that quote (`>`) do not count."""
    lines = (line for line in text[:LONGEST].splitlines() if not line.lstrip().startswith(">"))
    found: set[Fact] = set()
    for sentence in _SENTENCE.findall(plain("\n".join(lines))):
        whole = sentence.strip()
        found |= _in_sentence(whole[:LONGEST_SENTENCE], question=whole.endswith("?"))
    return [fact for fact in FACTS if fact in found]


def _in_sentence(sentence: str, *, question: bool) -> set[Fact]:
    said = sentence.rstrip(".!?; ").strip()
    if not said or _CHOICE.search(said) or _NO_NEED.search(said):
        return set()
    found: set[Fact] = set()
    for asking in _ASKS.finditer(said):
        if asking.group().startswith("vous a") and not question:
            continue
        rest = said[asking.end() :]
        stop = _UP_TO.search(rest)
        near = rest[: stop.start()] if stop else rest
        having = re.search(r"(?:avez|auriez|have|know|remember|got)\b[^ ]*$", asking.group()) is not None
        found |= {fact for fact, noun in _FOUND.items() if noun.search(near) and not (having and fact in _NOT_HAD)}
        if not having and _FOUND["what_happened"].match(rest.lstrip()):
            found.add("what_happened")
    found |= {fact for fact, whole in _WHOLE.items() if whole.search(said)}
    if question or _PLEASE.search(said):
        found |= {fact for fact, bare in _BARE.items() if bare.fullmatch(said)}
    return found - _PREFERS if _WISH.search(said) else found


_NOT_HAD: frozenset[Fact] = frozenset({"product", "what_happened", "address", "name"})
"""« Avez-vous le produit ? » asks whether, not which."""


def plain(text: str) -> str:
    """The words in lower case, without accents, with straight apostrophes and single spaces; lines stay apart. Never
    more than LONGEST characters, whatever they fold to."""
    # Marks go first: putting thousands of them in order takes its time. One letter may fold to eighteen.
    letters = "".join(each for each in text[:LONGEST] if not unicodedata.combining(each))
    folded = unicodedata.normalize("NFKD", letters)[:LONGEST]
    bare = "".join(each for each in folded if not unicodedata.combining(each))
    lower = bare.casefold()[:LONGEST].translate(_STRAIGHT)
    return "\n".join(" ".join(line.split()) for line in lower.splitlines())


_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "«": " ", "»": " ", "“": " ", "”": " ", "‑": "-", "–": "-"})
