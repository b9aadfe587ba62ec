"""A small IMAP client (RFC 3501, RFC 2177): sign in, look into one folder, fetch without marking, wait for more."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from channels.mail.oauth import SignInRefused, Tokens, xoauth2
from channels.mail.settings import MailSettings
from channels.mail.wire import LONGEST_LINE, PATIENCE, Disconnected, Refused, Wire, trust
from channels.port import Reach

_CODE = re.compile(rb"\[(UIDVALIDITY|UIDNEXT) (\d{1,20})\]", re.IGNORECASE)
_UID = re.compile(rb"[( ]UID (\d{1,20})", re.IGNORECASE)
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,20})", re.IGNORECASE)
_ARRIVED = re.compile(rb'INTERNALDATE "([^"]{10,40})"', re.IGNORECASE)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Folder:
    """What opening a folder told. UIDs mean something only together with `validity` (RFC 3501, section 2.3.1.1)."""

    validity: int
    following: int | None
    """The UID that the next mail will have at least."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A mail from outside: its size in bytes, and when it came."""

    uid: int
    size: int
    arrived: datetime | None


class Imap(Wire):
    """One connection. Every method raises Disconnected when the connection is of no use, Refused for a NO."""

    async def open(self, name: str, *, read_only: bool) -> Folder:
        """Opens a folder; read-only nothing in it changes, not even what is recent."""
        told = await self.command(f"{'EXAMINE' if read_only else 'SELECT'} {quoted(folder_name(name))}")
        codes = {found[1].upper(): int(found[2]) for line in told if (found := _CODE.search(line.text))}
        if b"UIDVALIDITY" not in codes:
            raise Refused("the folder has no UIDVALIDITY")
        return Folder(codes[b"UIDVALIDITY"], codes.get(b"UIDNEXT"))

    async def uids_after(self, uid: int) -> list[int]:
        """The UIDs above `uid`, ascending."""
        self.more = False
        # `n:*` always holds the last mail, even below n (RFC 3501, section 6.4.8).
        return [found for found in await self._search(f"UID {uid + 1}:*") if found > uid]

    async def uids_since(self, day: datetime) -> list[int]:
        """The UIDs of mails that came on that day or later, by the server's calendar, ascending."""
        return await self._search(f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}")

    async def outlines(self, uids: Iterable[int]) -> list[Outline]:
        """Sizes and arrivals, ascending; mails that are gone are left out."""
        told = await self.command(f"UID FETCH {_set(uids)} (UID RFC822.SIZE INTERNALDATE)")
        found = []
        for line in told:
            uid, size = _UID.search(line.text), _SIZE.search(line.text)
            if uid and size:
                arrived = _ARRIVED.search(line.text)
                found.append(Outline(int(uid[1]), int(size[1]), _instant(arrived[1]) if arrived else None))
        return sorted(found, key=lambda outline: outline.uid)

    async def fetch(self, uid: int, *, headers_only: bool = False) -> bytes | None:
        """The raw mail, or its headers; None when it is gone. Marks nothing as seen."""
        part = "HEADER" if headers_only else ""
        for line in await self.command(f"UID FETCH {uid} (UID BODY.PEEK[{part}])"):
            named = _UID.search(line.text)
            if named and int(named[1]) == uid and f"BODY[{part}]".encode() in line.text.upper():
                return line.literals[0] if line.literals else b""
        return None

    async def mark_seen(self, uid: int) -> None:
        await self.command(f"UID STORE {uid} +FLAGS.SILENT (\\Seen)")

    async def move(self, uid: int, folder: str) -> None:
        """Moves a mail; where the server lacks MOVE (RFC 6851), copies it and marks the original as deleted."""
        target = quoted(folder_name(folder))
        if "MOVE" in self.capabilities:
            await self.command(f"UID MOVE {uid} {target}")
            return
        await self.command(f"UID COPY {uid} {target}")
        await self.command(f"UID STORE {uid} +FLAGS.SILENT (\\Deleted)")
        if "UIDPLUS" in self.capabilities:
            await self.command(f"UID EXPUNGE {uid}")

    async def wait(self, seconds: float) -> None:
        """Returns when something has come since `uids_after`, or after `seconds`: by IDLE where the server has it."""
        if self.announced():
            return
        if not self.idles:
            await asyncio.sleep(seconds)
            return
        # What came while the last mails were stored is told now; servers differ in whether they tell it in IDLE.
        await self.command("NOOP")
        if self.announced():
            return
        tag = await self.send("IDLE")
        while not (line := await self.line_in_time()).text.startswith(b"+"):
            if not line.text.startswith(b"* "):
                raise Disconnected("no IDLE after all")
            self.remark(line)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.announced():
                    self.remark(await self.line())
        await self.write(b"DONE\r\n")
        await self.until(tag)

    @property
    def idles(self) -> bool:
        """Whether the server calls us when a mail comes."""
        return "IDLE" in self.capabilities

    async def sign_in(self, settings: MailSettings, tokens: Tokens) -> None:
        """Raises SignInRefused."""
        user = settings.imap_user or settings.address
        try:
            if settings.oauth:
                await self._authenticate("XOAUTH2", xoauth2(user, await tokens.token()))
                await self.ask_capabilities()
                return
            password = settings.imap_password.get_secret_value() if settings.imap_password else ""
            if "AUTH=PLAIN" in self.capabilities:
                response = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
                await self._authenticate("PLAIN", response)
            elif "LOGINDISABLED" in self.capabilities:
                raise SignInRefused("the server takes no password on this connection")
            else:
                await self.command(f"LOGIN {quoted(user)} {quoted(password)}")
        except Refused as error:
            tokens.forget()
            raise SignInRefused(str(error)) from error
        await self.ask_capabilities()

    async def _authenticate(self, mechanism: str, response: str) -> None:
        if "SASL-IR" in self.capabilities:
            await self.command(f"AUTHENTICATE {mechanism} {response}")
        else:
            await self.command(f"AUTHENTICATE {mechanism}", continuation=response)

    async def _search(self, criteria: str) -> list[int]:
        found: set[int] = set()
        for line in await self.command(f"UID SEARCH {criteria}"):
            if line.text.upper().startswith(b"* SEARCH"):
                found.update(int(word) for word in line.text.split()[2:] if word.isdigit())
        return sorted(found)


@asynccontextmanager
async def signed_in(
    settings: MailSettings, tokens: Tokens, reach: Reach, *, patience: float = PATIENCE
) -> AsyncIterator[Imap]:
    """A connection that is signed in, closed at the end. Raises Disconnected, SignInRefused, OSError."""
    direct = trust() if settings.imap_security == "tls" else None
    try:
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_connection(
                sock=await reach.connected(settings.imap_host, settings.imap_port),
                ssl=direct,
                server_hostname=settings.imap_host if direct else None,
                limit=LONGEST_LINE,
            )
    except TimeoutError as error:
        raise Disconnected("the server does not answer") from error
    imap = Imap(reader, writer, patience)
    try:
        await imap.greeted()
        if settings.imap_security == "starttls":
            await imap.start_tls(settings.imap_host)
        await imap.ask_capabilities()
        await imap.sign_in(settings, tokens)
        yield imap
    finally:
        await imap.close()


def quoted(text: str) -> str:
    """A quoted string (RFC 3501, section 4.3). Raises ValueError for what would end the line."""
    if any(letter in text for letter in "\r\n\0"):
        raise ValueError("a line break in an IMAP string")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def folder_name(name: str) -> str:
    """The name in modified UTF-7 (RFC 3501, section 5.1.3)."""

    def shifted(found: re.Match[str]) -> str:
        if found[0] == "&":
            return "&-"
        code = base64.b64encode(found[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
        return f"&{code}-"

    return re.sub(r"&|[^\x20-\x7e]+", shifted, name)


def _set(uids: Iterable[int]) -> str:
    return ",".join(str(uid) for uid in uids)


def _instant(text: bytes) -> datetime | None:
    day, _, rest = text.decode("ascii", "replace").strip().partition("-")
    month, _, rest = rest.partition("-")
    if month.title() not in _MONTHS:
        return None
    try:
        # Month names by hand: strptime reads them in the machine's language.
        return datetime.strptime(f"{day}-{_MONTHS.index(month.title()) + 1}-{rest}", "%d-%m-%Y %H:%M:%S %z")
    except ValueError:
        return None
