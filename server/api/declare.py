"""How a noun declares what it offers: each endpoint once, from which come its route, its checks and its description."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, create_model

from crm_backend.access.permissions import ALL
from server.api.answers import File, Upload
from server.api.paging import Sorts
from server.api.shapes import In, Out, Page, VersionedOut

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Handle = TypeVar("Handle", bound=Callable[..., Awaitable[Any]])
PLACE = re.compile(r"{(\w+)}")
ROOT = "/api/v1"


@dataclass(frozen=True)
class Endpoint:
    """One method of one address. `answer` is what the handler returns: an `Out`, a page of them, a file or nothing."""

    method: Method
    path: str
    handler: Callable[..., Awaitable[Any]]
    needs: str | None
    words: Mapping[str, str]
    more: Mapping[str, str]
    noun: Noun
    path_model: type[BaseModel] | None = None
    query: type[In] | None = None
    body: type[In] | None = None
    upload: bool = False
    answer: type[Out] | None = None
    listed: bool = False
    file: bool = False
    produces: str = ""
    sorts: Sorts | None = None
    status: int = 200
    versioned: bool = False
    writes: bool = False

    @property
    def changes(self) -> bool:
        """Whether it runs in a transaction that is committed."""
        return self.method != "GET" or self.writes

    @property
    def must_match(self) -> bool:
        """Whether it is refused without `If-Match`."""
        return self.versioned and self.method in ("PUT", "PATCH", "DELETE")

    @property
    def sparse(self) -> bool:
        """Whether `fields` chooses what is answered."""
        return self.query is not None and "fields" in self.query.model_fields and self.answer is not None

    @property
    def name(self) -> str:
        """What generated clients call it."""
        return self.handler.__name__


@dataclass
class Noun:
    """What the API offers about one thing. `fr` and `en` head its part of the reading page."""

    name: str
    fr: str
    en: str
    endpoints: list[Endpoint] = field(default_factory=list)

    def get(self, path: str, **how: Any) -> Callable[[Handle], Handle]:
        """Reads: a resource, a page or a file. See `_declare` for `how`."""
        return self._declare("GET", path, **how)

    def post(self, path: str, **how: Any) -> Callable[[Handle], Handle]:
        """Makes something (`status=201`) or commands something."""
        return self._declare("POST", path, **how)

    def put(self, path: str, **how: Any) -> Callable[[Handle], Handle]:
        """Replaces."""
        return self._declare("PUT", path, **how)

    def patch(self, path: str, **how: Any) -> Callable[[Handle], Handle]:
        """Changes what is given."""
        return self._declare("PATCH", path, **how)

    def delete(self, path: str, **how: Any) -> Callable[[Handle], Handle]:
        """Removes; nothing is answered."""
        return self._declare("DELETE", path, **how)

    def _declare(
        self,
        method: Method,
        path: str,
        *,
        needs: str | None,
        fr: str,
        en: str,
        more: Mapping[str, str] | None = None,
        status: int | None = None,
        sorts: Sorts | None = None,
        versioned: bool | None = None,
        writes: bool = False,
        produces: str = "application/octet-stream",
    ) -> Callable[[Handle], Handle]:
        """`needs` is the permission without which nobody gets in (None: anybody who is known; the service decides).

        `fr` and `en` say in a few words what it does, `more` explains. `versioned` says that a DELETE (or another
        method whose answer does not tell) is of a versioned resource. `writes` gives a GET a transaction. The rest is
        read from the handler: its parameters `query`, `body`, `upload` and those of the path, and what it returns.
        """
        if needs is not None and needs not in ALL:
            raise KeyError(needs)

        def declare(handler: Handle) -> Handle:
            read = _read(handler, path)
            answer: type[Out] | None = read["answer"]
            of_version = versioned if versioned is not None else bool(answer and issubclass(answer, VersionedOut))
            default = 204 if answer is None and not read["file"] else 200
            self.endpoints.append(
                Endpoint(
                    method=method,
                    path=ROOT + path,
                    handler=handler,
                    needs=needs,
                    words={"fr": fr, "en": en},
                    more=more or {},
                    noun=self,
                    sorts=sorts,
                    status=status or default,
                    versioned=of_version and not read["listed"],
                    writes=writes,
                    produces=produces,
                    **read,
                )
            )
            return handler

        return declare


def _read(handler: Callable[..., Any], path: str) -> dict[str, Any]:
    """What a handler's parameters and answer say. Raises TypeError for what is not understood."""
    hints = get_type_hints(handler, include_extras=True)
    answer = hints.pop("return", None)
    places = PLACE.findall(path)
    found: dict[str, Any] = {"answer": None, "listed": False, "file": False, "upload": False}
    in_path: dict[str, Any] = {}
    for name in list(inspect.signature(handler).parameters)[1:]:
        if name in places:
            in_path[name] = (hints[name], ...)
        elif name in ("query", "body"):
            found[name] = hints[name]
        elif name == "upload" and hints[name] is Upload:
            found["upload"] = True
        else:
            raise TypeError(f"{handler.__name__}: {name} is neither in the path nor query, body or upload")
    if set(places) != set(in_path):
        raise TypeError(f"{handler.__name__} does not take all of {path}")
    if in_path:
        found["path_model"] = create_model(f"{handler.__name__}_path", **in_path)
    if get_origin(answer) is Page:
        found["answer"], found["listed"] = get_args(answer)[0], True
    elif answer is File:
        found["file"] = True
    elif answer is not None and answer is not type(None):
        found["answer"] = answer
    return found
