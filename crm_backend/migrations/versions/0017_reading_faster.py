"""Reports of carriers are found by parcel and day, so that the last one is read without looking at the others."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tracking_events_shipment_id_at", "tracking_events", ["shipment_id", "at"])
    op.drop_index("ix_tracking_events_shipment_id", "tracking_events")


def downgrade() -> None:
    op.create_index("ix_tracking_events_shipment_id", "tracking_events", ["shipment_id"])
    op.drop_index("ix_tracking_events_shipment_id_at", "tracking_events")
