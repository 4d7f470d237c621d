"""The schema's revision: made and brought up to date by alembic, which is imported only when it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import Connection

from pm_desktop.base.errors import NotAllowed, Where
from pm_desktop.base.label import Label

HEAD = "0002"
_REVISIONS = ("0001", "0002")
MIGRATIONS = Path(__file__).parent / "migrations"


def version(connection: Connection) -> str | None:
    """Revision of the database behind ``connection``; None if it is no workspace."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def create(connection: Connection) -> None:
    """Make every table in the transaction of ``connection``."""
    _alembic(connection)


def upgrade(engine: Engine, found: str, location: str) -> None:
    """Bring an older database to `HEAD` in one transaction: a killed upgrade leaves the old schema.

    Raises
    ------
    NotAllowed
        The database was written by a newer program.
    """
    if found not in _REVISIONS:
        raise NotAllowed("schema_newer", Label("该工作区由更新版本的程序写成", "a newer program wrote this workspace"),
                         Label("请升级程序", "upgrade the program"), Where(file=location))
    with engine.begin() as connection:
        _alembic(connection)


def _alembic(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = connection
    command.upgrade(config, "head")
