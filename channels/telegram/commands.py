"""Commands, and whether a message in a group is meant for the bot."""

from __future__ import annotations

import re
from dataclasses import dataclass

from telegram import Message, MessageEntity

from crm_backend.conversations.receiving.joining import ALPHABET, LENGTH

PERSON = frozenset({"person", "personne", "human", "humain", "agent"})
HELP = frozenset({"help", "aide"})
KNOWN = PERSON | HELP | {"start"}
_CODE = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")


@dataclass(frozen=True)
class Command:
    """`/name@bot argument`. `to` is the bot it names, without `@`."""

    name: str
    to: str | None
    argument: str

    def meant_for(self, username: str) -> bool:
        """Whether this bot is to obey: by its name, or by no name and a command it knows."""
        return self.name in KNOWN if self.to is None else self.to == username.casefold()


def command_in(message: Message) -> Command | None:
    """The command a message begins with. One that was passed on is somebody else's."""
    if not message.text or message.forward_origin:
        return None
    for entity, text in message.parse_entities([MessageEntity.BOT_COMMAND]).items():
        if entity.offset == 0:
            name, _, to = text.removeprefix("/").partition("@")
            return Command(name.casefold(), to.casefold() or None, message.text[len(text) :].strip())
    return None


def code_of(argument: str) -> str | None:
    """The code that a link brought (`https://t.me/bot?start=…`), if it is one."""
    bare = re.sub(r"[-_\s]", "", argument.upper())
    return f"{bare[:4]}-{bare[4:8]}-{bare[8:]}" if _CODE.fullmatch(bare) else None


def addressed(message: Message, *, bot_id: int, username: str) -> bool:
    """Whether a message in a group is meant for the bot: it mentions it, answers it, or is a command for it."""
    answered = message.reply_to_message
    if answered and answered.from_user and answered.from_user.id == bot_id:
        return True
    if (command := command_in(message)) and command.meant_for(username):
        return True
    return bool(_mentions(message, bot_id=bot_id, username=username))


def without_mention(text: str, username: str) -> str:
    """The words without the bot's name, which only said whom they were meant for."""
    return re.sub(rf"@{re.escape(username)}\b", "", text, flags=re.IGNORECASE).strip() or text


def _mentions(message: Message, *, bot_id: int, username: str) -> list[str]:
    kinds: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]
    found = message.parse_entities(kinds) if message.text else message.parse_caption_entities(kinds)
    return [
        text
        for entity, text in found.items()
        if text.casefold() == f"@{username}".casefold() or (entity.user and entity.user.id == bot_id)
    ]
