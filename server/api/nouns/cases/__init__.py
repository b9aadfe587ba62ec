"""Cases, and what hangs on them."""

from server.api.nouns.cases import hanging, listing, moving, talking
from server.api.nouns.cases.shapes import noun

__all__ = ["hanging", "listing", "moving", "noun", "talking"]
