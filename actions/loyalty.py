"""The loyalty programme: how it works, where a member stands, joining and leaving."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from sqlalchemy.ext.asyncio import AsyncSession

from actions import general_answers, own_file, spoken
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from actions.turn import Turn
from crm_backend.catalogue.money import money
from crm_backend.loyalty import points
from crm_backend.loyalty import services as loyalty
from crm_backend.loyalty.model import LoyaltyProgramme
from crm_backend.loyalty.points import Status
from crm_backend.orders.doers import customer_in

JOIN, LEAVE, OWN = "join", "leave", "own"
_WISHES: Final = {
    LEAVE: re.compile(
        r"\b(?:quitter|sortir d\w+|r[ée]sili\w+|d[ée]sinscri\w+|plus (?:[êe]tre )?membre|leave|quit|unsubscribe|"
        r"cancel (?:my )?\w* ?(?:membership|card))\b",
        re.IGNORECASE,
    ),
    JOIN: re.compile(
        r"\b(?:adh[ée]r\w+|inscri\w+|rejoindre|devenir membre|join\w*|sign (?:me )?up|enrol\w*|become a member)\b",
        re.IGNORECASE,
    ),
    OWN: re.compile(
        r"\b(?:combien de (?:points?|pts) (?:g|jai)|"
        r"(?:mon|mes|ma|my) (?:\w+ ){0,2}(?:points?|pts|solde|statut|niveau|palier|fid[ée]lit[ée]|balance|status|"
        r"level|tier|rank|loyalty)|solde (?:de |fid\w+|points)|(?:j['’ ]?ai|j[ée]) (?:combien|quel)|"
        r"j['’]ai (?:de |des )?points|combien (?:de points )?(?:j['’ ]?ai|"
        r"ai-je|de pts)|points j['’]ai|do i have|i have (?:left|\d+)|have i got|suis-je|[àa] quel niveau|"
        r"am i (?:on|in|at)|"
        # Whatever they call them: "combien g de ponts".
        r"combien (?:de \w+ )?(?:g|jai|il me reste|me reste|ai je)\b|how many (?:\w+ ){0,3}(?:i|i['’]ve|my)\b|"
        r"^\W*(?:(?:et|and|bonjour|bjr|hello|hi)\W+)?(?:mes|my) \w+(?: \w+)?\W*$|"
        r"points (?:balance|please|svp)|pts\b)",
        re.IGNORECASE,
    ),
}
_HOW: Final = re.compile(
    r"\b(?:comment|how do(?:es)?|expir\w*|p[ée]rim\w*|utiliser|convert\w*|transf[ée]r\w*|redeem|pay with|payer|"
    r"devien\w+|"
    r"happens|turn my points|extend|prolong\w*|worth|correspond\w*|per pound|1 euro|gr[âa]ce [àa]|include|move up)\b",
    re.IGNORECASE,
)
"""How it works, even where it is about their own points."""
_USE: Final = re.compile(
    r"\b(?:les (?:utiliser|d[ée]penser)|use (?:them|those)|spend (?:them|those)|expir\w*|p[ée]rim\w*|run out|"
    r"avantages?|advantages?|benefits?|perks?)\b",
    re.IGNORECASE,
)
A_FEW: Final = 7
"""Words of a question that goes on with points."""
_MISSING: Final = re.compile(
    r"\b(?:disparu\w*|disappeared|manqu\w+|missing|(?:pas|never|jamais|n['’]t|weren['’]t) (?:[ée]t[ée] )?(?:ajout\w+|"
    r"cr[ée]dit\w+|added|credited|compt\w+|count\w*)|aucun point|no points|have my points gone|o[ùu] mes points|"
    r"perdu mon statut|lost my status|dropped back|repass[ée]\w*)\b",
    re.IGNORECASE,
)
QUESTION: Final[Words] = {
    "fr": "Comment fonctionne le programme de fidélité ?",
    "en": "How does the loyalty programme work?",
}
LASTS: Final[Words] = {
    "fr": "Quelle est la validité du bon ?",
    "en": "Loyalty: how long does my voucher last?",
}
_ENDS: Final = re.compile(r"\bexpir\w*|\bp[ée]rim\w*|\brun out\b|\bvalables?\b|\bvalid\b", re.IGNORECASE)
SUBJECT: Final = {"fr": "mes points", "en": "my points"}
POINTS: Final = {"fr": ("{n}\u00a0point", "{n}\u00a0points"), "en": ("{n} point", "{n} points")}
MORE: Final = {
    "pending": {"fr": "{points} de plus sont en attente.", "en": "Another {points} are pending."},
    "level": {"fr": "Votre niveau\u00a0: {level}.", "en": "Your level: {level}."},
    "next": {"fr": "Il vous manque {points} pour passer {level}.", "en": "{points} more and you’ll be {level}."},
    "advantages": {"fr": "Ce niveau donne\u00a0: {advantages}.", "en": "It gives you: {advantages}."},
}
RATE: Final = {"fr": "{points} pour {amount} d’achat.", "en": "{points} for every {amount} spent."}
FROM: Final = {"fr": "– {level}, dès {points}", "en": "– {level}, from {points}"}


class Loyalty(Topic):
    name = "loyalty"
    title: ClassVar[Words] = {"fr": "le programme de fidélité", "en": "the loyalty programme"}

    async def aside(self, talk: Talk) -> bool:
        """How points work, asked before it is said who writes or whether to join."""
        if len(talk.turn.text.split()) > A_FEW or not _USE.search(talk.turn.text):
            return False
        return await _how_it_works(talk)

    async def goes_on(self, turn: Turn) -> bool:
        return len(turn.text.split()) <= A_FEW and bool(_HOW.search(turn.text) or _USE.search(turn.text))

    async def plan(self, talk: Talk) -> None:
        programme = await loyalty.programme(talk.session)
        if not programme.enabled:
            talk.say("utter_loyalty_none")
            return
        wish = _wish(talk)
        if wish is None:
            if not await _how_it_works(talk):
                await _explain(talk, programme)
            return
        _, customer = await own_file.proved(talk)
        status = await points.status_of(talk.session, customer, now=tools().now())
        name = programme.names.get(talk.language, "")
        if status is None:
            if wish != JOIN:
                talk.say("utter_loyalty_not_member", name=name)
            if wish != LEAVE:
                talk.confirm("utter_loyalty_join_confirm", agreed={"do": JOIN, "of": name}, name=name)
        elif wish == LEAVE:
            lost = _points(status.balance, talk.language)
            talk.confirm("utter_loyalty_leave_confirm", agreed={"do": LEAVE, "of": name}, name=name, points=lost)
        else:
            if wish == JOIN:
                talk.say("utter_loyalty_already", name=name)
            _tell(talk, status)
            if "missing" in talk.facts:
                talk.say("utter_loyalty_missing")
                talk.offer_person("asked")

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        actor = await customer_in(session, conversation_id=talk.turn.conversation)
        customer = await own_file.owner(session, talk)
        if agreed["do"] == JOIN:
            await loyalty.join(session, customer, actor=actor)
            talk.say("utter_loyalty_joined", name=agreed["of"])
        else:
            await loyalty.leave(session, customer, actor=actor)
            talk.say("utter_loyalty_left", name=agreed["of"])


async def _how_it_works(talk: Talk) -> bool:
    """Tells what the help centre says to a question about points; false where that is nothing."""
    if _ENDS.search(talk.turn.meant):
        told = await general_answers.told(talk, LASTS[talk.language])
        return told or await general_answers.told(talk, QUESTION[talk.language])
    brief = len(talk.turn.text.split()) <= A_FEW
    subject = SUBJECT[talk.language] if brief else ""
    return await general_answers.answered(talk, question=QUESTION, subject=subject)


def _wish(talk: Talk) -> str | None:
    """What the customer came for, settled with the first message; None for how it works."""
    if "wish" not in talk.facts:
        text = talk.turn.meant
        wish = next((each for each, said in _WISHES.items() if said.search(text)), None)
        if _MISSING.search(text):
            wish = talk.facts["missing"] = OWN
        elif wish == OWN and _HOW.search(text):
            wish = None
        talk.facts["wish"] = wish
    settled: str | None = talk.facts["wish"]
    return settled


def _tell(talk: Talk, status: Status) -> None:
    language = talk.language
    more = []
    if status.pending:
        more.append(MORE["pending"][language].format(points=_points(status.pending, language)))
    if status.level is not None:
        more.append(MORE["level"][language].format(level=status.level.names.get(language, status.level.key)))
        if advantages := status.level.advantages.get(language):
            told = "; ".join(each[:1].lower() + each[1:] for each in advantages)
            more.append(MORE["advantages"][language].format(advantages=told))
    if status.next is not None and status.missing:
        level = status.next.names.get(language, status.next.key)
        more.append(MORE["next"][language].format(points=_points(status.missing, language), level=level))
    talk.say("utter_loyalty_status", points=_points(status.balance, language), more=" ".join(more))


async def _explain(talk: Talk, programme: LoyaltyProgramme) -> None:
    """How it works, from what the programme is set to."""
    language = talk.language
    rates = [
        RATE[language].format(points=_points(per_unit, language), amount=money(100, currency, language))
        for currency, per_unit in programme.points_per_unit.items()
        if currency in ("EUR", "GBP") and per_unit
    ]
    levels = [
        FROM[language].format(level=each.names.get(language, each.key), points=_points(each.from_points, language))
        + (spoken.COLON[language] + ", ".join(each.advantages[language]) if each.advantages.get(language) else "")
        for each in await points.all_levels(talk.session)
    ]
    name = programme.names.get(language, "")
    talk.say("utter_loyalty_how", name=name, rate=" ".join(rates), levels="\n".join(levels))


def _points(count: int, language: str) -> str:
    one, many = POINTS[language]
    return (one if abs(count) < 2 and (count or language == "fr") else many).format(n=count)
