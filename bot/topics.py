"""Where the assistant's knowledge is found: one folder under `data/` is one topic, with its own `domain.yml`."""

import copy
import warnings
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rasa.shared.utils.io
import rasa.shared.utils.validation
from rasa.shared.constants import DOMAIN_SCHEMA_FILE
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.exceptions import RasaException, YamlException
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from bot import quick_yaml

# With a single importer, Rasa merges its domain with itself, then warns of every response in it. True doubles are
# found by `refuse_twice`.
warnings.filterwarnings("ignore", message="The following duplicated responses have been found")

UNIQUE = ("responses", "intents", "entities", "slots", "forms", "actions")


class DefinedTwice(RasaException):
    """Two topics define the same thing; Rasa would keep one of them in silence."""


class TopicImporter(RasaFileImporter):
    """Rasa's file importer, with the domain of every topic folder merged into the shared one."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        quick_yaml.install()
        super().__init__(config_file, domain_path, training_data_paths)
        paths = [training_data_paths] if isinstance(training_data_paths, str) else training_data_paths
        self._topic_roots = [Path(path) for path in paths or []]
        self._merged: dict[str, Any] | None = None

    def get_domain(self) -> Domain:
        """The whole domain. Raises `DefinedTwice` when two files define the same name."""
        if self._merged is None:
            files = list(domain_files(self._topic_roots))
            if self._domain_path and Path(self._domain_path).is_file():
                files.insert(0, Path(self._domain_path))
            self._merged = merged({file: content(file) for file in files})
        return Domain.from_dict(copy.deepcopy(self._merged))

    @cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The sentences, read once."""
        return super().get_nlu_data(language)

    @cached_method
    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """The rules and stories, read once."""
        return super().get_stories(exclusion_percentage)


def content(file: Path) -> dict[str, Any]:
    """What a domain file says; empty where it is of a newer Rasa. Raises Rasa's errors where it has not the shape."""
    text = rasa.shared.utils.io.read_file(file)
    try:
        rasa.shared.utils.validation.validate_yaml_schema(text, DOMAIN_SCHEMA_FILE)
        said: dict[str, Any] = rasa.shared.utils.io.read_yaml(text)
    except YamlException as error:
        error.filename = str(file)
        raise
    return said if rasa.shared.utils.validation.validate_training_data_format_version(said, str(file)) else {}


def merged(contents: dict[Path, dict[str, Any]]) -> dict[str, Any]:
    """The domain that the files make together. Raises `DefinedTwice`."""
    refuse_twice(contents)
    whole: dict[str, Any] = {}
    for said in contents.values():
        whole = Domain.merge_domain_dicts(copy.deepcopy(said), whole)
    return whole


def domain_files(roots: list[Path]) -> Iterator[Path]:
    """Every topic's domain file, in a stable order."""
    for root in roots:
        # A root may also be one file: `rasa train nlu --nlu data/greet`.
        yield from sorted(root.rglob("domain.yml")) if root.is_dir() else ()


def refuse_twice(contents: dict[Path, dict[str, Any]]) -> None:
    """Raises `DefinedTwice` naming the thing and the files."""
    where: dict[tuple[str, str], list[str]] = defaultdict(list)
    for file, said in contents.items():
        for section in UNIQUE:
            for entry in said.get(section) or ():
                # Intents and actions may be written as a name, or as {name: options}.
                name = next(iter(entry)) if isinstance(entry, dict) else entry
                where[section, name].append(str(file))
    for (section, name), places in where.items():
        if len(places) > 1:
            raise DefinedTwice(f"{section}: '{name}' is defined in {' and in '.join(places)}")
