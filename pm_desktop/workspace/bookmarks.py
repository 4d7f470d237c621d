"""Bookmarks: views of the map that a person keeps under a name, in a file of this person's for each workspace.

They are notes of a person, not facts of the district: they need no right to write into the workspace, do not appear in its
history, and are no concern of a colleague who shares it. They lie beside the settings, so that a cache that is cleared takes
none of them along.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pm_desktop.base import paths

LONGEST_NAME = 60
VERSION = 1
Marks = tuple["Bookmark", ...]


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A view: name, centre in degrees and zoom; layers that are shown (id or ``id:option``, opacity), bottom first, None to leave those that
    are on the map; theme of the window, None to leave it."""

    name: str
    lon: float
    lat: float
    zoom: float
    layers: tuple[tuple[str, float], ...] | None = None
    theme: str | None = None


class Shelf:
    """The bookmarks of one workspace. Every change reads the file first, so that two windows do not lose each other's."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._marks: Marks = ()
        self._before: Marks | None = None

    @classmethod
    def of(cls, workspace_id: str) -> Shelf:
        """The shelf of a workspace on this computer."""
        folder = paths.config_dir() / "bookmarks"
        return cls(folder / f"{workspace_id or 'workspace'}.json")

    def marks(self) -> Marks:
        """Bookmarks in their order."""
        if self._file is not None:
            self._marks = _read(self._file)
        return self._marks

    def find(self, name: str) -> Bookmark | None:
        """The bookmark with this name."""
        return next((m for m in self.marks() if m.name == name), None)

    def put(self, mark: Bookmark) -> bool:
        """Keep a bookmark; one of the same name is replaced where it stands. Returns whether there was one."""
        mark = replace(mark, name=_tidy(mark.name))
        known = self.find(mark.name) is not None
        self._change(lambda marks: tuple(mark if m.name == mark.name else m for m in marks) if known else (*marks, mark))
        return known

    def rename(self, name: str, to: str) -> bool:
        """Give a bookmark another name; False if that is empty or another bookmark's."""
        to = _tidy(to)
        if not to or (to != name and self.find(to) is not None):
            return False
        self._change(lambda marks: tuple(replace(m, name=to) if m.name == name else m for m in marks))
        return True

    def remove(self, name: str) -> None:
        """Take a bookmark away."""
        self._change(lambda marks: tuple(m for m in marks if m.name != name))

    def move(self, name: str, step: int) -> None:
        """Move a bookmark up or down in the order."""
        def moved(marks: Marks) -> Marks:
            at = [m.name for m in marks].index(name)
            others = [m for m in marks if m.name != name]
            to = min(max(at + step, 0), len(others))
            return (*others[:to], marks[at], *others[to:])

        self._change(moved)

    def undo(self) -> bool:
        """Take the newest change back; whether there was one."""
        if self._before is None:
            return False
        before, self._before = self._before, None
        self._write(before)
        return True

    def free_name(self, wanted: str) -> str:
        """``wanted``, with a number behind it where it is taken."""
        taken = {m.name for m in self.marks()}
        names = [wanted, *(f"{wanted} {n}" for n in range(2, len(taken) + 3))]
        return next(n for n in names if n not in taken)

    def _change(self, function: Callable[[Marks], Marks]) -> None:
        before = self.marks()
        self._write(function(before))
        self._before = before

    def _write(self, marks: Marks) -> None:
        self._marks = marks
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._file.with_suffix(f".{os.getpid()}.part")
        content = {"version": VERSION, "bookmarks": [asdict(m) for m in marks]}
        temporary.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
        os.replace(temporary, self._file)


def _tidy(name: str) -> str:
    """One line of a length that a list can show."""
    return " ".join(name.split())[:LONGEST_NAME].strip()


def _read(file: Path) -> Marks:
    """Bookmarks of a file; a damaged one is set aside, an entry that makes no sense is left out."""
    try:
        entries = json.loads(file.read_text("utf-8"))["bookmarks"]
        found = [_made(e) for e in entries]
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError):
        os.replace(file, file.with_suffix(".damaged"))
        return ()
    return tuple({m.name: m for m in found if m is not None}.values())


def _made(entry: Any) -> Bookmark | None:
    try:
        lon, lat, zoom = (float(entry[k]) for k in ("lon", "lat", "zoom"))
        layers = entry.get("layers")
        shown = None if layers is None else tuple((str(i), min(max(float(o), 0.0), 1.0)) for i, o in layers)
        name, theme = _tidy(str(entry["name"])), entry.get("theme")
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    if not name or not all(map(math.isfinite, (lon, lat, zoom))) or abs(lon) > 180 or abs(lat) > 85:
        return None
    return Bookmark(name, lon, lat, zoom, shown, theme if isinstance(theme, str) else None)
