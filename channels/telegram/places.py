"""Where a message stands: chats, topics and business connections, written as addresses and identifiers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self

from telegram import Chat, Message

_ADDRESS = re.compile(
    r"(?P<chat>-?[0-9]{1,20})(?:@(?P<business>[^/#]{1,200}))?(?:/(?P<topic>[0-9]{1,20}))?(?:#(?P<reply>[0-9]{1,20}))?"
)


@dataclass(frozen=True)
class Place:
    """A chat; in it perhaps a topic, and the message that an answer in a group should point at."""

    chat: int
    business: str | None = None
    """The connection through which the bot speaks for a business account: its chats number their messages apart."""
    topic: int | None = None
    reply_to: int | None = None

    @classmethod
    def of(cls, message: Message) -> Self:
        """Where a message was written."""
        group = message.chat.type in (Chat.GROUP, Chat.SUPERGROUP)
        return cls(
            chat=message.chat.id,
            business=message.business_connection_id,
            topic=message.message_thread_id if message.is_topic_message else None,
            reply_to=message.message_id if group else None,
        )

    @classmethod
    def parse(cls, address: str) -> Self | None:
        """The place of an address; None when it is none."""
        found = _ADDRESS.fullmatch(address)
        if found is None:
            return None
        topic, reply_to = found["topic"], found["reply"]
        return cls(
            chat=int(found["chat"]),
            business=found["business"],
            topic=int(topic) if topic else None,
            reply_to=int(reply_to) if reply_to else None,
        )

    @property
    def address(self) -> str:
        """`chat[@business][/topic][#message]`."""
        topic = "" if self.topic is None else f"/{self.topic}"
        return self.room + topic + ("" if self.reply_to is None else f"#{self.reply_to}")

    @property
    def room(self) -> str:
        """What numbers its messages: the chat, or the chat as a business account sees it."""
        return f"{self.chat}@{self.business}" if self.business else str(self.chat)

    @property
    def private(self) -> bool:
        """Whether only one person reads along: identifiers of users are positive, those of groups negative."""
        return self.chat > 0

    def target(self) -> dict[str, Any]:
        """The parameters of a sending method that name this place."""
        found: dict[str, Any] = {"chat_id": self.chat, "business_connection_id": self.business}
        if self.topic is not None:
            found["message_thread_id"] = self.topic
        if self.reply_to is not None:
            found["reply_parameters"] = {"message_id": self.reply_to, "allow_sending_without_reply": True}
        return found

    def name_of(self, message_id: int, *, account: str) -> str:
        """`account:room:message`: the same for what is received and what is sent, since a reaction or a quote does not
        say which of the two it means."""
        return f"{account}:{self.room}:{message_id}"
