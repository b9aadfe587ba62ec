"""Questions about how the shop works that a topic answers: from the help centre, in the topic's words where it must."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from rapidfuzz import fuzz

from actions.knowledge import card, choices, search
from actions.plain import plain
from actions.tasks import reading
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from crm_backend.errors import NotFound
from crm_backend.knowledge import services as knowledge
from crm_backend.knowledge.schema import KnowledgeAnswer, PassageView

_AND: Final = re.compile(r"\s*[,;?]\s*|\s+(?:et|and)\s+", re.IGNORECASE)
A_PART, SAME = 2, 85
"""Words that a question has at least which stands beside another; and of 100, how like its title a question is that
asks what an article is about."""


async def answered(talk: Talk, *, question: Words, subject: str = "", each: Words | None = None) -> bool:
    """Tells what the help centre says to the customer's words, or else to the topic's own question; false when that is
    nothing. `subject` is what the words are about where they do not say so, `each` what each of two questions in one
    sentence is about."""
    said = talk.turn.text
    written = [] if said.startswith("/") else [f"{subject} {said}", said] if subject else [said]
    near = None
    for text in (*written, question[talk.language]):
        found = await search(replace(talk.turn, text=text))
        if await _tell(talk, found, text):
            return True
        if found.kind == "choices" and text in written[:1] and each and await _both(talk, text, each[talk.language]):
            return True
        near = near or (found if found.kind == "choices" else None)
    if near is None:
        return False
    talk.say("utter_which_article", buttons=choices(near.passages))
    return True


async def surely_answered(talk: Talk) -> bool:
    """Tells the passage that answers the customer's own words; false where none surely does."""
    return not talk.turn.text.startswith("/") and await _tell(talk, await search(talk.turn), talk.turn.text)


async def told(talk: Talk, question: str) -> bool:
    """Tells the passage that answers a question in the topic's words; false where none surely does."""
    return await _tell(talk, await search(replace(talk.turn, text=question)), question)


async def _both(talk: Talk, text: str, subject: str) -> bool:
    """Tells the answer to each question of one sentence ("how much is it, and how long"); false where one has none."""
    parts = [part for part in _AND.split(text) if len(part.split()) >= A_PART]
    if len(parts) < 2:
        return False
    passages: dict[str, PassageView] = {}
    for part in parts:
        question = part if subject in part.casefold() else f"{subject} {part}"
        found = await search(replace(talk.turn, text=question))
        if found.kind != "answer":
            return False
        passage = await _asked(talk, found.passages[0], question)
        passages.setdefault(passage.text, passage)
    for passage in passages.values():
        talk.tell(plain(passage.text), cards=[card(passage)])
    return True


async def _tell(talk: Talk, found: KnowledgeAnswer, question: str) -> bool:
    if found.kind != "answer":
        return False
    passage = await _asked(talk, found.passages[0], question)
    talk.tell(plain(passage.text), cards=[card(passage)])
    return True


async def _asked(talk: Talk, passage: PassageView, question: str) -> PassageView:
    """The passage; or, where the question is the article's own title, what the article says first."""
    if fuzz.token_set_ratio(reading.folded(question), reading.folded(passage.title)) < SAME:
        return passage
    try:
        return await knowledge.article(talk.session, key=passage.article_key, language=talk.language)
    except NotFound:
        return passage
