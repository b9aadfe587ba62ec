"""The noun that the operations of this folder belong to."""

from __future__ import annotations

from server.api import Noun

noun = Noun("customers", fr="Clients", en="Customers")
