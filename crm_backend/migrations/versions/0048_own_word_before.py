"""Telephone numbers that customers gave themselves before 0045 are on their own word, too.

Until then they were written down by the assistant alone (a change of details in a conversation), which is told in the
audit log: there no other deed of its adds a number without a proof. What an agent, a program or an import put on file
stays as it is, as does a number that was proved since. An entry of the log never moves to another customer, so that of
a number that two merged customers had the one that is left counts by its own entry.
"""

from __future__ import annotations

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        update identities set own_word = true
        where kind = 'phone' and proof = 'none' and customer_id is not null and not own_word
          and id::text in (
            select new ->> 'identity' from audit_log
            where action = 'identity_added' and subject_kind = 'customer'
              and new ->> 'kind' = 'phone' and new ->> 'proof' = 'none'
              and (actor = 'bot' and origin = 'assistant' or origin = 'portal')
          )
        """
    )


def downgrade() -> None:
    """Nothing: the numbers were on their own word before, and 0045 takes the column away."""
