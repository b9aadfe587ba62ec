"""Whether somebody says in the middle of a task that they are done: "thanks, that's all", « bon, au revoir »."""

from __future__ import annotations

import re
from typing import Final

from actions.tasks import said
from actions.tasks.state import Asked
from actions.turn import Turn

GOODBYE: Final = "goodbye"
REASON: Final = "reason"
_NO_NEED: Final = re.compile(r"\bplus besoin\b", re.IGNORECASE)
"""Why something comes back, where that is asked."""
SURE, BRIEF = 0.8, 8
"""How sure a goodbye in other words has to be, and of how many words at most."""
MAY_ANSWER: Final = frozenset({"text", "several", "yes_no"})
"""Kinds of question to which "that's all" alone may be an answer."""
_THANKS = r"merci(?: beaucoup| bien| [àa] vous)?|mille mercis|thanks?(?: you| a lot| very much| so much)?|thx|cheers|ta"
_FILLER = (
    r"ok(?:ay)?|d['’ ]?accord|bon|bien|tr[èe]s bien|parfait|super|nickel|finalement|voil[àa]|alors|donc|et|non|rien|"
    r"pour (?:moi|l['’]instant|le moment|aujourd['’]hui)|"
    r"well|actually|right|great|perfect|fine|all right|alright|and|then|so|no|now|for (?:me|now|today|the moment)"
)
_ENOUGH = (
    r"c['’ ]?est tout(?! (?:bon|bien|[àa] fait|juste|ok|parfait))"
    r"(?: ce (?:que je voulais(?: savoir)?|qu['’]il me fallait))?|"
    r"ce sera tout|[çc]a sera tout|rien d['’ ]autre|plus besoin|(?:je n['’]?ai )?plus de questions?|"
    r"that['’ ]?(?:s|ll be| is| will be) (?:all|everything)"
    r"(?! (?:right|good|fine|correct|ok|okay|well|great|perfect))(?: i (?:wanted|needed)(?: to know)?)?|"
    r"nothing else|no more questions|i['’ ]?(?:m| am) (?:all )?done"
)
_FAREWELL = (
    r"au revoir|[àa] (?:bient[ôo]t|plus(?: tard)?|demain)|"
    r"bonne (?:journ[ée]e|soir[ée]e|nuit|fin de (?:journ[ée]e|semaine))|bon (?:week-?end|apr[èe]s-midi)|tchao|ciao|"
    r"(?:good\s?)?bye(?: bye)?|see you(?: later| soon)?|have a (?:good|nice|great|lovely) (?:day|one|evening|weekend)"
)
_ALL: Final = re.compile(rf"\W*(?:(?:{_FAREWELL}|{_ENOUGH}|{_THANKS}|{_FILLER})(?:\W+|$))+", re.IGNORECASE)
_DONE: Final = re.compile(rf"\b(?:{_ENOUGH})\b", re.IGNORECASE)
_POLITE: Final = re.compile(rf"\b(?:{_THANKS}|{_FAREWELL})\b", re.IGNORECASE)
_GONE: Final = re.compile(rf"\b(?:{_FAREWELL})\b", re.IGNORECASE)
LONGEST: Final = 80


def is_said(turn: Turn, asked: Asked | None) -> bool:
    """Whether this message ends the conversation, and answers nothing that was asked."""
    if turn.text.startswith("/") or len(turn.text) > LONGEST or said.says_facts(turn):
        return False
    if asked is not None and asked.fact == REASON and _NO_NEED.search(turn.text):
        return False
    may_answer = asked is not None and asked.kind in MAY_ANSWER
    if _ALL.fullmatch(turn.text):
        enough = bool(_DONE.search(turn.text))
        return bool(_GONE.search(turn.text)) or (enough and (not may_answer or bool(_POLITE.search(turn.text))))
    brief = len(turn.text.split()) <= BRIEF
    return turn.intent == GOODBYE and turn.confidence >= SURE and brief and not may_answer
