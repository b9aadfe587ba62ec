"""Pages of lists that stay true while rows are added: a cursor says after which row to go on.

The cursor holds the last row's sort value and id (keyset, or seek, paging) and is signed: what comes back was made
here, for the same search.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, literal, or_

from crm_backend.errors import Invalid
from server.api.shapes import Listing

SIGNED = 16
"""Bytes of HMAC-SHA256 that are kept, as RFC 2104 (section 5) allows."""


class Sorts:
    """What a list may be sorted by. `by` is the unique column that settles ties; `default` as in the query (`-at`).

    Expressions must not be null: wrap what may be with `func.coalesce`.
    """

    def __init__(self, *, by: Any, default: str, **expressions: Any) -> None:
        self.by, self.default, self.expressions = by, default, expressions

    def names(self) -> list[str]:
        """Every value that `sort` takes."""
        return [sign + name for name in self.expressions for sign in ("", "-")]

    def chosen(self, sort: str | None) -> tuple[str, bool]:
        """The expression's name, and whether it is turned. Raises Invalid."""
        wanted = sort if sort is not None else self.default
        name = wanted.removeprefix("-")
        if wanted not in self.names():
            raise Invalid("sort", "not_sortable", expected=", ".join(self.names()))
        return name, wanted.startswith("-")


@dataclass(frozen=True)
class Place:
    """Where in a list a page begins: after this sort value and this id."""

    value: Any
    id: Any


class Cursors:
    """Makes and reads cursors. `key` signs them."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"api cursors", "sha256")

    def made(self, search: str, place: Place) -> str:
        """The cursor after a place of a search."""
        raw = json.dumps([_written(place.value), _written(place.id)], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._signature(search, raw) + raw).rstrip(b"=").decode()

    def read(self, search: str, cursor: str) -> Place:
        """The place again. Raises Invalid for what was not made here for this search."""
        try:
            both = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            signature, raw = both[:SIGNED], both[SIGNED:]
            if not hmac.compare_digest(signature, self._signature(search, raw)):
                raise Invalid("cursor", "bad_cursor")
            value, identifier = json.loads(raw)
        except ValueError as error:
            raise Invalid("cursor", "bad_cursor") from error
        return Place(_read(value), _read(identifier))

    def _signature(self, search: str, raw: bytes) -> bytes:
        return hmac.digest(self._key, search.encode() + b"\n" + raw, "sha256")[:SIGNED]


def search_of(address: str, query: Listing) -> str:
    """What makes two requests pages of one list: the address, the filters and the order."""
    asked = query.model_dump(mode="json", exclude={"cursor", "limit", "fields"})
    return hashlib.sha256(f"{address}\n{json.dumps(asked, sort_keys=True)}".encode()).hexdigest()


def paged(statement: Select[Any], sorts: Sorts, query: Listing, place: Place | None) -> Select[Any]:
    """The statement for one page, and one row more to see whether there is another; the sort value and the id are its
    last two columns."""
    name, turned = sorts.chosen(query.sort)
    value, by = sorts.expressions[name], sorts.by
    if place is not None:
        last, tie = literal(place.value, type_=value.type), literal(place.id, type_=by.type)
        # The first half alone lets an index on the sort column find where to begin.
        if turned:
            statement = statement.where(and_(value <= last, or_(value < last, by < tie)))
        else:
            statement = statement.where(and_(value >= last, or_(value > last, by > tie)))
    order = (value.desc(), by.desc()) if turned else (value.asc(), by.asc())
    return statement.add_columns(value.label("sort_value"), by.label("sort_id")).order_by(*order).limit(query.limit + 1)


_TYPES: Mapping[str, Any] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "u": UUID,
}


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, UUID):
        return ["u", str(value)]
    if value is None or not isinstance(value, str | int | float):
        raise TypeError(f"{type(value).__name__} cannot be sorted by")
    return value


def _read(value: Any) -> Any:
    return _TYPES[value[0]](value[1]) if isinstance(value, list) else value
