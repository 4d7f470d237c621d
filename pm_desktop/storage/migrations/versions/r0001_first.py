"""First schema: the entities of the first slice, the edit log and the audit chain."""

import sqlalchemy as sa
from alembic import op

from pm_desktop.storage.types import ExactDecimal, JsonText, UtcTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "alert",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=True),
        sa.Column("zone_id", sa.String(length=32), nullable=True),
        sa.Column("scene", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=True),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("highest", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("first_at", UtcTime(), nullable=False),
        sa.Column("last_at", UtcTime(), nullable=False),
        sa.Column("acked_at", UtcTime(), nullable=True),
        sa.Column("resolved_at", UtcTime(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source_batch_id", sa.String(length=32), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_at", UtcTime(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_alert_batch", "alert", ["source_batch_id"], unique=False)
    op.create_index("ix_alert_code", "alert", ["code"], unique=False)
    op.create_index("ix_alert_device_id", "alert", ["device_id"], unique=False)
    op.create_index("ix_alert_first_at", "alert", ["first_at"], unique=False)
    op.create_index("ix_alert_zone_id", "alert", ["zone_id"], unique=False)
    op.create_table(
        "audit_log",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ts", UtcTime(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("before_hash", sa.String(length=64), nullable=True),
        sa.Column("after_hash", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "barrier",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("barrier_type", sa.Text(), nullable=False),
        sa.Column("width_m", sa.Float(precision=53), nullable=True),
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
        sa.PrimaryKeyConstraint("id", name="pk_barrier"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_barrier_batch", "barrier", ["source_batch_id"], unique=False)
    op.create_index("ix_barrier_code", "barrier", ["code"], unique=False)
    op.create_table(
        "building",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("compound_id", sa.String(length=32), nullable=True),
        sa.Column("no", sa.Text(), nullable=True),
        sa.Column("floors", sa.BigInteger(), nullable=True),
        sa.Column("units", sa.BigInteger(), nullable=True),
        sa.Column("exclusive_area_m2", ExactDecimal(2), nullable=True),
        sa.Column("built_year", sa.BigInteger(), nullable=True),
        sa.Column("has_lift", sa.Boolean(), nullable=True),
        sa.Column("repair_fund_balance_cny", ExactDecimal(2), nullable=True),
        sa.Column("repair_fund_first_cny", ExactDecimal(2), nullable=True),
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
        sa.PrimaryKeyConstraint("id", name="pk_building"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_building_batch", "building", ["source_batch_id"], unique=False)
    op.create_index("ix_building_code", "building", ["code"], unique=False)
    op.create_index("ix_building_compound_id", "building", ["compound_id"], unique=False)
    op.create_table(
        "committee",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("zone_id", sa.String(length=32), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("term_no", sa.BigInteger(), nullable=True),
        sa.Column("term_start", sa.Date(), nullable=True),
        sa.Column("term_end", sa.Date(), nullable=True),
        sa.Column("members", sa.BigInteger(), nullable=True),
        sa.Column("party_eligible", sa.Boolean(), nullable=True),
        sa.Column("party_reason", sa.Text(), nullable=True),
        sa.Column("party_org", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source_batch_id", sa.String(length=32), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_at", UtcTime(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", "valid_from", name="pk_committee"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_committee_batch", "committee", ["source_batch_id"], unique=False)
    op.create_index("ix_committee_code", "committee", ["code"], unique=False)
    op.create_index("ix_committee_zone_id", "committee", ["zone_id"], unique=False)
    op.create_table(
        "complaint",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("source_category", sa.Text(), nullable=True),
        sa.Column("zone_id", sa.String(length=32), nullable=True),
        sa.Column("compound_id", sa.String(length=32), nullable=True),
        sa.Column("building_id", sa.String(length=32), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=True),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.Column("valid", sa.Boolean(), nullable=True),
        sa.Column("valid_reason", sa.Text(), nullable=True),
        sa.Column("satisfaction", sa.BigInteger(), nullable=True),
        sa.Column("repeat_of", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.Column("cell", sa.BigInteger(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source_batch_id", sa.String(length=32), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("cell", "received_at", "id", name="pk_complaint"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_complaint_code", "complaint", ["code"], unique=True)
    op.create_index("ix_complaint_compound_id", "complaint", ["compound_id"], unique=False)
    op.create_index("ix_complaint_id", "complaint", ["id"], unique=True)
    op.create_index("ix_complaint_zone_id", "complaint", ["zone_id"], unique=False)
    op.create_table(
        "compound",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("aliases", JsonText(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("town_code", sa.Text(), nullable=True),
        sa.Column("juwei_code", sa.Text(), nullable=True),
        sa.Column("built_year", sa.BigInteger(), nullable=True),
        sa.Column("housing_type", sa.Text(), nullable=True),
        sa.Column("height_type", sa.Text(), nullable=True),
        sa.Column("is_enclosed", sa.Boolean(), nullable=True),
        sa.Column("is_old", sa.Boolean(), nullable=True),
        sa.Column("households", sa.BigInteger(), nullable=True),
        sa.Column("buildings", sa.BigInteger(), nullable=True),
        sa.Column("lifts", sa.BigInteger(), nullable=True),
        sa.Column("gates", sa.BigInteger(), nullable=True),
        sa.Column("floor_area_m2", ExactDecimal(2), nullable=True),
        sa.Column("parking", sa.BigInteger(), nullable=True),
        sa.Column("ebike_ports", sa.BigInteger(), nullable=True),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.Column("geom", sa.LargeBinary(), nullable=True),
        sa.Column("reported", JsonText(), nullable=True),
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
        sa.PrimaryKeyConstraint("id", name="pk_compound"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_compound_batch", "compound", ["source_batch_id"], unique=False)
    op.create_index("ix_compound_code", "compound", ["code"], unique=False)
    op.create_index("ix_compound_juwei_code", "compound", ["juwei_code"], unique=False)
    op.create_index("ix_compound_name", "compound", ["name"], unique=False)
    op.create_index("ix_compound_town_code", "compound", ["town_code"], unique=False)
    op.create_table(
        "contract",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("project_id", sa.String(length=32), nullable=True),
        sa.Column("zone_id", sa.String(length=32), nullable=True),
        sa.Column("firm_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("billing", sa.Text(), nullable=True),
        sa.Column("service_level", sa.BigInteger(), nullable=True),
        sa.Column("fee_cny_m2_month", ExactDecimal(4), nullable=True),
        sa.Column("fees", JsonText(), nullable=True),
        sa.Column("collection_rate", ExactDecimal(4), nullable=True),
        sa.Column("adjust_clause", sa.Boolean(), nullable=True),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("filed_at", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source_batch_id", sa.String(length=32), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_at", UtcTime(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", "valid_from", name="pk_contract"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_contract_batch", "contract", ["source_batch_id"], unique=False)
    op.create_index("ix_contract_code", "contract", ["code"], unique=False)
    op.create_index("ix_contract_firm_id", "contract", ["firm_id"], unique=False)
    op.create_index("ix_contract_project_id", "contract", ["project_id"], unique=False)
    op.create_index("ix_contract_zone_id", "contract", ["zone_id"], unique=False)
    op.create_table(
        "device",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scene", sa.Text(), nullable=False),
        sa.Column("zone_id", sa.String(length=32), nullable=True),
        sa.Column("compound_id", sa.String(length=32), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("installed_at", UtcTime(), nullable=True),
        sa.Column("last_seen_at", UtcTime(), nullable=True),
        sa.Column("is_online", sa.Boolean(), nullable=True),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source_batch_id", sa.String(length=32), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_at", UtcTime(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_device_batch", "device", ["source_batch_id"], unique=False)
    op.create_index("ix_device_code", "device", ["code"], unique=False)
    op.create_index("ix_device_compound_id", "device", ["compound_id"], unique=False)
    op.create_index("ix_device_zone_id", "device", ["zone_id"], unique=False)
    op.create_table(
        "edit_log",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("patches", sa.Text(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "emergency_team",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("town_code", sa.Text(), nullable=True),
        sa.Column("zone_id", sa.String(length=32), nullable=True),
        sa.Column("hotline", sa.Text(), nullable=True),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source_batch_id", sa.String(length=32), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_at", UtcTime(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_emergency_team"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_emergency_team_batch", "emergency_team", ["source_batch_id"], unique=False)
    op.create_index("ix_emergency_team_code", "emergency_team", ["code"], unique=False)
    op.create_index("ix_emergency_team_name", "emergency_team", ["name"], unique=False)
    op.create_index("ix_emergency_team_zone_id", "emergency_team", ["zone_id"], unique=False)
    op.create_table(
        "firm",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=True),
        sa.Column("reg_district", sa.Text(), nullable=True),
        sa.Column("party_org", sa.Text(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("contact_phone", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source_batch_id", sa.String(length=32), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_at", UtcTime(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_firm"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_firm_batch", "firm", ["source_batch_id"], unique=False)
    op.create_index("ix_firm_code", "firm", ["code"], unique=False)
    op.create_index("ix_firm_name", "firm", ["name"], unique=False)
    op.create_index("ix_firm_uscc", "firm", ["uscc"], unique=False)
    op.create_table(
        "import_batch",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("report", JsonText(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source_batch_id", sa.String(length=32), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_at", UtcTime(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_import_batch"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_import_batch_batch", "import_batch", ["source_batch_id"], unique=False)
    op.create_index("ix_import_batch_code", "import_batch", ["code"], unique=False)
    op.create_index("ix_import_batch_sha256", "import_batch", ["sha256"], unique=False)
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "residential_committee",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("town_code", sa.Text(), nullable=True),
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
        sa.PrimaryKeyConstraint("id", name="pk_residential_committee"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_residential_committee_batch", "residential_committee", ["source_batch_id"], unique=False)
    op.create_index("ix_residential_committee_code", "residential_committee", ["code"], unique=False)
    op.create_index("ix_residential_committee_name", "residential_committee", ["name"], unique=False)
    op.create_index("ix_residential_committee_town_code", "residential_committee", ["town_code"], unique=False)
    op.create_table(
        "rule_basis",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("doc_no", sa.Text(), nullable=True),
        sa.Column("issued", sa.Date(), nullable=True),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("in_force_to", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source_batch_id", sa.String(length=32), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_at", UtcTime(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_rule_basis"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_rule_basis_batch", "rule_basis", ["source_batch_id"], unique=False)
    op.create_index("ix_rule_basis_code", "rule_basis", ["code"], unique=False)
    op.create_table(
        "sensor_event",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=True),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=True),
        sa.Column("value_text", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("ts", UtcTime(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("quality", sa.Text(), nullable=True),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.Column("cell", sa.BigInteger(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source_batch_id", sa.String(length=32), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("cell", "ts", "id", name="pk_sensor_event"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sensor_event_code", "sensor_event", ["code"], unique=True)
    op.create_index("ix_sensor_event_device_id", "sensor_event", ["device_id"], unique=False)
    op.create_index("ix_sensor_event_id", "sensor_event", ["id"], unique=True)
    op.create_table(
        "service_project",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("zone_id", sa.String(length=32), nullable=True),
        sa.Column("firm_id", sa.String(length=32), nullable=True),
        sa.Column("manager_name", sa.Text(), nullable=True),
        sa.Column("guard_fte", ExactDecimal(1), nullable=True),
        sa.Column("cleaner_fte", ExactDecimal(1), nullable=True),
        sa.Column("greener_fte", ExactDecimal(1), nullable=True),
        sa.Column("repair_fte", ExactDecimal(1), nullable=True),
        sa.Column("manager_fte", ExactDecimal(1), nullable=True),
        sa.Column("service_fte", ExactDecimal(1), nullable=True),
        sa.Column("posts_24h", sa.BigInteger(), nullable=True),
        sa.Column("posts_12h", sa.BigInteger(), nullable=True),
        sa.Column("started", sa.Date(), nullable=True),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source_batch_id", sa.String(length=32), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_at", UtcTime(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", "valid_from", name="pk_service_project"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_service_project_batch", "service_project", ["source_batch_id"], unique=False)
    op.create_index("ix_service_project_code", "service_project", ["code"], unique=False)
    op.create_index("ix_service_project_firm_id", "service_project", ["firm_id"], unique=False)
    op.create_index("ix_service_project_zone_id", "service_project", ["zone_id"], unique=False)
    op.create_table(
        "shared_facility",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("facility_type", sa.Text(), nullable=False),
        sa.Column("serving_zone_ids", JsonText(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source_batch_id", sa.String(length=32), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_at", UtcTime(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_shared_facility"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_shared_facility_batch", "shared_facility", ["source_batch_id"], unique=False)
    op.create_index("ix_shared_facility_code", "shared_facility", ["code"], unique=False)
    op.create_table(
        "town",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("juwei_count", sa.BigInteger(), nullable=True),
        sa.Column("cunwei_count", sa.BigInteger(), nullable=True),
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
        sa.PrimaryKeyConstraint("id", name="pk_town"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_town_batch", "town", ["source_batch_id"], unique=False)
    op.create_index("ix_town_code", "town", ["code"], unique=False)
    op.create_index("ix_town_name", "town", ["name"], unique=False)
    op.create_table(
        "work_order",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("zone_id", sa.String(length=32), nullable=True),
        sa.Column("accepted_at", UtcTime(), nullable=False),
        sa.Column("dispatched_at", UtcTime(), nullable=True),
        sa.Column("responded_at", UtcTime(), nullable=True),
        sa.Column("response_type", sa.Text(), nullable=True),
        sa.Column("arrived_at", UtcTime(), nullable=True),
        sa.Column("fixed_at", UtcTime(), nullable=True),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.Column("cancelled_at", UtcTime(), nullable=True),
        sa.Column("duplicate_of", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("breached", sa.Boolean(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.Column("cell", sa.BigInteger(), nullable=False),
        sa.Column("row_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("source_batch_id", sa.String(length=32), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("cell", "accepted_at", "id", name="pk_work_order"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_work_order_code", "work_order", ["code"], unique=True)
    op.create_index("ix_work_order_id", "work_order", ["id"], unique=True)
    op.create_index("ix_work_order_zone_id", "work_order", ["zone_id"], unique=False)
    op.create_table(
        "zone",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("town_code", sa.Text(), nullable=True),
        sa.Column("juwei_code", sa.Text(), nullable=True),
        sa.Column("approval_no", sa.Text(), nullable=True),
        sa.Column("approval_date", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("management_mode", sa.Text(), nullable=True),
        sa.Column("housing_type", sa.Text(), nullable=True),
        sa.Column("built_year", sa.BigInteger(), nullable=True),
        sa.Column("total_exclusive_area_m2", ExactDecimal(2), nullable=True),
        sa.Column("owner_heads", sa.BigInteger(), nullable=True),
        sa.Column("compound_ids", JsonText(), nullable=False),
        sa.Column("predecessor_ids", JsonText(), nullable=False),
        sa.Column("successor_id", sa.String(length=32), nullable=True),
        sa.Column("fallback_duties", JsonText(), nullable=True),
        sa.Column("geom", sa.LargeBinary(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
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
        sa.PrimaryKeyConstraint("id", "valid_from", name="pk_zone"),
        sqlite_with_rowid=True,
    )
    op.create_index("ix_zone_batch", "zone", ["source_batch_id"], unique=False)
    op.create_index("ix_zone_code", "zone", ["code"], unique=False)
    op.create_index("ix_zone_juwei_code", "zone", ["juwei_code"], unique=False)
    op.create_index("ix_zone_name", "zone", ["name"], unique=False)
    op.create_index("ix_zone_successor_id", "zone", ["successor_id"], unique=False)
    op.create_index("ix_zone_town_code", "zone", ["town_code"], unique=False)
