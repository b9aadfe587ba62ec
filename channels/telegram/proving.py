"""The key by which customers prove who they are: it shares their own telephone number."""

from __future__ import annotations

from typing import Any

from channels.telegram.places import Place
from channels.telegram.words import words
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import Sessions

_REMEMBERED = 10_000


class Proving:
    """Decides when the key is shown: with the questions of an open form, while nothing is proved."""

    def __init__(self, *, sessions: Sessions, offered: bool) -> None:
        self._sessions, self._on = sessions, offered
        self._shown: dict[int, None] = {}

    async def keyboard(self, delivery: Delivery, place: Place) -> dict[str, Any] | None:
        """The `reply_markup` of a reply without buttons of its own.

        The key is offered where the assistant collects facts (a form is open in the dialogue) from somebody of whom
        nothing is proved; Telegram allows it in private chats only. It is taken away with the first reply after that,
        or, should another process send that one, when it is used.
        """
        if not self._on or not place.private or place.business is not None or delivery.author == "agent":
            return None
        async with self._sessions() as session:
            conversation = await session.get(Conversation, delivery.conversation_id)
        if conversation is None:
            return None
        asks = conversation.proof == "anonymous" and bool((conversation.dialogue_state or {}).get("form"))
        if asks and delivery.author == "bot" and conversation.owner == "bot":
            if len(self._shown) >= _REMEMBERED:
                self._shown.clear()
            self._shown[place.chat] = None
            return {
                "keyboard": [[{"text": words("share_number", delivery.language), "request_contact": True}]],
                "resize_keyboard": True,
                "one_time_keyboard": True,
                "input_field_placeholder": words("answer_here", delivery.language),
            }
        if place.chat in self._shown:
            del self._shown[place.chat]
            return {"remove_keyboard": True}
        return None
