"""Rasa's reading of YAML, by libyaml: the same values twenty times as fast, since Rasa reads every topic many times.

Rasa parses with ruamel.yaml in Python, once to look at the shape of a file and once for its content, and parses the
description of that shape anew for each file: half a minute of a training. Whatever is unusual (a mistake, a key that
stands twice, a variable of the environment) is still left to Rasa's own reader, so that errors are told as ever.
"""

from __future__ import annotations

import copy
import logging
import re
from functools import cache
from importlib.resources import files
from typing import Any

import rasa.shared.utils.io
import rasa.shared.utils.validation
import yaml
from pykwalify.core import Core
from pykwalify.errors import SchemaError
from rasa.shared.constants import PACKAGE_NAME, RESPONSES_SCHEMA_FILE, SCHEMA_EXTENSIONS_FILE
from ruamel.yaml.resolver import implicit_resolvers

VERSION = (1, 2)
"""Of YAML: "no" and "off" are words, not false."""
UNUSUAL = ("${", "\\u", "\\U")
"""What Rasa's reader has rules of its own for."""

NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")


class NotPlain(yaml.YAMLError):
    """Something that is left to Rasa's own reader."""


class Loader(yaml.CSafeLoader):
    """libyaml's parser with ruamel's rules for what a plain word means."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  the name and the place that PyYAML looks at

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """As PyYAML does. Raises NotPlain where a key stands twice, which PyYAML would take in silence."""
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(made) != len(node.value):
            raise NotPlain
        return made


def whole_number(loader: Loader, node: yaml.ScalarNode) -> int:
    """Raises NotPlain for 012, 0o14 and the like, in which PyYAML and ruamel differ."""
    if not NUMBER.fullmatch(node.value):
        raise NotPlain
    return int(node.value)


Loader.add_constructor("tag:yaml.org,2002:int", whole_number)
for versions, tag, pattern, first in implicit_resolvers:
    if VERSION in versions and tag.startswith("tag:yaml.org"):
        for letter in first:
            Loader.yaml_implicit_resolvers.setdefault(letter, []).append((tag, pattern))

thorough_read = rasa.shared.utils.io.read_yaml
thorough_validate = rasa.shared.utils.validation.validate_yaml_schema


def read(content: str, reader_type: str | list[str] = "safe") -> Any:
    """What `rasa.shared.utils.io.read_yaml` gives for `content`, and its errors."""
    if reader_type == "safe" and not any(each in content for each in UNUSUAL):
        try:
            return yaml.load(content, Loader=Loader) or {}
        except (yaml.YAMLError, ValueError):
            pass
    return thorough_read(content, reader_type)


def validate(content: str, schema: str, package: str = PACKAGE_NAME) -> None:
    """What `rasa.shared.utils.validation.validate_yaml_schema` does: raises where `content` is not of that shape."""
    try:
        source = yaml.load(content, Loader=Loader)
        logging.getLogger("pykwalify").setLevel(logging.CRITICAL)
        extension = str(files(PACKAGE_NAME).joinpath(SCHEMA_EXTENSIONS_FILE))
        # It changes the description while it reads it.
        checker = Core(source_data=source, schema_data=copy.deepcopy(shape(schema, package)), extensions=[extension])
        checker.validate(raise_exception=True)
    except (yaml.YAMLError, ValueError, SchemaError):
        # Rasa's own says where.
        thorough_validate(content, schema, package)


@cache
def shape(schema: str, package: str) -> dict[str, Any]:
    """The description of a file's shape, as Rasa puts it together."""
    own, responses = files(package).joinpath(schema), files(PACKAGE_NAME).joinpath(RESPONSES_SCHEMA_FILE)
    return {**read(own.read_text(encoding="utf-8")), **read(responses.read_text(encoding="utf-8"))}


def install() -> None:
    """From now on Rasa reads YAML by this module."""
    rasa.shared.utils.io.read_yaml = read
    rasa.shared.utils.validation.validate_yaml_schema = validate
