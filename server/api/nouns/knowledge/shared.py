"""What the parts of knowledge share: the noun, and shapes that several of them use."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from crm_backend import values
from crm_backend.knowledge import lengths
from server.api import In, Noun, Out

noun = Noun("knowledge", fr="Base de connaissances", en="Knowledge")
Language = Literal["fr", "en"]
Audience = Literal["public", "agents"]
Status = Literal["draft", "in_review", "scheduled", "published", "archived"]
Key = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80), Field(examples=["return-an-item"])
]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=values.TAG), Field(examples=["summer"])]
Tags = Annotated[list[Tag], Field(max_length=values.TAGS)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=lengths.TITLE), Field(examples=["Return an item"])]
Summary = Annotated[str, StringConstraints(max_length=lengths.SUMMARY)]
Body = Annotated[str, StringConstraints(max_length=lengths.BODY), Field(description="Markdown.")]
Question = Annotated[
    str, StringConstraints(min_length=1, max_length=lengths.QUESTION), Field(examples=["how do I return a bowl?"])
]
Questions = Annotated[list[Question], Field(max_length=lengths.QUESTIONS, description="The ways customers ask it.")]
Note = Annotated[str, StringConstraints(max_length=lengths.NOTE)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1, description="The number of a version.", examples=[1])]


class Names(In):
    """A text in both languages."""

    fr: Title
    en: Title

    def kept(self) -> dict[str, str]:
        return {"fr": self.fr, "en": self.en}


class NamesOut(Out):
    fr: str | None = None
    en: str | None = None
