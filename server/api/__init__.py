"""The REST API: `from server.api import Noun, Call, Out, …` is all that a noun needs (docs/api.md)."""

from server.api.answers import File, Upload
from server.api.call import Call
from server.api.declare import Noun
from server.api.paging import Place, Sorts
from server.api.shapes import (
    ABSENT,
    Code,
    Count,
    Currency,
    Day,
    External,
    In,
    Line,
    Listing,
    Minor,
    Moment,
    Out,
    Page,
    Patch,
    Sparse,
    VersionedOut,
    Words,
)

__all__ = [
    "ABSENT",
    "Call",
    "Code",
    "Count",
    "Currency",
    "Day",
    "External",
    "File",
    "In",
    "Line",
    "Listing",
    "Minor",
    "Moment",
    "Noun",
    "Out",
    "Page",
    "Patch",
    "Place",
    "Sorts",
    "Sparse",
    "Upload",
    "VersionedOut",
    "Words",
]
