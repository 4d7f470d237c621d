"""kill -9 at random moments: what was confirmed is there afterwards, and no half batch."""

from __future__ import annotations

import multiprocessing as mp
import random
import shutil
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from pm_desktop.base import paths
from pm_desktop.base.label import Label
from pm_desktop.domain.records import Complaint, Compound
from pm_desktop.storage import schema
from pm_desktop.storage.database import Database
from pm_desktop.storage.engine import make_engine
from pm_desktop.workspace.edit import Edit, Patch
from pm_desktop.workspace.workspace import Workspace
from tests.helpers.counts import count

BATCH = 4_000
KILLS = count(50, 500)
MIGRATED = count(40_000, 200_000)


def _edits(home: str, basedir: str, said: Connection, start: int) -> None:
    paths.set_basedir(basedir)
    workspace = Workspace.open(home)
    for n in range(start, start + 100_000):
        record = Compound(id=f"{n:032x}", code=f"C{n}", name=f"小区{n}")
        workspace.apply(Edit(Label("新建", "New"), (Patch("Compound", record.id, None, {f: getattr(record, f) for f in record.__slots__}),)))
        said.send(n)


def _imports(home: str, basedir: str, said: Connection, start: int) -> None:
    from datetime import UTC, datetime

    paths.set_basedir(basedir)
    with Database.open(home) as db:
        for n in range(start, start + 1_000):
            with db.transaction() as tx:
                rows = ((f"B{n}-{i}", datetime(2026, 1, 1, tzinfo=UTC), 121.5, 31.2) for i in range(BATCH))
                tx.bulk_insert(Complaint, ("code", "received_at", "lon", "lat"), rows, batch_id=f"{n:032x}")
                tx.audit("import", "ImportBatch", f"{n}")
            said.send(n)


def _creates(home: str, basedir: str, said: Connection, start: int) -> None:
    paths.set_basedir(basedir)
    for n in range(start, start + 1_000):
        Workspace.create(Path(home).parent / f"new{n}").close()
        said.send(n)


HEAD = schema.HEAD
NEXT_REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade():
    op.add_column("complaint", sa.Column("shade", sa.Text(), nullable=True))
    for part in "0123456789":
        op.execute("UPDATE complaint SET shade = 'x' || code WHERE code LIKE '%" + part + "'")
    op.create_index("complaint_shade", "complaint", ["shade"])
"""


def _upgrades(home: str, basedir: str, said: Connection, start: int) -> None:
    """Open the workspace with a program that is one revision ahead."""
    paths.set_basedir(basedir)
    ahead = Path(basedir) / "migrations"
    if not ahead.exists():
        shutil.copytree(schema.MIGRATIONS, ahead, ignore=shutil.ignore_patterns("__pycache__"))
        (ahead / "versions" / "r9999_next.py").write_text(NEXT_REVISION.format(head=HEAD), "utf-8")
    schema.MIGRATIONS, schema.HEAD, schema._REVISIONS = ahead, "9999", (*schema._REVISIONS, "9999")
    said.send(0)
    Database.open(home).close()
    said.send(1)


def _killed(target: object, home: Path | str, basedir: Path, start: int, wait: float) -> list[int]:
    """Run ``target`` in a process that is killed ``wait`` seconds after its first word; what it had confirmed."""
    context = mp.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=target, args=(str(home), str(basedir), there, start))  # type: ignore[arg-type]
    process.start()
    there.close()
    confirmed = []
    assert here.poll(60)
    confirmed.append(here.recv())
    process.join(wait)
    process.kill()
    process.join()
    try:
        while here.poll(0):
            confirmed.append(here.recv())
    except EOFError:
        pass
    here.close()
    process.close()
    return confirmed


@pytest.mark.timeout(3600)
def test_killed_edits_and_imports_lose_nothing(tmp_path: Path, basedir: Path) -> None:
    rng = random.Random(11)
    home = tmp_path / "w"
    Workspace.create(home).close()
    edits: set[int] = set()
    batches: set[int] = set()
    for round_ in range(KILLS * 2 // 3):
        start = 1_000_000 * (round_ + 1)
        if round_ % 2:
            edits |= set(_killed(_edits, home, basedir, start, rng.uniform(0, 0.25)))
        else:
            batches |= set(_killed(_imports, home, basedir, start, rng.uniform(0, 0.4)))
        if round_ % 5 == 0 or round_ >= KILLS * 2 // 3 - 2:
            with Database.open(home) as db:
                stored = {int(r[0], 16) for r in db.rows(Compound, ("id",))}
                assert edits <= stored
                sizes = {int(b, 16): n for b, n in db.group_count(Complaint, ["source_batch_id"])}
                assert batches <= sizes.keys()
                assert set(sizes.values()) <= {BATCH}
                assert db.verify_audit().ok


def test_a_killed_creation_leaves_a_workspace_or_none(tmp_path: Path, basedir: Path) -> None:
    rng = random.Random(5)
    for round_ in range(KILLS // 3):
        start = 1_000 * (round_ + 1)
        for n in _killed(_creates, tmp_path / "x", basedir, start, rng.uniform(0, 0.3)):
            with Database.open(tmp_path / f"new{n}") as db:
                assert db.verify_audit().ok


@pytest.mark.timeout(3600)
def test_a_killed_migration_is_done_or_undone(location: str, basedir: Path) -> None:
    from datetime import UTC, datetime

    rng = random.Random(3)
    Workspace.create(location).close()
    with Database.open(location) as db, db.transaction() as tx:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        tx.bulk_insert(Complaint, ("code", "received_at", "lon", "lat"), ((f"K{n}", at, 121.5, 31.2) for n in range(MIGRATED)))
    ended = {HEAD: 0, "9999": 0}
    engine = make_engine(location, write=True)
    for round_ in range(max(6, KILLS // 6)):
        confirmed = _killed(_upgrades, location, basedir, 0, rng.uniform(0.0, 0.6) if round_ % 3 else 5.0)
        with engine.begin() as connection:
            version = schema.version(connection)
            columns = {c["name"] for c in inspect(connection).get_columns("complaint")}
            assert connection.execute(text("SELECT count(*) FROM complaint")).scalar() == MIGRATED
            assert ("shade" in columns) == (version == "9999")
            assert version == "9999" or 1 not in confirmed
            ended[str(version)] += 1
            if version == "9999":
                wrong = "SELECT count(*) FROM complaint WHERE shade IS NULL OR shade <> 'x' || code"
                assert connection.execute(text(wrong)).scalar() == 0
                for step in ("DROP INDEX complaint_shade", "ALTER TABLE complaint DROP COLUMN shade", f"UPDATE alembic_version SET version_num = '{HEAD}'"):
                    connection.execute(text(step))
    engine.dispose()
    assert min(ended.values()) > 0, f"the kills have to fall before and after the end of the migration: {ended}"
    with Database.open(location) as db:
        assert db.verify_audit().ok
