"""Answering from the help centre, and from the catalogue where a product's price or stock is asked for."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict
from sqlalchemy.exc import SQLAlchemyError

from actions import awaited, helpful, presents, products
from actions.meaning import vector_of
from actions.person import leave_to_team
from actions.plain import plain
from actions.shorthand import in_full
from actions.tasks import after_thanks, how_asked
from actions.tasks.buttons import yes_no
from actions.tasks.how_long import asks_how_long
from actions.tasks.reading import folded
from actions.tasks.topic import TOPICS, Topic, going_on, is_plainly_on
from actions.toolbox import tools
from actions.turn import Turn, offer
from crm_backend.database import reading
from crm_backend.errors import NotFound
from crm_backend.knowledge import browsing, unanswered
from crm_backend.knowledge import services as knowledge
from crm_backend.knowledge.schema import KnowledgeAnswer, PassageView

LONGEST, BRIEF, PLAIN = 500, 8, 0.7
FORM, QUESTION, READ_LAST = "task_form", "ask_knowledge", "read_last"
_IT = re.compile(
    r"\b(?:[çc]a|cela|c['’ ]?est|il|elle|it|that|this|they)\b|^\W*(?:how long|combien de temps)\W*$", re.IGNORECASE
)
_IN_GENERAL = re.compile(
    r"\b(?:polic(?:y|ies)|politiques?|how (?:do|does) (?:\w+ ){1,3}work|comment (?:fonctionne|marche|se passe)\w*|"
    r"quels? (?:est|sont) .{0,12}d[ée]lais?|how long (?:do|have) (?:i|we) (?:have|got))\b",
    re.IGNORECASE,
)
"""What asks for a whole article rather than for a passage of it."""
log = logging.getLogger(__name__)


class Answer(Action):
    """The products asked about, the passage that answers, or the articles it may be in, or the admission that nobody
    wrote it down."""

    def name(self) -> str:
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        little = turn.confidence < PLAIN or awaited.is_asked(turn) or is_plainly_on(turn)
        if not turn.form and little and (last := await going_on(turn)) is not None:
            # "Do they expire", of the points that were spoken of.
            return [SlotSet("begin", {"topic": last.name}), FollowupAction(FORM)]
        events = await self._answer(dispatcher, turn)
        return events if turn.form else [*events, SlotSet("topic", QUESTION)]

    async def _answer(self, dispatcher: CollectingDispatcher, turn: Turn) -> list[EventType]:
        if turn.text.startswith("/"):
            await _answer_button(dispatcher, turn)
            return []
        shown = await products.asked_about(turn)
        if shown:
            products.tell(dispatcher, shown, turn.language)
            if not any(products.lacks(product) for product in shown):
                return []
        found, channel = await _about_the_last(turn) or await _searched(turn)
        if found.kind == "answer":
            passage = await _opening(found.passages[0], turn) if _IN_GENERAL.search(turn.text) else found.passages[0]
            begins = await _begun_by(turn, passage)
            passage = await _in_general(passage, turn) if begins else passage
            tell(dispatcher, passage, () if begins else helpful.buttons(turn, passage.article_key, channel=channel))
            read = SlotSet(READ_LAST, passage.title)
            if begins is not None:
                dispatcher.utter_message(response="utter_how_begin", buttons=yes_no(turn.language))
                return [SlotSet("proposed", {"topic": begins.name, "facts": {}}), read]
            return [read]
        if shown:
            return []
        if found.kind == "choices":
            dispatcher.utter_message(response="utter_which_article", buttons=choices(found.passages))
        elif turn.waits:
            await note(turn)
            return await leave_to_team(dispatcher, turn)
        else:
            dispatcher.utter_message(response="utter_not_known")
            await note(turn)
            return [offer("unknown")]
        return []


async def _opening(passage: PassageView, turn: Turn) -> PassageView:
    """What the article of a passage says first, if it is still there."""
    try:
        async with reading(tools().sessions) as session:
            return await knowledge.article(session, key=passage.article_key, language=turn.language)
    except NotFound:
        return passage


async def _in_general(passage: PassageView, turn: Turn) -> PassageView:
    """What the article says first, unless the question speaks of what this passage alone is about."""
    opening = await _opening(passage, turn)
    own = _words(passage.heading) - _words(f"{opening.title} {opening.text}")
    return passage if own & _words(turn.meant) else opening


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{4,}", folded(text)))


async def _begun_by(turn: Turn, passage: PassageView) -> Topic | None:
    """The business that an article says how to go about, where somebody asked how it is done; None for any other."""
    if turn.form or not how_asked.is_asked(turn):
        return None
    for topic in TOPICS.values():
        if topic.how is not None:
            found = await search(replace(turn, text=topic.how[turn.language]))
            if found.kind == "answer" and found.passages[0].article_key == passage.article_key:
                return topic
    return None


async def note(turn: Turn) -> None:
    """Keeps the question for those who write articles. That it cannot be kept is no reason not to answer."""
    question = turn.text[-LONGEST:]
    try:
        vector = await vector_of(turn, question)
        async with tools().sessions.begin() as session:
            await unanswered.note(session, question=question, language=turn.language, source="assistant", vector=vector)
    except SQLAlchemyError as error:
        log.warning("a question was not kept: %s", type(error).__name__)


async def _answer_button(dispatcher: CollectingDispatcher, turn: Turn) -> None:
    """A chosen article, or the invitation to ask."""
    key = turn.entities.get("article")
    if key is None:
        dispatcher.utter_message(response="utter_ask_question")
        return
    if await helpful.answered(dispatcher, turn, key):
        return
    try:
        async with reading(tools().sessions) as session:
            passage = await knowledge.article(session, key=key, language=turn.language)
            asked = await browsing.asked_on(session, conversation_id=turn.conversation)
    except NotFound:
        dispatcher.utter_message(response="utter_article_gone")
        return
    tell(dispatcher, passage, helpful.buttons(turn, key, channel=asked.channel if asked else None))


async def search(turn: Turn) -> KnowledgeAnswer:
    """What the help centre has to say to the customer's words: the last of them, for a long story ends on what is
    wanted. The article they were written on is not offered again."""
    return (await _searched(turn))[0]


async def _searched(turn: Turn) -> tuple[KnowledgeAnswer, str | None]:
    """The same, and the channel on which it was asked."""
    question = presents.in_a_question(in_full(turn.text[-LONGEST:], turn.language), turn.language)
    vector = await vector_of(turn, question)
    async with reading(tools().sessions) as session:
        asked = await browsing.asked_on(session, conversation_id=turn.conversation)
        read = asked.article if asked else None
        found = await knowledge.answer(session, question=question, language=turn.language, vector=vector, read=read)
    return found, asked.channel if asked else None


async def _about_the_last(turn: Turn) -> tuple[KnowledgeAnswer, str | None] | None:
    """What answers a short question about "it", with the name of what was spoken of last; None when nothing surely
    does."""
    last = TOPICS.get(str(turn.slot("topic") or ""))
    if last is not None and last.lasts is not None and not turn.form and asks_how_long(turn.meant):
        found = await _searched(replace(turn, text=last.lasts[turn.language]))
        if found[0].kind == "answer":
            return found
    about = last.title[turn.language] if last is not None else read_last(turn)
    asked = after_thanks.rest(turn.text)
    if not about or len(turn.text.split()) > BRIEF or not _IT.search(asked):
        return None
    found = await _searched(replace(turn, text=f"{about}, {asked}"))
    return found if found[0].kind == "answer" else None


def read_last(turn: Turn) -> str:
    """The title of the article that was told just before; empty where something else was spoken of since."""
    return str(turn.slot(READ_LAST) or "") if turn.slot("topic") == QUESTION else ""


def tell(dispatcher: CollectingDispatcher, passage: PassageView, buttons: Sequence[dict[str, str]] = ()) -> None:
    """The passage in plain text, the article it comes from as a card, and buttons to say whether it helped."""
    dispatcher.utter_message(text=plain(passage.text), json_message={"cards": [card(passage)]}, buttons=list(buttons))


def card(passage: PassageView) -> dict[str, Any]:
    """The article card of docs/protocols.md."""
    heading = passage.heading if passage.heading != passage.title else ""
    return {"kind": "article", "title": passage.title, "text": heading, "url": passage.url}


def choices(passages: list[PassageView]) -> list[dict[str, str]]:
    """One button an article, at most three."""
    titles = {passage.article_key: passage.title for passage in passages}
    return [
        {"title": title, "payload": f'/ask_knowledge{{"article": "{key}"}}'} for key, title in list(titles.items())[:3]
    ]
