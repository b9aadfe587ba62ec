"""What a topic declares of its business, and where all of them are found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

if TYPE_CHECKING:
    from actions.tasks.state import Task
    from actions.tasks.talk import Talk
    from actions.turn import Turn

TOPICS: dict[str, Topic] = {}
"""Every topic by its name. Importing its module is what puts it here (`actions.tasks.finding`)."""


class Topic(ABC):
    """One kind of business, from what the customer wants to what was done about it.

    `name` is the topic's folder in `data/` and its intent; `also` are further intents that begin it. `title` is what it
    is called in the middle of a sentence ("return an item"), `button` at the start of a button. `reads` says that it
    only tells: asked in the middle of another task it is answered on the way. `cancelling` says that "cancel it" is
    what the customer came for, and so a yes. `story` is the fact that holds their own words, where the plan asks for
    nothing besides: what they tell when it is shown is added to it. `how` is what the help centre is asked where
    somebody wants to know how it goes before anything is begun, which is offered then; `lasts`, where they want to
    know how long it takes. `taken` are the reasons for which what was agreed is not to be had any more, since somebody
    else was quicker: the plan says so, and offers what is left.
    """

    name: ClassVar[str]
    title: ClassVar[Mapping[str, str]]
    also: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[bool] = False
    cancelling: ClassVar[bool] = False
    story: ClassVar[str | None] = None
    how: ClassVar[Mapping[str, str] | None] = None
    lasts: ClassVar[Mapping[str, str] | None] = None
    taken: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "name" in cls.__dict__:
            TOPICS[cls.name] = cls()

    @abstractmethod
    async def plan(self, talk: Talk) -> None:
        """Says what there is to say, or asks for what is missing.

        Run from its first line at every message, with what is known by then: `talk` returns a fact that is settled and
        otherwise asks for it, which ends the run. It changes nothing. What is to be done is agreed with
        `talk.confirm`, and done in `do`.
        """

    def takes(self, fact: str, text: str) -> bool:
        """Whether a message may be the free answer to the question for this fact. One that may not is heard as anything
        else that can be said there: a question, another business."""
        return not text.startswith("/")

    def hears(self, fact: str, text: str) -> bool:
        """Whether a message answers the question for this fact, whatever else it may be taken for."""
        return False

    def wishes(self, text: str) -> bool:
        """Whether a sentence beside this business is no other one, but what is wished for it: "I want my money back",
        after a report of damage."""
        return False

    def takes_up(self, turn: Turn, task: Task) -> str | None:
        """Takes a message as a wish of this business which alone would be another one: "refund", in the middle of a
        report of damage. The response that says so; None where the message is none. The open question is asked again
        afterwards."""
        return None

    async def aside(self, talk: Talk) -> bool:
        """Answers a question about how this business goes that is asked in the middle of it; false where the message is
        none. The open question is asked again afterwards."""
        return False

    async def goes_on(self, turn: Turn) -> bool:
        """Whether a message that says nothing of its own goes on with this business, which was spoken of last: "and on
        Sunday?", after a shop's hours."""
        return False

    def goes_on_plainly(self, turn: Turn) -> bool:
        """The same where the words say it so plainly that what the message was taken for counts for less."""
        return False

    def points_back(self, turn: Turn) -> bool:
        """Whether a message goes on with what this business showed, even after something else was spoken of: "and in
        blue?"."""
        return False

    async def do(self, talk: Talk, session: AsyncSession, agreed: Mapping[str, Any]) -> None:
        """Does what the customer agreed to, once (`talk.key`), and says so with its reference. The transaction is
        committed by the caller before anything is said. May raise NotNow, Invalid, NotFound: then nothing was done,
        and the plan is run again, which says why."""
        raise NotImplementedError(f"{self.name} has nothing to do")


def is_plainly_on(turn: Turn) -> bool:
    """Whether a message plainly goes on with the topic that was spoken of last."""
    last = TOPICS.get(str(turn.slot("topic") or ""))
    return last is not None and not turn.text.startswith("/") and last.goes_on_plainly(turn)


async def going_on(turn: Turn) -> Topic | None:
    """The topic that was spoken of last, where this message goes on with it; or the one that it points back to."""
    last = TOPICS.get(str(turn.slot("topic") or ""))
    if turn.text.startswith("/"):
        return None
    if last is not None and await last.goes_on(turn):
        return last
    return next((each for each in TOPICS.values() if each is not last and each.points_back(turn)), None)


def of_intent(intent: str) -> Topic | None:
    """The topic that an intent begins."""
    if intent in TOPICS:
        return TOPICS[intent]
    return next((topic for topic in TOPICS.values() if intent in topic.also), None)
