"""The migrated schema is the declared one, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from pm_desktop.storage.database import Database
from pm_desktop.storage.tables import metadata


def test_migrations_make_what_the_declarations_say(location: str) -> None:
    with Database.create(location) as db, db.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
