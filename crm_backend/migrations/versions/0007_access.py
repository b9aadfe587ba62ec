"""Roles, the chain of the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KEY = "^[a-z][a-z0-9_]{0,62}$"
_JSONB = postgresql.JSONB(astext_type=sa.Text())
_APPEND_ONLY = """
create function audit_log_append_only() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.position is null and new.position is not null
        and (new.id, new.created_at, new.actor, new.origin, new.action, new.subject_kind, new.subject_id,
             new.old, new.new, new.details)
        is not distinct from
            (old.id, old.created_at, old.actor, old.origin, old.action, old.subject_kind, old.subject_id,
             old.old, old.new, old.details)
    then
        return new;
    end if;
    raise exception 'the audit log is append-only' using errcode = 'restrict_violation';
end $$
"""


def upgrade() -> None:
    op.create_table(
        "roles",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("name", _JSONB, nullable=False),
        sa.Column("permissions", _JSONB, nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(f"key ~ '{_KEY}'", name=op.f("ck_roles_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_roles")),
    )
    op.drop_constraint(op.f("ck_agents_role"), "agents", type_="check")
    op.create_check_constraint(op.f("ck_agents_role"), "agents", f"role ~ '{_KEY}'")
    op.add_column("agents", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    _chain()


def _chain() -> None:
    op.add_column("audit_log", sa.Column("origin", sa.String(), server_default="", nullable=False))
    op.add_column("audit_log", sa.Column("old", _JSONB, nullable=True))
    op.add_column("audit_log", sa.Column("new", _JSONB, nullable=True))
    op.add_column("audit_log", sa.Column("position", sa.BigInteger(), nullable=True))
    op.add_column("audit_log", sa.Column("hash", sa.String(), nullable=True))
    op.create_check_constraint(op.f("ck_audit_log_sealed"), "audit_log", "(position is null) = (hash is null)")
    op.create_check_constraint(op.f("ck_audit_log_position"), "audit_log", "position >= 1")
    op.create_index("ix_audit_log_actor_id", "audit_log", ["actor", "id"], unique=False)
    op.create_index(
        "ix_audit_log_position",
        "audit_log",
        ["position"],
        unique=True,
        postgresql_where=sa.text("position is not null"),
    )
    op.create_index(
        "ix_audit_log_unsealed",
        "audit_log",
        ["created_at", "id"],
        unique=False,
        postgresql_where=sa.text("position is null"),
    )
    op.execute(_APPEND_ONLY)
    op.execute(
        "create trigger audit_log_append_only before update or delete on audit_log "
        "for each row execute function audit_log_append_only()"
    )
    op.execute(
        "create trigger audit_log_keep before truncate on audit_log "
        "for each statement execute function audit_log_append_only()"
    )


def downgrade() -> None:
    op.execute("drop trigger audit_log_keep on audit_log")
    op.execute("drop trigger audit_log_append_only on audit_log")
    op.execute("drop function audit_log_append_only()")
    for index in ("ix_audit_log_unsealed", "ix_audit_log_position", "ix_audit_log_actor_id"):
        op.drop_index(index, table_name="audit_log")
    for check in ("ck_audit_log_position", "ck_audit_log_sealed"):
        op.drop_constraint(op.f(check), "audit_log", type_="check")
    for name in ("hash", "position", "new", "old", "origin"):
        op.drop_column("audit_log", name)
    op.drop_column("agents", "version")
    op.drop_constraint(op.f("ck_agents_role"), "agents", type_="check")
    # What the older code knows nothing of may do no more than any agent.
    op.execute("update agents set role = 'agent' where role not in ('agent', 'supervisor', 'admin')")
    op.create_check_constraint(op.f("ck_agents_role"), "agents", "role in ('agent', 'supervisor', 'admin')")
    op.drop_table("roles")
