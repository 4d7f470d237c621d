"""The application without a window: one workspace with its store, edits, streets and listeners."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Self

from pm_desktop.base import paths
from pm_desktop.base.errors import InputRefused
from pm_desktop.base.label import Label
from pm_desktop.domain.records import (
    Alert,
    Barrier,
    Committee,
    Complaint,
    Compound,
    Contract,
    Device,
    Firm,
    ImportBatch,
    SensorEvent,
    SharedFacility,
    Town,
    WorkOrder,
    Zone,
)
from pm_desktop.storage.audit import AuditVerdict
from pm_desktop.storage.database import Database
from pm_desktop.storage.faults import shown
from pm_desktop.storage.past import past
from pm_desktop.workspace import journal
from pm_desktop.workspace.edit import Changes, Edit, HistoryRow

Listener = Callable[[Changes, object], None]
COUNTED: dict[str, type[Any]] = {
    "towns": Town, "compounds": Compound, "zones": Zone, "firms": Firm, "contracts": Contract,
    "committees": Committee, "complaints": Complaint, "orders": WorkOrder, "devices": Device, "readings": SensorEvent,
    "alerts": Alert, "barriers": Barrier, "facilities": SharedFacility,
}
BASE_SUFFIXES = (".streets", ".mbtiles", ".pmtiles")


class Workspace:
    """Everything a window or a script does with one workspace.

    Every change goes through `apply`, `undo`, `redo` or, for imports, `announce`; listeners hear of it exactly once.
    """

    def __init__(self, db: Database) -> None:
        self.db = db
        self.location = db.location
        self.folder = db.folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.id = db.meta("workspace_id", "")
        self.name = db.meta("name", "")
        self.is_sample = db.meta("sample", "no") == "yes"
        self._listeners: list[Listener] = []
        self._looked: dict[tuple[Path, int, int], InputRefused | None] = {}

    @property
    def title(self) -> str:
        """What it is called where people read: its name, else that of its folder or database."""
        return self.name or self.location.rstrip("/").rpartition("/")[2].partition("?")[0][-40:]

    @classmethod
    def create(cls, location: str | Path, *, name: str = "", sample: bool = False) -> Self:
        """Make an empty workspace; see `Database.create` for what it refuses."""
        from pm_desktop.workspace.rules import load_rule_bases

        db = Database.create(location)
        db.set_meta("name", name)
        db.set_meta("sample", "yes" if sample else "no")
        load_rule_bases(db)
        made = cls(db)
        card = {"id": made.id, "name": name, "sample": sample}
        (made.folder / "workspace.json").write_text(json.dumps(card, ensure_ascii=False), "utf-8")
        return made

    @classmethod
    def open(cls, location: str | Path) -> Self:
        """Open a workspace; see `Database.open` for what it refuses."""
        return cls(Database.open(location))

    def close(self) -> None:
        """Let go of the store."""
        self.db.close()

    @property
    def cache_dir(self) -> Path:
        """Folder of things that can be made again for this workspace."""
        folder = paths.cache_dir() / self.id
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    # -- edits -------------------------------------------------------------------------------------------------------

    def apply(self, edit: Edit, *, user: str = "", initiator: object = None) -> Changes:
        """Store an edit and tell the listeners.

        Raises
        ------
        NotAllowed
            A field it changes is no longer what the edit was made from.
        """
        changes = journal.apply(self.db, edit, user)
        self.announce(changes, initiator)
        return changes

    def undo(self, *, user: str = "", initiator: object = None) -> Changes | None:
        """Take the newest edit back, also after a restart."""
        return self._tell(journal.undo(self.db, user), initiator)

    def redo(self, *, user: str = "", initiator: object = None) -> Changes | None:
        """Apply again what was undone last."""
        return self._tell(journal.redo(self.db, user), initiator)

    def _tell(self, edit: Edit | None, initiator: object) -> Changes | None:
        if edit is None:
            return None
        changes = edit.changes()
        self.announce(changes, initiator)
        return changes

    @property
    def undo_title(self) -> Label | None:
        """Title of what undo would take back."""
        return journal.titles(self.db)[0]

    @property
    def redo_title(self) -> Label | None:
        """Title of what redo would apply."""
        return journal.titles(self.db)[1]

    def edits(self, limit: int = 50) -> list[HistoryRow]:
        """Newest edits first."""
        return journal.history(self.db, limit)

    # -- listeners ---------------------------------------------------------------------------------------------------

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener(changes, initiator)`` after every change; returns how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def announce(self, changes: Changes, initiator: object = None) -> None:
        """Tell the listeners of a change that was stored elsewhere (an import, another process)."""
        for listener in tuple(self._listeners):
            listener(changes, initiator)

    # -- street bases ------------------------------------------------------------------------------------------------

    def street_packs(self) -> list[Path]:
        """Attached street packs and raster bases that can be used, in order of their names."""
        return [path for path, fault in self._bases() if fault is None]

    def unusable_bases(self) -> list[tuple[Path, InputRefused]]:
        """Attached bases that cannot be read or were built by a former version: the map does without them."""
        return [(path, fault) for path, fault in self._bases() if fault is not None]

    def _bases(self) -> list[tuple[Path, InputRefused | None]]:
        """Each attached base, looked into once for each state of its file."""
        from pm_desktop.streets.attach import check_base

        folder = self.folder / "streets"
        found: list[tuple[Path, InputRefused | None]] = []
        for path in sorted(p for p in folder.glob("*") if p.suffix in BASE_SUFFIXES) if folder.is_dir() else ():
            key = (path, path.stat().st_mtime_ns, path.stat().st_size)
            if key not in self._looked:
                try:
                    check_base(path, whole=False)
                    self._looked[key] = None
                except InputRefused as error:
                    self._looked[key] = error
            found.append((path, self._looked[key]))
        return found

    def attach_streets(self, pack: Path) -> Path:
        """Copy a checked street pack or raster base into the workspace; one of the same name is replaced.

        Raises
        ------
        InputRefused
            The file is none of the kinds that can be a base, or cannot be read.
        """
        from pm_desktop.streets.attach import check_base

        check_base(pack)
        folder = self.folder / "streets"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / pack.name
        temporary = folder / f".{pack.name}.{os.getpid()}.part"
        try:
            shutil.copyfile(pack, temporary)
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
        self.announce(Changes({"Streets": None}))
        return target

    # -- overview ----------------------------------------------------------------------------------------------------

    def info(self, as_of: date | None = None) -> dict[str, Any]:
        """The object that the command ``info`` promises; its counts may be those of a past day."""
        with Database.open(past(self.location, as_of), read_only=True) as db:
            counts = {name: db.count(record) for name, record in COUNTED.items()}
        counts["plans"] = 0
        batches = self.db.records(ImportBatch, order_by=("-at",), limit=20)
        sources = [{"batch": b.id, "as": b.target, "file": b.file_name, "at": b.at.isoformat(), "status": b.status.value}
                   for b in batches]
        return {"workspace": shown(self.location), "name": self.name, "sample": self.is_sample,
                "schema_version": self.db.schema_version, "backend": self.db.backend, "as_of": as_of.isoformat() if as_of else None,
                "counts": counts, "streets": [p.name for p in self.street_packs()], "sources": sources}

    def verify_audit(self) -> AuditVerdict:
        """Check the audit chain."""
        return self.db.verify_audit()
