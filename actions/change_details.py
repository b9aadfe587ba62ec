"""Changing what is on a customer's file: a postal address at once, a telephone number or an e-mail address once a code
has proved who asks, the rest by a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from actions import addresses, new_email, new_phone, own_file
from actions.privacy_request import SOMEBODY_ELSE
from actions.tasks import by_code
from actions.tasks.asking import Option, Refused, Words
from actions.tasks.casework import open_case
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from crm_backend.cases.schema import NewCase
from crm_backend.customers import addresses as postal
from crm_backend.customers.model import Address, Identity
from crm_backend.errors import Invalid
from crm_backend.orders import repeats
from crm_backend.texts import shorten

PHONE, ADDRESS, EMAIL, NAME, OTHER = "phone", "address", "email", "name", "other"
LONGEST: Final = 500
CHOICES: Final = (
    Option(
        EMAIL,
        {"fr": "L’adresse e-mail", "en": "The e-mail address"},
        re.compile(r"\b(?:e-?mails?|adresse mail|mail|courriels?|mailbox)\b", re.IGNORECASE),
    ),
    Option(
        PHONE,
        {"fr": "Le téléphone", "en": "The phone number"},
        re.compile(
            r"\b(?:t[ée]l[ée]phone|tel|t[ée]l|num[ée]ro|portable|mobile|phone|number|landline|cell)\b", re.IGNORECASE
        ),
    ),
    Option(
        ADDRESS,
        {"fr": "L’adresse postale", "en": "The postal address"},
        re.compile(
            r"\b(?:d[ée]m[ée]nag\w+|emm[ée]nag\w+|relocat\w+|moved|changement d['’]adresse|change of address|"
            r"adresse (?:postale|de (?:livraison|facturation))|nouvelle adresse|mon adresse|"
            r"rue|code postal|mov(?:ed|ing) (?:house|home)|(?:postal|home|new|my|delivery|billing) address|"
            r"street|postcode)\b"
            r"(?! (?:e-?mail|mail))",
            re.IGNORECASE,
        ),
    ),
    Option(
        NAME,
        {"fr": "Le nom", "en": "The name"},
        re.compile(r"\b(?:nom|pr[ée]nom|mari[ée]e|divorc\w+|(?:sur|first |last )?name|mrs|married)\b", re.IGNORECASE),
    ),
    Option(OTHER, {"fr": "Autre chose", "en": "Something else"}),
)
_CHECKS: Final = re.compile(
    r"\b(?:v[ée]rifier|quelles? (?:adresse|coordonn[ée]es|num[ée]ro)|(?:vous avez|avez-vous) bien|check my|"
    r"what (?:address|details|number|e-?mail) do you|do you have (?:the right|my))\b",
    re.IGNORECASE,
)
_BY_PEOPLE: Final = re.compile(
    r"\b(?:retir\w+|enlev\w+|supprim\w+|remov\w+|delet\w+|take .{1,30} off|fusion\w+|merged?|deux comptes|two accounts|"
    r"tva|vat|date de naissance|date of birth|civilit[ée]|title|second|soci[ée]t[ée]|raison sociale|company|"
    r"langue|language|"
    r"carnet|address book)\b",
    re.IGNORECASE,
)
"""What a new number or address is not."""
_THEIRS: Final = re.compile(
    r"\b(?:my (?:e-?)?mail(?: address)?|mon (?:adresse )?(?:e-?)?mail)(?: is| est|,? c['’]est|\s*:)?\s*[^\s@]{1,64}@\S",
    re.IGNORECASE,
)
"""The address of who writes, and no new one."""
_OF_AN_ORDER: Final = re.compile(
    r"\b(?:code postal|post ?code|(?:num[ée]ro|n°|number) (?:de |of )?(?:ma |my )?(?:commande|order)|order number)\b",
    re.IGNORECASE,
)
"""What proves who writes, and is not to be changed."""
_CALLED_NEW: Final = re.compile(
    r"\b(?:nouve(?:l|lle|au)|d[ée]sormais|dor[ée]navant|[àa] la place|remplac\w+|new|from now on|instead|replac\w+)\b",
    re.IGNORECASE,
)
TO_CHANGE: Final[Mapping[str, Words]] = {"what": {"fr": "ce qui change", "en": "what changes"}}
NEW: Final[Words] = {"fr": "la nouvelle valeur", "en": "the new value"}
SUBJECT: Final = {
    EMAIL: {"fr": "Changement d’adresse e-mail", "en": "Change of e-mail address"},
    PHONE: {"fr": "Changement de numéro de téléphone", "en": "Change of phone number"},
    NAME: {"fr": "Changement de nom", "en": "Change of name"},
    OTHER: {"fr": "Changement du dossier", "en": "Change of details"},
}
DESCRIPTION: Final = {
    "fr": "Client vérifié dans la conversation. Nouvelle valeur, à vérifier avant de l’enregistrer\u00a0: {new}",
    "en": "Customer verified in the conversation. New value, to be checked before it is saved: {new}",
}


class ChangeDetails(Topic):
    name = "change_details"
    title: ClassVar[Words] = {"fr": "le changement de vos coordonnées", "en": "changing your details"}

    async def plan(self, talk: Talk) -> None:
        _keep_what_was_said(talk)
        if talk.facts.get("check"):
            _, customer = await own_file.proved(talk)
            await _tell(talk, customer)
            return
        what = _what(talk)
        if what != EMAIL and (theirs := talk.facts.pop(new_email.HEARD, None)) is not None:
            # No new one, then: it says who writes.
            talk.task.given.setdefault("email", theirs)
        if what == PHONE:
            await new_phone.rather_by_code(talk)
        _, customer = await own_file.proved(talk)
        changes = {**TO_CHANGE, f"new_{what}": NEW}
        if what == PHONE:
            await new_phone.ask(talk, customer, changes)
            return
        if what == ADDRESS:
            parts = _address(talk)
            shown = addresses.in_words(parts)
            agreed = {"do": ADDRESS, "new": parts}
            talk.confirm("utter_change_details_confirm_address", agreed=agreed, changes=changes, address=shown)
        if what == EMAIL:
            await new_email.ask(talk, customer, changes)
            return
        new = _words(talk, what)
        agreed = {"do": what, "new": new}
        talk.confirm("utter_change_details_confirm_other", agreed=agreed, changes=changes, change=shorten(new, 200))

    def hears(self, fact: str, text: str) -> bool:
        return fact == "yes" and addresses.corrects(text)

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        what, new = agreed["do"], agreed["new"]
        customer = await own_file.owner(session, talk)
        if what == PHONE and agreed.get("proved"):
            await new_phone.keep(talk, session, agreed, customer)
            talk.say("utter_change_details_done_phone", phone=new)
        elif what == ADDRESS:
            await _once(talk, session, agreed, customer)
            talk.say("utter_change_details_done_address", address=addresses.in_words(new))
        elif what == EMAIL and agreed.get("proved"):
            told = await new_email.keep(talk, session, agreed, customer)
            done = "utter_change_details_done_email_told" if told else "utter_change_details_done_email"
            talk.say(done, email=new)
        else:
            description = DESCRIPTION[talk.language].format(new=new)
            subject = SUBJECT[what][talk.language]
            case = await open_case(talk, session, NewCase("request", subject, description))
            talk.say("utter_change_details_done_case", number=case.number)


async def _tell(talk: Talk, customer: UUID) -> None:
    """What is on file of how the customer is reached."""
    known = await talk.session.scalars(
        select(Identity)
        .where(Identity.customer_id == customer, Identity.kind.in_((EMAIL, PHONE)))
        .order_by(Identity.kind, Identity.is_primary.desc(), Identity.created_at)
    )
    lines = [f"– {each.value}" for each in known]
    homes = await talk.session.scalars(select(Address).where(Address.customer_id == customer, Address.is_default))
    for home in homes:
        parts = {name: getattr(home, name) for name in ("line1", "line2", "postcode", "city", "country")}
        lines.append(f"– {addresses.in_words(parts)}")
    if lines:
        talk.say("utter_change_details_on_file", lines="\n".join(lines))
    else:
        talk.say("utter_change_details_nothing_on_file")


async def _once(talk: Talk, session: AsyncSession, agreed: Mapping[str, Any], customer: UUID) -> None:
    """Writes to the file what was agreed to; nothing when the turn is run again."""
    actor = own_file.KEEPER
    command = await repeats.begin(session, actor=actor, key=talk.key, name="change_details", given=agreed)
    if repeats.done(command, "row") is not None:
        return
    values = {**agreed["new"], "is_default": True}
    row = await postal.add(session, actor=actor, customer_id=customer, values=values)
    repeats.finish(command, order_id=None, row=row.id)


def _keep_what_was_said(talk: Talk) -> None:
    """Takes the new e-mail address, number or address of the first message aside, before they are taken for the proof
    of who writes; and a new e-mail address that is called so later."""
    if not talk.heard:
        return
    asked = talk.task.asked
    if asked is not None and asked.fact in by_code.INSTEAD_OF and _CALLED_NEW.search(talk.turn.text):
        _put_aside(talk)
    if asked is not None or "said" in talk.facts:
        return
    talk.facts["said"] = True
    text, meant, given = talk.turn.text, talk.turn.meant, talk.task.given
    if _CHECKS.search(meant):
        talk.facts["check"] = True
    elif _BY_PEOPLE.search(meant) or SOMEBODY_ELSE.search(meant):
        talk.task.settle("what", OTHER)
        talk.task.settle("new_other", text.strip()[:LONGEST])
    _put_aside(talk)
    if (phone := given.get("phone")) is not None:
        talk.facts[new_phone.HEARD] = phone
        given.pop("phone")
    if street := addresses.spoken_of(text):
        talk.facts["heard_address"] = street
        given.pop("postcode", None)


def _put_aside(talk: Talk) -> None:
    if (email := talk.task.given.pop("email", None)) is not None:
        talk.facts[new_email.HEARD] = email


def _what(talk: Talk) -> str:
    """What is to be changed: what the first message holds or speaks of, else asked for."""
    if "what" not in talk.facts and talk.heard:
        heard = [what for what in (ADDRESS, EMAIL, PHONE) if f"heard_{what}" in talk.facts]
        if heard == [EMAIL] and (other := _beside_theirs(talk.turn.text)) is not None:
            heard = [other]
        if len(heard) == 1:
            talk.task.settle("what", heard[0])
    return talk.choose("what", "utter_change_details_what", CHOICES)


def _beside_theirs(text: str) -> str | None:
    """What is to be changed where an e-mail address only says who writes: "change my phone, my e-mail is ..."."""
    rest = _THEIRS.sub(" ", text)
    asked = _OF_AN_ORDER.sub(" ", rest)
    meant = [each.code for each in CHOICES if each.said and each.said.search(asked)]
    return meant[0] if rest != text and len(meant) == 1 and meant[0] != EMAIL else None


def _address(talk: Talk) -> dict[str, str]:
    """The address in its parts, read from the first message or asked for."""
    if (heard := talk.facts.pop("heard_address", None)) is not None and "new_address" not in talk.facts:
        parts = _read(str(heard))
        if parts is not None:
            talk.task.settle("new_address", parts)
    _said_instead(talk)
    if "new_address" not in talk.facts and talk.answers("new_address") and not talk.turn.text.startswith("/"):
        parts = _read(talk.turn.text)
        if parts is None:
            raise Refused("utter_change_details_address_unread")
        talk.task.settle("new_address", parts)
        talk.progress = True
    if "new_address" not in talk.facts:
        raise talk.question("new_address", "text", "utter_change_details_ask_address")
    return dict(talk.facts["new_address"])


def _said_instead(talk: Talk) -> None:
    """Takes another address, or another number of the house, where one was shown."""
    before = talk.facts.get("new_address")
    if before is None or not talk.heard or talk.turn.text.startswith("/"):
        return
    instead = addresses.said_instead(talk.turn.text, addresses.in_words(before))
    if instead is not None and (parts := _read(instead)) is not None and parts != before:
        talk.task.settle("new_address", parts)
        talk.task.given.pop("postcode", None)
        talk.progress = True


def _read(text: str) -> dict[str, str] | None:
    """An address in France or the United Kingdom by the shape of its postcode, or in the country that it names."""
    for country in ("GB", "FR"):
        try:
            if (parts := addresses.read(text, country=country)) is not None:
                return parts
        except Invalid:
            continue
    return None


def _words(talk: Talk, what: str) -> str:
    ask = "utter_change_details_ask_name" if what == NAME else "utter_change_details_ask_other"
    return _line(talk.text(f"new_{what}", ask))


def _line(text: str) -> str:
    """The text on one line, no longer than what a case quotes."""
    return shorten(" ".join(text.split()), LONGEST)
