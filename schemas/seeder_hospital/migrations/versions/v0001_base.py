"""The hospital as it went live: forty-one tables in the namespaces hospital and billing."""

from __future__ import annotations

from seeder_hospital import scripts

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    scripts.up("0001_base")


def downgrade() -> None:
    scripts.down("0001_base")
