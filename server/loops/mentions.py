"""The loop that mails agents about mentions which they have not read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from uuid import uuid5

import structlog

from channels.port import Rejected
from crm_backend.conversations.desk import mention_mails
from crm_backend.database import Sessions, utc_now
from server.desk.account_mail import letter
from server.starting import by_mail
from server.switchboard import TEST_PATIENCE, Switchboard

log = structlog.get_logger(__name__)
# What a colleague wrote stays at the desk: a mail is read in more places than that.
WORDS = {
    "fr": "{author} vous mentionne\n\nBonjour {name},\n\n{author} vous mentionne dans une note interne que vous n’avez"
    " pas encore lue\u00a0:\n{link}\n\nVous recevez ce message parce que votre compte le demande\u00a0; il se règle"
    " dans «\u00a0Mon compte\u00a0».",
    "en": "{author} mentions you\n\nHello {name},\n\n{author} mentions you in a private note that you have not read"
    " yet:\n{link}\n\nYou get this message because your account asks for it; change that under “My account”.",
}


class MentionMailLoop:
    """One mail at a time: claimed, sent, settled. Killed in between, it sends it again under the same Message-ID."""

    def __init__(
        self, *, sessions: Sessions, board: Switchboard, address: str, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._sessions, self._board, self._address, self._now = sessions, board, address, now

    async def work(self) -> bool:
        """False when no mail was due."""
        async with self._sessions() as session, session.begin():
            mail = await mention_mails.claim(session, now=self._now())
        if mail is None:
            return False
        sent, again = await self._send(mail)
        async with self._sessions() as session, session.begin():
            await mention_mails.settle(session, mail, now=self._now(), sent=sent, again=again)
        return True

    async def _send(self, mail: mention_mails.DueMail) -> tuple[bool, bool]:
        """Whether it was taken, and if not, whether it may be later."""
        found = by_mail(self._board)
        if found is None:
            return False, True
        way, channel = found
        agent = mail.agent
        link = f"{self._address}/desk/#/mentioned/{mail.conversation_id}"
        text = WORDS[agent.language].format(author=mail.author, name=agent.first_name, link=link)
        delivery = letter(agent, way.channel, way.account, text, message_id=uuid5(mail.first, str(agent.id)))
        try:
            await asyncio.wait_for(channel.send(delivery), TEST_PATIENCE)
        except Rejected:
            log.warning("mention_mail.rejected")
            return False, False
        except Exception as error:  # noqa: BLE001  whatever it was, the mail did not leave
            log.warning("mention_mail.failed", cause=type(error).__name__)
            return False, True
        return True, False
