"""Promotion codes: whether one holds, on what terms, and why not. No code is ever made up."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

from actions import general_answers, promo_goods, spoken
from actions.tasks.asking import Words
from actions.tasks.talk import Talk
from actions.tasks.topic import Topic
from actions.toolbox import tools
from actions.turn import Turn
from crm_backend.catalogue.money import money
from crm_backend.catalogue.words import category_name
from crm_backend.conversations.model import Conversation
from crm_backend.conversations.schema import at_least
from crm_backend.promo_codes.checking import Verdict, check
from crm_backend.promo_codes.model import PromoCode

_TOKEN: Final = re.compile(r"(?<![\w@.-])[A-Za-z0-9][A-Za-z0-9-]{2,39}(?![\w@-])")
_AFTER: Final = re.compile(
    r"\b(?:code|coupon|voucher)(?: promo\w*| de r[ée]duction)?\s*(?:est|is|:)\s*[«“\"']?\s*"
    # "The code is refused" names none.
    r"(?!(?:refus|valab|valid|invalid|expir|p[ée]rim|rejet|reject|declin|incorrect|err|marqu|wrong|faux|mauvais|d[ée]j[àa]|"
    r"already|still|toujours|encore|good|bon|bien|pas|plus|not|cens|suppos|being|toujours|cumul|limit|r[ée]serv)\w*)"
    r"([A-Za-z0-9-]{3,40})(?!\w)",
    re.IGNORECASE,
)
_ALONE: Final = re.compile(r"(?=[A-Za-z-]*\d|[A-Z-]+$)(?=\d*[A-Za-z])[A-Za-z0-9-]{4,40}")
"""A code, and not a word besides."""
_OWN: Final = re.compile(
    r"\b(?:codes?|coupon|bon|voucher|r[ée]duc\w*|discount)\b.{0,60}(?:\bne |\bn['’]|\bpas\b|\bpo\b|\bnot\b|n['’]t\b|"
    r"\b(?:does|do|did|wo|is|was)nt\b|\brefus|\binvalid|\bexpir|\berreur|\berror|\breject|\bdeclin|\bran out|"
    r"d[ée]j[àa] utilis|already used|\bstill good|\bvalable\b|\bvalid\b)",
    re.IGNORECASE,
)
_NOT_OF_ONE: Final = re.compile(
    r"\b(?:re[çc]u|received|arriv\w+|get mine|pourquoi pas|why not|champ|box|field|en magasin|in store|ajout\w+|"
    r"added)\b",
    re.IGNORECASE,
)
"""About codes, but not whether the one in hand holds."""
_ANOTHER: Final = re.compile(
    r"\b(?:un autre|d['’]autres?|autre|any other|another|other)\b.{0,12}\b(?:codes?|coupons?|vouchers?)\b"
    r"|\b(?:codes?|coupons?)\b.{0,12}\b(?:autres?|other)\b",
    re.IGNORECASE,
)
_WHY: Final = re.compile(
    r"\b(?:pourquoi|pq|pk|why)\b|\b(?:marche|fonctionne|passe) (?:pas|po|plus|toujours pas)\b|"
    r"\b(?:refus[ée]|rejet[ée]|refused|rejected|declined)"
    r"\b|n['’]t work|\bnot working\b|\b(?:does|did|do|is|wo)nt work",
    re.IGNORECASE,
)
_OTHERWISE: Final = re.compile(
    r"\b(?:commande|colis|livr\w*|rembours\w*|order|parcel|deliver\w*|refund\w*|payment|paiement)\b", re.IGNORECASE
)
_THE_CODE: Final = re.compile(r"\b(?:le|ce|the|this|that) code\b", re.IGNORECASE)
A_FEW: Final = 10
"""Words of it."""
TOLD_LAST: Final = "promo_code_told"
_NO_CODE: Final = frozenset(
    {"promo", "code", "codes", "black", "friday", "invalid", "invalide", "help", "merci", "please"}
)
SAID: Final = {
    "unknown": "utter_promo_code_unknown",
    "too_many_tries": "utter_promo_code_too_many",
    "not_yet": "utter_promo_code_not_yet",
    "over": "utter_promo_code_over",
    "used_up": "utter_promo_code_used_up",
    "used_by_customer": "utter_promo_code_used_by_you",
}
TERMS: Final = {
    "minimum": {"fr": "À partir de {amount} d’achat.", "en": "For purchases of {amount} or more."},
    "goods": {"fr": "Sur\u00a0: {goods}.", "en": "On: {goods}."},
    "until": {"fr": "Jusqu’au {last} inclus.", "en": "Up to and including {last}."},
    "once": {"fr": "Une seule fois par personne.", "en": "Once per person."},
}
OFF: Final = {"fr": "{off} de réduction", "en": "{off} off"}


class PromoCodes(Topic):
    name = "promo_code"
    title: ClassVar[Words] = {"fr": "un code promo", "en": "a promo code"}
    reads = True

    async def goes_on(self, turn: Turn) -> bool:
        told = bool(turn.slot(TOLD_LAST)) and _asks_why(turn.meant)
        return told or bool(_ALONE.fullmatch(turn.text.strip())) or self.goes_on_plainly(turn)

    def goes_on_plainly(self, turn: Turn) -> bool:
        return bool(turn.slot(TOLD_LAST)) and promo_goods.is_asked(turn.meant)

    async def aside(self, talk: Talk) -> bool:
        """Why it does not work, asked instead of telling which it is."""
        if not _asks_why(talk.turn.meant) or _code(talk) is not None:
            return False
        talk.say("utter_promo_code_why")
        return True

    async def plan(self, talk: Talk) -> None:
        code = _code(talk)
        again = None if code or talk.task.asked else _spoken_of(talk)
        goods = None if code or talk.task.asked else _asked_of_goods(talk)
        if code is not None:
            talk.slot(TOLD_LAST, code)
            _tell(talk, code, await _verdict(talk, code))
        elif goods is not None:
            _tell_goods(talk, goods, await _verdict(talk, goods))
        elif again is not None:
            verdict = await _verdict(talk, again)
            _tell(talk, again, verdict)
            if verdict.valid:
                talk.say("utter_promo_code_valid_refused")
                talk.offer_person("asked")
        elif talk.facts.get("own") or _in_hand(talk.turn.text):
            talk.facts["own"] = True
            raise talk.question("code", "fact", "utter_promo_code_ask")
        elif _ANOTHER.search(talk.turn.text) or not await general_answers.surely_answered(talk):
            talk.say("utter_promo_code_none")


def _asks_why(text: str) -> bool:
    """Whether a short message says that a code does not work, or asks why."""
    if len(text.split()) > A_FEW or _OTHERWISE.search(text):
        return False
    return _in_hand(text) or bool(_WHY.search(text))


def _spoken_of(talk: Talk) -> str | None:
    """The code that was told of last, where it is said of that one that it does not work."""
    told = talk.turn.slot(TOLD_LAST)
    last = talk.heard and (talk.turn.slot("topic") == PromoCodes.name or bool(_THE_CODE.search(talk.turn.meant)))
    return str(told) if told and last and _asks_why(talk.turn.meant) else None


def _asked_of_goods(talk: Talk) -> str | None:
    """The code that was told of last, where it is asked what it is good for."""
    told = talk.turn.slot(TOLD_LAST)
    last = talk.heard and (talk.turn.slot("topic") == PromoCodes.name or bool(_THE_CODE.search(talk.turn.meant)))
    return str(told) if told and last and promo_goods.is_asked(talk.turn.meant) else None


def _tell_goods(talk: Talk, code: str, verdict: Verdict) -> None:
    """What a code that holds is good for; why another does not hold."""
    if not (verdict.valid and verdict.code is not None):
        _tell(talk, code, verdict)
        return
    shown = verdict.code
    terms = " ".join(_terms(shown, talk.language, goods=False))
    goods = ", ".join(category_name(str(each), talk.language) for each in shown.categories or ())
    values: dict[str, Any] = {"code": shown.code, "offer": _offer(shown, talk.language), "terms": terms}
    talk.say("utter_promo_code_goods" if goods else "utter_promo_code_all_goods", goods=goods, **values)


def _in_hand(text: str) -> bool:
    """Whether the customer has a code, and it does not do what it should."""
    return bool(_OWN.search(text)) and not _NOT_OF_ONE.search(text)


async def _verdict(talk: Talk, code: str) -> Verdict:
    """What the shop would say of the code; wrong guesses are counted, so that it is kept."""
    async with tools().sessions.begin() as session:
        row = await session.get(Conversation, talk.turn.conversation, populate_existing=True)
        known: UUID | None = row.customer_id if row is not None and at_least(row.proof, "verified") else None
        conversation = talk.turn.conversation
        return await check(session, code, now=tools().now(), conversation_id=conversation, customer_id=known)


def _tell(talk: Talk, code: str, verdict: Verdict) -> None:
    shown = code.upper()
    if verdict.valid and verdict.code is not None:
        offer, terms = _offer(verdict.code, talk.language), _terms(verdict.code, talk.language)
        talk.say("utter_promo_code_valid", code=verdict.code.code, offer=offer, terms=" ".join(terms))
        return
    values: dict[str, Any] = {"code": shown}
    if "valid_from" in verdict.facts:
        values["first"] = _day(verdict.facts["valid_from"], talk.language)
    if "valid_to" in verdict.facts:
        values["last"] = _day(verdict.facts["valid_to"] - timedelta(seconds=1), talk.language)
    talk.say(SAID.get(verdict.reason or "unknown", "utter_promo_code_unknown"), **values)


def _offer(code: PromoCode, language: str) -> str:
    """`10 % de réduction`, `€15.00 off`."""
    if code.percent is not None:
        whole, rest = divmod(code.percent, 100)
        point = "," if language == "fr" else "."
        number = f"{whole}{point}{rest:02}" if rest else str(whole)
        return OFF[language].format(off=number + ("\u00a0%" if language == "fr" else "%"))
    return OFF[language].format(off=money(code.amount_minor or 0, code.currency or "EUR", language))


def _terms(code: PromoCode, language: str, *, goods: bool = True) -> list[str]:
    found = []
    if code.minimum_minor and code.currency:
        found.append(TERMS["minimum"][language].format(amount=money(code.minimum_minor, code.currency, language)))
    if code.categories and goods:
        named = ", ".join(category_name(str(each), language) for each in code.categories)
        found.append(TERMS["goods"][language].format(goods=named))
    if code.valid_to is not None:
        last = _day(code.valid_to - timedelta(seconds=1), language)
        found.append(TERMS["until"][language].format(last=last))
    if code.per_customer == 1:
        found.append(TERMS["once"][language])
    return found


def _day(when: datetime, language: str) -> str:
    return spoken.full_date(when.astimezone(tools().now().tzinfo).date(), language)


def _code(talk: Talk) -> str | None:
    """The code that the message names: what stands alone as an answer, follows `code`, has letters and digits, or is in
    capitals where nothing else is."""
    text = talk.turn.text.strip()
    if not talk.heard or text.startswith("/"):
        return None
    alone = text.strip(" .!«»“”\"'")
    if _ALONE.fullmatch(alone) and alone.lower() not in _NO_CODE:
        return alone
    if talk.answers("code") and re.fullmatch(r"[A-Za-z0-9-]{3,40}", alone):
        return alone
    other = {str(value).upper() for kind, value in talk.turn.entities.items() if kind.endswith("_number")}
    tokens = [each for each in _TOKEN.findall(text) if each.upper() not in other and each.lower() not in _NO_CODE]
    if after := _AFTER.search(text):
        return after[1]
    mixed = [each for each in tokens if re.search(r"[A-Za-z]{3}", each) and re.search(r"\d", each)]
    capitals = [each for each in tokens if len(each) >= 4 and each.isupper()] if not text.isupper() else []
    return next(iter(mixed + capitals), None)
