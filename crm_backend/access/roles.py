"""The roles that are always there. A company adds its own (services.py); these it can neither change nor delete."""

from __future__ import annotations

from dataclasses import dataclass

from crm_backend.access.permissions import ALL


@dataclass(frozen=True)
class Role:
    """A named set of permissions. `name` is `{"fr": …, "en": …}`."""

    key: str
    name: dict[str, str]
    permissions: frozenset[str]
    version: int = 1
    built_in: bool = True


_READS = frozenset(
    {
        "customers.read",
        "segments.read",
        "orders.read",
        "catalogue.read",
        "cases.read",
        "conversations.read",
        "knowledge.read",
        "agents.read",
    }
)
_AGENT = _READS | {"customers.write", "orders.write", "cases.write", "conversations.write", "knowledge.propose"}
_SENIOR = _AGENT | {"customers.merge", "orders.refund", "cases.reopen", "knowledge.write"}
_EDITOR = frozenset(
    {
        "catalogue.read",
        "conversations.read",
        "knowledge.read",
        "knowledge.propose",
        "knowledge.write",
        "knowledge.publish",
        "agents.read",
    }
)
_SUPERVISOR = (
    _SENIOR
    | _EDITOR
    | {
        "conversations.supervise",
        "conversations.configure",
        "customers.export",
        "segments.write",
        "catalogue.write",
        "cases.configure",
        "service_levels.configure",
        "routing.configure",
        "deliveries.manage",
        "reports.read",
        "tables.export",
    }
)

BUILT_IN: dict[str, Role] = {
    role.key: role
    for role in (
        Role("agent", {"fr": "Conseiller", "en": "Agent"}, _AGENT),
        Role("senior_agent", {"fr": "Conseiller confirmé", "en": "Senior agent"}, _SENIOR),
        Role("knowledge_editor", {"fr": "Rédacteur", "en": "Knowledge editor"}, _EDITOR),
        Role("supervisor", {"fr": "Superviseur", "en": "Supervisor"}, _SUPERVISOR),
        Role("admin", {"fr": "Administrateur", "en": "Administrator"}, ALL),
        Role("auditor", {"fr": "Auditeur", "en": "Auditor"}, _READS | {"audit.read", "reports.read"}),
    )
}
