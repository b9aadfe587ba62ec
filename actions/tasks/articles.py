"""Which article of an order is spoken of, and whether it is one that is not in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NoReturn

from actions.tasks import reading
from actions.tasks.asking import Option, Stop
from actions.tasks.state import LOOKED, NOT_THERE
from actions.tasks.talk import Talk

NONE_OF_THEM: Final = Option("none", {"fr": "Un autre article", "en": "Something else"})
MOST_LOOKED: Final = 3
"""Orders without the article, until somebody else looks."""
_THINGS: Final = re.compile(
    r"\b(?:canap[ée]s?|fauteuils?|chaises?|tables?|lits?|matelas|sommiers?|tapis|rideaux?|lampes?|lampadaires?|lustres?|"
    r"vases?|miroirs?|[ée]tag[èe]res?|commodes?|buffets?|armoires?|bureaux?|tabourets?|coussins?|plaids?|couettes?|oreillers?|"
    r"draps?|serviettes?|peignoirs?|assiettes?|bols?|verres?|mugs?|tasses?|carafes?|th[ée]i[èe]res?|cafeti[èe]res?|"
    r"bouilloires?|grille-pains?|casseroles?|po[êe]les?|cocottes?|couteaux?|aspirateurs?|ventilateurs?|horloges?|pendules?|"
    r"cadres?|bougies?|bougeoirs?|diffuseurs?|paniers?|plantes?|nappes?|torchons?|poufs?|bancs?|robes?|chaussures?|"
    r"sofas?|couch(?:es)?|armchairs?|chairs?|beds?|mattress(?:es)?|rugs?|carpets?|curtains?|blinds?|lamps?|chandeliers?|"
    r"mirrors?|shel(?:f|ves)|dressers?|sideboards?|wardrobes?|desks?|stools?|cushions?|throws?|blankets?|duvets?|pillows?|"
    r"sheets?|towels?|bathrobes?|plates?|bowls?|glasses|cups?|teapots?|kettles?|toasters?|pans?|casseroles?|kni(?:fe|ves)|"
    r"vacuums?|hoovers?|fans?|clocks?|frames?|candles?|candlesticks?|diffusers?|baskets?|plants?|tablecloths?|pouffes?|"
    r"bench(?:es)?|dress(?:es)?|shoes?)\b",
    re.IGNORECASE,
)
"""What people call the things of a house; a product of the catalogue is known by its own name."""


_FOR_ANOTHER: Final = frozenset({"exchange"})
_WANTED: Final = re.compile(r"\b(?:contre|pour|for|against|par|with|by|en)\b", re.IGNORECASE)
"""What stands between what is given away and what is wanted for it."""


def spoken_of(talk: Talk, names: Mapping[str, str]) -> list[str]:
    """The articles among `names` (by their keys) that the message speaks of, or else that the task began with."""
    return reading.named(talk.turn.text, names) or reading.named(talk.task.came_with, names)


def names_a_thing(text: str) -> bool:
    """Whether a text names a thing of a house, in whatever words."""
    return bool(_THINGS.search(text))


def look_elsewhere(talk: Talk, names: Mapping[str, str], *, number: str) -> None:
    """Asks for another order, where the customer speaks of an article that is not among `names`, those of this one; a
    person goes on where it is in none of those that were looked at."""
    if not is_not_there(talk, names, number=number):
        return
    talk.facts[LOOKED] = int(talk.facts.get(LOOKED, 0)) + 1
    if talk.facts[LOOKED] >= MOST_LOOKED:
        talk.say("utter_task_stuck")
        talk.offer_person("unclear")
        raise Stop
    of_another_order(talk)


def is_not_there(talk: Talk, names: Mapping[str, str], *, number: str) -> bool:
    """Whether the customer speaks of an article that is not among `names`, those of the order; it is said once."""
    if NOT_THERE in talk.facts:
        text = talk.turn.text
        if talk.answers("lines") and _THINGS.search(text) and not reading.named(text, names) and text[:1] != "/":
            # Who insists means another order.
            of_another_order(talk)
        return True
    if "lines" in talk.facts or spoken_of(talk, names):
        return False
    said = talk.task.came_with or ("" if talk.turn.text.startswith("/") else talk.turn.text)
    product = str(talk.task.given.get("product") or "")
    if talk.task.topic in _FOR_ANOTHER:
        # "Swap my vase for a lamp": the lamp is not to be in it.
        said, product = _WANTED.split(talk.task.came_with)[0], ""
    if not (_THINGS.search(said) or reading.named(said, {"product": product})):
        return False
    talk.facts[NOT_THERE] = True
    talk.say("utter_not_in_order", number=number)
    return True


def of_another_order(talk: Talk) -> NoReturn:
    """Asks which order it is in, then."""
    for name in (NOT_THERE, "lines", "order", "order_number"):
        talk.facts.pop(name, None)
    talk.progress = True
    raise talk.question("order", "fact", "utter_ask_other_order", expects="order_number")
