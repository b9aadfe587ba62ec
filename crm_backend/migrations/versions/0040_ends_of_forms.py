"""How visits of the contact form ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_ends",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("suggested", sa.Boolean(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=True),
        sa.Column("who_hash", sa.String(), nullable=True),
        sa.Column("fate", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("language in ('fr', 'en')", name=op.f("ck_form_ends_language")),
        sa.CheckConstraint("outcome in ('sent', 'answered')", name=op.f("ck_form_ends_outcome")),
        sa.CheckConstraint("fate in ('open', 'saved', 'returned', 'unknown')", name=op.f("ck_form_ends_fate")),
        sa.CheckConstraint("(outcome = 'answered') = (fate is not null)", name=op.f("ck_form_ends_fated")),
        sa.CheckConstraint(
            "(who_hash is not null) = (fate is not distinct from 'open')", name=op.f("ck_form_ends_hashed")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_form_ends_article_id_articles"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_ends")),
    )
    op.create_index(op.f("ix_form_ends_article_id"), "form_ends", ["article_id"])
    op.create_index("ix_form_ends_created_at_id", "form_ends", ["created_at", "id"])
    op.create_index("ix_form_ends_open", "form_ends", ["created_at"], postgresql_where=sa.text("fate = 'open'"))


def downgrade() -> None:
    op.drop_table("form_ends")
