"""What people draw on the map and write beside it."""

import sqlalchemy as sa
from alembic import op

from pm_desktop.storage.types import UtcTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "map_drawing",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("drawn_at", UtcTime(), nullable=False),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.Column("geom", sa.LargeBinary(), nullable=True),
        sa.Column("min_lon", sa.Float(precision=53), nullable=True),
        sa.Column("min_lat", sa.Float(precision=53), nullable=True),
        sa.Column("max_lon", sa.Float(precision=53), nullable=True),
        sa.Column("max_lat", sa.Float(precision=53), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source_batch_id", sa.String(length=32), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_at", UtcTime(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_map_drawing"),
        sqlite_with_rowid=True,
    )
    for name in ("batch", "code", "drawn_at"):
        op.create_index(f"ix_map_drawing_{name}", "map_drawing", ["source_batch_id" if name == "batch" else name], unique=False)
