"""Reports: contacts and stays in queues as reports count them, how far they follow, and reports that are mailed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLES = (
    "report_sends", "report_recipients", "report_mailings", "report_progress", "report_stays", "report_contacts",
)  # fmt: skip
DECIDED = sa.text("LEAST(met_at, breached_at)")


def upgrade() -> None:
    _contacts()
    _stays()
    op.create_table(
        "report_progress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("heard_at", INSTANT, nullable=False),
        sa.Column("heard_id", sa.Uuid(), nullable=False),
        sa.Column("noted_id", sa.Uuid(), nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_report_progress_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_progress")),
    )
    _mailings()
    _sends()
    # Which promises were kept or broken in a period.
    op.create_index("ix_case_clocks_decided", "case_clocks", [DECIDED])


def downgrade() -> None:
    op.drop_index("ix_case_clocks_decided", table_name="case_clocks")
    for table in TABLES:
        op.drop_table(table)


def _contacts() -> None:
    op.create_table(
        "report_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ending", sa.String(), nullable=True),
        *(sa.Column(f"{who}_messages", sa.Integer(), nullable=False) for who in ("customer", "bot", "agent")),
        sa.Column("stays", sa.Integer(), nullable=False),
        sa.Column("agents", sa.Integer(), nullable=False),
        sa.Column("abandoned", sa.Boolean(), nullable=False),
        sa.Column("courtesy", sa.Boolean(), nullable=False),
        sa.Column("asked_again", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("first_of_topic", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("returned_at", INSTANT, nullable=True),
        sa.Column("returned_same_at", INSTANT, nullable=True),
        sa.Column("check_at", INSTANT, nullable=True),
        sa.CheckConstraint("ending in ('closed', 'silence')", name=op.f("ck_report_contacts_ending")),
        sa.CheckConstraint("(ended_at is null) = (ending is null)", name=op.f("ck_report_contacts_ended")),
        _of("report_contacts", "conversation_id", "conversations", "SET NULL"),
        _of("report_contacts", "agent_id", "agents", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_contacts")),
        sa.UniqueConstraint("conversation_id", "number", name=op.f("uq_report_contacts_conversation_id_number")),
    )
    op.create_index("ix_report_contacts_started_at_id", "report_contacts", ["started_at", "id"])
    op.create_index("ix_report_contacts_person_id_started_at", "report_contacts", ["person_id", "started_at"])
    checked = sa.text("check_at is not null")
    op.create_index("ix_report_contacts_check_at", "report_contacts", ["check_at"], postgresql_where=checked)
    nobodys = sa.text("conversation_id is null and person_id is not null")
    op.create_index("ix_report_contacts_nobodys", "report_contacts", ["id"], postgresql_where=nobodys)


def _stays() -> None:
    op.create_table(
        "report_stays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("entered_at", INSTANT, nullable=False),
        *(sa.Column(f"{name}_at", INSTANT, nullable=True) for name in ("taken", "left", "ended")),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "outcome in ('taken', 'waiting', 'moved', 'abandoned')", name=op.f("ck_report_stays_outcome")
        ),
        _of("report_stays", "conversation_id", "conversations", "SET NULL"),
        _of("report_stays", "agent_id", "agents", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_stays")),
    )
    op.create_index("ix_report_stays_entered_at_id", "report_stays", ["entered_at", "id"])
    op.create_index("ix_report_stays_conversation_id", "report_stays", ["conversation_id"])


def _mailings() -> None:
    op.create_table(
        "report_mailings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("filters", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("split_by", sa.String(), server_default="day", nullable=False),
        sa.Column("next_day", sa.Date(), nullable=False),
        sa.CheckConstraint("rhythm in ('daily', 'weekly', 'monthly')", name=op.f("ck_report_mailings_rhythm")),
        sa.CheckConstraint("hour between 0 and 23", name=op.f("ck_report_mailings_hour")),
        _of("report_mailings", "owner_id", "agents", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_mailings")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_report_mailings_owner_id_name")),
    )
    op.create_index(op.f("ix_report_mailings_owner_id"), "report_mailings", ["owner_id"])
    op.create_index("ix_report_mailings_next_day", "report_mailings", ["next_day"])
    op.create_table(
        "report_recipients",
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        _of("report_recipients", "mailing_id", "report_mailings", "CASCADE"),
        _of("report_recipients", "agent_id", "agents", "CASCADE"),
        sa.PrimaryKeyConstraint("mailing_id", "agent_id", name=op.f("pk_report_recipients")),
    )
    op.create_index(op.f("ix_report_recipients_agent_id"), "report_recipients", ["agent_id"])


def _sends() -> None:
    op.create_table(
        "report_sends",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("mailing_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), server_default="due", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("available_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.CheckConstraint("state in ('due', 'sent', 'failed', 'left_out')", name=op.f("ck_report_sends_state")),
        _of("report_sends", "mailing_id", "report_mailings", "CASCADE"),
        _of("report_sends", "agent_id", "agents", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_sends")),
        sa.UniqueConstraint("mailing_id", "agent_id", "day", name=op.f("uq_report_sends_mailing_id_agent_id_day")),
    )
    op.create_index(op.f("ix_report_sends_agent_id"), "report_sends", ["agent_id"])
    due = sa.text("state = 'due'")
    op.create_index("ix_report_sends_available_at", "report_sends", ["available_at"], postgresql_where=due)


def _of(table: str, column: str, to: str, then: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=then)
