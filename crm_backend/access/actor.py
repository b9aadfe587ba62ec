"""Who does something, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass, field

from crm_backend.access.permissions import ALL
from crm_backend.errors import NotAllowed


@dataclass(frozen=True)
class Actor:
    """Whoever calls a service. `name` is what the audit log holds: `agent:<id>`, `customer:<id>`, `key:<id>`, `bot`,
    `system` or `command-line`; `origin` is where it was asked from (`desk`, `api`, `portal`, a channel), for the same
    log."""

    name: str
    permissions: frozenset[str] = field(default=frozenset(), repr=False)
    origin: str = ""

    def may(self, permission: str) -> bool:
        """Whether it is permitted. Raises KeyError for a permission that does not exist."""
        if permission not in ALL:
            raise KeyError(permission)
        return permission in self.permissions

    def need(self, *permissions: str) -> None:
        """Raises NotAllowed unless all of them are permitted."""
        for permission in permissions:
            if not self.may(permission):
                raise NotAllowed(f"needs {permission}")


SYSTEM = Actor("system", ALL, "server")
"""The product itself: timers, rules, imports."""
COMMAND_LINE = Actor("command-line", ALL, "command-line")
"""Whoever may run commands on the server has every right."""
