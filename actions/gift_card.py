"""Gift cards: what is on one, for whoever has its code, and how they work."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Final

from rapidfuzz import fuzz

from actions import general_answers, presents, spoken
from actions.tasks.asking import Stop, Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from actions.turn import Turn
from crm_backend.catalogue.money import money
from crm_backend.gift_cards import guessing
from crm_backend.gift_cards.model import GiftCard

QUESTION: Final[Words] = {"fr": "Comment fonctionnent les cartes cadeaux ?", "en": "How do gift cards work?"}
_CODE: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{4}(?:[- ]?[A-Za-z0-9]{4}){3}(?![A-Za-z0-9])")
_OWN: Final = re.compile(
    r"\b(?:solde|me reste|il reste|reste(?:-t-il| combien| sur)|restant|dessus|balance|left on|remaining|what['’]s on|"
    r"how much is on|combien y a|(?:finissant|se terminant|ending) (?:par|in|with)?|"
    r"(?:ma|mon|cette|my|this) (?:carte|ch[eè]que|bon|gift ?card|card|voucher)[\w\s,'’]{0,40}"
    r"(?:expir\w+|refus\w+|march\w+|fonctionn\w+|bloqu[ée]\w*|valable|valide|vide|work\w*|declin\w+|reject\w+|valid|"
    r"empty|blocked)|code[\w\s'’]{0,40}(?:march\w+|fonctionn\w+|refus\w+|work\w*|reject\w+))\b",
    re.IGNORECASE,
)
_NOT_ON_IT: Final = re.compile(
    r"\b(?:transf[ée]r\w*|mov(?:e|ing)|regroup\w*|merge|payer le reste|pay the rest|pendant les soldes|in the sale)\b",
    re.IGNORECASE,
)
"""About balances too, but not what this one is."""
_LOST: Final = re.compile(
    r"\b(?:vol[ée]e?s?|stolen|perdue?s?|lost|bloquez|block it|gratt[ée]\w*|scratched|on (?:ne )?voit plus|"
    r"can['’]t read)\b",
    re.IGNORECASE,
)


LOST: Final = "card_lost"
"""The slot that keeps that a card was said to be lost."""
SUBJECT: Final[Words] = {"fr": "carte cadeau", "en": "gift card"}
BRIEF: Final = 7
_OF_IT: Final = re.compile(
    r"\b(?:vous en (?:vend|fait|av)\w+|en vend\w+|elles? (?:dur|expir|march|s['’]utilis)\w+|"
    r"[çc]a (?:dure|expire|marche)|"
    r"(?:do|can|are|is|does) (?:you|i|they|it) .*\b(?:them|they|it|one|last|expire|valid)\b|"
    r"(?:do|does) (?:they|it) (?:last|expire|work))\b",
    re.IGNORECASE,
)
"""A question that goes on with gift cards: "do you sell them?", "how long do they last?"."""
_BALANCE: Final = ("solde", "balance")
ALIKE: Final = 80
"""Words that typing mistakes are looked for in, and how alike of 100 they have to be."""


class GiftCards(Topic):
    name = "gift_card"
    title: ClassVar[Words] = {"fr": "une carte cadeau", "en": "a gift card"}

    def hears(self, fact: str, text: str) -> bool:
        return fact == "code" and code_in(text) is not None

    async def goes_on(self, turn: Turn) -> bool:
        of_it = len(turn.text.split()) <= BRIEF and bool(_OF_IT.search(turn.text))
        return code_in(turn.text) is not None or _asks_what_is_on_it(turn.meant) or of_it

    async def plan(self, talk: Talk) -> None:
        code = _code(talk)
        if code is None and talk.heard and talk.task.asked is None and is_of_the_lost(talk.turn):
            _person(talk, "utter_gift_card_lost_noted")
        if code is None and not talk.facts.get("own") and not _asks_what_is_on_it(talk.turn.meant):
            await _answer(talk)
            return
        talk.facts["own"] = True
        if code is None:
            if await guessing.too_many(talk.session, conversation_id=talk.turn.conversation):
                _person(talk, "utter_gift_card_locked")
            if talk.answers("code") and talk.turn.intent == "no_fact":
                _person(talk, "utter_gift_card_no_code")
            raise talk.question("code", "fact", "utter_gift_card_ask_code")
        await _look_up(talk, code)


def is_of_the_lost(turn: Turn) -> bool:
    """Whether a message is but a number or an address, once a card was said to be lost: they tell which it was."""
    last = turn.slot("topic") == GiftCards.name
    return bool(turn.slot(LOST)) and last and turn.intent == "inform" and code_in(turn.text) is None


def _asks_what_is_on_it(text: str) -> bool:
    asks = bool(_OWN.search(text)) or any(
        fuzz.ratio(word, meant) >= ALIKE for word in re.findall(r"[^\W\d_]{5,}", text.casefold()) for meant in _BALANCE
    )
    return asks and not (_NOT_ON_IT.search(text) or _LOST.search(text))


async def _answer(talk: Talk) -> None:
    """A question about gift cards in general, or a card that is gone."""
    if presents.is_to_be_wrapped(talk.turn.meant) and await general_answers.surely_answered(talk):
        return
    subject = SUBJECT[talk.language] if _OF_IT.search(talk.turn.text) else ""
    answered = await general_answers.answered(talk, question=QUESTION, subject=subject)
    if _LOST.search(talk.turn.meant):
        talk.slot(LOST, True)
        _person(talk, "utter_gift_card_lost")
    if not answered:
        _person(talk, "utter_gift_card_not_known")


async def _look_up(talk: Talk, code: str) -> None:
    """Tells what is on the card with this code. The code itself is kept nowhere in the dialogue."""
    async with tools().sessions.begin() as session:
        found = await guessing.look_up(session, code, conversation_id=talk.turn.conversation, turn_id=talk.turn.id)
    if found == "too_many":
        _person(talk, "utter_gift_card_locked")
    elif isinstance(found, GiftCard):
        _tell(talk, found)
        return
    talk.progress = True
    talk.say("utter_gift_card_unknown")
    raise talk.question("code", "fact", "utter_gift_card_ask_code")


def _tell(talk: Talk, card: GiftCard) -> None:
    zone = tools().now().tzinfo
    last = spoken.full_date(card.expires_at.astimezone(zone).date(), talk.language)
    if card.blocked_at is not None:
        _person(talk, "utter_gift_card_blocked", letters=card.last_letters)
    if card.expires_at <= tools().now():
        _person(talk, "utter_gift_card_over", letters=card.last_letters, last=last)
    if not card.balance_minor:
        talk.say("utter_gift_card_empty", letters=card.last_letters)
        return
    balance = money(card.balance_minor, card.currency, talk.language)
    talk.say("utter_gift_card_balance", letters=card.last_letters, balance=balance, last=last)


def _person(talk: Talk, response: str, **values: Any) -> None:
    talk.say(response, **values)
    talk.offer_person("asked")
    raise Stop


def _code(talk: Talk) -> str | None:
    return code_in(talk.turn.text) if talk.heard else None


def code_in(text: str) -> str | None:
    """The code in a message. Four words of four letters are none: a code that was made by chance has a digit."""
    found = (each[0] for each in _CODE.finditer(text))
    return next((each for each in found if "-" in each or any(one.isdigit() for one in each)), None)
