"""Corrections as training examples: sorted by topic and language, without what would tell who wrote."""

import yaml

from crm_backend.conversations.thinking.corrections import Correction
from server.commands.nlu import examples, without_persons


def corrected(text: str, intent: str = "order_status", language: str | None = "fr") -> Correction:
    return Correction(text=text, language=language, intent=intent, understood="greet")


def test_corrections_become_training_data_by_topic_and_language() -> None:
    given = [
        corrected("Où donc se cache mon [colis] ?\nIl tarde"),
        corrected("Où donc se cache mon [colis] ?\nIl tarde"),
        corrected("whatever became of my order, pray", language="en"),
        corrected("x" * 400),
    ]
    files = examples(given)
    assert sorted(files) == ["order_status/nlu.en.yml", "order_status/nlu.fr.yml"]
    (group,) = yaml.safe_load(files["order_status/nlu.fr.yml"])["nlu"]
    assert group == {"intent": "order_status", "examples": "- Où donc se cache mon (colis) ? Il tarde\n"}


def test_addresses_and_numbers_of_the_customer_are_others() -> None:
    text = without_persons("- c'est claire.petit@gmail.com, 06 98 76 54 32 ou +44 7911 654321, colis 15512345678901")
    assert text == "c'est marie.dupont@example.fr, 06 00 00 00 00 ou 06 00 00 00 00, colis 6A00000000000"
