"""The shapes that requests and answers of the API are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar, cast

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

MOST_AT_ONCE, AT_ONCE = 200, 50
"""Items of one page: the most, and without `limit`."""
ABSENT: Any = cast("Any", None)
"""The default of a `Patch`'s fields: nothing was said about them."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1900, 2200


def _moment(value: Any) -> Any:
    if isinstance(value, str):
        try:
            read = datetime.fromisoformat(value.upper()) if _MOMENT.fullmatch(value) else None
        except ValueError:
            read = None
        if read is None or not FIRST_YEAR <= read.year <= LAST_YEAR:
            raise PydanticCustomError("not_moment", "no moment")
        return read
    if value is not None and not isinstance(value, datetime):
        raise PydanticCustomError("not_moment", "no moment")
    return value


def _day(value: Any) -> Any:
    if isinstance(value, str):
        try:
            read = date.fromisoformat(value) if _DAY.fullmatch(value) else None
        except ValueError:
            read = None
        if read is None or not FIRST_YEAR <= read.year <= LAST_YEAR:
            raise PydanticCustomError("not_day", "no day")
        return read
    if value is not None and not isinstance(value, date):
        raise PydanticCustomError("not_day", "no day")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_moment), Field(examples=["2026-03-01T09:30:00+01:00"])]
"""An instant with its zone (RFC 3339), between 1900 and 2200."""
Day = Annotated[date, BeforeValidator(_day), Field(examples=["2026-03-01"])]
"""A day of the calendar, between 1900 and 2200."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
"""One line of text that is not empty."""
Words = Annotated[str, StringConstraints(max_length=20_000)]
"""Running text."""
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
"""A name that programs use."""
External = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
"""What another system calls it."""
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(examples=["EUR"])]
"""ISO 4217."""
Minor = Annotated[int, Field(ge=0, le=10**12, examples=[3990])]
"""An amount in the minor units of its currency: cents, pence."""
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""A number that a column of 32 bits holds."""


class In(BaseModel):
    """What a caller sends: unknown fields and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Patch(In):
    """Changes: only the fields that are given. Each has `ABSENT` as its default; one that may be emptied says
    `| None`."""

    def given(self) -> dict[str, Any]:
        """The fields that the caller sent, by name; nested shapes stay as they are."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}


class Listing(In):
    """How a list is asked for. A noun's filters are the fields it adds."""

    cursor: Annotated[str | None, Field(max_length=2_000, description="Where to go on: as `next` gave it.")] = None
    limit: Annotated[int, Field(ge=1, le=MOST_AT_ONCE, description="Items a page.")] = AT_ONCE
    sort: Annotated[str | None, Field(max_length=100, description="What to sort by; `-` before it turns it.")] = None
    fields: Annotated[
        str | None, Field(max_length=2_000, description="The fields to answer, with commas; `id` is always there.")
    ] = None


class Sparse(In):
    """The query of one resource, where a noun adds nothing."""

    fields: Annotated[
        str | None, Field(max_length=2_000, description="The fields to answer, with commas; `id` is always there.")
    ] = None


class Out(BaseModel):
    """What is answered. Made from rows by `model_validate(row)`, or by name."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class VersionedOut(Out):
    """A resource that grows a version with every change: its ETag."""

    version: int = Field(ge=1, description="Grows with every change; the ETag carries it.", examples=[1])


Item = TypeVar("Item", bound=Out)


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list; `next` is the cursor of the one after, if there is one."""

    items: list[Item]
    next: str | None = None
