"""Which order is meant, and which of its articles."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from actions.order_sentences import short_card
from actions.tasks import articles, proving
from actions.tasks.asking import Option, Stop
from actions.tasks.state import NOT_THIS
from actions.tasks.talk import Talk
from actions.toolbox import tools
from crm_backend.access.actor import Actor
from crm_backend.errors import NotProved
from crm_backend.orders import services as orders
from crm_backend.orders.queries import allowed_for_each
from crm_backend.orders.schema import LineView, OrderView
from crm_backend.policies.schema import Allowed, Decision

ALL = "all"
_SEVERAL = re.compile(
    r"\b(?:mes|nos|toutes\s+les|les|deux|trois|quatre|cinq|plusieurs)\s+(?:\w+\s+)?(?:commandes|achats|cmds)\b"
    r"|\b(?:my|our|all|both|two|three|four|five|several)\s+(?:of\s+)?(?:my\s+|the\s+)?(?:\w+\s+)?(?:orders|purchases)\b",
    re.IGNORECASE,
)
THE_ORDER = {"fr": "la commande", "en": "the order"}
ORDER = {"fr": "Commande {number}", "en": "Order {number}"}


@dataclass(frozen=True)
class Meant:
    """The order that is meant, what is allowed for it, and what its customer is as an actor."""

    view: OrderView
    allowed: Allowed
    actor: Actor

    @property
    def number(self) -> str:
        return self.view.number


def speaks_of_several(text: str) -> bool:
    """Whether the customer speaks of orders in the plural."""
    return bool(_SEVERAL.search(text))


async def order(
    talk: Talk,
    *,
    wish: Callable[[Allowed], Decision] | None = None,
    about: Callable[[OrderView], bool] | None = None,
    ever: bool = False,
) -> Meant:
    """The order that is meant, of a customer who has proved who they are.

    The one that is named; else the one spoken of before; else the one with the article spoken of; else the only one
    for which `wish` is allowed and that it can be `about`; else asks. When it is none of them, the newest: the plan
    then says why not. With `ever` old orders count, too.
    """
    actor = await proving.customer(talk)
    number = _named(talk)
    before, came_with = dict(talk.facts), talk.task.came_with
    if number is not None:
        if talk.facts.get("order", number) != number:
            # What was chosen for the other order is of no use for this one.
            talk.task.forget("order")
        view = await _theirs(talk, number)
        if view is not None:
            return await _meant(talk, view, actor)
        talk.task.forget("order")
        talk.say("utter_not_your_order", number=number)
        if (view := await _theirs(talk, str(before.get("order", number)))) is not None:
            # What it is about stays what it was: the figures may have been a postcode.
            talk.facts.clear()
            talk.facts.update(before)
            talk.task.came_with, talk.progress = came_with, True
            return await _meant(talk, view, actor)
    recent = await orders.recent_orders(talk.session, conversation_id=talk.turn.conversation, ever=ever)
    if not recent:
        talk.say("utter_no_orders")
        raise talk.question("order", "fact", "utter_ask_order_number", expects="order_number")
    recent = _without_what_was_not_meant(talk, recent)
    may = await allowed_for_each(talk.session, [each.number for each in recent], actor=actor)
    if talk.task.given.pop("last_order", None) in (None, ALL):
        among = recent if NOT_THIS in talk.facts else _possible(recent, about)
        view = _spoken_of(talk, recent) or await _choose(talk, _wished(talk, among, may, wish))
    else:
        view = recent[0]
    talk.task.settle("order", view.number)
    talk.progress = True
    return Meant(view, may[view.number], actor)


async def shown(
    talk: Talk, *, choose: str = "utter_which_order", about: Callable[[OrderView], bool] | None = None
) -> OrderView:
    """The order that is asked about, of a customer who has proved enough to be told; `choose` asks which.

    The one that is named, the last one, the one spoken of before, else one of the recent ones that it can be `about`.
    Who names an order that is not theirs by what is known is asked to prove it: it may be under another name.
    """
    begins = talk.heard and talk.task.asked is None and not talk.task.given.get("order_number")
    if begins and speaks_of_several(talk.turn.text):
        talk.task.settle(ALL, True)
    number = talk.task.given.pop("order_number", None)
    if number is not None and number != talk.facts.get("order_number"):
        talk.task.settle("order_number", number)
        talk.progress = True
    number = talk.facts.get("order_number")
    if number is None and not _none_in_particular(talk):
        number = talk.turn.slot("order_number")
    if number is not None:
        talk.facts.setdefault("order_number", number)
        return await _proved(talk, str(number), choose, about)
    await proving.told(talk)
    recent = await orders.recent_orders(talk.session, conversation_id=talk.turn.conversation)
    if not recent:
        talk.say("utter_no_orders")
        raise Stop
    if ALL not in talk.facts and talk.task.given.get("last_order"):
        newest = await orders.last_order(talk.session, conversation_id=talk.turn.conversation)
        return newest or recent[0]
    return await _choose(talk, _possible(recent, about), response=choose)


def _possible(recent: list[OrderView], about: Callable[[OrderView], bool] | None) -> list[OrderView]:
    """Those that it can be about; the newest when that is none of them."""
    return [each for each in recent if about is None or about(each)] or recent[:1]


async def _proved(talk: Talk, number: str, choose: str, about: Callable[[OrderView], bool] | None) -> OrderView:
    """The order with this number; who has not proved to be its customer is asked to."""
    if (theirs := await _theirs(talk, number)) is not None:
        return theirs
    await proving.prove(talk)
    if _none_in_particular(talk):
        # It was only the proof: what was asked for is another, or all of them.
        talk.facts.pop("order_number", None)
        return await shown(talk, choose=choose, about=about)
    proved = str(talk.facts["order_number"])
    if (theirs := await _theirs(talk, proved)) is None:
        # A code proved who they are, and that is somebody without this order.
        talk.facts.pop("order_number")
        talk.task.settle(ALL, True)
        talk.focus(None)
        talk.say("utter_not_your_order", number=proved)
        return await shown(talk, choose=choose, about=about)
    return theirs


def _none_in_particular(talk: Talk) -> bool:
    """Whether the last order is asked about, or all of them."""
    return bool(ALL in talk.facts or talk.task.given.get("last_order"))


def lines(talk: Talk, meant: Meant, *, of: list[int], response: str, all_told: bool = True) -> list[int]:
    """The positions in `meant.view.lines` of the articles that are meant, among those in `of`; asks when that is not
    plain. `all_told` says that what is spoken of should be in the order."""
    every = {str(at): " ".join(line.names.values()) for at, line in enumerate(meant.view.lines)}
    another = all_told and articles.is_not_there(talk, every, number=meant.number)
    if len(of) == 1 and not another:
        return of
    names = {str(at): _left(meant, at, talk.language) for at in of}
    if "lines" not in talk.facts and talk.heard and not talk.answers("lines"):
        spoken = articles.spoken_of(talk, names)
        if len(spoken) == 1:
            talk.task.settle("lines", spoken)
    options = [Option(code, {talk.language: name}) for code, name in names.items()]
    if len(options) > 1 and "lines" not in talk.facts:
        options.append(Option(ALL, {"fr": "Tous les articles", "en": "All of them"}))
    options += [articles.NONE_OF_THEM] if another else []
    chosen = talk.some("lines", response, options, number=meant.number)
    if articles.NONE_OF_THEM.code in chosen:
        articles.of_another_order(talk)
    return of if ALL in chosen else [int(each) for each in chosen if int(each) in of]


def line_name(line: LineView, language: str) -> str:
    """`2 × Coussin Brume`, the product's name alone for one piece."""
    name = line.name(language)
    return name if line.quantity == 1 else f"{line.quantity}\u00a0× {name}"


def _left(meant: Meant, at: int, language: str) -> str:
    """An article with as many pieces as have not come back."""
    line, pieces = meant.view.lines[at], meant.allowed.lines[at].returnable
    return line_name(line.model_copy(update={"quantity": pieces}) if pieces else line, language)


def _named(talk: Talk) -> str | None:
    """The number of the order named in this message, the one settled on, or the one given for the proof, unless that
    was any order."""
    number = talk.task.given.pop("order_number", None)
    if number is not None and number == talk.facts.get(NOT_THIS):
        # Named in so many words it is meant after all.
        talk.facts.pop(NOT_THIS)
    number = number or talk.facts.get("order")
    if number is None and not talk.task.given.get("last_order"):
        number = talk.facts.get("order_number")
        number = None if number == talk.facts.get(NOT_THIS) else number
    return None if number is None else str(number)


def _without_what_was_not_meant(talk: Talk, recent: list[OrderView]) -> list[OrderView]:
    """Those besides the one that was shown, where another is meant; who has no other is told so."""
    if NOT_THIS not in talk.facts:
        return recent
    others = [each for each in recent if each.number != talk.facts[NOT_THIS]]
    if not others:
        talk.say("utter_no_other_order", number=talk.facts.pop(NOT_THIS))
    return others or recent


async def _theirs(talk: Talk, number: str) -> OrderView | None:
    try:
        return await orders.order_for(talk.session, conversation_id=talk.turn.conversation, number=number)
    except NotProved:
        return None


async def _meant(talk: Talk, view: OrderView, actor: Actor) -> Meant:
    if talk.facts.get("order") != view.number:
        talk.task.settle("order", view.number)
        talk.progress = True
    may = await allowed_for_each(talk.session, [view.number], actor=actor)
    return Meant(view, may[view.number], actor)


def _spoken_of(talk: Talk, recent: list[OrderView]) -> OrderView | None:
    """The order of which was spoken last, or the only one with the article that is spoken of."""
    before = talk.turn.slot("order_number")
    if not talk.heard or talk.answers("order"):
        return None
    names = {each.number: " ".join(line.name(talk.language) for line in each.lines) for each in recent if each.lines}
    about = articles.spoken_of(talk, names)
    if len(about) == 1:
        return next(each for each in recent if each.number == about[0])
    if speaks_of_several(talk.turn.text):
        return None
    return next((each for each in recent if each.number == before), None)


def _wished(
    talk: Talk, recent: list[OrderView], may: dict[str, Allowed], wish: Callable[[Allowed], Decision] | None
) -> list[OrderView]:
    """Those for which the wish is allowed; the newest alone when it is for none, unless another was asked for: then it
    may be any of them, and the plan says why not."""
    if wish is None:
        return recent
    none = recent if NOT_THIS in talk.facts else recent[:1]
    return [each for each in recent if wish(may[each.number]).allowed] or none


async def _choose(talk: Talk, among: list[OrderView], *, response: str = "utter_which_order") -> OrderView:
    if len(among) == 1:
        return among[0]
    among = among[: orders.MOST_RECENT]
    options = [
        Option(each.number, {name: words.format(number=each.number) for name, words in ORDER.items()}) for each in among
    ]
    if talk.answers("order") and talk.turn.entities.get("choice") == "-1":
        # The newest stands first, and is what people call their last one.
        talk.task.settle("order", among[0].number)
        talk.progress = True
        return among[0]
    today = tools().now().date()
    cards = [short_card(each, talk.language, today=today) for each in among]
    number = talk.choose("order", response, options, cards=cards)
    return next(each for each in among if each.number == number)
