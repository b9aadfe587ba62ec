"""Scenarios as they are written in `tests/scenarios/*.yml`.

A file holds `topic` and `scenarios`. A scenario is written once for both languages, and is two scenarios:

    - name: A paid order is called off, and the money goes back
      before:                       who there is; the first of them writes
        marie:
          orders:
            A: {status: paid, lines: [LMP, MUG*2]}      see world.py for all that can be said here
      fr:
        says: [je veux annuler la commande {A}, ...]    how they may begin; one of them, by the seed
        asked:                      what they say when a response asks; `*` stands for anything in its name
          utter_return_order_reason: [changé d'avis, {press: Une autre raison}]
          utter_ask_email: [[attendez], ["{email}"]]    a list of lists: the first time, the second time
          utter_ask_postcode: [{wait: 26, text: "{postcode}"}]    after so many hours of silence
          utter_damaged_item_what: [{send: photo, text: voilà}]   with a file, `photo` or `voice`; words may be left out
        then: [[merci], [et ma carte cadeau ?]]         what they say once nothing is asked any more
      en: {says: [...], ...}
      hears: [utter_cancel_order_done_paid]             responses that must be said, whenever
      contains: ["{A}"]             texts that must be read
      never: [remboursé]            texts that must not be read: promises, other people's data (`fr: ...`, `en: ...`
                                    where the two differ; the same for `contains`)
      after:                        every row of business that is changed, new or gone; and there must be no other
      - orders A: {status: cancelled}
      - new refunds: {order: A, amount_minor: "{A.total}"}
      ends: bot                     who has the conversation at the end: bot (default), or queue

Besides: `vouched: true` (their platform vouches for their telephone number), `signed_in: true` (on the company's site),
`languages` (both, unless told),
`agrees: false` (says no to what is shown), `tells` (the order proved with; the first, unless told), `proves: false`
(cannot prove who they are), `plain: true` (says exactly what is written), `patience: false` (neither digresses nor
errs), and `wants` (the intent whose button they press when asked what they meant; the topic, unless told).
`mailbox: true`: the company may write to addresses on file, and `{code}` is the code that the customer found last in
their mail, at `{email}` or `{new_email}` (an address that is on nobody's file).
`waits: true`: they go on writing once they wait for a person.
`flawed` says what the assistant still does wrong here: `./relais test` then expects no more than that nothing is told
or written that must not be; `./relais scenarios` counts it as it is.
Questions for the proof, for yes or no, and for which order are answered by themselves.

`{A}` is an order's number; `{A.total}`, `{email}`, `{postcode}`, `{phone}` (`{phone.spoken}`), `{emma.email}`,
`{card}`, `{promo}` and `{case}` are what the world was made with, `{wrong}` is the number of no order, and `{rant}`
nearly 5,000 characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
LANGUAGES = ("fr", "en")
AS_WRITTEN = (
    "ends",
    "vouched",
    "signed_in",
    "agrees",
    "tells",
    "proves",
    "plain",
    "patience",
    "wants",
    "mailbox",
    "waits",
)
KNOWN = frozenset(
    ("name", "before", "fr", "en", "hears", "contains", "never", "after", "languages", "flawed", *AS_WRITTEN)
)
SAID = frozenset({"says", "asked", "then"})


@dataclass(frozen=True)
class Scenario:
    """One scenario in one language."""

    topic: str
    name: str
    language: str
    before: dict[str, Any]
    says: list[Any]
    asked: dict[str, list[Any]]
    then: list[list[Any]]
    hears: list[str]
    contains: list[str]
    never: list[str]
    after: list[dict[str, Any]]
    ends: str = "bot"
    vouched: bool = False
    signed_in: bool = False
    agrees: bool = True
    tells: str | None = None
    proves: bool = True
    plain: bool = False
    patience: bool = True
    wants: str | None = None
    mailbox: bool = False
    waits: bool = False
    flawed: str = ""

    @property
    def id(self) -> str:
        """As it is selected and reported by."""
        return f"{self.topic}.{self.language}: {self.name}"


def scenarios(folder: Path = FOLDER) -> list[Scenario]:
    """Every scenario of the files in `folder`. Raises ValueError for what the format does not know."""
    found: list[Scenario] = []
    for file in sorted(folder.glob("*.yml")):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        for written in content["scenarios"]:
            if more := set(written) - KNOWN:
                raise ValueError(f"{file.name}: {written.get('name')}: {sorted(more)}")
            found += [_of(content["topic"], written, each) for each in written.get("languages", LANGUAGES)]
    if len({each.id for each in found}) < len(found):
        raise ValueError("two scenarios have the same name")
    return found


def _of(topic: str, written: dict[str, Any], language: str) -> Scenario:
    own = written[language]
    if more := set(own) - SAID:
        raise ValueError(f"{topic}: {written['name']}: {language}: {sorted(more)}")
    plain = {name: written[name] for name in AS_WRITTEN if name in written}
    return Scenario(
        topic=topic,
        name=written["name"],
        language=language,
        before=written.get("before") or {"somebody": {}},
        says=_several(own["says"]),
        asked={name: _several(said) for name, said in (own.get("asked") or {}).items()},
        then=[_several(said) for said in own.get("then") or []],
        hears=written.get("hears") or [],
        contains=_texts(written.get("contains"), language),
        never=_texts(written.get("never"), language),
        after=written.get("after") or [],
        flawed=" ".join(_texts(written.get("flawed"), language)),
        **plain,
    )


def _several(said: Any) -> list[Any]:
    return list(said) if isinstance(said, list) else [said]


def _texts(written: Any, language: str) -> list[str]:
    if isinstance(written, dict):
        written = written.get(language)
    return [] if written is None else [str(each) for each in _several(written)]
