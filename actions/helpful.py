"""Asking whether an article helped, and keeping what is answered."""

from __future__ import annotations

import hashlib
import logging
from typing import Any, Final

from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from actions.toolbox import tools
from actions.turn import Turn
from crm_backend.errors import RelaisError
from crm_backend.knowledge import opinions
from crm_backend.knowledge.model import Article

YES, NO = "yes", "no"
TITLES: Final = {
    YES: {"fr": "C’est utile", "en": "That helps"},
    NO: {"fr": "Ce n’est pas ça", "en": "Not what I need"},
}
THANKED: Final = {
    YES: {"fr": "Merci de nous l’avoir dit.", "en": "Thank you for telling us."},
    NO: {
        "fr": "Merci de nous l’avoir dit. Posez votre question avec d’autres mots, ou demandez une personne.",
        "en": "Thank you for telling us. Put your question in other words, or ask for a person.",
    },
}
log = logging.getLogger(__name__)


def buttons(turn: Turn, article: str, *, channel: str | None) -> list[dict[str, str]]:
    """The two answers, by button, to who wrote on `channel`. None while a form is open, whose own question comes next,
    and none where people answer by letter: there they would be two lines of clutter."""
    spoken = tools().channels.get(channel or "")
    if turn.form or channel is None or (spoken is not None and spoken.slow):
        return []
    return [
        {
            "title": TITLES[said][turn.language],
            "payload": f'/ask_knowledge{{"article": "{article}", "helpful": "{said}"}}',
        }
        for said in (YES, NO)
    ]


async def answered(dispatcher: CollectingDispatcher, turn: Turn, article: str) -> bool:
    """Keeps what was answered and thanks for it; False when it was no answer to that. One conversation has one opinion
    of an article, the last it gave."""
    said: Any = turn.entities.get("helpful")
    if said not in (YES, NO):
        return False
    try:
        async with tools().sessions.begin() as session:
            article_id = await session.scalar(select(Article.id).where(Article.key == article))
            if article_id is not None:
                await opinions.give(
                    session,
                    article_id=article_id,
                    language=turn.language,
                    helpful=said == YES,
                    source="chat",
                    visitor=hashlib.sha256(f"conversation {turn.conversation}".encode()).hexdigest(),
                )
    except (SQLAlchemyError, RelaisError) as error:
        # Gone since, or not to be stored: thanked for all the same.
        log.warning("an opinion was not kept: %s", type(error).__name__)
    dispatcher.utter_message(text=THANKED[said][turn.language])
    return True
