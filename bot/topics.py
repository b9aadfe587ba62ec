"""Where the assistant's knowledge is found: one folder under `data/` is one topic, with its own `domain.yml`."""

import warnings
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rasa.shared.utils.io
from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter

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
        super().__init__(config_file, domain_path, training_data_paths)
        paths = [training_data_paths] if isinstance(training_data_paths, str) else training_data_paths
        self._topic_roots = [Path(path) for path in paths or []]

    def get_domain(self) -> Domain:
        """The whole domain. Raises `DefinedTwice` when two files define the same name."""
        files = list(domain_files(self._topic_roots))
        if self._domain_path and Path(self._domain_path).is_file():
            files.insert(0, Path(self._domain_path))
        refuse_twice(files)
        domain = Domain.empty()
        for file in files:
            domain = domain.merge(Domain.load(str(file)))
        return domain


def domain_files(roots: list[Path]) -> Iterator[Path]:
    """Every topic's domain file, in a stable order."""
    for root in roots:
        # A root may also be one file: `rasa train nlu --nlu data/greet`.
        yield from sorted(root.rglob("domain.yml")) if root.is_dir() else ()


def refuse_twice(files: list[Path]) -> None:
    """Raises `DefinedTwice` naming the thing and the files."""
    where: dict[tuple[str, str], list[str]] = defaultdict(list)
    for file in files:
        content: Any = rasa.shared.utils.io.read_yaml_file(str(file)) or {}
        for section in UNIQUE:
            for entry in content.get(section) or ():
                # Intents and actions may be written as a name, or as {name: options}.
                name = next(iter(entry)) if isinstance(entry, dict) else entry
                where[section, name].append(str(file))
    for (section, name), places in where.items():
        if len(places) > 1:
            raise DefinedTwice(f"{section}: '{name}' is defined in {' and in '.join(places)}")
