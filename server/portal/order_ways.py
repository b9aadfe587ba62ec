"""What a customer may do with an order now: each with until when, or with the reason why not and what is left."""

from __future__ import annotations

from dataclasses import dataclass, replace

from actions.order_allowed import NO_MORE, once_there
from crm_backend.orders.model import Order
from crm_backend.policies import words as policy
from crm_backend.policies.schema import Allowed, Decision, LineAllowed
from crm_backend.portal.schema import Visit, path_of
from server.help.pages import WRITE
from server.portal.order_shown import Teller


@dataclass(frozen=True)
class Way:
    """One thing. Where it is allowed `url` leads to it and `says` until when; otherwise `says` is why not, and
    `instead` what is left, with its address where it has one."""

    key: str
    title: str
    allowed: bool
    url: str
    says: str
    instead: str = ""
    instead_url: str = ""
    instead_act: str = ""
    """The same in the words of a button."""


class Ways:
    """What may be done with one order, told to one visitor."""

    def __init__(self, teller: Teller, visit: Visit, order: Order, may: Allowed) -> None:
        self._teller, self._visit, self._order, self._may = teller, visit, order, may

    def all(self) -> list[Way]:
        """Every way, in the order in which people need them; of an order that is over, only telling of a problem."""
        problem = Way(
            "problem",
            self._word("way_problem"),
            allowed=self._order.status not in ("cancelled", "returned"),
            url=self._to("problem"),
            says=self._word("way_problem_says"),
        )
        if self._order.status in NO_MORE:
            return [problem] if problem.allowed else []
        return _once([self.one("return"), self.one("exchange"), problem, self.one("address"), self.one("cancel")])

    def one(self, key: str) -> Way:
        """One way: `cancel`, `address`, `return` or `exchange`."""
        may = self._may
        decision = {"cancel": may.cancel, "address": may.change_address}.get(key, may.back)
        if key in ("return", "exchange"):
            return self._back(key, decision)
        if decision.allowed:
            return self._yes(key, self._said("way_until_status", decision))
        return self._no(key, decision)

    def _back(self, key: str, decision: Decision) -> Way:
        """Goods that are faulty come back under warranty when no others do."""
        if decision.allowed:
            same = len({str(each.back.facts.get("last")) for each in self._may.lines}) <= 1
            return self._yes(key, self._said("way_until_day" if same else "way_some_until_day", decision))
        if self._may.warranty.allowed and any(each.returnable for each in self._may.lines):
            why = self.why(decision)
            faulty = self._said("way_faulty_until_day", self._may.warranty)
            return self._yes(key, f"{why} {faulty}")
        return self._no(key, decision)

    def why(self, decision: Decision) -> str:
        """Why something is not allowed, in a sentence."""
        return policy.why(decision, self._teller.language, zone=self._teller.zone) or ""

    def only_faulty(self, line: LineAllowed) -> str:
        """Why a line comes back under warranty alone, and until when."""
        return f"{self.why(line.back)} {self._said('way_faulty_until_day', line.warranty)}"

    def _yes(self, key: str, says: str) -> Way:
        return Way(key, self._word(f"way_{key}"), allowed=True, url=self._to(key), says=says)

    def _no(self, key: str, decision: Decision) -> Way:
        instead, url, act = self._left(key, decision)
        title, why = self._word(f"way_{key}"), self.why(decision)
        return Way(key, title, allowed=False, url="", says=why, instead=instead, instead_url=url, instead_act=act)

    def _left(self, key: str, decision: Decision) -> tuple[str, str, str]:
        """The next best thing, where it is done, and the words of its button; nothing that is said beside it."""
        may, later = self._may, once_there(self._may, self._teller.language)
        if key in ("return", "exchange"):
            if decision.reason in ("return_under_way", "all_came_back"):
                return self._word("way_instead_status"), self._to() + "#returns", self._word("way_status")
            if decision.reason == "not_delivered" and may.cancel.allowed:
                return self._word("way_instead_cancel"), self._to("cancel"), self._word("way_cancel")
            if decision.reason == "not_delivered":
                return later, "", ""
        elif key == "cancel" and may.back.allowed:
            return self._word("way_instead_return"), self._to("return"), self._word("way_return")
        elif key == "cancel" and may.back.reason == "not_delivered" and later:
            return later, "", ""
        elif may.back.allowed:
            return "", "", ""
        return self._word("way_instead_person"), person(self._visit), self._word("way_person")

    def _said(self, word: str, decision: Decision) -> str:
        return self._word(word).format_map(policy.worded(decision.facts, self._teller.language))

    def _word(self, key: str) -> str:
        return self._teller.words[key]

    def _to(self, *parts: str) -> str:
        return path_of(self._visit.language, "orders", self._order.id, *parts)


def _once(ways: list[Way]) -> list[Way]:
    """The same next best thing is said once."""
    said: set[str] = set()
    found = []
    for way in ways:
        found.append(replace(way, instead="", instead_url="") if way.instead in said else way)
        said.add(way.instead)
    return found


def person(visit: Visit) -> str:
    """Where one writes to a person: for guests the contact form, which needs no account."""
    return WRITE[visit.language] if visit.guest else path_of(visit.language, "conversations", "new")
