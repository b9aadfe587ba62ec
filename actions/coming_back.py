"""What comes back of an order: which articles, how many pieces, why, and what policy says to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from actions.tasks import articles, orders, proving, reading
from actions.tasks.asking import Option, Refused, Words
from actions.tasks.talk import Talk
from actions.toolbox import tools
from crm_backend.access.actor import Actor
from crm_backend.attachments.schema import FileRef
from crm_backend.errors import NotNow, NotProved
from crm_backend.orders import services
from crm_backend.orders.doers import customer_in
from crm_backend.policies import words
from crm_backend.policies.allowed import FAULTS
from crm_backend.policies.schema import Decision
from crm_backend.returns import services as returns
from crm_backend.returns.model import Return
from crm_backend.returns.slip import slip


def _said(french: str, english: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{french}|{english})\b", re.IGNORECASE)


SENT_BACK: Final = frozenset({"return_under_way", "all_came_back"})
"""Why nothing more can come back when all of it is on its way, or there."""
REASONS: Final = (
    Option(
        "changed_mind",
        {"fr": "Il ne me convient pas", "en": "I’ve changed my mind"},
        _said(
            r"chang\w* d.avis|ne\s+(?:me|lui|nous)\s+pla[iî]\w*|(?:me|lui|nous)\s+pla[iî]\w*\s+(?:pas|plus)|"
            r"pas\s+convaincue?|plus\s+(?:besoin|envie)|pas\s+envie|r[ée]tract\w*|regrett?e\w*|pas\s+[àa]\s+mon\s+go[uû]t|ne\s+veux\s+plus",
            r"chang\w* my mind|don.?t (?:like|want|need)|doesn.?t suit|not for me|no longer (?:want|need)",
        ),
    ),
    Option(
        "wrong_size",
        {"fr": "La taille ne va pas", "en": "It’s the wrong size"},
        _said(
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
        _said(
            r"pas\s+conformes?|non\s+conformes?|(?:pas|rien)\s+[àa]\s+voir|diff[ée]rente?s?\s+(?:de|que)\s+(?:la|sur|le)\s+"
            r"(?:photo|site|description)|pas\s+comme\s+sur",
            r"not as described|nothing like|different from the (?:photo|picture|description|site)",
        ),
    ),
    Option(
        "wrong_item",
        {"fr": "Ce n’est pas ce que j’ai commandé", "en": "It isn’t what I ordered"},
        _said(
            r"(?:mauvais|pas\s+le\s+bon)\s+(?:article|produit|mod[èe]le)|pas\s+ce\s+que\s+j.avais?\s+command\w*|erreur\s+d.article",
            r"wrong (?:item|product|article|model)|not what i ordered",
        ),
        ("missing_item",),
    ),
    Option(
        "damaged",
        {"fr": "Il est arrivé abîmé", "en": "It arrived damaged"},
        _said(
            r"arriv\w+\s+(?:cass|ab[iî]m|f[eê]l|[ée]br[ée]ch|d[ée]chir|ray)\w*|(?:cass|ab[iî]m|[ée]br[ée]ch)[ée]e?s?\s+"
            r"(?:[àa]\s+l.arriv[ée]e|dans\s+le\s+colis)|ab[iî]m[ée]e?s?",
            r"arrived (?:broken|damaged|torn|cracked|chipped|scratched)|damaged",
        ),
        ("damaged_item",),
    ),
    Option(
        "defective",
        {"fr": "Il a un défaut, ou ne fonctionne pas", "en": "It’s faulty or doesn’t work"},
        _said(
            r"d[ée]fectueu\w*|d[ée]fauts?|ne\s+(?:marche|fonctionne|s.allume)\s+(?:pas|plus)|(?:marche|fonctionne|s.allume)\s+(?:pas|plus)|"
            r"(?:en|est\s+tomb[ée]e?\s+en)\s+panne",
            r"faulty|defective|doesn.?t work|stopped working|not working|won.?t (?:work|turn on|light up)",
        ),
        ("warranty",),
    ),
    Option("other", {"fr": "Une autre raison", "en": "Another reason"}),
)
"""Why something comes back, as `returns.model.REASONS` has it."""
_ONE: Final = re.compile(
    r"\b(?:(?:only |just )?one of (?:the|my|them|these|those)|only one|just one|"
    r"(?:l['’])?une? (?:seule?|des|de (?:mes|ces))(?! (?:jours|semaines))|juste une?)\b",
    re.IGNORECASE,
)
"""That a single piece is meant of several."""
ALL_OF_THEM: Final = re.compile(
    r"\b(?:tou(?:t|te|tes|s)|les\s+(?:deux|trois|quatre|cinq|six|\d)|all|both|every)\b", re.IGNORECASE
)
SAME_AGAIN: Final = _said(
    r"(?:la?|le)\s+m[eê]me\s+(?:en\s+neuf|en\s+bon\s+[ée]tat)|un\s+neuf|une\s+neuve",
    r"(?:the )?same (?:one )?again|a new one",
)
REPAIRED: Final = _said(r"r[ée]par\w*", r"repair\w*|fix(?:ed)?|mend(?:ed)?")
LONGEST_SUBJECT: Final = 120
MOST_BUTTONS: Final = 6
AND: Final = {"fr": " et ", "en": " and "}
THE_ARTICLE: Words = {"fr": "l’article", "en": "the item"}
THE_REASON: Words = {"fr": "la raison", "en": "the reason"}


@dataclass(frozen=True)
class Pieces:
    """Pieces of one line that are to come back; `at` is its place in the order."""

    at: int
    line_id: UUID
    count: int


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


def returnable(order: orders.Meant, *, under_warranty: bool) -> list[int]:
    """The places of the lines of which something may come back; for a fault, also those that only the warranty lets."""
    lines = order.allowed.lines
    within = [at for at, line in enumerate(lines) if line.back.allowed]
    if under_warranty:
        return [at for at, line in enumerate(lines) if line.back.allowed or line.warranty.allowed]
    return within


def spoken_of(talk: Talk, order: orders.Meant) -> int | None:
    """The place of the only article of the order that the message names, before which ones is settled."""
    if not talk.heard or "lines" in talk.facts:
        return None
    names = {str(at): line.name(talk.language) for at, line in enumerate(order.view.lines)}
    if talk.answers("order"):
        found = reading.named(talk.task.came_with, names)
    else:
        found = reading.named(talk.turn.text, names) if talk.answers("lines") else articles.spoken_of(talk, names)
    return int(found[0]) if len(found) == 1 else None


def one_line(talk: Talk, order: orders.Meant, among: list[int], *, named: int | None, response: str) -> int:
    """The place of the one article that is meant, of those at `among`; `named` is the one that was spoken of."""
    if named is not None:
        talk.task.settle("lines", str(named))
    every = {str(at): " ".join(line.names.values()) for at, line in enumerate(order.view.lines)}
    another = talk.task.topic != "exchange" and articles.is_not_there(talk, every, number=order.number)
    if "lines" not in talk.facts and len(among) == 1 and not another:
        return among[0]
    options = [Option(str(at), {talk.language: orders.line_name(order.view.lines[at], talk.language)}) for at in among]
    options += [articles.NONE_OF_THEM] if another else []
    chosen = talk.choose("lines", response, options, number=order.number)
    if chosen == articles.NONE_OF_THEM.code:
        articles.of_another_order(talk)
    return int(chosen)


def pieces(talk: Talk, order: orders.Meant, at: int, *, alone: bool) -> int:
    """How many pieces of a line come back; asks where there are several. `alone` says that it is the only line meant,
    so that a number said by the way is of its pieces."""
    left, name = order.allowed.lines[at].returnable, f"pieces_{at}"
    if left == 1 or orders.ALL in talk.facts.get("lines", ()):
        return left
    if name not in talk.facts:
        said = talk.task.given.pop("quantity", None) if alone else None
        if said is None and alone and _ONE.search(talk.turn.text if talk.answers(name) else talk.task.came_with):
            said = "1"
        if said is None and talk.answers(name):
            said = talk.turn.entities.get("number") or talk.turn.entities.get("quantity")
        if said is not None and str(said).isdecimal() and 1 <= int(said) <= left:
            talk.task.settle(name, str(int(said)))
            talk.progress = True
    article = order.view.lines[at].name(talk.language)
    if left > MOST_BUTTONS:
        return int(talk.fact(name, "number", "utter_how_many_pieces", accept=_within(left), article=article, left=left))
    options = [
        Option(str(count), {each: str(count) for each in ("fr", "en")}, ALL_OF_THEM if count == left else None)
        for count in range(1, left + 1)
    ]
    return int(talk.choose(name, "utter_how_many_pieces", options, article=article, left=left))


def _within(left: int) -> Any:
    def accept(said: Any) -> str:
        if not str(said).isdecimal() or not 1 <= int(said) <= left:
            raise Refused("utter_not_so_many_pieces", left=left)
        return str(int(said))

    return accept


def all_pieces(talk: Talk, order: orders.Meant, places: Sequence[int]) -> list[Pieces]:
    """How many pieces of each of these lines come back."""
    return [Pieces(at, order.allowed.lines[at].id, pieces(talk, order, at, alone=len(places) == 1)) for at in places]


def in_words(order: orders.Meant, some: Iterable[Pieces], language: str) -> str:
    """`2 × Coussin Brume et Lampe Orée`."""
    named = [
        ("" if each.count == 1 else f"{each.count}\u00a0× ") + order.view.lines[each.at].name(language) for each in some
    ]
    return ", ".join(named[:-1]) + AND[language] + named[-1] if len(named) > 1 else "".join(named)


def why_not(decision: Decision, language: str) -> str:
    """The sentence that says why it is not allowed."""
    zone = tools().now().tzinfo
    return words.why(decision, language, zone=zone if isinstance(zone, ZoneInfo) else None) or ""


def last_day(decision: Decision, language: str) -> str:
    """The last day on which it is allowed, in words."""
    return str(words.worded({"last": decision.facts.get("last", "")}, language)["last"])


def reason_in_words(code: str, language: str) -> str:
    """The reason as it was chosen, inside a sentence."""
    said = next(each.words[language] for each in REASONS if each.code == code)
    return said if said.startswith("I’") else said[:1].lower() + said[1:]


def wanted(some: Iterable[Mapping[str, Any]], reason: str) -> list[returns.Wanted]:
    """What was agreed to, for `returns.services.request`."""
    return [
        returns.Wanted(
            UUID(each["line"]), int(each["count"]), reason, UUID(each["instead"]) if each.get("instead") else None
        )
        for each in some
    ]


def agreed_pieces(some: Iterable[Pieces]) -> list[dict[str, Any]]:
    """Pieces as they are kept for the yes."""
    return [{"line": str(each.line_id), "count": each.count} for each in some]


async def order_asked_about(talk: Talk) -> str | None:
    """The number of the customer's order that is asked about, None for any of theirs: of a customer who has proved
    enough to be told."""
    if (named := talk.task.given.get("order_number")) is not None:
        talk.task.settle("order_number", named)
    await proving.told(talk)
    number = talk.facts.get("order_number")
    if number is None:
        return None
    try:
        order = await services.order_for(talk.session, conversation_id=talk.turn.conversation, number=str(number))
    except NotProved:
        talk.say("utter_not_your_order", number=number)
        return None
    return order.number


async def request(
    talk: Talk, session: AsyncSession, agreed: Mapping[str, Any], *, reason: str, kind: str = "return", note: str = ""
) -> tuple[Return, list[FileRef]]:
    """Asks once for what was agreed to, pieces of an order back or exchanged; the return, and its slip (`paper`)."""
    actor = await customer_in(session, conversation_id=talk.turn.conversation)
    made = await returns.request(
        session,
        UUID(agreed["order"]),
        actor=actor,
        lines=wanted(agreed["pieces"], reason),
        kind=kind,
        note=note,
        key=talk.key,
    )
    return made, await paper(talk, session, made, actor=actor)


SLIP: Final = {"fr": "Bon de retour {reference}.pdf", "en": "Return slip {reference}.pdf"}


async def paper(talk: Talk, session: AsyncSession, made: Return, *, actor: Actor) -> list[FileRef]:
    """The slip that goes into the parcel, in this turn's answer; none where the company's address is not known, or the
    parcel is back."""
    try:
        content = await slip(session, made.id, actor=actor, language=talk.language)
    except NotNow:
        return []
    return [await talk.file(content, name=SLIP[talk.language].format(reference=made.reference))]
