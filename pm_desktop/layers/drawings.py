"""标绘与注记: what people of this workspace drew on the map, in the colour that they gave it."""

from __future__ import annotations

from datetime import date

from pm_desktop.base.label import Label
from pm_desktop.domain.enums import DrawingColour, DrawingKind, label_of
from pm_desktop.domain.records import MapDrawing
from pm_desktop.layers.layer import Layer, LayerData, from_drawn, with_notes
from pm_desktop.layers.style import FORMS, DrawnStyle, StyleClass
from pm_desktop.storage.database import Database
from pm_desktop.storage.past import SHANGHAI

COLOURS = tuple(DrawingColour)
NAME_LETTERS = 20
_LOOK = {DrawingColour.RED: ("#c62828", "#ff6b6b"), DrawingColour.ORANGE: ("#e07b00", "#ffb04d"), DrawingColour.GREEN: ("#1f7a4d", "#5fd39a"),
         DrawingColour.BLUE: ("#1565c0", "#64b0ff"), DrawingColour.PURPLE: ("#5e35b1", "#d7b3ff"), DrawingColour.GREY: ("#5f6871", "#c3cad2")}
CLASSES = tuple(StyleClass(c.value, label_of(c), *_LOOK[c], shape="pin", size=15.0) for c in COLOURS)


def load(db: Database, as_of: date | None) -> LayerData:
    """Every drawing; the begin of its note is its name on the map."""
    rows = db.rows(MapDrawing, ("id", "code", "kind", "text", "colour", "author", "drawn_at", "geom", "lon", "lat"), order_by=("drawn_at", "code"))
    names = [_name(r[3]) for r in rows]
    cls = [COLOURS.index(DrawingColour(r[4])) for r in rows]
    data = from_drawn([r[7] for r in rows], [r[0] for r in rows], names, cls, [FORMS.index(r[2]) for r in rows], [r[8] for r in rows], [r[9] for r in rows])
    return with_notes(data, {r[0]: _note(r) for r in rows})


def _name(text: str | None) -> str:
    line = " ".join((text or "").split())
    return line if len(line) <= NAME_LETTERS else f"{line[:NAME_LETTERS - 1]}…"


def _note(row: tuple[object, ...]) -> Label:
    _, code, kind, text, _, author, drawn_at, *_ = row
    words = label_of(DrawingKind(str(kind)))
    when = f"{drawn_at + SHANGHAI:%Y-%m-%d %H:%M}"  # type: ignore[operator]
    rest = f"\n{text}" if text and _name(str(text)) != text else ""
    return Label(f"{words.zh} {code} · {author or '作者未填报'} · {when}{rest}", f"{words.en} {code} · {author or 'author not reported'} · {when}{rest}")


LAYER = Layer("drawings", Label("标绘与注记", "Drawings and notes"), 80, frozenset({"MapDrawing"}), DrawnStyle(CLASSES, label_zoom=11.0), load, default_on=False)
