"""A copy of somebody's data, or its erasure: opened as a request that people answer. Nothing is erased here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from sqlalchemy.ext.asyncio import AsyncSession

from actions import own_file, spoken
from actions.tasks.asking import Option, Words
from actions.tasks.casework import open_case
from actions.tasks.how_long import asks_how_long
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from crm_backend.cases.due import months_after
from crm_backend.cases.model import Case
from crm_backend.cases.schema import NewCase
from crm_backend.privacy import requests
from crm_backend.privacy.requests import COPY, ERASE, MONTHS, SUBJECTS, TAGS, TYPE

QUESTION = "question"
CHOICES: Final = (
    Option(
        COPY,
        {"fr": "Une copie de mes données", "en": "A copy of my data"},
        re.compile(
            r"\b(?:cop(?:y|ies?)|montrez|show me|envoyez-moi mes|send me my|la liste|dsar|know about|savez sur|"
            r"acc[èe]s|access|exporter|export|portabilit\w*|portability|quelles (?:donn|info)\w+|"
            r"what (?:data|info\w*|do you)|que savez|liste? (?:de|of)|recording|enregistrement|download|"
            r"t[ée]l[ée]charger|"
            r"article 15|art\.? 15|sar|subject access)\b",
            re.IGNORECASE,
        ),
    ),
    Option(
        ERASE,
        {"fr": "Effacer mes données", "en": "Erase my data"},
        re.compile(
            r"\b(?:supp?r\w*|del|delte|r[ée]sili\w+|virez|bin my|shut down|vanish|dispara[iî]\w+|"
            r"sortez[- ]moi|get me off|"
            r"clear my|enlev\w+|plus (?:de compte|[êe]tre dans)|want to be in|effac\w*|oubli|ferm\w+|"
            r"cl[ôo]tur\w*|d[ée]trui\w+|delet\w+|eras\w+|clos\w+|"
            r"terminat\w+|destroy\w*|forgotten|remov\w+|wipe|get rid|don['’]?t want an account|article 17|art\.? 17)\b",
            re.IGNORECASE,
        ),
    ),
    Option(
        QUESTION,
        {"fr": "Une autre question", "en": "Another question"},
        re.compile(
            r"\b(?:dpo|d[ée]l[ée]gu[ée]|protection officer|m['’]oppose|i object|limiter|restrict|transmis|passed my|"
            r"avis|reviews?|photos?|carte bancaire|credit card)\b",
            re.IGNORECASE,
        ),
    ),
)
SOMEBODY_ELSE: Final = re.compile(
    r"\b(?:d[ée]c[ée]d[ée]\w*|mort\w?|d[ée]funt\w?|passed away|died|deceased|(?:mon|ma|my|his|her|their) "
    r"(?:p[èe]re|m[èe]re|mari|femme|fr[èe]re|s[œo]e?ur|fils|fille|conjoint\w?|father|mother|dad|mum|husband|"
    r"wife|brother|"
    r"sister|son|daughter|partner)(?:['’]s)?)\b",
    re.IGNORECASE,
)
TEXTS: Final = {
    COPY: {
        "fr": "Copie des données personnelles (RGPD, art. 15), demandée dans la conversation, client vérifié.",
        "en": "Copy of personal data (GDPR, art. 15), asked for in the conversation, customer verified.",
    },
    ERASE: {
        "fr": "Effacement des données personnelles (RGPD, art. 17), demandé dans la conversation, client vérifié.",
        "en": "Erasure of personal data (GDPR, art. 17), asked for in the conversation, customer verified.",
    },
}


class PrivacyRequest(Topic):
    name = "privacy_request"
    title: ClassVar[Words] = {"fr": "une demande sur vos données", "en": "a request about your data"}

    async def plan(self, talk: Talk) -> None:
        if talk.heard and "what" not in talk.facts and SOMEBODY_ELSE.search(talk.turn.meant):
            talk.say("utter_privacy_request_other")
            talk.offer_person("asked")
            return
        what = talk.choose("what", "utter_privacy_request_what", CHOICES)
        if what == QUESTION:
            talk.say("utter_privacy_request_question")
            talk.offer_person("asked")
            return
        _, customer = await own_file.proved(talk)
        if (case := await requests.going(talk.session, customer, what)) is not None:
            talk.say("utter_privacy_request_open", number=case.number, by=_by(talk, case))
            talk.offer_person("asked")
            return
        response = "utter_privacy_request_copy_confirm" if what == COPY else "utter_privacy_request_erase_confirm"
        talk.confirm(response, agreed={"what": what}, by=_by(talk))

    async def aside(self, talk: Talk) -> bool:
        if not asks_how_long(talk.turn.meant):
            return False
        talk.say("utter_privacy_request_when", by=_by(talk))
        return True

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        what = str(agreed["what"])
        new = NewCase(
            type_key=TYPE,
            subject=SUBJECTS[what][talk.language],
            description=TEXTS[what][talk.language],
            tags=[TAGS[what]],
        )
        case = await open_case(talk, session, new)
        talk.say("utter_privacy_request_done", number=case.number, by=_by(talk, case))


def _by(talk: Talk, case: Case | None = None) -> str:
    """The last day for an answer."""
    due = case.due_at if case is not None and case.due_at is not None else months_after(tools().now(), MONTHS)
    return spoken.full_date(due.astimezone(tools().now().tzinfo).date(), talk.language)
