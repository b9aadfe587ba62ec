"""What customers agree to be sent and done: telling it, stopping it, and taking it up again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from actions import general_answers, own_file, spoken
from actions.privacy_request import SOMEBODY_ELSE
from actions.tasks import by_code
from actions.tasks.asking import Option, Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.turn import Turn
from crm_backend.customers import consents
from crm_backend.customers.consenting import decide
from crm_backend.errors import NotProved
from crm_backend.orders import repeats
from crm_backend.texts import shorten

ALL: Final = "all"
MARKETING: Final = "marketing"
WHAT: Final[Mapping[str, Words]] = {
    MARKETING: {"fr": "publicité et newsletter", "en": "advertising and newsletter"},
    "offers": {"fr": "suggestions personnelles", "en": "personal suggestions"},
    consents.SURVEYS: {"fr": "enquêtes de satisfaction", "en": "satisfaction surveys"},
    consents.PROFILING: {"fr": "profilage", "en": "profiling"},
    consents.NOTICES: {"fr": "nouvelles de vos commandes", "en": "news of your orders"},
    ALL: {
        "fr": "publicité, suggestions, enquêtes et profilage",
        "en": "advertising, suggestions, surveys and profiling",
    },
}
SAID: Final[Mapping[str, re.Pattern[str]]] = {
    ALL: re.compile(
        r"\b(?:tout (?:arr[êe]t|stopp|ce que)\w*|rien du tout|everything|all of it|anything)\b", re.IGNORECASE
    ),
    consents.SURVEYS: re.compile(
        r"\b(?:noter mes|demandes? d['’]avis|asking me to rate|review requests?|enqu[êe]tes?|sondages?|"
        r"questionnaires?|surveys?|feedback requests?)\b",
        re.IGNORECASE,
    ),
    consents.PROFILING: re.compile(r"\b(?:profilage|profiling|pistage|tracking|cibl[ée]\w*|targeted)\b", re.IGNORECASE),
    "offers": re.compile(
        r"\b(?:suggestions?|recommandations?|recommendations?|personalis\w+|personnalis\w+)\b", re.IGNORECASE
    ),
    consents.NOTICES: re.compile(
        r"\b(?:suivi|notifications? (?:de|d['’])|nouvelles de (?:ma|mes)|order updates?|delivery (?:updates?|"
        r"texts?))\b",
        re.IGNORECASE,
    ),
    MARKETING: re.compile(
        r"\b(?:pubs?|publicit\w+|promo\w*|newsletters?|infolettre|lettre|marketing|e-?mails?|mails?|courriels?|"
        r"sms|textos?|texts?|"
        r"d[ée]marchage|catalogues?|offres?|deals?|junk|spam|ads?|adverti\w+|mailing|abonn\w+|d[ée]sabonn\w+|"
        r"d[ée]sinscri\w+|unsubscribe|stop|appel\w*|call\w*|messages?|prospection|brochures?|whatsapp|texting|"
        r"telemarketing|list|basket|panier|relanc\w+|notifications?)\b",
        re.IGNORECASE,
    ),
}
_ADVERTISING: Final = re.compile(r"\b(?:pubs?|promos?|newsletters?|ads?|advert\w*|marketing)\b", re.IGNORECASE)
_SEE: Final = re.compile(
    r"\b(?:suis[- ]je (?:inscrit|abonn)\w*|(?:que je suis|je suis bien) inscrit\w*|am i (?:signed|subscribed|on)|"
    r"pr[ée]f[ée]rences?|preferences?|(?:mes|my) (?:consentements?|consents?)|(?:ai-je|j['’]ai) (?:accept|coch|"
    r"consent)\w+|"
    r"have i (?:agreed|signed|opted|consented|exactly)|i consented|did i (?:agree|opt))\b",
    re.IGNORECASE,
)
_STOP: Final = re.compile(
    r"\b(?:stop\w*|d[ée]sinscri\w+|d[ée]sabonn\w+|arr[êe]t\w*|(?:ne |n['’]|de |j)?\w* ?plus (?:de|d['’]|"
    r"recevoir|jamais|"
    r"aucun|m['’]\w+)|ne (?:veux|souhaite)|n(?:e |['’])(?:m['’])?\w+ (?:plus|jamais)|quand m[êe]me|"
    r"retir\w+|unsubscribe\w*|opt(?:ing|ed)? out|no more|don['’]?t|remov\w+|"
    r"take (?:me|him|her) off|too many|too much|trop|no longer|off (?:my|your)|without|sans|pas de|aucune?|"
    r"refus\w+|cancel\w*|"
    r"quit|coup(?:er|ez)|enlev\w+|supprim\w+|cease|drop|withdraw|never agreed|jamais accept\w+|dit non|ticked no|"
    r"still call|no (?:advertising|ads|marketing|review)|saoul\w+|doing my head in|turn off|m['’]oppose)\b",
    re.IGNORECASE,
)
_GIVE: Final = re.compile(
    r"\b(?:r[ée]abonn\w+|r[ée]inscri\w+|m['’]abonn\w+|m['’]inscri\w+|abonnez|inscrivez|sign (?:me )?up (?:for|to)|"
    r"sign me up|subscribe|opt in|resubscribe|recevoir (?:de nouveau|[àa] nouveau|vos|la)|get your|"
    r"start (?:getting|receiving))\b",
    re.IGNORECASE,
)
_AGAIN: Final = re.compile(r"\b(?:back on|r[ée]activ\w+|par erreur|by accident)\b", re.IGNORECASE)
_ASKS: Final = re.compile(
    r"\b(?:cookies?|vend\w+|revend\w+|sell(?:ing)? my|partenaires?|partners?|tiers|third part\w+|who gave|"
    r"qui vous a)\b",
    re.IGNORECASE,
)
"""What nobody can decide here: it is answered."""
QUESTION: Final[Words] = {"fr": "Revendez-vous mes données ?", "en": "Do you sell my data?"}
CHANNELS: Final[Mapping[str, re.Pattern[str]]] = {
    "whatsapp": re.compile(r"\bwhats ?app\b", re.IGNORECASE),
    "telegram": re.compile(r"\btelegram\b", re.IGNORECASE),
    "mail": re.compile(r"\b(?:que les e-?mails|only (?:the )?e-?mails?)\b", re.IGNORECASE),
}
"""Channels that we write on, and how a customer means one of them alone. Whoever speaks of calls, letters or texts is
taken to mean all of it: more is stopped than asked for rather than less."""
WHERE: Final[Mapping[str, Words]] = {
    "": {"fr": "", "en": ""},
    "whatsapp": {"fr": ", sur WhatsApp", "en": ", on WhatsApp"},
    "telegram": {"fr": ", sur Telegram", "en": ", on Telegram"},
    "mail": {"fr": ", par e-mail", "en": ", by e-mail"},
}
WAY_LAST: Final = "consents_way"
"""The slot of what was decided last: to stop, or to be sent it again."""
BRIEF: Final = 8
"""Words of a message that adds to it."""
_MORE: Final = re.compile(
    r"^\W*(?:et|and|also|plus|ainsi que|as well as|same for|pareil pour|idem)\b|"
    r"\b(?:aussi|[ée]galement|too|as well|also|pareil)\W*$",
    re.IGNORECASE,
)
_OTHERWISE: Final = re.compile(
    r"\?|\b(?:commande|colis|livraison|facture|rembours\w*|retour|order|parcel|delivery|invoice|refund|return|address|"
    r"adresse|appelez|rappel\w*|call me|ring me|me call)\b",
    re.IGNORECASE,
)
"""What makes it another business."""
YES: Final = {True: {"fr": "oui", "en": "yes"}, False: {"fr": "non", "en": "no"}}
WAYS: Final = (
    Option("stop", {"fr": "Arrêter", "en": "Stop"}),
    Option("give", {"fr": "Recevoir de nouveau", "en": "Start again"}),
)


class Consents(Topic):
    name = "consents"
    title: ClassVar[Words] = {"fr": "ce que vous acceptez de recevoir", "en": "what you agree to receive"}

    async def goes_on(self, turn: Turn) -> bool:
        return self.goes_on_plainly(turn)

    def goes_on_plainly(self, turn: Turn) -> bool:
        return bool(turn.slot(WAY_LAST)) and _adds(turn.meant)

    async def plan(self, talk: Talk) -> None:
        if talk.task.asked is None and "words" not in talk.facts and await _aside(talk):
            return
        _listen(talk)
        if talk.facts.get("see"):
            await _stands(talk, await own_file.known(talk))
            return
        way = talk.choose("way", "utter_consents_which_way", WAYS)
        what = _what(talk)
        # To agree has to be the customer's own word.
        customer = await _who_stops(talk) if way == "stop" else (await own_file.proved(talk))[1]
        channel, given = _channel(talk, what), way == "give"
        shown: dict[str, Any] = {"what": WHAT[what][talk.language], "where": WHERE[channel][talk.language]}
        wanted = [each for each in _purposes(what) if await _holds(talk, customer, each, channel) is not given]
        if not wanted:
            talk.slot(WAY_LAST, way)
            talk.say("utter_consents_already_given" if given else "utter_consents_already_stopped", **shown)
            return
        agreed = {"purposes": wanted, "channel": channel, "given": given, "what": what, "words": talk.facts["words"]}
        if given:
            talk.confirm("utter_consents_give_confirm", agreed=agreed, **shown)
        if what == consents.NOTICES:
            talk.confirm("utter_consents_stop_notices_confirm", agreed=agreed)
        talk.confirm("utter_consents_stop_confirm", agreed=agreed, **shown)

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        given, channel = bool(agreed["given"]), str(agreed["channel"])
        customer = await own_file.owner(session, talk, proof="verified" if given else "channel")
        actor = own_file.KEEPER
        command = await repeats.begin(session, actor=actor, key=talk.key, name="consents", given=agreed)
        if repeats.done(command, "event") is None:
            for purpose in agreed["purposes"]:
                event = await decide(
                    session,
                    actor=actor,
                    customer_id=customer,
                    purpose=purpose,
                    given=given,
                    how="message",
                    channel=channel,
                    wording=agreed["words"],
                )
            repeats.finish(command, order_id=None, event=event.id)
        shown: dict[str, Any] = {"what": WHAT[agreed["what"]][talk.language], "where": WHERE[channel][talk.language]}
        talk.slot(WAY_LAST, "give" if given else "stop")
        talk.say("utter_consents_given" if given else "utter_consents_stopped", **shown)


async def _aside(talk: Talk) -> bool:
    """Answers what is nobody's consent of theirs: somebody else's, cookies, who has their data."""
    if SOMEBODY_ELSE.search(talk.turn.meant):
        talk.say("utter_consents_somebody_else")
        talk.offer_person("asked")
        return True
    return bool(_ASKS.search(talk.turn.meant)) and await general_answers.answered(talk, question=QUESTION)


async def _who_stops(talk: Talk) -> UUID:
    """The customer whom the channel vouches for; else whoever reads what is sent to their address. To stop has to be as
    easy as that: who gets advertising may never have ordered anything."""
    try:
        return await own_file.owner(talk.session, talk, proof="channel")
    except NotProved:
        if by_code.comes_first(talk):
            talk.say("utter_consents_stop_easily")
        return await own_file.known(talk)


def _listen(talk: Talk) -> None:
    """What the first message wants, in its own words, which are kept with the decision."""
    if "words" in talk.facts:
        _widen(talk)
        return
    written, text = talk.turn.text, talk.turn.meant
    talk.facts["words"] = "" if written.startswith("/") else shorten(" ".join(written.split()), 500)
    if _AGAIN.search(text) or (_GIVE.search(text) and not _STOP.search(text)):
        talk.task.settle("way", "give")
    elif _SEE.search(text) and not _STOP.search(text):
        talk.facts["see"] = True
    elif _STOP.search(text):
        talk.task.settle("way", "stop")
    elif talk.turn.slot(WAY_LAST) and talk.turn.slot("topic") == Consents.name and _adds(text):
        # "And the emails too", once texts were stopped.
        talk.task.settle("way", str(talk.turn.slot(WAY_LAST)))
    named = [what for what, said in SAID.items() if said.search(text)]
    if named:
        # Who keeps news of orders and drops advertising speaks of both.
        both = named[0] == consents.NOTICES and bool(_ADVERTISING.search(text))
        talk.facts["what"] = MARKETING if both else named[0]


def _adds(text: str) -> bool:
    """Whether a short message names something more that is sent: "and the emails too"."""
    if text.startswith("/") or len(text.split()) > BRIEF or not _MORE.search(text) or _OTHERWISE.search(text):
        return False
    return any(said.search(text) for said in (*SAID.values(), *CHANNELS.values()))


def _widen(talk: Talk) -> None:
    """Takes what is named besides, before the yes: then it is no longer of one channel alone."""
    if talk.heard and talk.task.asked is not None and _adds(talk.turn.meant):
        more = " ".join(talk.turn.text.split())
        talk.facts["words"] = shorten(f"{talk.facts['words']} / {more}", 500)
        talk.facts["wider"] = talk.progress = True


def _what(talk: Talk) -> str:
    options = [Option(code, words if code == ALL else _capital(words)) for code, words in WHAT.items()]
    return talk.choose("what", "utter_consents_what", options)


def _capital(words: Words) -> Words:
    return {language: text[:1].upper() + text[1:] for language, text in words.items()}


def _purposes(what: str) -> list[str]:
    return [each for each in WHAT if each not in (ALL, consents.NOTICES)] if what == ALL else [what]


def _channel(talk: Talk, what: str) -> str:
    """The one channel that is meant; empty for all."""
    if what != MARKETING or talk.facts.get("wider"):
        return ""
    said = str(talk.facts["words"])
    return next((name for name, pattern in CHANNELS.items() if pattern.search(said)), "")


async def _holds(talk: Talk, customer: UUID, purpose: str, channel: str) -> bool:
    return await consents.allowed(talk.session, customer, purpose, channel=channel)


async def _stands(talk: Talk, customer: UUID) -> None:
    """What holds for each purpose, as it is asked before anything is sent."""
    lines = []
    for purpose, words in WHAT.items():
        if purpose != ALL:
            holds = await _holds(talk, customer, purpose, "")
            lines.append(f"– {words[talk.language]}{spoken.COLON[talk.language]}{YES[holds][talk.language]}")
    talk.say("utter_consents_stands", lines="\n".join(lines))
