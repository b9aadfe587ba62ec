"""What may interrupt an open task: danger, a person, a question or a word of its own, another business."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

from rasa_sdk.events import ActionExecutionRejected, EventType, SlotSet

from actions.tasks import reading, said
from actions.tasks.asking import Ask, Refused, Stop
from actions.tasks.buttons import yes_no
from actions.tasks.by_the_way import first_words, given
from actions.tasks.running import Run
from actions.tasks.state import Asked, Task
from actions.tasks.talk import Talk
from actions.tasks.topic import TOPICS, Topic, of_intent

FORM: Final = "task_form"
GOES_FIRST: Final = frozenset({"ask_person", "distress", "fraud"})
"""What the customer wants at once, even in a message that also answers."""
SAYS_NO_MORE: Final = frozenset(
    {"affirm", "deny", "inform", "no_fact", "choose", "second_thoughts", "nlu_fallback", "out_of_scope", "rate"}
)
"""Intents that mean nothing beside the open question: when they do not answer it, nothing does."""
PROOFS: Final = frozenset({"order_number", "email", "postcode"})
"""What a customer may not have at hand: a rule says what else can be done."""
SURE, ALARM, BRIEF = 0.55, 0.8, 4
_INSTEAD: Final = re.compile(
    r"\b(?:plut[oô]t(?! (?:que|bien|bon|d[ée][çc]ue?))|[àa] la place(?! d)|au lieu de [çc]a|finalement|instead(?! of)|"
    r"rather(?! than)|on second thou?ghts?)\b",
    re.IGNORECASE,
)
"""What says by itself that the open business is dropped for the other."""


class Interrupting(Run):
    """One message of one conversation, as far as it may be something else than the answer to the open question."""

    def _goes_first(self, asked: Asked | None) -> bool:
        """Whether it is what the customer wants at once. In a story that was asked for, a guess at danger or fraud is
        only a word of the story."""
        sure = self._turn.intent == "ask_person" or self._turn.confidence >= ALARM
        return self._turn.intent in GOES_FIRST and (sure or asked is None or asked.kind != "text")

    def _other(self, task: Task) -> Topic | None:
        """Another business that this message asks for, plainly."""
        topic = of_intent(self._turn.intent)
        if topic is None or topic.name == task.topic or self._turn.intent in SAYS_NO_MORE:
            return None
        asked = task.asked
        if asked is not None and asked.options and not self._turn.text.startswith("/") and self._answers(task):
            return None
        if asked is not None and asked.fact == "correction" and given(self._turn).keys() & PROOFS:
            return None
        if asked is not None and asked.expects == "order_number" and "last_order" in given(self._turn):
            # "The last one", where an order's number is asked for.
            return None
        return topic if self._turn.confidence >= SURE else None

    def _answers(self, task: Task) -> bool:
        """Whether the words are one of the choices that were offered, or mean one."""
        asked = task.asked
        if asked is None:
            return False
        if self._turn.intent in asked.means or reading.pick(self._turn.meant, asked.options) is not None:
            return True
        return asked.kind == "several" and len(reading.named(self._turn.meant, asked.options)) == 1

    async def _means_a_choice(self, task: Task) -> bool:
        """Whether what sounds like leaving it all is one of the choices: "changed my mind", as the reason."""
        if task.asked is None or not task.asked.options or self._turn.text.startswith("/"):
            return False
        if self._answers(task):
            return True
        tried = Task.read(task.stored())
        assert tried is not None
        async with self._looking() as session:
            talk = Talk(self._turn, tried, session, heard=True)
            with suppress(Ask, Refused, Stop):
                await TOPICS[task.topic].plan(talk)
        return task.asked.fact in tried.facts and task.asked.fact not in task.facts

    def _interrupts(self, task: Task) -> bool:
        """Whether it is a question or a word of its own, which a rule answers before the task goes on."""
        intent = self._turn.intent
        proof = task.asked is not None and (task.asked.expects in PROOFS or task.asked.fact == "correction")
        if intent in ("no_fact", "deny") and proof:
            return not said.says_facts(self._turn)
        if intent in SAYS_NO_MORE or of_intent(intent) is not None:
            return False
        if self._turn.confidence < SURE and (said.says_facts(self._turn) or (task.asked and task.asked.options)):
            return False
        return not (task.asked and task.asked.options and self._answers(task))

    def _step_aside(self, task: Task) -> list[EventType]:
        """Lets the rule of this intent answer; the question is asked again afterwards."""
        return [*self._kept(task), ActionExecutionRejected(FORM)]

    async def _other_business(self, task: Task, other: Topic) -> list[EventType]:
        """Answers on the way what only has to be told; asks before anything else is dropped for it. A few words may be
        one of the choices after all: "a replacement"."""
        brief = len(self._turn.text.split()) <= BRIEF and "?" not in self._turn.text
        if brief and await self._means_a_choice(task):
            return await self._advance(task, heard=True)
        if other.reads:
            side = self._new(other, {})
            async with self._looking() as session:
                talk = Talk(self._turn, side, session, heard=True)
                try:
                    await other.plan(talk)
                except Stop:
                    pass
                except (Ask, Refused):
                    talk.sayings.clear()
            if talk.sayings:
                self._deliver(talk)
                if any(event.get("name") == "offered" and event.get("value") for event in talk.events):
                    # It ended on a question of its own: one at a time.
                    return self._kept(task)
                return await self._advance(task, heard=False)
        if _INSTEAD.search(self._turn.text):
            self._say("utter_instead")
            self._events.append(SlotSet("topic", other.name))
            return await self._advance(self._new(other, {}), heard=True)
        self._say(
            "utter_switch",
            buttons=yes_no(self._turn.language),
            current=TOPICS[task.topic].title[self._turn.language],
            wanted=other.title[self._turn.language],
        )
        before = None if task.asked is None else Task.stored(task)["asked"]
        words = first_words(self._turn.text)
        about = {"topic": other.name, "given": given(self._turn), "words": words, "asked": before}
        task.asked = Asked("switch", "switch", about=about)
        return self._kept(task)
