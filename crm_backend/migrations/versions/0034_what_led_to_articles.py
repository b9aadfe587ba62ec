"""Who proposes articles, the searches that led to them, and the contacts that questions without an answer cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

PROPOSE = """
update {table} set {column} = {column} || '["knowledge.propose"]'::jsonb
where {column} ? 'knowledge.write' and not {column} ? 'knowledge.propose'
"""
TABLES = (("roles", "permissions"), ("api_keys", "scopes"))


def upgrade() -> None:
    op.add_column("question_groups", sa.Column("contacts", sa.Integer(), nullable=False, server_default="0"))
    op.execute("""
        update question_groups g set contacts = least(g.asked, q.times) from (
            select group_id, sum(times) as times from unanswered_questions
            where sources = array['assistant'] group by group_id
        ) q where q.group_id = g.id
    """)
    op.create_index("ix_question_groups_status_contacts", "question_groups", ["status", "contacts"])
    op.create_table(
        "article_searches",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("article_id", sa.Uuid(), sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("article_id", "language", "text"),
        sa.CheckConstraint("language in ('fr', 'en')", name="language"),
    )
    op.create_index("ix_article_searches_last_at", "article_searches", ["last_at"])
    op.create_index(
        "ix_messages_help_page",
        "messages",
        ["created_at"],
        postgresql_where=sa.text("details #>> '{page,url}' ~ '/(fr/aide|en/help)/'"),
    )
    for table, column in TABLES:
        op.execute(PROPOSE.format(table=table, column=column))


def downgrade() -> None:
    for table, column in TABLES:
        op.execute(f"update {table} set {column} = {column} - 'knowledge.propose'")  # noqa: S608  our own names
    op.drop_index("ix_messages_help_page", "messages")
    op.drop_table("article_searches")
    op.drop_index("ix_question_groups_status_contacts", "question_groups")
    op.drop_column("question_groups", "contacts")
