"""Takes in mails of 50 kB, as the mailbox loop does: each is read while the one before it is placed and stored.

    uv run python -m benchmarks.mail_intake [COUNT]

It uses a private PostgreSQL of its own, and keeps originals in a folder that it removes. The mailbox is in memory: what
is measured is all but the way from the mail server. Prints the seconds, and how much computing each part took.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import psutil
from obstore.store import LocalStore
from pydantic import SecretStr

from channels.mail.imap import Imap, Outline
from channels.mail.intake import Intake
from channels.mail.oauth import Tokens
from channels.mail.position import Position
from channels.mail.reading import Reading
from channels.mail.settings import MailSettings
from crm_backend.database import connect, sessions_on
from server.files.places import ObjectPlace
from server.files.store import FileStore
from tests.support.channels import ADDRESS, core_on
from tests.support.stores import started

SIZE = 50_000
CUSTOMERS = 200
WARM = 10


def mail(number: int) -> bytes:
    """A mail with text, a page and a quoted answer of ours, as large as the question wants it."""
    made = EmailMessage()
    made["From"] = f"Client {number} <client{number % CUSTOMERS}@client.example>"
    made["To"] = "support@maison-tilleul.example"
    made["Subject"] = f"Commande {10_000 + number}"
    made["Date"] = "Sun, 22 Nov 2026 09:30:00 +0000"
    made["Message-ID"] = f"<bench-{number}@client.example>"
    quote = "Le 21 nov. 2026 à 10:00, Maison Tilleul a écrit :\n\n" + "> Votre commande est partie hier.\n" * 300
    made.set_content(f"Bonjour,\n\nOù est ma commande {10_000 + number} ?\n\nMarie\n\n{quote}")
    rest = SIZE - len(made.as_bytes())
    line = (
        '<p class="MsoNormal" style="margin:0cm;font-size:11.0pt;font-family:Calibri,sans-serif"><span lang="FR" '
        'style="color:#1F497D">Une ligne du message, comme les gens en écrivent.</span></p>\n'
    )
    page = "<p>Où est ma commande ?</p>" + line * (rest // (len(line.encode()) + 14))
    made.add_alternative(page, subtype="html")
    return made.as_bytes()


class Mailbox:
    """The part of `Imap` that reading asks for, over mails in memory."""

    def __init__(self, mails: Sequence[bytes]) -> None:
        self._mails = dict(enumerate(mails, 1))

    async def uids_after(self, uid: int) -> list[int]:
        return [one for one in self._mails if one > uid]

    async def outlines(self, uids: Sequence[int]) -> list[Outline]:
        return [Outline(uid, len(self._mails[uid]), None) for uid in uids]

    async def fetch(self, uid: int, *, headers_only: bool = False) -> bytes:
        assert not headers_only
        return self._mails[uid]


def computed() -> dict[str, float]:
    """Seconds of computing so far: by this process, by those that open mails, by the stores."""
    us = psutil.Process()
    parts = {"placing and storing": sum(us.cpu_times()[:2]), "opening": 0.0, "database": 0.0}
    for child in us.children(recursive=True):
        times = child.cpu_times()
        opens = any("confined" in word for word in child.cmdline())
        # A database process that ended is counted with the one that started it.
        parts["opening" if opens else "database"] += times.user + times.system
    return parts


async def main(count: int) -> None:
    mails = [mail(number) for number in range(-WARM, count)]
    async with started() as stores, stores.copy("template_empty") as url:
        engine = connect(url)
        sessions = sessions_on(engine)
        with tempfile.TemporaryDirectory() as folder:
            place = ObjectPlace(LocalStore(Path(folder)))
            files = FileStore(sessions=sessions, place=place, secret=b"files", address=ADDRESS)
            settings = MailSettings(address="support@maison-tilleul.example", webhook_secret=SecretStr("x"))
            async with core_on(sessions, files=files) as core:
                reading = Reading(
                    settings=settings,
                    account="main",
                    sessions=sessions,
                    tokens=Tokens(core.http, settings),
                    reach=core.reach,
                    taking=Intake(settings=settings, account="main", core=core),
                )
                position = await reading.round(cast("Imap", Mailbox(mails[:WARM])), Position("INBOX", 1, 0))
                before, begun = computed(), time.perf_counter()
                position = await reading.round(cast("Imap", Mailbox(mails)), position)
                seconds, after = time.perf_counter() - begun, computed()
                assert (position.uid, position.failing, position.aside) == (len(mails), {}, {})
        await engine.dispose()
    size = sum(map(len, mails)) / len(mails) / 1000
    print(f"{count} mails of {size:.0f} kB parsed and stored in {seconds:.1f} s ({count / seconds:.0f} a second)")
    spent = ", ".join(f"{part} {(after[part] - before[part]) / count * 1000:.1f} ms" for part in before)
    print(f"computing for each: {spent}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
