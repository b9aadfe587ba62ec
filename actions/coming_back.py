"""What comes back of an order: which articles, how many pieces, and what policy says to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from actions.return_reasons import said
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
from crm_backend.policies.schema import Decision
from crm_backend.returns import services as returns
from crm_backend.returns.model import Return
from crm_backend.returns.slip import slip

SENT_BACK: Final = frozenset({"return_under_way", "all_came_back"})
"""Why nothing more can come back when all of it is on its way, or there."""
_ONE: Final = re.compile(
    r"\b(?:(?:only |just )?one of (?:the|my|them|these|those)|only one|just one|"
    r"(?:l['’])?une? (?:seule?|des|de (?:mes|ces))(?! (?:jours|semaines))|juste une?)\b",
    re.IGNORECASE,
)
"""That a single piece is meant of several."""
ALL_OF_THEM: Final = re.compile(
    r"\b(?:tou(?:t|te|tes|s)|les\s+(?:deux|trois|quatre|cinq|six|\d)|all|both|every)\b", re.IGNORECASE
)
SAME_AGAIN: Final = said(
    r"(?:la?|le)\s+m[eê]me\s+(?:en\s+neuf|en\s+bon\s+[ée]tat)|un\s+neuf|une\s+neuve",
    r"(?:the )?same (?:one )?again|a new one",
)
REPAIRED: Final = said(r"r[ée]par\w*", r"repair\w*|fix(?:ed)?|mend(?:ed)?")
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


def every_name(order: orders.Meant) -> dict[str, str]:
    """The articles of an order by their places, in both languages."""
    return {str(at): " ".join(line.names.values()) for at, line in enumerate(order.view.lines)}


def one_line(talk: Talk, order: orders.Meant, among: list[int], *, named: int | None, response: str) -> int:
    """The place of the one article that is meant, of those at `among`; `named` is the one that was spoken of."""
    if named is not None:
        talk.task.settle("lines", str(named))
    another = articles.is_not_there(talk, every_name(order), number=order.number)
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
