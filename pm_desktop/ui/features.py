"""A list of what a layer shows (hot spots, repeats, facilities…) beside the map: a row leads to its feature, a button to the rows behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from pm_desktop.base.arraypack import text_at
from pm_desktop.base.label import Label
from pm_desktop.base.mercator import to_lonlat
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.layers.registry import layer_by_id
from pm_desktop.ui.canvas import LayerView, View
from pm_desktop.ui.canvas.picking import note_of
from pm_desktop.ui.canvas.view import fitting
from pm_desktop.ui.panels.extras import ButtonedList
from pm_desktop.ui.panels.lists import ROW, RowList
from pm_desktop.workspace.behind import LAYERS, rows_behind
from pm_desktop.workspace.page import Drill
from pm_desktop.workspace.queries import Listing, Row

if TYPE_CHECKING:
    from pm_desktop.ui.main_window import MainWindow

MOST = 2_000
LISTED = LAYERS | {"drawings"}
NEAR_ZOOM = 16.0


class Features(QObject):
    """One for a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._w = window
        self._shown: LayerView | None = None
        rows = RowList(window.words, window.theme, "features.title", "features.empty", 56)
        rows.chosen.connect(self._go)
        self.panel = ButtonedList(window.words, rows, [("features.rows", self._open_rows), ("features.back", self._back)])
        window.selection.addWidget(self.panel)
        window.selection.pack_of = self._pack_of
        window.layers.changed.connect(lambda _states: self._refresh())
        window.words.changed.connect(self._refresh)

    def list_features(self) -> None:
        """List hot spots, repeats and the like: the one chosen in the layer panel, else the topmost; without any, what is chosen there."""
        shown = [v for v in self._w.canvas.layers() if v.visible and "f/name_blob" in LayerPack(v.pack).arrays and v.id != "towns"]
        chosen = self._w.layers.current()
        found = [v for v in shown if v.id in LISTED] or shown
        self._show(next((v for v in found if v.id == chosen), found[-1] if found else None))
        self._w.selection.setCurrentWidget(self.panel)
        self._w.right.show()

    def _show(self, view: LayerView | None) -> None:
        self._shown = view
        title = self._w.words.of(layer_by_id(view.id).label) if view else ""
        self.panel.rows.show_listing(listing(view.id, LayerPack(view.pack)) if view else Listing((), 0, None), title)

    def _refresh(self) -> None:
        """A layer that is built anew is listed anew; one that is hidden is not listed any more."""
        if self._shown is not None and self._w.selection.currentWidget() is self.panel:
            view = next((v for v in self._w.canvas.layers() if v.id == self._shown.id and v.visible), None)
            if view is not self._shown:
                self._show(view)

    def _pack_of(self, layer: str) -> str:
        return next((str(v.pack) for v in self._w.canvas.layers() if v.id == layer), "")

    def _go(self, row: Row) -> None:
        """Bring a feature into view and outline it."""
        if self._shown is None:
            return
        arrays, canvas = LayerPack(self._shown.pack).arrays, self._w.canvas
        at = np.flatnonzero(arrays["f/id"] == row.id.encode())
        if len(at) == 0:
            return
        self._w.selected.select(self._shown.id, (row.id,), "map")
        if "f/bbox" in arrays:
            boxes = arrays["f/bbox"][at]
            (west, north), (east, south) = to_lonlat(np.array([boxes[:, :2].min(0), boxes[:, 2:].max(0)], float)).tolist()
            canvas.fly_to(fitting((west, south, east, north), canvas.width(), canvas.height(), NEAR_ZOOM))
        else:
            lon, lat = to_lonlat(arrays["f/xy"][at[0]].astype(float)).tolist()
            canvas.fly_to(View(lon, lat, max(canvas.view().zoom, NEAR_ZOOM)))

    def _open_rows(self) -> None:
        index = self.panel.rows.view.currentIndex()
        if self._shown is None or not index.isValid():
            self.panel.tell(self._w.words("features.choose"))
            return
        self.panel.tell("")
        row: Row = index.data(ROW)
        if self._shown.id not in LAYERS:
            self._w.selection.open_feature(self._shown.id, row.id, row.title)
            return
        self._w.session.run("rows behind", rows_behind, self._w.session.location, self._shown.id, row.id, str(self._shown.pack),
                            done=self._drilled, failed=self._w.commands.tell)

    def _drilled(self, found: Drill | None) -> None:
        if found is not None:
            self._w.selecting.open_drill(found)

    def _back(self) -> None:
        self._w.selection.back()


def listing(layer: str, pack: LayerPack) -> Listing:
    """Features of a layer in the order of their importance, at most `MOST` of them."""
    arrays = pack.arrays
    ids = arrays["f/id"]
    _, first = np.unique(ids, return_index=True)  # a line in pieces is one
    order = first[np.lexsort((first, arrays["f/rank"][first], arrays["f/cls"][first] if layer != "hot_spots" else np.zeros(len(first))))]
    classes = getattr(pack.style, "classes", ())
    rows = []
    for i in order[:MOST].tolist():
        note = note_of(pack, i)
        lon, lat = to_lonlat(arrays["f/label_xy"][i].astype(float)).tolist() if "f/label_xy" in arrays else (None, None)
        number = int(arrays["f/cls"][i])
        identifier = ids[i].decode()
        name = text_at(arrays["f/name_blob"], arrays["f/name_start"], i) or (note.zh.partition(" · ")[0] if note else identifier)
        rows.append(Row(identifier, name, _first_line(note),
                        classes[number].label if number < len(classes) else None, None, lon, lat, layer))
    return Listing(tuple(rows), len(first), pack.meta["as_of"])


def _first_line(note: Label | None) -> Label:
    return Label(note.zh.partition("\n")[0], note.en.partition("\n")[0]) if note else Label("", "")
