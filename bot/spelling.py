"""Slips of the finger put right, for the judge of intents alone: "gaarntie" is read as "garantie".

A word that no list of words knows becomes the word of the training sentences that it can only be. The transcript, the
facts and the mood keep what was written.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.grams import plain

LANGUAGES = ("fr", "en")
LISTS = Path(__file__).parent
READ = 1_000
"""Characters of a message in which slips are looked for."""
MOST = 8
"""Unknown words that are looked at: a message with more is in another language, or in none."""
SHORTEST, LONGEST = 4, 20
TWO_SLIPS = 7
"""Letters from which two slips are thought of: with fewer, half the word would be another."""
SEEN_UNLISTED = 5
"""Sentences in which a word stands that no list has ("whatsapp") before others are put right towards it."""
WELL_TAUGHT = 8
"""Sentences in which a word stands before one that was taught, if seldom, is held to be a slip of it."""
WELL_KNOWN = 30
"""Sentences in which a word stands before one of four letters is put right towards it: too many are near each other."""
CLEAR, OFTEN = 0.35, 4
"""How much dearer the next word has to be, or how much rarer, for the best to be the only one."""
FAR = 0.4
"""What it costs more to hit a key far away than to leave one out: "reund" is "refund", and not "round"."""
LIKE_IT = 5
"""Letters that forms of one word begin with: between "retour" and "retours" nothing has to be chosen."""
KEPT = 4_096
WORD = re.compile(r"[^\W\d_]+")
WRITTEN = re.compile(r"\S+")
NOT_WORDS = re.compile(r"[\d@/_]|\w\.\w")
ENDS = re.compile(r"[.!?…:]\W*$")
# Sounds that are written in several ways, to one letter each: the order matters.
SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"), (r"qu?|ck|c(?=[aoul])|ch(?=r)", "k"), (r"eaux?|aux?", "o"), (r"(?:er|ez|ee|et|ai[st]?)\b", "e"),
        (r"[ea]n(?![aeiouy])|[ea]m(?=[bp])", "A"), (r"ss|c(?=[eiy])|tion\b|sion\b", "s"), (r"y", "i"), (r"h", ""),
        (r"[esxt]\b", ""), (r"(.)\1", r"\1"),
    )
)  # fmt: skip
ROWS = (("azertyuiop", "qsdfghjklm", "wxcvbn"), ("qwertyuiop", "asdfghjkl", "zxcvbnm"))


@dataclass(frozen=True)
class Target:
    """A word that others are put right towards: as it is written, in how many sentences, and in which languages."""

    written: str
    times: int
    languages: frozenset[str]


class Speller:
    """Knows the words of `sentences`, and the two lists of general words."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self._targets, self._taught = targets(sentences)
        self._alike: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in self._targets:
            self._alike[word[0], len(word)].append(word)
        self._headless = {word[1:]: word for word in self._targets}
        self._meant: dict[tuple[str, str | None], str | None] = {}

    def slips(self, text: str, kept: Collection[str] = ()) -> dict[str, str]:
        """The words of `text` that are slips, in small letters without accents, and what each should be. `kept`: words
        that are names, written alike."""
        text = text[:READ]
        unknown = list(dict.fromkeys(word for word in written(text) if not self.knows(word) and word not in kept))
        if not unknown or len(unknown) > MOST:
            return {}
        language = language_of(text)
        found = {word: self._right(word, language) for word in unknown}
        return {word: right for word, right in found.items() if right is not None}

    def knows(self, word: str) -> bool:
        """Whether `word`, without accents, is written rightly."""
        return word in self._targets or any(word in listed(language) for language in LANGUAGES)

    def _right(self, word: str, language: str | None) -> str | None:
        if (word, language) not in self._meant:
            if len(self._meant) >= KEPT:
                self._meant.clear()
            self._meant[word, language] = self._looked_for(word, language)
        return self._meant[word, language]

    def _looked_for(self, word: str, language: str | None) -> str | None:
        """The one target that `word` can be, as it is written; None where there is none, or more than one."""
        alike = [
            (cost(word, other, heard=language != "en" and "fr" in self._targets[other].languages), other)
            for other in self._near(word)
            if self._targets[other].times >= self._needed(word)
            if language is None or language in self._targets[other].languages
        ]
        if not alike:
            return None
        alike.sort(key=lambda each: (each[0], -self._targets[each[1]].times))
        least, best = alike[0]
        rivals = [other for price, other in alike[1:] if price < least + CLEAR]
        forms = [other for other in rivals if other[:LIKE_IT] == best[:LIKE_IT]]
        often = max(self._targets[other].times for other in (best, *forms))
        if any(self._targets[other].times * OFTEN > often for other in rivals if other not in forms):
            return None
        # Of a word that both languages have, only French has the accents.
        return best if language == "en" else self._targets[best].written

    def _near(self, word: str) -> list[str]:
        """The targets one slip away, or two; a first letter may be lost, too many, or swapped, but is no other."""
        most = 2 if len(word) >= TWO_SLIPS else 1
        some = [other for size in range(-most, most + 1) for other in self._alike[word[0], len(word) + size]]
        close = process.extract(word, some, scorer=OSA.distance, score_cutoff=most, limit=None)
        heads = (self._headless.get(word), word[1:], word[1] + word[0] + word[2:])
        found = [*(other for other, _, _ in close), *(other for other in heads if other in self._targets)]
        return list(dict.fromkeys(found))

    def _needed(self, word: str) -> int:
        """In how many sentences a target has to stand for `word` to be put right towards it."""
        if len(word) <= SHORTEST:
            return WELL_KNOWN
        return WELL_TAUGHT if word in self._taught else 1


def put_right(text: str, slips: dict[str, str]) -> str:
    """`text` with its `slips` as they should be."""
    return WORD.sub(lambda match: slips.get(plain(match[0]), match[0]), text) if slips else text


def written(text: str) -> Iterable[str]:
    """The words of `text`, without accents, that may be slips: no names, no numbers, no addresses."""
    loud = text.upper() == text
    start = True
    for chunk in WRITTEN.finditer(text):
        if not NOT_WORDS.search(chunk[0]):
            for match in WORD.finditer(chunk[0]):
                named = match[0][0].isupper() and not start and not loud
                start = False
                if SHORTEST <= len(match[0]) <= LONGEST and not named:
                    yield plain(match[0])
        start = bool(ENDS.search(chunk[0]))


def targets(sentences: Iterable[str]) -> tuple[dict[str, Target], frozenset[str]]:
    """The words of `sentences` that are rightly written, by how they are without accents; and the others."""
    times: Counter[str] = Counter()
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        for word in set(WORD.findall(sentence.casefold())):
            if SHORTEST <= len(word) <= LONGEST:
                times[plain(word)] += 1
                forms[plain(word)][word] += 1
    found = {}
    for word, count in times.items():
        languages = frozenset(language for language in LANGUAGES if word in listed(language))
        if languages or count >= SEEN_UNLISTED:
            found[word] = Target(forms[word].most_common(1)[0][0], count, languages or frozenset(LANGUAGES))
    return found, frozenset(times) - set(found)


@cache
def listed(language: str) -> frozenset[str]:
    """The general words of a language, without accents."""
    lines = (LISTS / f"words.{language}.txt").read_text(encoding="ascii").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def language_of(text: str) -> str | None:
    """The language that more of the words are of; None where neither is ahead."""
    words = [plain(word) for word in WORD.findall(text)]
    french, english = (sum(word in listed(language) for word in words) for language in LANGUAGES)
    return None if french == english else "fr" if french > english else "en"


def cost(word: str, other: str, *, heard: bool) -> float:
    """What it takes to write `other` as `word`: a slip is 1, less where fingers, or ears where a language is written
    otherwise than it is `heard`, often make it; more at the beginning."""
    price = float(OSA.distance(word, other))
    if undoubled(word) == undoubled(other) or (heard and sounds(word) == sounds(other)):
        price -= 0.4
    elif len(word) == len(other):
        price += -0.3 if sorted(word) == sorted(other) or neighbours(word, other) else FAR
    return price + (0.5 if word[0] != other[0] else 0.0)


def undoubled(word: str) -> str:
    """Each run of a letter once."""
    return re.sub(r"(.)\1+", r"\1", word)


def sounds(word: str) -> str:
    """How `word` sounds in French, roughly; English has few such slips that are not doubled letters."""
    for pattern, sound in SOUNDS:
        word = pattern.sub(sound, word)
    return word


def neighbours(word: str, other: str) -> bool:
    """Whether the letters in which two words of one length differ lie side by side on a keyboard."""
    different = [(one, two) for one, two in zip(word, other, strict=True) if one != two]
    return all(any(beside(one, two, rows) for rows in ROWS) for one, two in different)


def beside(one: str, two: str, rows: tuple[str, ...]) -> bool:
    return any(abs(row.find(one) - row.find(two)) == 1 for row in rows if one in row and two in row)
