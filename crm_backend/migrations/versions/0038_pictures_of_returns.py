"""Pictures that show why something comes back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "return_files",
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["return_id"], ["returns.id"], name=op.f("fk_return_files_return_id_returns"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["attachments.id"], name=op.f("fk_return_files_file_id_attachments"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("return_id", "file_id", name=op.f("pk_return_files")),
    )
    op.create_index(op.f("ix_return_files_file_id"), "return_files", ["file_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_return_files_file_id"), "return_files")
    op.drop_table("return_files")
