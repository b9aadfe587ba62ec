"""A question taken apart: the stems it is looked up by, what else may stand for them, and typos put right."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from rapidfuzz.distance import OSA
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from crm_backend.quick import Quick

How = Literal["word", "synonym", "typo"]
Scope = Literal["public", "all"]
FACTOR: dict[How, float] = {"word": 1.0, "synonym": 0.9, "typo": 0.75}
"""What a find counts that is not the very word of the question."""
SHORTEST = 4
"""Letters below which a word is not taken for a typo: too many others are one letter away."""
LONG = 8
"""Letters from which a word may have two slips, and another letter may be one of them. Below, one letter is missing,
too many or swapped with the next: short words with another letter are mostly other words (forget, forgot)."""
MOST_TYPOS = 6
_PLAIN = re.compile(r"[^\W\d_]+")
_APOSTROPHE = re.compile(r"(?<=\w)’(?=\w)")

_SAID = Quick(
    text("""
with said as (
    select lexeme from unnest(tsvector_to_array(to_tsvector(cast(:configuration as regconfig), :question))) as lexeme
), tokens as (
    select distinct on (lexeme) lexeme, lower(token) as token
    from ts_parse('default', :question) parsed,
        unnest(tsvector_to_array(to_tsvector(cast(:configuration as regconfig), parsed.token))) as lexeme
    where parsed.tokid <> 12 order by lexeme, length(token)
), meant as (
    select s.terms, s.lexemes from synonyms s where s.language = :language and exists (
        select from jsonb_array_elements(s.lexemes) term
        where term <@ (select coalesce(jsonb_agg(lexeme), '[]') from said))
)
select coalesce((select json_agg(json_build_array(said.lexeme, coalesce(tokens.token, said.lexeme),
            unaccent(coalesce(tokens.token, said.lexeme)))) from said left join tokens using (lexeme)), '[]') as words,
    coalesce((select json_agg(json_build_array(terms, lexemes)) from meant), '[]') as synonyms,
    coalesce((select json_object_agg(lexeme, case :scope when 'all' then total else public end) from article_stems
        where language = :language and lexeme in (select lexeme from said union
            select stem from meant, jsonb_array_elements(lexemes) term, jsonb_array_elements_text(term) stem)), '{}'
        ) as articles,
    coalesce((select articles from article_middles where language = :language and scope = :scope), 0) as known
""")
)
_MEANT = Quick(
    text("""
select typo, found.word, found.shown, found.lexeme, found.near, found.articles
from unnest(cast(:typos as text[])) typo, lateral (
    select w.word, w.shown, w.lexeme, similarity(w.word, typo) as near,
        case :scope when 'all' then s.total else s.public end as articles
    from article_words w join article_stems s on s.language = w.language and s.lexeme = w.lexeme
    where w.language = :language and w.word % typo and abs(length(w.word) - length(typo)) <= 2
        and case :scope when 'all' then s.total else s.public end > 0
    order by near desc limit 8
) found
""")
)


@dataclass(frozen=True)
class Way:
    """One way to find a word: all of `lexemes` must be in the article. `shown` is what it was read as, `articles` how
    many have the rarest of them."""

    lexemes: tuple[str, ...]
    how: How
    shown: str
    articles: int


@dataclass
class Term:
    """A word of the question as it was written, and the ways to find it."""

    word: str
    ways: list[Way] = field(default_factory=list)

    @property
    def articles(self) -> int:
        """How many articles can be found by it, at least: those of the way that finds most."""
        return max(way.articles for way in self.ways)


async def terms(session: AsyncSession, *, question: str, language: str, scope: Scope) -> tuple[list[Term], int]:
    """The words of a question that count, each with what may be found for it among the articles of a scope (those for
    everybody, or all), and how many articles those are."""
    values = {"language": language, "scope": scope}
    asked = {"question": question, "configuration": f"relais_{language}"}
    words, synonyms, articles, many = (await _SAID.rows(session, {**values, **asked}))[0]
    found = {
        lexeme: Term(token, [Way((lexeme,), "word", token, articles.get(lexeme, 0))]) for lexeme, token, _ in words
    }
    _add_synonyms(found, synonyms, articles)
    unknown = {
        plain: lexeme
        for lexeme, token, plain in words
        if not articles.get(lexeme)
        and len(plain) >= SHORTEST
        and _PLAIN.fullmatch(token)
        and len(found[lexeme].ways) == 1
    }
    if unknown:
        typos = list(unknown)[:MOST_TYPOS]
        near: dict[str, list[tuple[int, float, str, str, int]]] = {}
        for typo, word, shown, lexeme, likeness, known in await _MEANT.rows(session, {**values, "typos": typos}):
            if (distance := likely(typo, word)) is not None:
                near.setdefault(typo, []).append((distance, -likeness, shown, lexeme, known))
        for typo, candidates in near.items():
            _, _, shown, lexeme, known = min(candidates)
            found[unknown[typo]].ways.append(Way((lexeme,), "typo", shown, known))
    return list(found.values()), many


def likely(typo: str, word: str) -> int | None:
    """How many slips (a letter more, less, other, or two swapped: optimal string alignment) make `word` into `typo`;
    None when they are too many or not of the kind that counts, or when it begins otherwise: people rarely miss the
    first letter."""
    if typo[0] != word[0]:
        return None
    most = 2 if len(typo) >= LONG else 1
    distance = OSA.distance(typo, word, score_cutoff=most)
    if distance > most:
        return None
    if most == 1 and len(typo) == len(word) and sorted(typo) != sorted(word):
        return None
    return distance


def straight(said: str) -> str:
    """What is said, with the apostrophe of typewriters inside words: full text search takes `d’achat` for one word.
    Pages set it as print does."""
    return _APOSTROPHE.sub("'", said)


def _add_synonyms(
    found: dict[str, Term], groups: Sequence[tuple[list[str], list[list[str]]]], articles: Mapping[str, int]
) -> None:
    """Every word of a term that the question has can be found by the other terms of its group too."""
    for names, stems in groups:
        for own, said in enumerate(stems):
            if not said or not all(lexeme in found for lexeme in said):
                continue
            others = [
                Way(tuple(dict.fromkeys(each)), "synonym", names[place], min(articles.get(stem, 0) for stem in each))
                for place, each in enumerate(stems)
                if place != own and each
            ]
            for lexeme in said:
                known = {way.lexemes for way in found[lexeme].ways}
                found[lexeme].ways += [way for way in others if way.lexemes not in known]
