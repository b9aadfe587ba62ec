"""Mails to the people who work here: an invitation, and the link for who forgot a password."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

import structlog

from channels.port import Rejected, Retry
from crm_backend.agents.model import Agent
from crm_backend.conversations.schema import Reply
from crm_backend.conversations.sending.outbox import Delivery
from crm_backend.database import new_id, utc_now
from server.starting import by_mail
from server.switchboard import TEST_PATIENCE, Switchboard

log = structlog.get_logger(__name__)
TEMPLATE = "account"
PAUSES = (2.0, 10.0)
"""Seconds before a mail that was not taken is tried again; after that, one asks for a new link."""
WORDS = {
    "invitation": {
        "fr": "Votre compte chez {company}\n\nBonjour {name},\n\nun compte vous attend sur l’espace conseillers de"
        " {company}. Choisissez votre mot de passe\u00a0:\n{link}\n\n"
        "Ce lien fonctionne une fois, pendant 7\u00a0jours.",
        "en": "Your account at {company}\n\nHello {name},\n\nan account is waiting for you at {company}’s agent desk."
        " Choose your password:\n{link}\n\nThis link works once, for 7 days.",
    },
    "reset": {
        "fr": "Votre mot de passe\n\nBonjour {name},\n\nquelqu’un, sans doute vous, a demandé à changer votre"
        " mot de passe chez {company}\u00a0:\n{link}\n\nCe lien fonctionne une fois, pendant une heure. Si ce n’était"
        " pas vous, ne faites rien\u00a0: votre mot de passe reste le même.",
        "en": "Your password\n\nHello {name},\n\nsomebody, most likely you, asked to change your password at"
        " {company}:\n{link}\n\nThis link works once, for an hour. If it wasn’t you, do nothing: your password stays as"
        " it is.",
    },
}


class AccountMail:
    """Sends them by the first account that may write to an e-mail address."""

    def __init__(self, board: Switchboard, *, address: str, company: str) -> None:
        self._board, self._address, self._company = board, address, company
        self._tasks: set[asyncio.Task[None]] = set()

    def link(self, token: str) -> str:
        """The page on which its owner chooses a password. Behind the `#` it is sent to no server and in no referrer."""
        return f"{self._address}/desk/#/password/{token}"

    def soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Does what ends in a mail in a moment: how long that takes tells nobody whether there is such an account."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("account_mail.lost", cause=type(error).__name__)

    async def send(self, agent: Agent, token: str, purpose: str, *, pauses: tuple[float, ...] = ()) -> bool:
        """Whether it was taken."""
        found = by_mail(self._board)
        if found is None:
            log.warning("account_mail.no_way", purpose=purpose)
            return False
        way, channel = found
        text = WORDS[purpose][agent.language].format(company=self._company, name=agent.name, link=self.link(token))
        delivery = letter(agent, way.channel, way.account, text)
        for pause in (*pauses, None):
            try:
                await asyncio.wait_for(channel.send(delivery), TEST_PATIENCE)
            except Exception as error:  # noqa: BLE001  whatever it was, the mail did not leave
                log.warning("account_mail.failed", purpose=purpose, cause=type(error).__name__)
                if (
                    pause is None
                    or isinstance(error, Rejected)
                    or not isinstance(error, Retry | TimeoutError | OSError)
                ):
                    return False
                await asyncio.sleep(pause)
            else:
                return True
        return False

    async def close(self) -> None:
        """Lets what is being sent finish for a moment, then gives it up."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=2.0)
            for task in late:
                task.cancel()


def letter(agent: Agent, channel: str, account: str, text: str, *, message_id: UUID | None = None) -> Delivery:
    """A delivery that belongs to no conversation; the first line of its text is its subject. Two of one `message_id`
    are the same mail."""
    return Delivery(
        id=new_id(),
        lease=new_id(),
        attempts=1,
        conversation_id=new_id(),
        message_id=message_id or new_id(),
        seq=1,
        channel=channel,
        account=account,
        address=agent.email,
        reply=Reply(text=text, template=TEMPLATE),
        author="system",
        language="en" if agent.language == "en" else "fr",
        created_at=utc_now(),
    )
