"""Leases that name the process that took them."""

from __future__ import annotations

from uuid import UUID

from crm_backend.conversations import processes

LIVING = 2**31 - 2


def test_a_lease_names_its_process_and_is_a_uuid_of_the_kind_for_that() -> None:
    lease = processes.lease_of(LIVING)
    assert (lease.version, lease.variant) == (8, UUID(int=2 << 62).variant)
    assert str(lease).startswith(processes.name_of(LIVING)) and lease != processes.lease_of(LIVING)
