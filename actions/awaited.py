"""When and where a person answers to the case that was opened just now, told to who asks that."""

from __future__ import annotations

import re
from typing import Final

from actions.person import where_answered
from actions.tasks.casework import CASE
from actions.tasks.talk import Talk
from actions.toolbox import tools
from actions.turn import Turn
from actions.wording import instant
from crm_backend.cases import promising
from crm_backend.conversations.model import Conversation

CASE_STATUS: Final = "case_status"
ABOUT_MONEY: Final = frozenset({"payment_trouble"})
"""Topics whose cases are about money that is to come back."""
BY_LAW: Final = frozenset({"privacy_request"})
"""Those whose cases have a last day of their own, which where they stand tells."""
BRIEF: Final = 10
"""Words of such a question."""
_WHEN: Final = re.compile(
    r"\b(?:quand|kan[dt]?|combien de (?:temps|tps|jours)|quels? d[ée]lais?|(?:sous|dans) (?:combien|quel)|longtemps|"
    r"how (?:long|soon|quickly|fast|many days)|when)\b",
    re.IGNORECASE,
)
_ALONE: Final = re.compile(
    r"\W*(?:(?:et|and|ok|dans|sous|[çc]a prend|thanks|merci)\W+){0,2}"
    r"(?:(?:combien de|quel) (?:temps|tps|d[ée]lai)|combien|quand|how long|how soon|when)(?:\W+[çc]a prend)?\W*",
    re.IGNORECASE,
)
_ANSWERED: Final = re.compile(
    r"\b(?:r[ée]pon\w+|rappel\w+|recontact\w+|contact\w+|nouvelles|trait[ée]\w*|des suites|un retour|prend|dure|"
    r"answer\w*|repl(?:y|ies)|respon\w+|hear|get back to|come back to|take|dealt|deal with|sorted|ring|contact|news)\b",
    re.IGNORECASE,
)
_MONEY_BACK: Final = re.compile(
    r"\b(?:r[ée]cup\w+|rembours\w+|mon argent|mes sous|refund\w*|my money|(?:get|have) (?:it|that|this) back)\b",
    re.IGNORECASE,
)
_DONE: Final = re.compile(
    r"\W*(?:(?:et|and|so|alors|ok)\W+)?(?:(?:is (?:it|that)|has it been) (?:done|sent|changed|registered)"
    r"(?: now| yet)?|did (?:it|that) (?:work|go through)|"
    r"(?:c['’ ]?est|[çc]a y est c['’ ]?est) (?:fait|bon|pris en compte|enregistr[ée])|"
    r"[çc]a a march[ée])\W*",
    re.IGNORECASE,
)
_BY_WHOM: Final = re.compile(
    r"\b(?:qui (?:va|me|est-ce)|who|comment|par (?:o[uù]|quel\w*|mail|t[ée]l\w*)|how|where|o[uù]|"
    r"will (?:some|any)\w+)\b.{0,24}"
    r"\b(?:r[ée]pon\w+|rappel\w+|recontact\w+|contact\w*|answer\w*|reply|ring|call|get back to|hear)\b|"
    r"\b(?:r[ée]pon\w+|rappel\w+|recontact\w+|contact\w+)\W+(?:par (?:o[uù]|quel\w*)|o[uù]|comment)\b",
    re.IGNORECASE,
)


def is_asked(turn: Turn) -> bool:
    """Whether a short message asks when, or how, the case that was opened last is answered."""
    opened, text = turn.slot(CASE) or {}, turn.meant
    if not opened or text.startswith("/") or len(text.split()) > BRIEF:
        return False
    if turn.slot("topic") not in (opened.get("topic"), CASE_STATUS) or "order_number" in turn.entities:
        return False
    if _ALONE.fullmatch(text) or _DONE.fullmatch(text) or _BY_WHOM.search(text):
        return True
    money = opened.get("topic") in ABOUT_MONEY and _MONEY_BACK.search(text)
    return bool(_WHEN.search(text) and (money or _ANSWERED.search(text)))


async def told(talk: Talk) -> bool:
    """Says until when a person answers, and where; False where the case is over, or nobody promised a time."""
    opened, now = talk.turn.slot(CASE) or {}, tools().now()
    if opened.get("topic") in BY_LAW:
        return False
    owed = await promising.owed(talk.session, talk.turn.conversation, now=now)
    by = next((each["by"] for each in owed if each.get("number") == opened.get("number")), None)
    if by is None:
        return False
    if by <= now:
        talk.say("utter_wait_no_more")
        talk.offer_person("asked")
        return True
    conversation = await talk.session.get_one(Conversation, talk.turn.conversation)
    talk.say(
        "utter_case_answered_by_money" if opened.get("topic") in ABOUT_MONEY else "utter_case_answered_by",
        number=opened["number"],
        where=where_answered(conversation, talk.language),
        by=instant(promising.rounded(by).astimezone(now.tzinfo), talk.language, today=now.date()),
    )
    return True
