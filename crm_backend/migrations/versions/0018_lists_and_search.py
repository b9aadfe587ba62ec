"""What the desk's list is counted by, and what search compares first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_conversations_live", "conversations", ["owner"], postgresql_where=sa.text("owner <> 'nobody'"))
    op.create_table(
        "article_stems",
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("lexeme", sa.String(), nullable=False),
        sa.Column("public", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("language", "lexeme", name="pk_article_stems"),
    )
    op.execute("""
        insert into article_stems (language, lexeme, public, total)
        select language, lexeme, count(*) filter (where audience = 'public'), count(*)
        from article_terms group by language, lexeme""")
    _looked_up(["language", "lexeme", "weight"], beside=["translation_id", "audience"])
    for language in ("fr", "en"):
        op.create_index(
            f"ix_article_translations_centroid_{language}",
            "article_translations",
            ["centroid"],
            postgresql_using="hnsw",
            postgresql_ops={"centroid": "vector_l2_ops"},
            postgresql_where=sa.text(f"language = '{language}'"),
        )


def _looked_up(columns: list[str], *, beside: list[str]) -> None:
    op.drop_index("ix_article_terms_looked_up", "article_terms")
    op.create_index("ix_article_terms_looked_up", "article_terms", columns, postgresql_include=beside)


def downgrade() -> None:
    for language in ("fr", "en"):
        op.drop_index(f"ix_article_translations_centroid_{language}", "article_translations")
    _looked_up(["language", "lexeme"], beside=["translation_id", "audience", "weight"])
    op.drop_table("article_stems")
    op.drop_index("ix_conversations_live", "conversations")
