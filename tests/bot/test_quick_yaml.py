"""Reading YAML by libyaml gives what Rasa's own reader gives, and its errors."""

import os
from pathlib import Path

import pytest
from rasa.shared.exceptions import YamlException
from rasa.shared.utils.validation import YamlValidationException

from bot import quick_yaml

SHAPE = "shared/utils/schemas/domain.yml"


def test_the_files_of_the_assistant_are_read_the_same(root: Path) -> None:
    for file in [root / "domain.yml", root / "config.yml", *sorted((root / "data").rglob("*.yml"))[::9]]:
        text = file.read_text(encoding="utf-8")
        assert repr(quick_yaml.read(text)) == repr(quick_yaml.thorough_read(text)), file


@pytest.mark.parametrize("text", ["a: no", "a: 012", "a: 1:30", "a: 1e3", "a: 2026-11-22", "a: ~", 'a: "\\u00e9"', ""])
def test_words_mean_what_they_mean_to_rasa(text: str) -> None:
    assert repr(quick_yaml.read(text)) == repr(quick_yaml.thorough_read(text))


def test_variables_of_the_environment_are_filled_in(monkeypatch) -> None:
    monkeypatch.setenv("RELAIS_OF_TESTS", "x")
    assert quick_yaml.read("a: ${RELAIS_OF_TESTS}") == {"a": "x"} and os.environ["RELAIS_OF_TESTS"]


@pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2"])
def test_mistakes_are_told_by_rasas_reader(text: str) -> None:
    with pytest.raises(Exception) as quick:  # noqa: PT011  whichever Rasa's is
        quick_yaml.read(text)
    with pytest.raises(Exception) as thorough:  # noqa: PT011
        quick_yaml.thorough_read(text)
    assert type(quick.value) is type(thorough.value)


def test_a_file_that_is_not_of_its_shape_is_refused_with_the_line(root: Path) -> None:
    quick_yaml.validate((root / "domain.yml").read_text(encoding="utf-8"), SHAPE)
    with pytest.raises(YamlValidationException, match="Line"):
        quick_yaml.validate("responses:\n  utter_a: 3\n", SHAPE)
    with pytest.raises(YamlException):
        quick_yaml.validate("a: [", SHAPE)
