"""Runs Alembic migrations on the connection it is given."""

from __future__ import annotations

from alembic import context

import crm_backend.model

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=crm_backend.model.Base.metadata,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
