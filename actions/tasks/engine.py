"""Carrying an open task from message to message: what answers, corrects, interrupts, or changes the subject."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Final

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.tasks import (
    asides,
    by_code,
    calling_off,
    ending,
    going_back,
    other_one,
    putting_off,
    reading,
    said,
    stories,
)
from actions.tasks.articles import names_a_thing
from actions.tasks.buttons import choice
from actions.tasks.by_the_way import DAY, day_spoken_of, given
from actions.tasks.interrupting import ALARM, FORM, SURE, Interrupting
from actions.tasks.state import Asked, Task
from actions.tasks.topic import TOPICS
from actions.toolbox import tools
from actions.turn import Turn

NO_ANSWER: Final = {"greet": "utter_hello_again", "sent_file": "utter_file_kept"}
"""What answers no question and asks none, and what is said to it while a task is open."""
LONG_SILENCE: Final = timedelta(hours=4)
_HEDGED: Final = re.compile(
    r"\b(?:mais|sauf|plut[oô]t|but|except|instead|only if|unless|ne|n['’]\w+|don['’]?t|do not)\b", re.IGNORECASE
)
LEAVE: Final = {"fr": "Tout laisser", "en": "Leave it all"}


class RunTask(Action):
    """Takes the open task one message further, or opens the one that the customer came with."""

    def name(self) -> str:
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        turn = Turn.of(tracker)
        day = day_spoken_of(turn)
        spoken_of: list[EventType] = [SlotSet(DAY, day)] if day else []
        # What the plan itself speaks of comes after it.
        return spoken_of + await Engine(dispatcher, turn).step(interrupted=said.was_interrupted(tracker))


class Engine(Interrupting):
    """What one message is to the open task."""

    async def step(self, *, interrupted: bool) -> list[EventType]:
        """The events of this message; what is said is dispatched."""
        task = Task.read(self._turn.slot("task")) if self._turn.form == FORM else None
        if task is None or task.topic not in TOPICS:
            return await self._begin()
        if interrupted:
            return await self._advance(task, heard=False)
        putting_off.remember(self._later, self._turn, besides=TOPICS[task.topic])
        silent = tools().now() - task.silent_since() > LONG_SILENCE
        task.at = tools().now().isoformat()
        self._tells_new = said.tells_new(self._turn, task)
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
        if (fact := other_one.is_meant(turn, task, asked)) is not None:
            await other_one.take(turn, task, fact)
            return await self._advance(task, heard=names_a_thing(turn.text))
        if await other_one.names_another(turn, task, asked):
            return await self._advance(task, heard=False)
        if (noted := TOPICS[task.topic].takes_up(turn, task)) is not None:
            self._say(noted)
            return await self._advance(task, heard=False)
        return self._leaving(task, asked)

    def _leaving(self, task: Task, asked: Asked | None) -> list[EventType] | None:
        """Closes the task for who says that they are done; None for anybody else."""
        if ending.is_said(self._turn, asked):
            self._say("utter_ended" if TOPICS[task.topic].reads else "utter_ended_undone")
            self._later.clear()
            return [*self._events, *self._closed()]
        return None

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
        denies = turn.intent == "deny" or other_one.is_wrong(turn)
        if denies and not tells and not said.says_new(turn, task, asked):
            return await self._deny(task, asked)
        return None

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
                putting_off.put_off(self._later, wanted["topic"], wanted["given"])
                self._say("utter_put_off")
                return await self._advance(task, heard=False)
            if said.says_facts(turn):
                # Who goes on with the facts of the open business has not taken the other back.
                putting_off.put_off(self._later, wanted["topic"], wanted["given"], text=wanted.get("words", ""))
            return None
        code = turn.entities.get("choice") if turn.entities.get("fact") == "change" else None
        if code is None and not turn.text.startswith("/"):
            code = reading.pick(turn.text, asked.options)
        task.asked = None
        if code == "leave":
            self._say("utter_cancelled")
            return [*self._events, *self._closed()]
        if code == other_one.ORDER and task.facts.get("order_number") == task.facts.get(code):
            # It was named to prove who writes, and would be taken again.
            other_one.sets_aside(task)
            return await self._advance(task, heard=False)
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
