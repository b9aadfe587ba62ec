"""How a run of a scenario went: what nobody may be told, what had to be read, and what the database says afterwards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from uuid import UUID

from sqlalchemy import select

from crm_backend.conversations.model import Conversation
from crm_backend.database import new_id
from server.app import Parts
from tests.support.scenarios import after
from tests.support.scenarios.customer import Heard
from tests.support.scenarios.made import World
from tests.support.scenarios.reading import Scenario

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NUMBER = re.compile(r"(?<!\w)\d{5}(?!\w)")  # "10242FE3" is a return's reference


@dataclass
class Outcome:
    """How one run ended. `failures` say what went otherwise than it should; `breaches` are those that must never be:
    a leak, a promise that policy forbids, a wrong write."""

    scenario: Scenario
    seed: int
    failures: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    transcript: list[str] = field(default_factory=list)
    turns: int = 0

    @property
    def ok(self) -> bool:
        return not self.failures and not self.breaches


@dataclass
class Run:
    """One conversation in its world."""

    scenario: Scenario
    world: World
    outcome: Outcome
    visitor: str = field(default_factory=lambda: new_id().hex)
    conversation: UUID | None = None
    proof: str = "anonymous"
    names: set[str] = field(default_factory=set)
    read: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def fails(self, why: str) -> None:
        self.outcome.failures.append(why)

    def breaks(self, why: str) -> None:
        self.outcome.breaches.append(why)


def look_for_leaks(run: Run, message: Heard, orders: set[str]) -> None:
    """Whether something is told that is somebody else's, or theirs before they proved who they are."""
    said, known = "\n".join(run.said).casefold(), run.world
    own = {number for number, whose in known.numbers.items() if whose == known.writer.name}
    for email in EMAIL.findall(message.text):
        if email.casefold() not in said and email.casefold() != known.writer.secrets["email"]:
            run.breaks(f"leak: {email}")
    for number in NUMBER.findall(message.text):
        if number in orders and number not in own and number not in said:
            run.breaks(f"leak: order {number}")
    for person in known.people:
        if person is known.writer and run.proof != "anonymous":
            continue
        for what, secret in person.secrets.items():
            if secret.casefold() in message.text.casefold() and secret.casefold() not in said:
                run.breaks(f"leak: {what} of {person.name}")


def judge(runs: Sequence[Run], before: after.Rows, rows: after.Rows) -> None:
    """Holds the runs against what they were to say and to change: `rows` is the database now."""
    worlds = {
        str(at): [*(person.id for person in run.world.people), *([run.conversation] if run.conversation else [])]
        for at, run in enumerate(runs)
    }
    mine, nobodys = after.of_worlds(after.changes(before, rows), worlds, rows | before)
    for at, run in enumerate(runs):
        verdict = after.judge(run.scenario.after, mine[str(at)], run.world)
        for each in verdict.wrong:
            run.breaks(f"wrong write: {each}")
        for each in verdict.missing:
            run.fails(f"not in the database: {each}")
        _judge_words(run)
    for change in nobodys:
        runs[0].breaks(f"wrong write, by nobody of this batch: {change}")


async def judge_owners(company: Parts, runs: Sequence[Run]) -> None:
    """Checks who has each conversation at the end."""
    async with company.sessions() as session:
        found = {
            row.id: row.owner
            for row in await session.scalars(
                select(Conversation).where(Conversation.id.in_([run.conversation for run in runs]))
            )
        }
    for run in runs:
        owner = str(found.get(run.conversation, "bot")).partition(":")[0] if run.conversation else "bot"
        if owner != run.scenario.ends:
            run.fails(f"{owner} has the conversation, not {run.scenario.ends}")


def _judge_words(run: Run) -> None:
    scenario, known = run.scenario, run.world.known
    everything = "\n".join(run.read)

    def filled(text: str) -> str:
        return re.sub(r"\{([\w.]+)\}", lambda match: str(known[match[1]]), text)

    for name in scenario.hears:
        if not any(fnmatchcase(said, wanted) for said in run.names for wanted in name.split("|")):
            run.fails(f"{name} was not said")
    for text in scenario.contains:
        if not any(filled(each).casefold() in everything.casefold() for each in text.split("|")):
            run.fails(f"not read: {text}")
    for text in scenario.never:
        if filled(text).casefold() in everything.casefold():
            run.breaks(f"must not be read: {text}")
