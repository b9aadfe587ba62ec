"""Choosing the sentences of a conversation that say most: what was wanted, what was answered, what was promised.

Extractive: every sentence stands as it was said. How much one says follows Luhn, "The automatic creation of literature
abstracts" (1958): the words that come back in the conversation are what it is about, and a sentence counts by those it
has, for its length. What Edmundson added ("New methods in automatic extracting", 1969) is used for two things: where a
sentence stands (customers say first what they want, agents say last what came of it), and cue phrases, here those of
wishes and promises. Courtesies and questions are no answers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm_backend.letters import unaccented
from crm_backend.texts import shorten

LONGEST = 240
READ = 4_000
"""Characters of a message that are looked at: mails quote without end."""
_END = re.compile(r"(?<=[.!?…])\s+|\n+")
_WORD = re.compile(r"[^\W_]+")
# Function words, which every sentence has; as they are after `_plain`.
_STOP_WORDS = """
a about ai alors am an and are as at au aussi aux avec avez avons be because been bien bonjour but by can ce cela
ces cet cette chez comme comment could d dans de des do does dont donc du elle elles en encore est et ete etes etre
eu faire fait for from had has have hello her hers his i il ils in is it its j je jour juste l la le les leur leurs
lui m ma mais me merci mes moi mon my n ne nos not notre nous of on ont or ou our par pas plus please pour pouvez
puis qu que quel quelle qui s sa sans se ses si so son sont suis sur ta te tes thank thanks that the their them
then there they this to toi ton tous tout toute tres tu un une us va very vos votre vous was we were what when
which who why will with would y you your yours
"""
_STOP = frozenset(_STOP_WORDS.split())
_COURTESY = re.compile(
    r"(?i)^\W*(bonjour|bonsoir|salut|hello|hi|hey|dear|good (morning|afternoon|evening)|merci|thanks?|thank you|je vous"
    r" (en )?prie|de rien|avec plaisir|you.re welcome|my pleasure|au revoir|goodbye|bye|bonne (journee|soiree|fin)|have"
    r" a (nice|good|great|lovely)|n.hesitez pas|don.t hesitate|feel free|cordialement|bien a vous|(kind|best) regards"
    r"|y a-t-il autre chose|is there anything else|autre chose)\b"
)
_WISH = re.compile(
    r"(?i)(\?$|\b(je (voudrais|veux|souhaite|souhaiterais|cherche|demande|aimerais)|j.aimerais|j.ai besoin"
    r"|(i|we) (want|need|wish)|i.d like|i would like|(can|could|may) (i|you|we)|pourriez-vous|pouvez-vous"
    r"|est-ce que)\b)"
)
_PROMISE = re.compile(
    r"(?i)\b(i will|i.ll|we will|we.ll|you will (get|receive|have|hear)|you.ll (get|receive|have|hear)|by (tomorrow"
    r"|tonight|monday|tuesday|wednesday|thursday|friday|saturday|sunday|the end of)|within \d|within the|je vous"
    r" (\w+ ){0,2}\w+rai\b|nous vous (\w+ ){0,2}\w+rons\b|vous (\w+ ){0,2}(recevrez|aurez|serez)|d.ici (a )?(demain"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|la fin|\d|une|deux|trois)|sous \d+|dans les \d+"
    r"|je reviens vers vous|je m.en occupe|nous revenons vers vous)"
)


@dataclass(frozen=True)
class Said:
    """What somebody said, in its order."""

    by: str
    text: str


@dataclass(frozen=True)
class Extract:
    """What was wanted, answered and promised; empty where nothing says it."""

    goal: str
    answer: str
    promise: str


def extract(messages: Sequence[Said]) -> Extract:
    """The sentences of the customer and of agents that say most. What the assistant said is not looked at."""
    weights = _weights(messages)
    wanted = _together(_sentences(messages, "customer"), weights)
    given = [each for each in _sentences(messages, "agent") if not each.endswith("?")]
    promises = [each for each in given if promises_something(each)]
    promise = promises[-1] if promises else ""
    answers = _ranked([each for each in given if each != promise], weights, first=False)
    return Extract(wanted, answers[0] if answers else "", promise)


def promises_something(sentence: str) -> bool:
    """Whether a sentence says what will be done."""
    return _PROMISE.search(_bare(sentence)) is not None


def words_of(text: str) -> list[str]:
    """The words that carry what is said: no function words, no accents, no endings of number and gender."""
    return [_root(word) for word in _WORD.findall(_bare(text).lower()) if len(word) > 1 and word not in _STOP]


def _weights(messages: Sequence[Said]) -> Counter[str]:
    """In how many messages a word stands: what both sides speak of counts more than what is said once at length."""
    found: Counter[str] = Counter()
    for message in messages:
        found.update(set(words_of(message.text[:READ])))
    return found


def _sentences(messages: Iterable[Said], by: str) -> list[str]:
    found = []
    for message in messages:
        if message.by == by:
            parts = (shorten(part, LONGEST) for part in _END.split(message.text[:READ]))
            found += [part for part in parts if part and not _COURTESY.match(_bare(part))]
    return found


def _ranked(sentences: Sequence[str], weights: Counter[str], *, first: bool) -> list[str]:
    """Those that have something to say, the most telling first; `first`: of two alike, the one said before."""
    scored = []
    for place, sentence in enumerate(sentences):
        words = set(words_of(sentence))
        if len(words) < 2:
            continue
        along = place / max(1, len(sentences) - 1)
        standing = 1.3 - 0.3 * along if first else 1 + 0.3 * along
        scored.append((sum(weights[word] for word in words) / (len(words) + 3) ** 0.5 * standing, sentence))
    scored.sort(key=lambda each: -each[0])
    return [sentence for _, sentence in scored]


def _together(sentences: Sequence[str], weights: Counter[str]) -> str:
    """What is wanted: what happened and what is to be done about it, where both fit on a line, as they were said."""
    ranked = _ranked(sentences, weights, first=True)
    wishes = [each for each in ranked if _WISH.search(_bare(each))]
    chosen = list(dict.fromkeys([*wishes[:1], *ranked[:1]]))
    together = " ".join(sorted(chosen, key=list(sentences).index))
    return together if len(together) <= LONGEST else chosen[0]


def _root(word: str) -> str:
    """Without the endings of number and, in French, of gender: `cassé`, `cassées` and `casse` are one."""
    bare = word[:-1] if len(word) > 3 and word[-1] in "sx" else word
    return bare.rstrip("e") if len(bare) > 4 else bare


def _bare(text: str) -> str:
    """Without accents; apostrophes of one form."""
    return unaccented(text).replace("’", "'")
