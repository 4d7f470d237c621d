"""Edits on what people draw on the map; each is one labelled edit, so that undo, history and audit log follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.errors import NotAllowed
from pm_desktop.base.label import Label
from pm_desktop.domain.enums import DrawingColour, DrawingKind, label_of
from pm_desktop.domain.masking import mask_text
from pm_desktop.domain.records import MapDrawing
from pm_desktop.storage.database import Database
from pm_desktop.storage.transaction import new_id
from pm_desktop.storage.wkb import AREA, LINE, POINT, made
from pm_desktop.workspace.edit import Edit, Patch

ENTITY = "MapDrawing"
LONGEST = 500
_FORM = {DrawingKind.POINT: POINT, DrawingKind.LINE: LINE, DrawingKind.AREA: AREA}


@dataclass(frozen=True, slots=True)
class Note:
    """What a person writes beside a drawing."""

    text: str
    colour: DrawingColour

    def fields(self) -> dict[str, Any]:
        """As the record has it: phones, identity numbers and plates masked for good, nothing for an empty text."""
        text = mask_text(self.text.strip().replace("\0", "")[:LONGEST])[0]
        return {"text": text or None, "colour": self.colour.value}


def shape_of(kind: DrawingKind, lonlat: NDArray[np.float64]) -> dict[str, Any]:
    """Geometry and place of the note of a drawing with these vertices in degrees."""
    lon, lat = _middle(kind, lonlat)
    return {"geom": made(_FORM[kind], lonlat), "lon": lon, "lat": lat}


def _middle(kind: DrawingKind, lonlat: NDArray[np.float64]) -> tuple[float, float]:
    """The point, half way along a line, the middle of an area's corners."""
    if kind is DrawingKind.LINE:
        along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(lonlat, axis=0).T))])
        lon, lat = (float(np.interp(along[-1] / 2, along, lonlat[:, k])) for k in (0, 1))
        return lon, lat
    lon, lat = lonlat.mean(0).tolist()
    return lon, lat


def drawn(kind: DrawingKind, lonlat: NDArray[np.float64], note: Note, author: str) -> Edit:
    """Draw something new."""
    identifier = new_id()
    after = {"id": identifier, "code": f"BH-{identifier[-14:-8].upper()}", "kind": kind.value, "author": author, "drawn_at": datetime.now(UTC),
             **note.fields(), **shape_of(kind, lonlat)}
    return Edit(_title("标绘", "Draw", kind, after["text"]), (Patch(ENTITY, identifier, None, after),))


def rewritten(found: MapDrawing, note: Note) -> Edit:
    """Another text or colour."""
    return _changed(found, note.fields(), "修改", "Change")


def redrawn(found: MapDrawing, lonlat: NDArray[np.float64]) -> Edit:
    """Another shape of the same kind."""
    return _changed(found, shape_of(found.kind, lonlat), "重画", "Redraw")


def _changed(found: MapDrawing, after: dict[str, Any], zh: str, en: str) -> Edit:
    before = {name: _stored(getattr(found, name)) for name in after}
    return Edit(_title(zh, en, found.kind, found.text), (Patch(ENTITY, found.id, before, after),))


def removed(found: MapDrawing) -> Edit:
    """Take it off the map."""
    before = {name: _stored(getattr(found, name)) for name in MapDrawing.__dataclass_fields__}
    return Edit(_title("删除", "Remove", found.kind, found.text), (Patch(ENTITY, found.id, before, None),))


def _stored(value: Any) -> Any:
    return value.value if isinstance(value, DrawingKind | DrawingColour) else value


def _title(zh: str, en: str, kind: DrawingKind, text: str | None) -> Label:
    words, about = label_of(kind), " ".join((text or "").split())[:12]
    return Label(f"{zh}{words.zh}" + (f"“{about}”" if about else ""), f"{en} {words.en.lower()}" + (f" “{about}”" if about else ""))


def find(db: Database, identifier: str) -> MapDrawing:
    """A drawing.

    Raises
    ------
    NotAllowed
        It is gone.
    """
    found = db.get(MapDrawing, identifier)
    if found is None:
        raise NotAllowed("drawing_gone", Label("这个标绘已被删除", "this drawing has been removed"), Label("请刷新后再试", "refresh and try again"))
    return found
