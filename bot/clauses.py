"""The parts of a message that may each ask for something: its sentences, and requests joined by "and" or "sinon"."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 6
"""Parts that are looked at: of a longer message the first and the last, where the request mostly stands."""
LEAST_WORDS = 2
LOOKED_AT = 2_000
"""Characters from each end of a message in which parts are looked for."""

# A number with a bracket begins what is listed. A point ends a sentence when a space or the end follows: not in
# "10.234" or "marie.dupont@example.fr".
STOP = re.compile(r"[.!?…;]+(?=\s|$)|\n+|[!?]+|(?<=\s)\(?[1-9]\s?\)\s?(?=[^\W\d_])")
JOINED = re.compile(
    r"""(?:,\s*|\s)(?:
        (?:et|and|but|mais)\s+(?:aussi|puis|also|then|d['’]ailleurs|sinon|encore|au\spassage|while\s(?:i['’]?m
        |you['’]?re)\sat\sit)\b
      | (?:et|and|puis|then|mais|but|alors|so|donc)\s+(?=
            (?:je|j['’]|savoir|conna[iî]tre|où|ou\sen|ou\sest|quand|comment|combien|est-ce|pouvez|pourriez|peux|peut-on|dites
            |il\sme\sfaut|il\sfaut|avez|faites|annulez|envoyez|vous\s
            |rappelez|passez|i|i['’](?:d|m|ve|ll)|can|could|would|will|where|when|how|what|which|please|do\syou
            |is|are|send|tell|cancel|call|change|c\s?(?:koi|quoi|ou|où)|c['’]est\s(?:quoi|où|combien)|quels?|quelles?|kels?
            |kelles?|cmt)\b)
      | (?:et|and)\s+(?=(?:avoir|obtenir|recevoir|modifier|annuler|get|receive|return)\s+\w+\s)
      | (?:bref|en\sr[ée]sum[ée]|en\sbref|du\scoup|anyway|long\sstory\sshort|in\sshort)\s?[,:]?\s
      | (?:par\sailleurs|d['’]autre\spart|au\sfait|à\spropos|a\spropos|autre\s(?:chose|question)|deuxièmement
      |ensuite|aussi\s?,|sinon\s?,?
          |en\splus\sde\sça|by\sthe\sway|another\s(?:thing|question)|one\smore\sthing|secondly|as\swell\sas\sthat
          |also\s?,?|plus\s?,)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Clause:
    text: str
    start: int
    end: int


def clauses(text: str) -> list[Clause]:
    """The parts of `text` in their order; none when it has only one. Each has a few words and its place in `text`."""
    found = []
    for start, end in stretches(text):
        for first, last in divided(text, start, end, JOINED):
            part = text[first:last]
            left = len(part) - len(part.lstrip(" ,:-–—\t\n"))
            clean = part.strip(" ,:-–—\t\n")
            if len(WORD.findall(clean[:200])) >= LEAST_WORDS:
                found.append(Clause(clean, first + left, first + left + len(clean)))
    if len(found) < 2:
        return []
    return found if len(found) <= MOST else [*found[: MOST // 2], *found[-(MOST - MOST // 2) :]]


def stretches(text: str) -> list[tuple[int, int]]:
    """The sentences of the beginning and the end of `text`."""
    if len(text) <= 2 * LOOKED_AT:
        return divided(text, 0, len(text), STOP)
    return divided(text, 0, LOOKED_AT, STOP) + divided(text, len(text) - LOOKED_AT, len(text), STOP)


def divided(text: str, start: int, end: int, at: re.Pattern[str]) -> list[tuple[int, int]]:
    """What lies between the matches of `at`."""
    places, last = [], start
    for match in at.finditer(text, start, end):
        if match.start() > last:
            places.append((last, match.start()))
        last = match.end()
    return [*places, (last, end)] if last < end else places
