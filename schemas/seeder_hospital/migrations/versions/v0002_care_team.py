"""A year later: care teams, triage levels, no-shows, a wider index, a new partition."""

from __future__ import annotations

from seeder_hospital import scripts

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    scripts.up("0002_care_team")


def downgrade() -> None:
    scripts.down("0002_care_team")
