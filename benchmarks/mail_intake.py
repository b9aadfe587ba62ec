"""Takes in mails of 50 kB, as the mailbox loop does: parsed, placed, their original kept, stored. Prints the seconds.

    uv run python -m benchmarks.mail_intake [COUNT]

It uses a private PostgreSQL of its own, and keeps originals in a folder that it removes.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path

from obstore.store import LocalStore
from pydantic import SecretStr

from channels.mail.intake import Intake
from channels.mail.settings import MailSettings
from crm_backend.database import connect, sessions_on
from server.files.places import ObjectPlace
from server.files.store import FileStore
from tests.support.channels import ADDRESS, core_on
from tests.support.stores import started

SIZE = 50_000
CUSTOMERS = 200


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


async def main(count: int) -> None:
    mails = [mail(number) for number in range(count)]
    async with started() as stores, stores.copy("template_empty") as url:
        engine = connect(url)
        sessions = sessions_on(engine)
        with tempfile.TemporaryDirectory() as folder:
            place = ObjectPlace(LocalStore(Path(folder)))
            files = FileStore(sessions=sessions, place=place, secret=b"files", address=ADDRESS)
            settings = MailSettings(address="support@maison-tilleul.example", webhook_secret=SecretStr("x"))
            async with core_on(sessions, files=files) as core:
                intake = Intake(settings=settings, account="main", core=core)
                begun = time.perf_counter()
                for raw in mails:
                    assert await intake.take(raw)
                seconds = time.perf_counter() - begun
        await engine.dispose()
    size = sum(map(len, mails)) / count / 1000
    print(f"{count} mails of {size:.0f} kB parsed and stored in {seconds:.1f} s ({count / seconds:.0f} a second)")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
