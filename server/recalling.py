"""The sentence that shows a customer they need not start over: what they were about, when and where."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from actions.wording import day
from crm_backend.conversations.schema import Recall

Where = Mapping[str, Mapping[str, str]]
"""By channel and language: `on the website`, `par e-mail`."""

_SENTENCES = {
    "order": {
        "fr": "Vous nous parliez {when}{where} de la commande {number}\u00a0: j’ai tout sous les yeux.",
        "en": "You were asking about order {number}{where} {when}: I have it all here.",
    },
    "anything": {
        "fr": "Vous nous avez écrit {when}{where}\u00a0: j’ai tout sous les yeux.",
        "en": "You wrote to us{where} {when}: I have it all here.",
    },
}
_TODAY = {
    "fr": ("ce matin", "cet après-midi", "ce soir"),
    "en": ("this morning", "this afternoon", "this evening"),
}


def recalled(recall: Recall, language: str, *, now: datetime, where: Where) -> str:
    """`You were asking about order 10234 on the website this morning: I have it all here.`

    `now` carries the company's zone, in which times of day are told.
    """
    place = where.get(recall.channel, {}).get(language)
    sentence = _SENTENCES["order" if recall.order_number else "anything"][language]
    return sentence.format(
        when=_when(recall.at.astimezone(now.tzinfo), language, now),
        where=f" {place}" if place else "",
        number=recall.order_number,
    )


def _when(at: datetime, language: str, now: datetime) -> str:
    if at.date() == now.date():
        return _TODAY[language][0 if at.hour < 12 else 1 if at.hour < 18 else 2]
    return day(at.date(), language, today=now.date())
