"""Running the plan of a task: up to its next question, to its end, or on to what the customer asked for besides."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.ext.asyncio import AsyncSession

from actions import awaited, general_answers, other_languages, still
from actions.person import hand_over
from actions.tasks import beginning, explaining, guessing, putting_off, shown_to
from actions.tasks.asking import Ask, Refused, Saying, Stop
from actions.tasks.by_the_way import first_words, given
from actions.tasks.state import Asked, Task
from actions.tasks.talk import Talk
from actions.tasks.topic import TOPICS, Topic, going_on, is_plainly_on, of_intent
from actions.toolbox import tools
from actions.turn import Turn
from crm_backend.database import reading
from crm_backend.errors import Conflict, Invalid, NotAllowed, NotFound, NotNow

MOST_MISSED, MOST_AGAIN, MOST_FAILED, PLAIN, BRIEF = 3, 2, 2, 0.7, 4
DONE = "done"
"""The slot of the topic in which something was done last."""
_CORRECTS = re.compile(
    r"\b(?:pardon|d[ée]sol[ée]e?|oups|tromp[ée]e?s?|voulais dire|l['’]autre|"
    r"sorry|oops|meant|wrong|mistake|the other)\b",
    re.IGNORECASE,
)
_AND = re.compile(r"\W*(?:et|and|what about|how about)\b", re.IGNORECASE)
OF_ORDERS = frozenset({"order_number", "tracking_number", "case_number", "email", "postcode", "last_order"})


class Run:
    """One message of one conversation, as far as it runs plans."""

    def __init__(self, dispatcher: CollectingDispatcher, turn: Turn) -> None:
        self._dispatcher, self._turn = dispatcher, turn
        self._events: list[EventType] = []
        self._tells_new = False
        """Whether the message says a fact that was not known."""
        self._later: list[dict[str, Any]] = [*(turn.slot("later") or [])]

    # Beginning and ending

    async def _begin(self) -> list[EventType]:
        """Opens the task that was proposed, or the one of the intent."""
        wanted = self._turn.slot("begin") or {}
        topic = TOPICS.get(wanted.get("topic", "")) or of_intent(self._turn.intent)
        if self._turn.intent == "inform" and not wanted and _CORRECTS.search(self._turn.text):
            # "Sorry, I meant 10885": the same again, for that one.
            topic = TOPICS.get(str(self._turn.slot("topic") or "")) or topic
        says_no_order = not given(self._turn).keys() & OF_ORDERS
        if not wanted and says_no_order and self._says_little():
            topic = await going_on(self._turn) or topic
        if topic is not None and not wanted:
            topic = beginning.meant(self._turn, topic, given(self._turn))
        if topic is None:
            # The model knows a topic that this server does not: a person goes on.
            return await self._hand_over("unclear")
        if not wanted and guessing.is_far_fetched(self._turn, topic):
            self._say("utter_unclear_guess", buttons=guessing.buttons(self._turn, guessing.guesses(self._turn)))
            return [*self._events, *self._closed()]
        self._events += [SlotSet("begin", None), SlotSet("proposed", ""), SlotSet("topic", topic.name)]
        putting_off.remember(self._later, self._turn, besides=topic)
        if other_languages.speaks_another(self._turn.text):
            self._say("utter_other_language_too")
        if not wanted and (how := await explaining.told(self._turn, topic)) is not None:
            self._deliver(how)
            return [*self._events, *self._closed()]
        if not wanted and self._turn.mood == "upset" and not self._turn.slot("consoled"):
            self._events.append(SlotSet("consoled", True))
            self._say("utter_upset_begin")
        return await self._advance(self._new(topic, wanted.get("facts") or {}), heard=True)

    def _says_little(self) -> bool:
        """Whether the message may go on with what was spoken of: guessed at, a fact alone, or "how much?"."""
        words = len(self._turn.text.split())
        brief = words <= BRIEF and (self._turn.intent == "product_price" or _AND.match(self._turn.text) is not None)
        if self._turn.intent == "inform" or brief or self._turn.confidence < PLAIN:
            return True
        # "It's been two weeks", which sounds like a parcel's, after a refund was spoken of.
        return still.waits(self._turn.text) or awaited.is_asked(self._turn) or is_plainly_on(self._turn)

    def _new(self, topic: Topic, facts: dict[str, Any], *, nth: int = 0) -> Task:
        now = tools().now().isoformat()
        task = Task(topic.name, f"{self._turn.id}{f'.{nth}' if nth else ''}", now, dict(facts))
        task.given = given(self._turn)
        task.came_with = first_words(self._turn.text)
        return task

    async def _finish(self, task: Task) -> list[EventType]:
        """Closes the task; the next thing that the customer asked for follows at once."""
        if self._later:
            following = self._later.pop(0)
            if following["topic"] == putting_off.QUESTION:
                return await self._answer(task, str(following.get("text") or ""))
            topic = TOPICS.get(following["topic"])
            if topic is not None:
                self._say("utter_and_now", what=topic.title[self._turn.language])
                self._events.append(SlotSet("topic", topic.name))
                begun = self._new(topic, {}, nth=task.id.count(".") + 1)
                begun.given = following["given"]
                begun.came_with = first_words(following.get("text", ""))
                # Its own words are heard now, and nothing else of the message that they came with.
                self._turn = replace(
                    self._turn, text=following.get("text", ""), intent=topic.name, entities={}, also=[]
                )
                return await self._advance(begun, heard=bool(self._turn.text))
        return [*self._events, *self._closed()]

    async def _answer(self, task: Task, question: str) -> list[EventType]:
        """What the help centre says to a question that was asked besides; then whatever else was."""
        async with self._looking() as session:
            talk = Talk(replace(self._turn, text=question), task, session, heard=False)
            if await general_answers.answered(talk, question={self._turn.language: question}):
                self._deliver(talk)
        return await self._finish(task)

    def _closed(self) -> list[EventType]:
        return [SlotSet("task", None), SlotSet("later", None), SlotSet("requested_slot", None), ActiveLoop(None)]

    def _kept(self, task: Task) -> list[EventType]:
        return [
            *self._events,
            SlotSet("task", task.stored()),
            SlotSet("later", self._later or None),
            SlotSet("requested_slot", "step"),
        ]

    async def _hand_over(self, reason: Any) -> list[EventType]:
        return [*self._events, *self._closed(), *await hand_over(self._dispatcher, self._turn, reason)]

    # Running the plan

    def _looking(self) -> AsyncSession:
        """What plans look through: they change nothing, and need no transaction."""
        return reading(tools().sessions)

    async def _advance(self, task: Task, *, heard: bool) -> list[EventType]:
        """Runs the plan up to its next question, or to its end."""
        topic = TOPICS[task.topic]
        async with self._looking() as session:
            talk = Talk(self._turn, task, session, heard=heard)
            try:
                await topic.plan(talk)
            except Stop:
                pass
            except Refused as refused:
                return await self._refuse(talk, refused)
            except Ask as ask:
                open_still = (
                    heard and not talk.progress and task.asked is not None and task.asked.fact == ask.asked.fact
                )
                # Who says again what they came for, instead of a fact, has not misunderstood the question.
                again = ask.asked.kind in ("fact", "choice") and self._turn.intent == task.topic
                # Nor who gives another fact first, which is kept.
                known = [*task.given.values(), *task.facts.values()]
                kept = any(value in known for value in given(self._turn).values())
                forgiven = again or bool(kept and (ask.asked.expects or ask.asked.kind == "choice"))
                task.again = task.again + (not self._tells_new) if open_still and forgiven else 0
                return await self._put(talk, ask, missed=open_still and not forgiven)
        return await self._end(talk)

    async def _end(self, talk: Talk) -> list[EventType]:
        self._deliver(talk)
        if reason := _handing_over(talk):
            return await self._hand_over(reason)
        return await self._finish(talk.task)

    async def _put(self, talk: Talk, ask: Ask, *, missed: bool) -> list[EventType]:
        """Asks the question; again, with help, when this message did not answer it."""
        task = talk.task
        if missed:
            task.missed += 1
            if task.missed >= MOST_MISSED:
                return await self._hand_over("unclear")
            if task.missed == MOST_MISSED - 1:
                self._say("utter_task_stuck")
                self._events.append(SlotSet("offered", "unclear"))
                return self._kept(task)
            talk.sayings.insert(0, Saying("utter_not_caught"))
        elif task.again >= MOST_AGAIN:
            task.again = 0
            self._say("utter_task_stuck")
            self._events.append(SlotSet("offered", "unclear"))
            return self._kept(task)
        elif task.asked is None or task.asked.fact != ask.asked.fact:
            task.missed = 0
        task.asked = ask.asked
        if ask.asked.kind == "confirm":
            ask.asked.about |= {
                "whose": await shown_to.whose(talk.session, self._turn),
                "at": time.time_ns() // 1_000_000,
            }
        self._deliver(talk)
        self._utter(ask.saying)
        return self._kept(task)

    async def _refuse(self, talk: Talk, refused: Refused) -> list[EventType]:
        """Says why a value cannot be taken, and asks again."""
        self._deliver(talk)
        self._utter(refused.saying)
        talk.task.missed += 1
        if talk.task.missed >= MOST_MISSED:
            return await self._hand_over("unclear")
        return await self._advance(talk.task, heard=False)

    async def _do(self, task: Task, asked: Asked) -> list[EventType]:
        """Does what was agreed to, for whom it was shown to. When it can no longer be done, the plan says why."""
        topic = TOPICS[task.topic]
        async with self._looking() as session:
            whose = await shown_to.whose(session, self._turn)
        if whose != (before := asked.about.get("whose", whose)):
            return await self._anew(topic, lapsed=shown_to.is_lapsed(before, whose))
        talk: Talk
        try:
            async with tools().sessions.begin() as session:
                talk = Talk(self._turn, task, session, heard=False)
                await topic.do(talk, session, asked.about["agreed"])
                talk.slot(DONE, topic.name)
        except Stop:
            pass
        except (Conflict, Invalid, NotAllowed, NotFound) as no:
            if not (isinstance(no, NotNow) and no.reason in topic.taken):
                task.failed += 1
                if task.failed >= MOST_FAILED:
                    return await self._hand_over("unclear")
                self._say("utter_has_changed")
            task.asked = None
            return await self._advance(task, heard=False)
        return await self._end(talk)

    async def _anew(self, topic: Topic, *, lapsed: bool) -> list[EventType]:
        """Begins again, without anything that was said: since it was shown, another customer writes here, or the proof
        of who they are is another; `lapsed` where it is only gone."""
        if lapsed:
            self._say("utter_prove_again", what=topic.title[self._turn.language])
        else:
            self._say("utter_has_changed")
        begun = self._new(topic, {})
        begun.given = {}
        return await self._advance(begun, heard=False)

    # Saying

    def _deliver(self, talk: Talk) -> None:
        for saying in talk.sayings:
            self._utter(saying)
        self._events += [event for event in talk.events if event.get("name") != "handing_over"]

    def _utter(self, saying: Saying) -> None:
        said: dict[str, Any] = {"response": saying.response} if saying.response else {"text": saying.text or ""}
        self._dispatcher.utter_message(
            **said, buttons=saying.buttons or None, json_message=saying.extra or None, **saying.values
        )

    def _say(self, response: str, *, buttons: list[dict[str, str]] | None = None, **values: Any) -> None:
        self._utter(Saying(response, values, buttons=buttons or []))


def _handing_over(talk: Talk) -> str | None:
    return next((event["value"] for event in talk.events if event.get("name") == "handing_over"), None)
