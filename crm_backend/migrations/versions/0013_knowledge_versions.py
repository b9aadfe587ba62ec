"""Versions of articles, and what surrounds them."""

from __future__ import annotations

import json
from typing import Any

import pgvector.sqlalchemy
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAMES = {
    "delivery": ("Livraison", "Delivery"),
    "orders": ("Commandes", "Orders"),
    "returns": ("Retours et échanges", "Returns and exchanges"),
    "refunds": ("Remboursements", "Refunds"),
    "warranty": ("Garantie et réparation", "Guarantee and repairs"),
    "payment": ("Paiement et factures", "Payment and invoices"),
    "account": ("Compte et fidélité", "Account and loyalty"),
    "privacy": ("Données personnelles", "Privacy"),
    "shops": ("Boutiques", "Shops"),
    "care": ("Entretien", "Care"),
    "products": ("Produits", "Products"),
    "gifts": ("Cadeaux", "Gifts"),
    "service": ("Service client", "Customer service"),
}
"""What the help centre called its shelves while their names stood in the code, in the order it showed them."""
LANGUAGE = "language in ('fr', 'en')"


def upgrade() -> None:
    _shelves()
    _versions()
    _index()
    _echo()
    _canned()
    _fill()


def _word(name: str, default: str | None = None, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), server_default=default, nullable=nullable)


def _number(name: str, default: str | None = None, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=default, nullable=nullable)


def _when(name: str, *, nullable: bool = True, now: bool = False) -> sa.Column[Any]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()") if now else None, nullable=nullable
    )


def _list(name: str, default: str | None = "{}") -> sa.Column[list[str]]:
    return sa.Column(name, postgresql.ARRAY(sa.Text()), server_default=default, nullable=False)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(), nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)


def _vector(name: str) -> sa.Column[Any]:
    return sa.Column(name, pgvector.sqlalchemy.Vector(384), nullable=False)


def _key(name: str, target: str, ondelete: str = "CASCADE", *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(target, ondelete=ondelete), nullable=nullable)


def _table(name: str, *columns: sa.Column[Any] | sa.Constraint, changes: bool = False) -> None:
    """A table of rows with an identifier and the instant of creation, and a version if they change."""
    given = [sa.Column("id", sa.Uuid(), nullable=False), _when("created_at", nullable=False, now=True)]
    if changes:
        given.append(_number("version", "1"))
    op.create_table(name, *given, *columns, sa.PrimaryKeyConstraint("id", name=f"pk_{name}"))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _shelves() -> None:
    _table(
        "article_categories",
        _word("key"),
        _json("names"),
        _key("parent_id", "article_categories.id", "RESTRICT", nullable=True),
        _number("position", "0"),
        sa.UniqueConstraint("key", name="uq_article_categories_key"),
        changes=True,
    )
    op.create_index("ix_article_categories_parent_id", "article_categories", ["parent_id"])
    op.add_column("articles", _word("audience", "public"))
    op.add_column("articles", _list("tags"))
    op.add_column("articles", _number("version", "1"))
    op.create_check_constraint(op.f("ck_articles_audience"), "articles", "audience in ('public', 'agents')")
    op.create_index("ix_articles_category", "articles", ["category"])
    op.create_index("ix_articles_tags", "articles", ["tags"], postgresql_using="gin")
    op.add_column("article_translations", _number("twin_seen", "0"))
    # In the row itself: search reads every centroid of a language, and none of the texts.
    op.execute("alter table article_translations alter column centroid set storage plain")
    op.create_table(
        "article_files",
        _key("attachment_id", "attachments.id"),
        _key("article_id", "articles.id"),
        _word("added_by"),
        _when("created_at", nullable=False, now=True),
        sa.PrimaryKeyConstraint("attachment_id", name="pk_article_files"),
    )
    op.create_index("ix_article_files_article_id", "article_files", ["article_id"])


def _versions() -> None:
    table, pair = "article_versions", ["article_id", "language"]
    _table(
        table,
        _key("article_id", "articles.id"),
        *(_word("language"), _number("number"), _word("status"), _word("slug"), _word("title"), _word("summary")),
        *(_word("body"), _word("asked", ""), _word("note", ""), _flag("minor"), _number("based_on", nullable=True)),
        *(_list("writers", None), _word("reviewer", nullable=True), _when("reviewed_at"), _word("review_note", "")),
        *(_when("publish_at"), _when("expire_at"), _when("published_at"), _when("ended_at")),
        _when("updated_at", nullable=False, now=True),
        sa.UniqueConstraint("article_id", "language", "number", name=f"uq_{table}_article_id_language_number"),
        _check(table, "language", LANGUAGE),
        _check(table, "status", "status in ('draft', 'in_review', 'scheduled', 'published', 'archived')"),
        _check(table, "instant", "status <> 'scheduled' or publish_at is not null"),
        changes=True,
    )
    for name, columns, condition in (
        ("uq_article_versions_open", pair, "status in ('draft', 'in_review', 'scheduled')"),
        ("uq_article_versions_published", pair, "status = 'published'"),
        ("ix_article_versions_due", ["publish_at"], "status = 'scheduled'"),
        ("ix_article_versions_expiring", ["expire_at"], "status = 'published'"),
    ):
        op.create_index(name, table, columns, unique=name.startswith("uq"), postgresql_where=sa.text(condition))
    op.create_index("ix_article_versions_status", table, ["status", "updated_at"])


def _index() -> None:
    op.create_table(
        "article_terms",
        _word("language"),
        _word("lexeme"),
        _key("translation_id", "article_translations.id"),
        _word("audience"),
        sa.Column("weight", sa.REAL(), nullable=False),
        sa.PrimaryKeyConstraint("language", "lexeme", "translation_id", name="pk_article_terms"),
    )
    op.create_index("ix_article_terms_translation_id", "article_terms", ["translation_id"])
    op.create_index(
        "ix_article_terms_looked_up",
        "article_terms",
        ["language", "lexeme"],
        postgresql_include=["translation_id", "audience", "weight"],
    )
    op.create_table(
        "article_words",
        *(_word("language"), _word("word"), _word("shown"), _word("lexeme")),
        sa.PrimaryKeyConstraint("language", "word", name="pk_article_words"),
    )
    op.create_index(
        "ix_article_words_word",
        "article_words",
        ["word"],
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )
    op.create_table(
        "article_middles",
        *(_word("language"), _word("scope"), _number("articles"), _vector("mean")),
        sa.PrimaryKeyConstraint("language", "scope", name="pk_article_middles"),
        _check("article_middles", "scope", "scope in ('public', 'all')"),
    )
    _table(
        "synonyms",
        _word("language"),
        _list("terms", None),
        _json("lexemes"),
        _check("synonyms", "language", LANGUAGE),
        changes=True,
    )
    op.create_index("ix_synonyms_language", "synonyms", ["language"])


def _echo() -> None:
    op.create_table(
        "article_views",
        _key("article_id", "articles.id"),
        *(_word("language"), sa.Column("day", sa.Date(), nullable=False), _number("views")),
        sa.PrimaryKeyConstraint("article_id", "language", "day", name="pk_article_views"),
    )
    _table(
        "article_opinions",
        _key("article_id", "articles.id"),
        *(_word("language"), _number("number"), sa.Column("helpful", sa.Boolean(), nullable=False)),
        *(_word("reason", nullable=True), _word("comment", ""), _word("source"), _word("visitor", nullable=True)),
        sa.UniqueConstraint(
            "article_id", "language", "visitor", name="uq_article_opinions_article_id_language_visitor"
        ),
        _check("article_opinions", "reason", "reason in ('unanswered', 'unclear', 'outdated', 'wrong', 'other')"),
        _check("article_opinions", "source", "source in ('help', 'chat', 'desk', 'api')"),
    )
    op.create_index("ix_article_opinions_created_at", "article_opinions", ["created_at"])
    _groups()
    _table(
        "article_tests",
        _key("article_id", "articles.id"),
        *(_word("language"), _word("question"), _number("rank", nullable=True), _when("ran_at")),
        sa.UniqueConstraint("article_id", "language", "question", name="uq_article_tests_article_id_language_question"),
        _check("article_tests", "language", LANGUAGE),
    )


def _groups() -> None:
    _table(
        "question_groups",
        *(_word("language"), _word("status", "open"), _word("label"), _number("questions"), _number("asked")),
        *(_vector("centroid"), _when("last_at", nullable=False)),
        _key("article_id", "articles.id", "SET NULL", nullable=True),
        *(_word("settled_by", nullable=True), _when("settled_at")),
        _check("question_groups", "language", LANGUAGE),
        _check("question_groups", "status", "status in ('open', 'drafted', 'answered', 'dismissed')"),
        changes=True,
    )
    op.create_index("ix_question_groups_article_id", "question_groups", ["article_id"])
    op.create_index("ix_question_groups_status_asked", "question_groups", ["status", "asked"])
    for language in ("fr", "en"):
        op.create_index(
            f"ix_question_groups_centroid_{language}",
            "question_groups",
            ["centroid"],
            postgresql_using="hnsw",
            postgresql_ops={"centroid": "vector_cosine_ops"},
            postgresql_where=sa.text(f"language = '{language}'"),
        )
    _table(
        "unanswered_questions",
        _key("group_id", "question_groups.id"),
        *(_word("language"), _word("text"), _number("times"), _list("sources", None), _when("last_at", nullable=False)),
        sa.UniqueConstraint("language", "text", name="uq_unanswered_questions_language_text"),
    )
    for column in ("created_at", "group_id", "last_at"):
        op.create_index(f"ix_unanswered_questions_{column}", "unanswered_questions", [column])


def _canned() -> None:
    _table(
        "canned_replies",
        *(_word("shortcut"), _json("titles"), _json("texts"), _list("tags"), _list("teams"), _flag("archived")),
        *(_word("author"), _when("updated_at", nullable=False, now=True)),
        sa.UniqueConstraint("shortcut", name="uq_canned_replies_shortcut"),
        changes=True,
    )
    for column in ("tags", "teams"):
        op.create_index(f"ix_canned_replies_{column}", "canned_replies", [column], postgresql_using="gin")


def _fill() -> None:
    """The articles there are become versions; what is not published leaves the table that search reads."""
    known = json.dumps([[key, n, {"fr": fr, "en": en}] for n, (key, (fr, en)) in enumerate(NAMES.items(), 1)])
    op.get_bind().execute(
        sa.text("""
        insert into article_categories (id, key, names, position)
        select gen_random_uuid(), a.category,
            coalesce(k -> 2, jsonb_build_object('fr', a.said, 'en', a.said)), coalesce((k ->> 1)::int, 100)
        from (select distinct category, upper(left(category, 1)) || replace(substr(category, 2), '-', ' ') as said
              from articles) a
        left join jsonb_array_elements(cast(:known as jsonb)) k on k ->> 0 = a.category"""),
        {"known": known},
    )
    op.create_foreign_key(
        "fk_articles_category_article_categories", "articles", "article_categories", ["category"], ["key"]
    )
    op.execute("""
        insert into article_versions (id, article_id, language, number, status, slug, title, summary, body, asked, writers,
            published_at, ended_at, created_at, updated_at)
        select gen_random_uuid(), t.article_id, t.language, t.version, a.status, t.slug, t.title, t.summary, t.body, t.asked,
            '{system}', case when a.status <> 'draft' then t.updated_at end,
            case when a.status = 'archived' then a.updated_at end, t.created_at, t.updated_at
        from article_translations t join articles a on a.id = t.article_id""")
    op.execute(
        "delete from article_translations t using articles a where a.id = t.article_id and a.status <> 'published'"
    )
    op.execute("""update article_translations t set twin_seen = o.version from article_translations o
        where o.article_id = t.article_id and o.language <> t.language""")
    op.execute("""
        insert into article_terms (language, lexeme, translation_id, audience, weight)
        select t.language, w.lexeme, t.id, 'public',
            case when 'A' = any(w.weights) then 1 when 'B' = any(w.weights) then 0.8 else 0.5 end
        from article_translations t, unnest(t.words) w""")
    op.execute("""
        insert into article_words (language, word, shown, lexeme)
        select language, word, min(shown), min(lexeme) from (
            select t.language, unaccent(lower(token)) as word, lower(token) as shown,
                (tsvector_to_array(to_tsvector(('relais_' || t.language)::regconfig, token)))[1] as lexeme
            from article_translations t,
                ts_parse('default', concat_ws(' ', t.title, t.asked, t.summary, t.body)) where tokid in (1, 2, 10, 11)
        ) found where lexeme is not null and length(word) between 4 and 40 group by language, word""")
    op.execute("""
        insert into article_middles (language, scope, articles, mean)
        select language, scope, count(*), avg(centroid)
        from article_translations, (values ('public'), ('all')) scopes (scope) group by language, scope""")


def downgrade() -> None:
    for table in (
        *("canned_replies", "article_tests", "unanswered_questions", "question_groups", "article_opinions"),
        *("article_views", "synonyms", "article_middles", "article_words", "article_terms", "article_versions"),
        "article_files",
    ):
        op.drop_table(table)
    op.drop_constraint("fk_articles_category_article_categories", "articles", type_="foreignkey")
    op.execute("alter table article_translations alter column centroid set storage external")
    op.drop_column("article_translations", "twin_seen")
    for column in ("version", "tags", "audience"):
        op.drop_column("articles", column)
    op.drop_index("ix_articles_category", "articles")
    op.drop_table("article_categories")
