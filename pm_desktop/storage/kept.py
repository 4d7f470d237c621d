"""What was worked out from a store is kept beside its caches for as long as the store is the same.

A window that opens on an unchanged workspace shows its map without asking a helper process first. For a database on a
server nobody knows cheaply whether it changed, so nothing is kept.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pm_desktop.storage.engine import database_file, is_url

_PACKAGE = Path(__file__).resolve().parents[1]
_SHANGHAI = timedelta(hours=8)


def state_of(location: str, *files: Path) -> str | None:
    """Text that differs whenever the store, one of ``files``, the program or the day is another; None where that cannot be told.

    SQLite writes to its file or to the log beside it; reading changes neither.
    """
    if is_url(location) or not Path(location).is_dir():  # a past day is marked in the location
        return None
    database = database_file(location)
    log = database.with_name(f"{database.name}-wal")
    stats = [_stat(path) for path in (database, log, *files)]
    if stats[0] is None:
        return None
    return json.dumps([stats, _program(), (datetime.now(UTC) + _SHANGHAI).date().isoformat()])


def _stat(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    # an empty log is as good as none: it comes and goes with every reader
    return (found.st_mtime_ns, found.st_size) if found.st_size else None


@cache
def _program() -> int:
    """Newest change of what is kept is made by."""
    return max(path.stat().st_mtime_ns for folder in ("cartography", "workspace", "layers", "storage", "domain") for path in (_PACKAGE / folder).glob("*.py"))


def kept(folder: Path, name: str, state: str | None) -> Any:
    """What was kept under ``name`` in the same state; None if there is nothing."""
    try:
        found = json.loads((folder / f"{name}.kept").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found["value"] if state is not None and found.get("state") == state else None


def keep(folder: Path, name: str, state: str | None, value: Any) -> None:
    """Keep a plain value that was worked out in ``state``."""
    if state is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.{os.getpid()}.part"
    part.write_text(json.dumps({"state": state, "value": value}, ensure_ascii=False), "utf-8")
    os.replace(part, folder / f"{name}.kept")
