"""What a topic's plan talks with: it gives the facts that are settled, and asks for those that are not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

from rasa_sdk.events import EventType, SlotSet
from sqlalchemy.ext.asyncio import AsyncSession

from actions.tasks import reading
from actions.tasks.asking import Ask, Option, Saying, Stop, Words
from actions.tasks.buttons import choice, yes_no
from actions.tasks.state import Asked, Kind, Task
from actions.toolbox import tools
from actions.turn import Reason, Turn, offer
from crm_backend.attachments.schema import FileRef

LONGEST, A_BARE_YES = 2000, 2
"""Characters of a free answer that are kept, and words of a yes that tells nothing."""


class Talk:
    """One run of a plan. `heard` says that this turn's message may still be read as an answer; it is not when the plan
    is only run to ask its question again."""

    def __init__(self, turn: Turn, task: Task, session: AsyncSession, *, heard: bool) -> None:
        self.turn, self.task, self.session = turn, task, session
        self.language = turn.language
        self.heard = heard
        self.progress = False
        """Whether this message settled anything."""
        self.sayings: list[Saying] = []
        self.events: list[EventType] = []

    @property
    def facts(self) -> dict[str, Any]:
        return self.task.facts

    @property
    def key(self) -> str:
        """Under which the task's write is made once, however often its turn is run."""
        return f"{self.turn.conversation}:{self.task.id}"

    # Saying

    def say(
        self,
        response: str,
        *,
        buttons: Iterable[Mapping[str, str]] = (),
        cards: Sequence[Mapping[str, Any]] = (),
        files: Sequence[FileRef] = (),
        **values: Any,
    ) -> None:
        """A response of the topic's domain. `files` are those that `file` gave in this turn."""
        extra = _beside(cards, files)
        self.sayings.append(Saying(response, values, buttons=[dict(each) for each in buttons], extra=extra))

    def tell(
        self,
        text: str,
        *,
        buttons: Iterable[Mapping[str, str]] = (),
        cards: Sequence[Mapping[str, Any]] = (),
        files: Sequence[FileRef] = (),
    ) -> None:
        """A text that was put together elsewhere, in the customer's language."""
        extra = _beside(cards, files)
        self.sayings.append(Saying(text=text, buttons=[dict(each) for each in buttons], extra=extra))

    async def file(self, content: bytes, *, name: str, media_type: str = "application/pdf") -> FileRef:
        """Keeps a file for this turn's answer to carry; once, however often the turn is run."""
        return await tools().keep(self.turn.id, content, name=name, media_type=media_type)

    def slot(self, name: str, value: Any) -> None:
        """Sets a slot of the dialogue that outlives the task."""
        self.events.append(SlotSet(name, value))

    def focus(self, number: str | None) -> None:
        """The order that is spoken of from now on: "it", "that order"."""
        self.slot("order_number", number)

    def offer_person(self, reason: Reason) -> None:
        """The last thing said offered a person: yes hands over."""
        self.events.append(offer(reason))

    def propose(self, topic: str, **facts: Any) -> None:
        """The last thing said offered this topic with these facts: yes begins it."""
        self.slot("proposed", {"topic": topic, "facts": facts})

    def hand_over(self, reason: Reason) -> NoReturn:
        """Passes the conversation to a person, at once."""
        self.slot("handing_over", reason)
        raise Stop

    # Asking

    def fact(
        self,
        name: str,
        kind: str,
        response: str,
        *,
        accept: Callable[[Any], Any] | None = None,
        options: Sequence[Option] = (),
        buttons: Iterable[Mapping[str, str]] = (),
        **values: Any,
    ) -> Any:
        """A fact of a kind that is recognised anywhere (an entity: `date`, `phone`, `email`, `postcode`...), settled,
        said by the way or asked for. `accept` turns what was said into what is kept, or raises Refused."""
        given = self.task.given.pop(kind, None)
        if given is None and self.answers(name):
            given = self._read(kind)
        if given is not None and given != self.facts.get(name):
            self._settle(name, accept(given) if accept else given)
        if name in self.facts:
            return self.facts[name]
        raise self.question(name, "fact", response, expects=kind, options=options, buttons=buttons, **values)

    def text(self, name: str, response: str, *, buttons: Iterable[Mapping[str, str]] = (), **values: Any) -> str:
        """A free answer, as it was written; a bare yes is none."""
        bare = self.turn.intent == "affirm" and len(self.turn.text.split()) <= A_BARE_YES
        if name not in self.facts and self.answers(name) and not (bare or self.turn.text.startswith("/")):
            self._settle(name, self.turn.text.strip()[:LONGEST])
        if name in self.facts:
            return str(self.facts[name])
        raise self.question(name, "text", response, buttons=buttons, **values)

    def choose(
        self,
        name: str,
        response: str,
        options: Sequence[Option],
        *,
        cards: Sequence[Mapping[str, Any]] = (),
        **values: Any,
    ) -> str:
        """The code of one of `options`; chosen by button, number, place in the list or words."""
        words = self._words(options)
        if (known := self.facts.get(name)) is not None and str(known) in words:
            return str(known)
        code = self._picked(name, words) if self.answers(name) else None
        if code is None and self.heard:
            code = self._meant(name, options)
        if code is None and (self.task.asked is None or self.task.asked.fact != name):
            # It may have been said before who writes was proved.
            code = _said(self.task.came_with, options)
        if code is not None:
            self._settle(name, code)
            return code
        raise self.question(name, "choice", response, options=options, cards=cards, **values)

    def some(self, name: str, response: str, options: Sequence[Option], **values: Any) -> list[str]:
        """The codes of one or more of `options`."""
        words = self._words(options)
        if name in self.facts:
            return list(self.facts[name])
        if self.answers(name):
            code = self._payload(name)
            chosen = [code] if code in words else reading.several(self.turn.meant, words)
            if not chosen and len(named := reading.named(self.turn.meant, words)) == 1:
                chosen = named
            if chosen:
                self._settle(name, chosen)
                return [*chosen]
        raise self.question(name, "several", response, options=options, **values)

    def yes(self, name: str, response: str, **values: Any) -> bool:
        """Yes or no."""
        if name not in self.facts and self.answers(name) and self.turn.intent in ("affirm", "deny"):
            self._settle(name, self.turn.intent == "affirm")
        if name in self.facts:
            return bool(self.facts[name])
        raise self.question(name, "yes_no", response, buttons=yes_no(self.language), **values)

    def confirm(
        self,
        response: str,
        *,
        agreed: Mapping[str, Any],
        changes: Mapping[str, Words] | None = None,
        cards: Sequence[Mapping[str, Any]] = (),
        cancels: bool = False,
        **values: Any,
    ) -> NoReturn:
        """Shows what will happen and asks yes or no. After a yes the topic's `do` is given `agreed`, exactly this.

        `changes` are the facts that a no may be about, with their words ("the address"). `cancels` says that something
        is called off, so that "cancel it" is a yes.
        """
        named = {name: words[self.language] for name, words in (changes or {}).items() if name in self.facts}
        said = json.dumps([self.task.id, agreed], sort_keys=True, default=str)
        # So that the button of an older question agrees to nothing.
        mark = hashlib.sha256(said.encode()).hexdigest()[:8]
        about = {"agreed": dict(agreed), "changes": named, "mark": mark, **({"cancels": True} if cancels else {})}
        buttons = yes_no(self.language, of=mark)
        raise self.question("yes", "confirm", response, buttons=buttons, cards=cards, about=about, **values)

    def question(
        self,
        fact: str,
        kind: Kind,
        response: str,
        *,
        options: Sequence[Option] = (),
        buttons: Iterable[Mapping[str, str]] = (),
        cards: Sequence[Mapping[str, Any]] = (),
        expects: str | None = None,
        about: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> Ask:
        """What a plan raises to end its run on a question."""
        words = self._words(options)
        shown = [choice(fact, code, label) for code, label in words.items()] or [dict(each) for each in buttons]
        means = {intent: each.code for each in options for intent in each.intents}
        asked = Asked(fact, kind, words, expects, dict(about or {}), means)
        extra = _beside(cards)
        return Ask(asked, Saying(response, values, buttons=shown, extra=extra))

    # Reading

    def answers(self, name: str) -> bool:
        """Whether this message may be read as the answer to the question for this fact."""
        asked = self.task.asked
        return self.heard and asked is not None and asked.fact == name

    def _settle(self, name: str, value: Any) -> None:
        self.task.settle(name, value)
        self.progress = True

    def _read(self, kind: str) -> Any:
        text = self.turn.text
        if kind == "email":
            return reading.email(text)
        if kind == "phone":
            return reading.phone(text, country="FR" if self.language == "fr" else "GB")
        return None

    def _picked(self, name: str, words: Mapping[str, str]) -> str | None:
        code = self._payload(name)
        if code is not None:
            return code if code in words else None
        if self.turn.text.startswith("/"):
            return None
        place = self.turn.entities.get("choice", "")
        if place.lstrip("-").isdecimal() and (at := reading.at(int(place), len(words))) is not None:
            return list(words)[at]
        return reading.pick(self.turn.meant, words)

    def _meant(self, name: str, options: Sequence[Option]) -> str | None:
        """The one choice that the message means in other words, or by what it is."""
        if self.turn.text.startswith("/"):
            return None
        code = _said(self.turn.meant, options)
        if code is None and self.answers(name) and not _said_several(self.turn.meant, options):
            meant = [each.code for each in options if self.turn.intent in each.intents]
            return meant[0] if len(meant) == 1 else None
        return code

    def _payload(self, name: str) -> str | None:
        """The choice that a button names; None for a button of another question."""
        said = self.turn.entities
        return said.get("choice") if said.get("fact") == name else None

    def _words(self, options: Sequence[Option]) -> dict[str, str]:
        return {each.code: each.words[self.language] for each in options}


def _said(text: str, options: Sequence[Option]) -> str | None:
    """The one choice that a text means in other words than its own."""
    meant = [each.code for each in options if each.said and each.said.search(text)]
    return meant[0] if len(meant) == 1 else None


def _said_several(text: str, options: Sequence[Option]) -> bool:
    return sum(bool(each.said and each.said.search(text)) for each in options) > 1


def _beside(cards: Sequence[Mapping[str, Any]], files: Sequence[FileRef] = ()) -> dict[str, Any]:
    """What a saying carries besides its words."""
    shown = {"cards": list(cards), "files": [file.model_dump(mode="json") for file in files]}
    return {name: given for name, given in shown.items() if given}
