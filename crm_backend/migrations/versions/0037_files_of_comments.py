"""A file of a case may have come with a comment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

KEY = "fk_case_files_comment_id_case_comments"


def upgrade() -> None:
    op.add_column("case_files", sa.Column("comment_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f(KEY), "case_files", "case_comments", ["comment_id"], ["id"], ondelete="SET NULL")
    op.create_index(op.f("ix_case_files_comment_id"), "case_files", ["comment_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_case_files_comment_id"), "case_files")
    op.drop_constraint(op.f(KEY), "case_files", type_="foreignkey")
    op.drop_column("case_files", "comment_id")
