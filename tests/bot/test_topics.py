"""Topics are found where they are, and may not define the same thing twice."""

from pathlib import Path

import pytest

from bot.topics import DefinedTwice, TopicImporter

TOPIC = 'version: "3.1"\nintents:\n- {intent}\nresponses:\n  {response}:\n  - text: a\n'


def write(folder: Path, intent: str, response: str) -> None:
    folder.mkdir(parents=True)
    (folder / "domain.yml").write_text(TOPIC.format(intent=intent, response=response))


def importer(data: Path) -> TopicImporter:
    return TopicImporter(domain_path=None, training_data_paths=[str(data)])


def test_every_topic_is_merged_into_one_domain(tmp_path: Path) -> None:
    write(tmp_path / "one", "first", "utter_one")
    write(tmp_path / "two", "second", "utter_two")
    domain = importer(tmp_path).get_domain()
    assert {"first", "second"} <= set(domain.intents)
    assert set(domain.responses) == {"utter_one", "utter_two"}


@pytest.mark.parametrize(("intent", "response"), [("first", "utter_two"), ("second", "utter_one")])
def test_a_second_definition_is_an_error_that_names_it(tmp_path: Path, intent: str, response: str) -> None:
    write(tmp_path / "one", "first", "utter_one")
    write(tmp_path / "two", intent, response)
    with pytest.raises(DefinedTwice, match=r"first|utter_one"):
        importer(tmp_path).get_domain()


def test_the_shipped_topics_form_a_domain(root: Path) -> None:
    domain = TopicImporter(domain_path=str(root / "domain.yml"), training_data_paths=[str(root / "data")]).get_domain()
    assert {"order_status", "ask_person", "nlu_fallback"} <= set(domain.intents)
    assert domain.form_names == ["task_form"]
