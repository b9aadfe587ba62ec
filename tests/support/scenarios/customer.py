"""A customer who knows what they came for and what they know, and says it in their own way, by a seed."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tests.support.scenarios.reading import Scenario
from tests.support.scenarios.wording import varied

YES = {
    "fr": ("oui", "Oui c'est bien ça", "oui allez-y", "ok", "oui merci", "c'est bon", {"press": "Oui"}),
    "en": ("yes", "Yes that's right", "yes please", "ok", "yes go ahead", "correct", {"press": "Yes"}),
}
NO = {"fr": ("non", "non merci", {"press": "Non"}), "en": ("no", "no thanks", {"press": "No"})}
NUMBER = {
    "fr": ("{A}", "c'est la {A}", "n° {A}", "la commande {A}", "c'est le {A}"),
    "en": ("{A}", "it's {A}", "order {A}", "no. {A}", "the number is {A}"),
}
EMAIL = {
    "fr": ("{email}", "mon mail : {email}", "c'est {email}", "{email} je crois"),
    "en": ("{email}", "my email is {email}", "it's {email}", "{email} I think"),
}
POSTCODE = {
    "fr": ("{postcode}", "c'est {postcode}", "code postal {postcode}"),
    "en": ("{postcode}", "it's {postcode}", "postcode {postcode}"),
}
CORRECTED = {
    "fr": ("pardon, le bon numéro c'est {A}", "non, je me suis trompé : {A}", "oups, commande {A}"),
    "en": ("sorry, the right number is {A}", "no, I got it wrong: {A}", "oops, order {A}"),
}
ASIDES = {
    "fr": ("vous êtes un robot ?", "merci", "quels sont vos délais de livraison ?"),
    "en": ("are you a robot?", "thanks", "how long does delivery take?"),
}
FACTS = {
    "fr": ("commande {A}", "mon mail {email}", "code postal {postcode}"),
    "en": ("order {A}", "my email is {email}", "postcode {postcode}"),
}
PROOF = ("utter_ask_order_number", "utter_ask_email", "utter_ask_postcode")
NOT_UNDERSTOOD = ("utter_unclear", "utter_unclear_again", "utter_out_of_scope", "utter_unclear_guess")
TWICE = 3
"""How often one question is answered: a customer who is asked the same a fourth time is gone."""


@dataclass(frozen=True)
class Button:
    """A button that was shown."""

    seq: int
    index: int
    title: str
    payload: str


@dataclass(frozen=True)
class Heard:
    """A message of the assistant. `names` are the responses that it may be, likeliest first."""

    names: Sequence[str]
    text: str
    buttons: Sequence[Button] = ()


@dataclass(frozen=True)
class Saying:
    """What is said next: words, or a button; perhaps with a file (`photo`, `voice`), perhaps after some `hours`."""

    text: str
    button: Button | None = None
    file: str | None = None
    hours: float = 0


@dataclass
class SimulatedCustomer:
    """One run of a scenario. `known` are the facts by their names in the scenario."""

    scenario: Scenario
    known: dict[str, Any]
    seed: int
    _asked: Counter[str] = field(default_factory=Counter)
    _next: int = 0
    _wrong_number: bool = False
    _digressed: bool = False
    _open: str = ""

    def __post_init__(self) -> None:
        self._chance = random.Random(f"{self.scenario.id} {self.seed}")
        self._openings = [*self.scenario.says]
        self._chance.shuffle(self._openings)

    def opens(self) -> Saying:
        """The first message: what they want, perhaps with facts that nobody asked for yet."""
        text = self._openings.pop()
        if self.scenario.plain or not isinstance(text, str):
            return self._said(text, ())
        text = varied(text, self.scenario.language, self._chance, opening=True)
        if self._proves and self.scenario.patience and "{" not in text and self._chance.random() < 0.3:
            facts = self._chance.sample(self._proving(FACTS[self.scenario.language]), k=self._chance.choice((1, 2, 3)))
            text = f"{text.rstrip(' .')}. {', '.join(facts)}"
        return Saying(self.filled(text))

    def answers(self, heard: Sequence[Heard]) -> Saying | None:
        """What they say to these messages; None when they have nothing more to say."""
        for message in reversed(heard):
            for name in message.names:
                if (said := self._to(name, heard)) is not None:
                    return said
        if self._digressed and self._open and not any(name in PROOF for each in heard for name in each.names):
            # Answered, and not asked again: the question is still open.
            name, self._open = self._open, ""
            return self._to(name, heard)
        if self._next < len(self.scenario.then):
            said = self.scenario.then[self._next]
            self._next += 1
            return self._said(self._chance.choice(said), heard)
        return None

    def filled(self, text: str) -> str:
        """The text with the facts in it. Raises KeyError for one that the world does not have."""
        return re.sub(r"\{([\w.]+)\}", lambda match: str(self.known[match[1]]), text)

    @property
    def _proves(self) -> bool:
        return self.scenario.proves and "A" in self.known

    def _proving(self, texts: Sequence[str]) -> list[str]:
        """These texts, about the order that they prove who they are with."""
        return [text.replace("{A}", f"{{{self.scenario.tells or 'A'}}}") for text in texts]

    def _to(self, name: str, heard: Sequence[Heard]) -> Saying | None:
        """The answer to one response; None when it is no question of this scenario."""
        written = next((said for asked, said in self.scenario.asked.items() if fnmatchcase(name, asked)), None)
        if written is None and (name.startswith("utter_unclear_guess") or name in NOT_UNDERSTOOD):
            return self._again(name, heard)
        choices: Sequence[Any] | None = written if written is not None else self._by_itself(name)
        if not choices:
            return None
        self._asked[name] += 1
        if self._asked[name] > TWICE:
            return None
        if isinstance(choices[0], list):
            choices = choices[min(self._asked[name], len(choices)) - 1]
        if written is None and name in PROOF:
            return self._proof(name, choices)
        if written is None and name == "utter_ask_correction":
            choices = self._wrong_fact(heard[-1].text)
        return self._said(self._chance.choice(list(choices)), heard)

    def _by_itself(self, name: str) -> Sequence[Any] | None:
        language = self.scenario.language
        if self._proves:
            proof = {
                "utter_ask_order_number": NUMBER,
                "utter_ask_email": EMAIL,
                "utter_ask_postcode": POSTCODE,
                "utter_ask_correction": CORRECTED,
            }
            if name in proof:
                return self._proving(proof[name][language])
        if (
            name in ("utter_which_order", "utter_follow_which_order", "utter_tracking_which_order")
            and "A" in self.known
        ):
            title = "Commande {A}" if language == "fr" else "Order {A}"
            return ("{A}", title, {"press": title})
        if "_confirm" in name or name in ("utter_exchange_case", "utter_switch"):
            return (YES if self.scenario.agrees else NO)[language]
        return None

    def _proof(self, name: str, choices: Sequence[Any]) -> Saying:
        """A fact of the proof; perhaps a wrong number first, a question instead, or the next fact along with it."""
        language, chance = self.scenario.language, self._chance
        self._open = ""
        if self.scenario.patience and not self.scenario.plain:
            if self._wrong_number:
                self._wrong_number = False
                return Saying(self.filled(chance.choice(self._proving(CORRECTED[language]))))
            if name == "utter_ask_order_number" and self._asked[name] == 1 and chance.random() < 0.15:
                self._wrong_number = True
                return Saying(self.filled(chance.choice(NUMBER[language]).replace("{A}", "{wrong}")))
            if not self._digressed and chance.random() < 0.15:
                self._digressed = True
                self._open = name
                self._asked[name] -= 1
                return Saying(chance.choice(ASIDES[language]))
        said = str(chance.choice(list(choices)))
        following = {"utter_ask_order_number": EMAIL, "utter_ask_email": POSTCODE}.get(name)
        if following and not self.scenario.plain and chance.random() < 0.25:
            said = f"{said}, {following[language][0]}"
        return Saying(self.filled(said))

    def _wrong_fact(self, text: str) -> Sequence[Any]:
        """What puts right the fact that the assistant has wrong."""
        language = self.scenario.language
        number = str(self.known[self.scenario.tells or "A"])
        if str(self.known["wrong"]) in text or number not in text:
            return self._proving(CORRECTED[language][-1:])
        return EMAIL[language] if self.known["email"] not in text else POSTCODE[language][-1:]

    def _again(self, name: str, heard: Sequence[Heard]) -> Saying | None:
        """They were not understood: the button that means it, or other words; once."""
        self._asked[name] += 1
        for message in heard:
            for button in message.buttons:
                if re.match(rf"/{re.escape(self.scenario.wants or self.scenario.topic)}\b", button.payload):
                    return Saying(button.title, button)
        if self._asked[name] > 1 or not self._openings or self._next:
            return None
        return self._said(self._openings.pop(), heard)

    def _said(self, said: Any, heard: Sequence[Heard]) -> Saying:
        """The words, varied; or the button with this title, or its words where it is not shown; or a file."""
        if isinstance(said, dict) and "press" not in said:
            return Saying(self.filled(str(said.get("text", ""))), file=said.get("send"), hours=said.get("wait", 0))
        if isinstance(said, dict):
            title = self.filled(str(said["press"]))
            shown = [button for message in heard for button in message.buttons if button.title == title]
            return Saying(title, shown[-1] if shown else None)
        text = str(said)
        if not self.scenario.plain:
            text = varied(text, self.scenario.language, self._chance)
        return Saying(self.filled(text))
