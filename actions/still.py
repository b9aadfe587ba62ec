"""Whether somebody says that what they were told did not help: "still not working", « j’ai déjà essayé »."""

from __future__ import annotations

import re
from typing import Final

from actions.tasks.talk import Talk

LONGEST: Final = 10
"""Words of it."""
_STILL: Final = re.compile(
    r"\b(?:toujours|encore|m[eê]me (?:chose|erreur|probl[eè]me)|still|same (?:thing|error|problem|issue))\b|"
    r"\b(?:d[ée]j[àa]|already)\b|"
    r"\b(?:[çc]a|cela|it|that) (?:ne )?(?:marche|fonctionne|change|did|does|do)\w*(?: rien| pas|n['’]?t| not)|"
    r"\bne? (?:marche|fonctionne) (?:toujours )?pas|\b(?:not|n['’]?t) work",
    re.IGNORECASE,
)


_WAITS: Final = re.compile(
    r"\W*(?:(?:mais|but|et|and|bah|ben|well|oui|yes|non|no|ok)\W+)*"
    r"(?:(?:[çc]a|cela) fait (?:d[ée]j[àa] )?(?:plus de )?[\w-]+ (?:jours?|semaines?|mois)|"
    r"it['’ ]?(?:s|has) been (?:over |more than )?(?:\w+ ){1,3}(?:days?|weeks?|months?)|"
    r"(?:toujours|encore) (?:rien|pas)(?: re[çc]u)?|still (?:nothing|waiting|not)|nothing yet|"
    r"j['’ ]?attends? (?:toujours|encore)|i['’ ]?m still waiting)"
    r"(?:\W+(?:quand m[eê]me|maintenant|d[ée]j[àa]|sur mon (?:compte|relev[ée])|[àa] la banque|"
    r"(?:on|in) my (?:bank )?(?:account|statement)|now|already|though|que j['’ ]?attends?|[àa] ce jour|yet))*\W*",
    re.IGNORECASE,
)


def waits(text: str) -> bool:
    """Whether a message says that they have waited long, and not for what: "it's been two weeks"."""
    return bool(_WAITS.fullmatch(text))


def is_told_again(talk: Talk) -> bool:
    """Offers a person to who goes on waiting after they were told where it stands; false for any other message."""
    again = talk.turn.slot("topic") == talk.task.topic and talk.task.asked is None
    if not (talk.heard and again and waits(talk.turn.text)):
        return False
    talk.say("utter_wait_no_more")
    talk.offer_person("asked")
    return True


def says_so(text: str) -> bool:
    """Whether a short message says it."""
    return not text.startswith("/") and len(text.split()) <= LONGEST and bool(_STILL.search(text))
