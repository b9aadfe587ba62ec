"""Where articles lie in the space of search; headings are passages of their own. The loop of knowledge indexes what is
published anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import Vector

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

KINDS = "'lead', 'section', 'question'"


def upgrade() -> None:
    op.add_column("article_translations", sa.Column("placed", Vector(384), nullable=True))
    op.create_index("ix_articles_updated_at", "articles", ["updated_at"])
    op.drop_constraint(op.f("ck_passages_kind"), "passages", type_="check")
    op.create_check_constraint(op.f("ck_passages_kind"), "passages", f"kind in ({KINDS}, 'heading')")


def downgrade() -> None:
    op.execute("delete from passages where kind = 'heading'")
    op.drop_constraint(op.f("ck_passages_kind"), "passages", type_="check")
    op.create_check_constraint(op.f("ck_passages_kind"), "passages", f"kind in ({KINDS})")
    op.drop_index("ix_articles_updated_at", "articles")
    op.drop_column("article_translations", "placed")
