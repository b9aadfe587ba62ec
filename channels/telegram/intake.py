"""What every kind of update needs to be taken in: who writes and where, and storing what they wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from channels.port import Core
from channels.telegram import standing
from channels.telegram.keeping import Memory
from channels.telegram.places import Place
from channels.telegram.settings import Settings
from channels.telegram.words import words
from crm_backend.conversations.schema import BOT, InboundMessage, Language, Received
from crm_backend.errors import BadInput, NotFound, TooLong

NAME = standing.NAME


class Aside(Protocol):
    """What is called at Telegram beside the conversation: it may fail, and nobody waits for it."""

    async def username(self) -> str:
        """The bot's, without `@`. Raises Unavailable."""

    async def tell(self, method: str, **parameters: Any) -> None:
        """Calls, and waits until it is done or has failed."""

    def call(self, method: str, **parameters: Any) -> None:
        """Begins a call and lets it go."""


@dataclass(frozen=True)
class Intake:
    """One account's way into the core."""

    settings: Settings
    account: str
    core: Core
    memory: Memory
    aside: Aside

    def who(self, user_id: int, place: Place) -> dict[str, str]:
        """Who writes and where. In private the user alone is the person: the same at every bot of ours."""
        if place.private:
            identity = {"identity_kind": standing.PERSON_KIND, "identity_value": str(user_id)}
        else:
            identity = {"identity_kind": standing.GROUP_KIND, "identity_value": f"{place.chat}:{user_id}"}
        return {"channel": NAME, "account": self.account, "address": place.address, **identity}

    def name_of(self, place: Place, message_id: int) -> str:
        """The identifier of a message there."""
        return place.name_of(message_id, account=self.account)

    def language(self, language: str | None) -> Language:
        """What the bot's own words are said in."""
        return "en" if (language or self.core.company.default_language) == "en" else "fr"

    async def stored(self, inbound: InboundMessage, place: Place) -> Received | None:
        """What was stored; None for what the core does not take, which would not be taken a second time either."""
        try:
            received = await self.core.accept(inbound)
        except TooLong:
            text = words("too_long", self.language(inbound.language))
            await self.aside.tell("sendMessage", **place.target(), text=text)
            return None
        except (BadInput, NotFound):
            return None
        if self.settings.typing and received.owner == BOT and not received.duplicate and place.private:
            self.aside.call("sendChatAction", **place.target(), action="typing")
        return received
