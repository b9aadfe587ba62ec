"""Carrying an open task from message to message: what answers, corrects, interrupts, or changes the subject."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

from rasa_sdk.events import ActionExecutionRejected, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.tasks import asides, by_code, calling_off, ending, going_back, reading, said, stories
from actions.tasks.asking import Ask, Refused, Stop
from actions.tasks.buttons import choice, yes_no
from actions.tasks.running import Run, first_words, given
from actions.tasks.state import Asked, Task
from actions.tasks.talk import Talk
from actions.tasks.topic import TOPICS, Topic, of_intent
from actions.toolbox import tools
from actions.turn import Turn

FORM: Final = "task_form"
GOES_FIRST: Final = frozenset({"ask_person", "distress", "fraud"})
"""What the customer wants at once, even in a message that also answers."""
SAYS_NO_MORE: Final = frozenset(
    {"affirm", "deny", "inform", "no_fact", "choose", "second_thoughts", "nlu_fallback", "out_of_scope", "rate"}
)
"""Intents that mean nothing beside the open question: when they do not answer it, nothing does."""
NO_ANSWER: Final = {"greet": "utter_hello_again", "sent_file": "utter_file_kept"}
"""What answers no question and asks none, and what is said to it while a task is open."""
PROOFS: Final = frozenset({"order_number", "email", "postcode"})
"""What a customer may not have at hand: a rule says what else can be done."""
SURE, ALARM, LONG_SILENCE, BRIEF = 0.55, 0.8, timedelta(hours=4), 4
_HEDGED: Final = re.compile(
    r"\b(?:mais|sauf|plut[oô]t|but|except|instead|only if|unless|ne|n['’]\w+|don['’]?t|do not)\b", re.IGNORECASE
)
LEAVE: Final = {"fr": "Tout laisser", "en": "Leave it all"}


class RunTask(Action):
    """Takes the open task one message further, or opens the one that the customer came with."""

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        engine = Engine(dispatcher, Turn.of(tracker))
        return await engine.step(interrupted=said.was_interrupted(tracker))


class Engine(Run):
    """What one message is to the open task."""

    async def step(self, *, interrupted: bool) -> list[EventType]:
        """The events of this message; what is said is dispatched."""
        task = Task.read(self._turn.slot("task")) if self._turn.form == FORM else None
        if task is None or task.topic not in TOPICS:
            return await self._begin()
        if interrupted:
            return await self._advance(task, heard=False)
        self._remember_more()
        silent = tools().now() - task.silent_since() > LONG_SILENCE
        task.at = tools().now().isoformat()
        return await self._hear(task, silent=silent)

    async def _hear(self, task: Task, *, silent: bool) -> list[EventType]:
        """What the message is to the open question."""
        if (heard := await self._at_once(task, task.asked)) is not None:
            return heard
        turn, asked = self._turn, task.asked
        if asked is not None and asked.kind in ("switch", "change") and (heard := await self._settle(task, asked)):
            return heard
        asked = task.asked
        if asked is not None and asked.kind == "confirm" and (heard := await self._decide(task, asked)):
            return heard
        if turn.intent == "cancel":
            if await self._means_a_choice(task):
                return await self._advance(task, heard=True)
            self._say("utter_cancelled")
            self._later.clear()
            return [*self._events, *self._closed()]
        # Who comes back after a long silence may come with something else than the words that were asked for.
        tells = asked is not None and asked.kind == "text" and not (silent and self._other(task))
        if tells and asked and (heard := await self._own_words(task, asked)):
            return heard
        if other := self._other(task):
            return await self._other_business(task, other)
        if self._interrupts(task):
            return self._step_aside(task)
        if stories.tells_more(turn, task):
            stories.add(turn, task)
            self._say("utter_story_added")
            return await self._advance(task, heard=False)
        if turn.intent == "second_thoughts" and not said.says_facts(turn):
            return await self._go_back(task)
        if silent:
            self._say("utter_where_we_were", what=TOPICS[task.topic].title[turn.language])
        task.given.update(given(turn))
        return await self._advance(task, heard=True)

    async def _at_once(self, task: Task, asked: Asked | None) -> list[EventType] | None:
        """What is answered before anything else: danger, a person, yes to one; a greeting or a file that came along."""
        turn = self._turn
        if self._goes_first(asked):
            if turn.intent != "ask_person" and turn.confidence < ALARM and await self._means_a_choice(task):
                # "I don't like it any more", as the reason for a return, is a guess at danger and an answer.
                return await self._advance(task, heard=True)
            return self._step_aside(task)
        if turn.intent in NO_ANSWER and said.only_courtesy(turn):
            answer = "utter_without_file" if said.nothing_sent(turn) else NO_ANSWER[turn.intent]
            self._say(answer, what=TOPICS[task.topic].title[turn.language])
            return await self._advance(task, heard=False)
        if turn.slot("offered") and turn.intent in ("affirm", "deny") and "of" not in turn.entities:
            if turn.intent == "affirm":
                return await self._hand_over(turn.slot("offered"))
            self._say("utter_carry_on")
            self._events.append(SlotSet("offered", ""))
            return await self._advance(task, heard=False)
        if asked and (by_code.hears(turn, asked) or TOPICS[task.topic].hears(asked.fact, turn.text)):
            task.given.update(given(turn))
            return await self._advance(task, heard=True)
        if (told := await asides.answer(turn, task, asked)) is not None:
            self._deliver(told)
            return await self._advance(task, heard=False)
        if ending.is_said(turn, asked):
            self._say("utter_ended" if TOPICS[task.topic].reads else "utter_ended_undone")
            self._later.clear()
            return [*self._events, *self._closed()]
        return None

    def _goes_first(self, asked: Asked | None) -> bool:
        """Whether it is what the customer wants at once. In a story that was asked for, a guess at danger or fraud is
        only a word of the story."""
        sure = self._turn.intent == "ask_person" or self._turn.confidence >= ALARM
        return self._turn.intent in GOES_FIRST and (sure or asked is None or asked.kind != "text")

    async def _own_words(self, task: Task, asked: Asked) -> list[EventType] | None:
        """What is written where their own words were asked for; None when it is no answer to that."""
        if said.nothing_but_facts(self._turn):
            # Said by the way: the question for their own words is still open.
            task.given.update(given(self._turn))
            return await self._advance(task, heard=False)
        if TOPICS[task.topic].takes(asked.fact, self._turn.text):
            return await self._advance(task, heard=True)
        return None

    async def _decide(self, task: Task, asked: Asked) -> list[EventType] | None:
        """Yes or no to what was shown; None when the message is neither, or says something new with its yes.

        Nothing is done on a button of another question, nor on a yes that was guessed or hedged.
        """
        turn = self._turn
        if (
            turn.text.startswith("/")
            and turn.intent in ("affirm", "deny")
            and turn.entities.get("of") != asked.about["mark"]
        ):
            return await self._advance(task, heard=False)
        cancels = calling_off.is_meant(turn, task, asked)
        if turn.intent == "affirm" or cancels:
            if turn.confidence < SURE or said.says_new(turn, task, asked):
                # Who says "cancel it" is not told that it was left.
                return await self._advance(task, heard=False) if cancels and turn.intent == "cancel" else None
            if not turn.text.startswith("/") and turn.written_at < asked.about.get("at", 0):
                # It was on its way before the question was: it answers an older one.
                return await self._advance(task, heard=False)
            if _HEDGED.search(turn.text):
                return None if stories.tells_more(turn, task) else await self._deny(task, asked)
            return await self._do(task, asked)
        tells = turn.confidence < ALARM and stories.tells_more(turn, task)
        if turn.intent == "deny" and not tells and not said.says_new(turn, task, asked):
            return await self._deny(task, asked)
        return None

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

    async def _settle(self, task: Task, asked: Asked) -> list[EventType] | None:
        """The answer to a question of the engine's own; None when the message is none, and the task goes on."""
        turn = self._turn
        if asked.kind == "switch":
            wanted = asked.about
            before = wanted.get("asked")
            task.asked = Asked(**before) if before else None
            if turn.intent == "affirm":
                topic = TOPICS[wanted["topic"]]
                self._events.append(SlotSet("topic", topic.name))
                begun = self._new(topic, {})
                begun.given, begun.came_with = wanted["given"], wanted.get("words", "")
                return await self._advance(begun, heard=False)
            if turn.intent == "deny":
                self._put_off(wanted["topic"], wanted["given"])
                self._say("utter_put_off")
                return await self._advance(task, heard=False)
            return None
        code = turn.entities.get("choice") if turn.entities.get("fact") == "change" else None
        if code is None and not turn.text.startswith("/"):
            code = reading.pick(turn.text, asked.options)
        task.asked = None
        if code == "leave":
            self._say("utter_cancelled")
            return [*self._events, *self._closed()]
        if code in asked.options:
            task.forget(str(code))
            return await self._advance(task, heard=False)
        return None

    async def _deny(self, task: Task, asked: Asked) -> list[EventType]:
        """No to what was shown: what is wrong with it, where something can be; otherwise it is left."""
        changes: dict[str, str] = asked.about.get("changes") or {}
        if not changes:
            self._say("utter_left_alone")
            return await self._finish(task)
        options = {**changes, "leave": LEAVE[self._turn.language]}
        task.asked = Asked("change", "change", options)
        buttons = [choice("change", code, _capital(words)) for code, words in options.items()]
        self._say("utter_what_to_change", buttons=buttons)
        return self._kept(task)

    async def _go_back(self, task: Task) -> list[EventType]:
        """Unsettles what was settled last; what is said instead ("no, the lamp") is taken at once."""
        opened = going_back.unsettle(task)
        task.asked, task.missed = await going_back.next_question(self._turn, task), 0
        self._turn = replace(self._turn, text=going_back.said_instead(self._turn.text))
        if task.asked is not None and task.asked.fact == opened and self._answers(task):
            return await self._advance(task, heard=True)
        task.asked = None
        self._say("utter_gone_back")
        return await self._advance(task, heard=False)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
