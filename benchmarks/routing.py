"""A day of a contact centre in memory: how well work is handed out, against the best that could be done.

50 agents, 2,000 conversations, arrivals by hour, all from a seed. The decisions are those of
`crm_backend.routing.deciding`, the very code the server runs; what is simulated is people: customers who come and give
up, agents who work shifts, take seconds to accept, sometimes let an offer pass, and handle several things at once.

`.venv/bin/python -m benchmarks.routing [--seed N] [--agents N] [--conversations N] [--days N]`
"""

from __future__ import annotations

import argparse
import heapq
import os
import platform
import random
import time
from dataclasses import dataclass, field
from statistics import fmean

from crm_backend.routing.deciding import Candidate, Need, TeamRules, Waiting, decide

HOURS = (0, 0, 0, 0, 0, 0, 0, 1, 3, 6, 8, 8, 6, 6, 7, 8, 8, 7, 5, 3, 1, 0, 0, 0)
"""How many come in each hour of a day, against each other."""
SHIFTS = ((7.0, 15.0), (8.0, 16.0), (9.0, 17.0), (10.0, 18.0), (12.0, 20.5))
CHANNELS = {
    # kind: share, weight, points, mean handling time and patience in seconds
    "chat": (0.55, 100, 6.0, 540.0, 240.0),
    "messaging": (0.25, 50, 2.0, 780.0, 3_600.0),
    "mail": (0.20, 25, 0.0, 900.0, 8 * 3_600.0),
}
TOPICS = ("order", "delivery", "refund", "product", "account")
AIM = 30.0
DECLINES, MISSES, ACCEPTS = 0.02, 0.02, (2.0, 8.0)
OFFER_SECONDS = 30.0


@dataclass
class Job:
    """One conversation: when it comes, what it needs, how long it takes, and when its customer gives up."""

    id: int
    at: float
    kind: str
    needs: tuple[Need, ...]
    vip: bool
    work: float
    patience: float
    place: str = "out"
    since: float = 0.0
    started: float | None = None
    front: bool = False
    refused: dict[int, float] = field(default_factory=dict)


@dataclass
class Person:
    """One agent: their shift, skills and what they hold."""

    id: int
    shift: tuple[float, float]
    skills: dict[tuple[str, str], int]
    capacity: int = 200
    load: int = 0
    idle_since: float = 0.0


@dataclass(frozen=True)
class Centre:
    """What may be relaxed to see how good it could be: everybody can do everything, offers are accepted at once, and
    the shortest work first, as only a clairvoyant knows."""

    name: str
    skilled: bool = True
    offers: bool = True
    clairvoyant: bool = False


def a_day(rng: random.Random, count: int) -> list[Job]:
    """The conversations of a day, by arrival."""
    jobs = []
    for number in range(count):
        hour = rng.choices(range(24), HOURS)[0]
        kind = rng.choices(list(CHANNELS), [each[0] for each in CHANNELS.values()])[0]
        _, _, _, mean, patience = CHANNELS[kind]
        needs = (
            Need("language", "en" if rng.random() < 0.3 else "fr", firm=True),
            Need("topic", rng.choice(TOPICS), rng.choice((1, 1, 2))),
        )
        work = rng.lognormvariate(0, 0.6) * mean / 1.197  # mean of lognormal(0, 0.6)
        jobs.append(
            Job(
                number,
                (hour + rng.random()) * 3_600,
                kind,
                needs,
                rng.random() < 0.05,
                work,
                rng.expovariate(1 / patience),
            )
        )
    return sorted(jobs, key=lambda job: job.at)


def staff(rng: random.Random, count: int) -> list[Person]:
    """The agents: French and often English, and three or four topics each."""
    people = []
    for number in range(count):
        skills = {("language", "fr"): 3}
        if rng.random() < 0.6:
            skills["language", "en"] = 3
        for topic in rng.sample(TOPICS, rng.choice((3, 4))):
            skills["topic", topic] = rng.choice((1, 2, 3))
        start, end = SHIFTS[number % len(SHIFTS)]
        people.append(Person(number, (start * 3_600, end * 3_600), skills))
    return people


class Simulation:
    """Events in order of time; `decide` is asked whenever somebody came or a slot became free."""

    def __init__(self, jobs: list[Job], people: list[Person], centre: Centre, rng: random.Random) -> None:
        self.jobs, self.people, self.centre, self.rng = jobs, people, centre, rng
        self.queue: dict[int, Job] = {}
        self.events: list[tuple[float, int, str, tuple[int, int]]] = []
        self.number = self.decisions = 0
        self.deciding = 0.0
        self.rules = {"support": TeamRules("support", relax_after=60.0)}

    def run(self) -> None:
        """Plays the day to its end."""
        for job in self.jobs:
            self.tell(job.at, "comes", job.id)
        for person in self.people:
            self.tell(person.shift[0], "free", person.id)
        # Offers that were refused, and skills that relax, are looked at again now and then, as the server does.
        for second in range(6 * 3_600, 22 * 3_600, 15):
            self.tell(second, "sweep")
        while self.events:
            now, _, what, (first, second) = heapq.heappop(self.events)
            if getattr(self, f"_{what}")(now, first, second):
                self.hand_out(now)

    def tell(self, at: float, what: str, first: int = -1, second: int = -1) -> None:
        self.number += 1
        heapq.heappush(self.events, (at, self.number, what, (first, second)))

    def _comes(self, now: float, job: int, _: int) -> bool:
        one = self.jobs_by_id[job]
        one.place, one.since = "queue", now
        self.queue[job] = one
        self.tell(now + one.patience, "gives_up", job)
        return True

    def _gives_up(self, now: float, job: int, _: int) -> bool:
        one = self.jobs_by_id[job]
        if one.place == "queue":
            one.place = "lost"
            del self.queue[job]
        return False

    def _free(self, now: float, person: int, _: int) -> bool:
        return True

    def _sweep(self, now: float, *_: int) -> bool:
        return bool(self.queue)

    def _answers(self, now: float, job: int, person: int) -> bool:
        one, who = self.jobs_by_id[job], self.people[person]
        one.place, one.started = "owned", now
        self.tell(now + one.work, "ends", job, person)
        who.idle_since = now
        return False

    def _refuses(self, now: float, job: int, person: int) -> bool:
        one, who = self.jobs_by_id[job], self.people[person]
        who.load -= CHANNELS[one.kind][1]
        one.place, one.front, one.refused[person] = "queue", True, now
        self.queue[job] = one
        return True

    def _ends(self, now: float, job: int, person: int) -> bool:
        one, who = self.jobs_by_id[job], self.people[person]
        who.load -= CHANNELS[one.kind][1]
        who.idle_since, one.place = now, "done"
        return True

    @property
    def jobs_by_id(self) -> dict[int, Job]:
        if not hasattr(self, "_by_id"):
            self._by_id = {job.id: job for job in self.jobs}
        return self._by_id

    def hand_out(self, now: float) -> None:
        """One round."""
        there = [one for one in self.people if one.shift[0] <= now < one.shift[1] and one.load < one.capacity]
        if not there or not self.queue:
            return
        began = time.perf_counter()
        made = decide(
            [self._waiting(job, now) for job in self.queue.values()], [self._one(who, now) for who in there], self.rules
        )
        self.deciding += time.perf_counter() - began
        self.decisions += 1
        for each in made:
            self._give(now, int(str(each.item)), int(str(each.agent)))

    def _give(self, now: float, job: int, person: int) -> None:
        one = self.queue.pop(job)
        one.place = "offered"
        self.people[person].load += CHANNELS[one.kind][1]
        chance = self.rng.random()
        if not self.centre.offers:
            self._answers(now, job, person)
        elif chance < DECLINES:
            self.tell(now + self.rng.uniform(*ACCEPTS), "refuses", job, person)
        elif chance < DECLINES + MISSES:
            self.tell(now + OFFER_SECONDS, "refuses", job, person)
        else:
            self.tell(now + self.rng.uniform(*ACCEPTS), "answers", job, person)

    def _waiting(self, job: Job, now: float) -> Waiting:
        _, weight, points, _, _ = CHANNELS[job.kind]
        return Waiting(
            id=job.id,
            team="support",
            kind=job.kind,
            weight=weight,
            waited=now - job.since,
            # The clairvoyant knows how long each takes: the shortest first, chats before all.
            channel_points=(1e6 if job.kind == "chat" else 0) - job.work if self.centre.clairvoyant else points,
            needs=job.needs if self.centre.skilled else (),
            vip=job.vip,
            front=job.front,
            refused_by=frozenset(one for one, at in job.refused.items() if now - at < 300),
        )

    def _one(self, who: Person, now: float) -> Candidate:
        kinds = frozenset(CHANNELS)
        return Candidate(who.id, kinds, who.capacity, who.load, now - who.idle_since, skills=who.skills)


def report(name: str, simulation: Simulation) -> None:
    """Prints how the day went."""
    print(name)
    for kind in (*CHANNELS, "all"):
        mine = [job for job in simulation.jobs if kind in (job.kind, "all")]
        waits = [job.started - job.at for job in mine if job.started is not None]
        within = sum(wait <= AIM for wait in waits) / len(mine)
        ordered = sorted(waits)
        print(
            f"  {kind:<10}{len(mine):>6} came  {within:>6.1%} begun within {AIM:.0f} s"
            f"  mean wait {fmean(waits):>7.1f} s"
            f"  p95 {ordered[int(len(ordered) * 0.95)]:>7.1f} s  longest {ordered[-1]:>8.1f} s"
            f"  {sum(job.place == 'lost' for job in mine) / len(mine):>6.1%} gave up"
        )
    per = simulation.deciding / max(1, simulation.decisions) * 1_000
    print(f"  {simulation.decisions} rounds of decisions, {per:.2f} ms each")


def main() -> None:
    """Plays the same days under each rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--conversations", type=int, default=2_000)
    given = parser.parse_args()
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; seed {given.seed}")
    for centre in (
        Centre("as handed out"),
        Centre("the same, every offer accepted at once", offers=False),
        Centre("best possible: everybody can do everything, at once", skilled=False, offers=False),
        Centre("clairvoyant: the same, and the shortest chats first", skilled=False, offers=False, clairvoyant=True),
    ):
        rng = random.Random(given.seed)
        jobs, people = a_day(rng, given.conversations), staff(rng, given.agents)
        simulation = Simulation(jobs, people, centre, random.Random(given.seed + 1))
        simulation.run()
        report(centre.name, simulation)


if __name__ == "__main__":
    main()
