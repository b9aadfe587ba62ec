"""What comes in by the contact form: its seal, its fields, its files."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from aiohttp import BodyPartReader, web

from channels.port import Files
from channels.site import visitor_hash
from crm_backend.attachments.limits import at_most
from crm_backend.contact_form import ends
from crm_backend.customers.emails import email_address
from crm_backend.database import new_id
from crm_backend.errors import BadFile, BadInput, Empty, RateLimited, TooLarge
from crm_backend.orders.numbers import number_key
from crm_backend.texts import clean, clean_name
from server.parts import NOT_A_FORM, Dropping, pieces

MOST_FILES = 5
MOST_FIELDS, LONGEST_FIELD = 40, 64 * 1024
SOONEST = 3
"""Seconds in which no person fills the form in."""
GOOD_FOR = 24 * 3600
LONGEST_NAME, LONGEST_ORDER = 120, 40
WHO, MOST_MARKS = "who", 10
"""How a word on who is signed in begins, and how many addresses of theirs it names."""
TRAP = "website"
"""The field that people do not see, and programs fill in."""
_ORDER = re.compile(r"(?=.*[0-9])[A-Z0-9]{2,32}")
_SEAL = re.compile(r"([0-9a-f]{32})\.([0-9]{1,12})\.([0-9a-f]{32})")


@dataclass(frozen=True)
class Seal:
    """Which form it is, and when it was shown (Unix time). Signed: nobody makes one up."""

    form: UUID
    shown: int

    @property
    def owner(self) -> str:
        """Who the files of this form are kept for."""
        return f"form:{self.form}"

    @property
    def hasty(self) -> bool:
        """Whether it comes back sooner than a person writes."""
        return time.time() - self.shown < SOONEST

    @property
    def stale(self) -> bool:
        """Whether it was shown too long ago."""
        return time.time() - self.shown > GOOD_FOR


class Seals:
    """Makes and reads seals."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"contact form", "sha256")
        self.addresses = hmac.digest(secret, b"contact form addresses", "sha256")
        """The key under which addresses are hashed."""

    def fresh(self, form: UUID | None = None) -> str:
        """A seal of now, for a new form or for one that is shown again."""
        words = f"{(form or new_id()).hex}.{int(time.time())}"
        return f"{words}.{self._signed(words)}"

    def read(self, text: str) -> Seal | None:
        """None for what none of ours is."""
        match = _SEAL.fullmatch(text)
        if match is None or not hmac.compare_digest(self._signed(f"{match[1]}.{match[2]}"), match[3]):
            return None
        return Seal(UUID(match[1]), int(match[2]))

    def told(self, *words: str) -> str:
        """Words of ours that come back in an address, signed."""
        line = "~".join(words)
        return f"{line}~{self._signed(line)}"

    def untold(self, text: str) -> list[str] | None:
        """Those words; None where they are not ours."""
        line, _, signed = text.rpartition("~")
        ours = hmac.compare_digest(self._signed(line).encode(), signed.encode("utf-8", "replace"))
        return line.split("~") if ours else None

    def _signed(self, words: str) -> str:
        return hmac.new(self._key, words.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True)
class KeptFile:
    """A file that was sent with the form, or with an earlier try of it."""

    id: UUID
    name: str


@dataclass
class Filled:
    """What was filled in, as it is shown again where something is amiss. `faults` are keys of the words, by field;
    `note` one about the whole."""

    email: str = ""
    name: str = ""
    topic: str = ""
    order: str = ""
    text: str = ""
    came_from: str = ""
    seen: bool = False
    answered: str = ""
    trapped: bool = False
    visitor: str = ""
    who: str = ""
    files: list[KeptFile] = field(default_factory=list)
    seal: Seal | None = None
    note: str = ""
    faults: dict[str, str] = field(default_factory=dict)

    def check(self, *, most: int) -> bool:
        """Whether it can be sent; what is amiss is in `faults`."""
        if email_address(self.email) is None:
            self.faults["email"] = "email_fault" if self.email.strip() else "email_missing"
        if not self.text:
            self.faults["text"] = "text_missing"
        elif len(self.text) > most:
            self.faults["text"] = "text_long"
        if self.order and not _ORDER.fullmatch(number_key(self.order)):
            self.faults["order"] = "order_fault"
        return not self.faults


async def small(request: web.Request) -> dict[str, str]:
    """The fields of a form without files. Raises BadInput for what no browser sends."""
    try:
        given = await request.post()
    except (*NOT_A_FORM, LookupError) as error:
        raise BadInput("no form") from error
    return {name: value for name, value in given.items() if isinstance(value, str)}


async def read(request: web.Request, seals: Seals, files: Files, *, most_bytes: int) -> Filled:
    """What a request brings; its files are kept, and what comes after too much of those that are not is not read.
    Raises BadInput for what no form sends."""
    if request.content_type != "multipart/form-data":
        return _filled(await small(request), seals)
    given_words: dict[str, str] = {}
    filled: Filled | None = None
    parts, dropping = 0, Dropping()
    try:
        async for part in await request.multipart():
            parts += 1
            if not isinstance(part, BodyPartReader) or not part.name or parts > MOST_FIELDS:
                raise BadInput("no form of ours")
            if part.filename is None:
                given_words[part.name] = await _words(part)
                continue
            # The files come last: by then it is known whose they are.
            filled = filled or _filled(given_words, seals)
            await _keep(part, filled, files, most_bytes)
            if not await dropping.rest_of(part):
                break
    except NOT_A_FORM as error:
        raise BadInput("cut off") from error
    return filled or _filled(given_words, seals)


def _filled(sent: Mapping[str, str], seals: Seals) -> Filled:
    given = {name: value.encode("utf-8", "ignore").decode().replace("\0", "") for name, value in sent.items()}
    seal = seals.read(given.get("seal", ""))
    found = Filled(
        email=given.get("email", "").strip()[:320],
        name=clean_name(given.get("name", "")[:1000], length=LONGEST_NAME),
        topic=given.get("topic", "")[:80],
        order=clean_name(given.get("order", "")[:1000], length=LONGEST_ORDER),
        text=_text(given.get("text", "")),
        came_from=given.get("from", "")[:200],
        seen=given.get("seen") == "1",
        answered=given.get("answered", "")[:200],
        trapped=bool(given.get(TRAP)),
        visitor=given.get("visitor", "")[:200],
        who=given.get("who", "")[:4000],
        seal=seal,
    )
    for line in dict.fromkeys(given.get("kept", "").split("|")) if seal else []:
        words = seals.untold(line)
        if words is not None and seal is not None and len(words) == 3 and words[0] == seal.owner:
            found.files.append(KeptFile(UUID(words[1]), words[2]))
    return found


def known_by(filled: Filled, seals: Seals) -> list[str]:
    """By what whoever filled it in is known again, as keyed hashes: the address they typed, the chat's visitor in their
    browser, and, where they are signed in at the portal, what its page said of them (`said_of`)."""
    found = [ends.hashed(filled.email, key=seals.addresses)]
    if filled.visitor:
        found.append(ends.hashed_mark("browser", visitor_hash(filled.visitor), key=seals.addresses))
    told = seals.untold(filled.who) if filled.who else None
    if told is not None and told[0] == WHO:
        found += told[1:]
    return list(dict.fromkeys(each for each in found if each))


def said_of(customer_id: UUID, emails: Sequence[str], seals: Seals) -> str:
    """What the portal tells a contact form of who is signed in there: hashes, signed."""
    marks = [ends.hashed_mark("customer", str(customer_id), key=seals.addresses)]
    marks += [one for email in emails[:MOST_MARKS] if (one := ends.hashed(email, key=seals.addresses))]
    return seals.told(WHO, *marks)


def _text(given: str) -> str:
    try:
        return clean(given, max_length=LONGEST_FIELD)
    except Empty:
        return ""


async def _words(part: BodyPartReader) -> str:
    words = bytearray()
    async for chunk in pieces(part):
        words += chunk
        if len(words) > LONGEST_FIELD:
            raise TooLarge("a field too long")
    return words.decode("utf-8", "replace")


async def _keep(part: BodyPartReader, filled: Filled, files: Files, most_bytes: int) -> None:
    """Keeps a file, or notes why not, and leaves the rest of it unread: the words are not lost over it."""
    if not part.filename:
        return
    if filled.seal is None or filled.trapped or len(filled.files) >= MOST_FILES:
        filled.faults["files"] = "files_many" if filled.seal else "files_again"
        return
    try:
        kept = await files.keep(
            at_most(pieces(part), most_bytes),
            name=part.filename,
            declared_type=part.headers.get("Content-Type", ""),
            uploaded_by=filled.seal.owner,
        )
    except (BadFile, TooLarge, RateLimited) as error:
        filled.faults["files"] = "files_large" if isinstance(error, TooLarge) else "files_bad"
        return
    filled.files.append(KeptFile(kept.id, kept.name))


def kept_again(filled: Filled, seals: Seals) -> str:
    """The files of a form that is shown again, as it brings them back."""
    if filled.seal is None:
        return ""
    return "|".join(seals.told(filled.seal.owner, str(file.id), _plain(file.name)) for file in filled.files)


def _plain(name: str) -> str:
    return re.sub(r"[~|]", "_", name)
