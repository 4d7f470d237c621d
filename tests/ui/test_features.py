"""The list of a layer's features, and the rows that a click on one opens."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from pm_desktop.base.mercator import to_lonlat
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.ui.canvas import View
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.panels.lists import ROW
from tests.helpers.hands import click
from tests.helpers.windows import settle


@pytest.mark.parametrize("layer", ["hot_spots", "repeats", "facilities", "barriers"])
def test_features_are_listed_gone_to_and_opened(window: MainWindow, qtbot: QtBot, layer: str) -> None:
    window.layers.set_visible((layer,))
    settle(window, qtbot)
    window.commands.run("view.features")
    rows = window.features.panel.rows
    pack = LayerPack(next(v.pack for v in window.canvas.layers() if v.id == layer))
    assert rows.isVisible() and rows.model.rowCount() == len(np.unique(pack.arrays["f/id"])) > 0
    row = rows.model.index(0, 0).data(ROW)
    rows.view.setCurrentIndex(rows.model.index(0, 0))
    rows.view.clicked.emit(rows.model.index(0, 0))
    qtbot.waitUntil(lambda: not window.canvas._motion.active, timeout=5_000)
    assert (window.selected.layer, window.selected.texts()) == (layer, (row.id,))
    x, y = window.canvas._screen(*pack.arrays["f/label_xy" if layer != "barriers" else "f/xy"][int(np.flatnonzero(pack.arrays["f/id"] == row.id.encode())[0])]).toTuple()
    assert (0 < x < window.canvas.width() and 0 < y < window.canvas.height()) or layer == "barriers"
    window.features._open_rows()
    qtbot.waitUntil(lambda: window.bottom.isVisible() and window.selected.data is not None, timeout=30_000)
    assert len(window.selected.data) > 0  # type: ignore[arg-type]
    window.layers.set_visible(())
    assert rows.model.rowCount() == 0, "a hidden layer is not listed any more"
    window.features._back()
    assert window.selection.currentWidget() is window.selection.panel()


def test_a_click_on_a_hot_spot_opens_its_complaints(window: MainWindow, qtbot: QtBot) -> None:
    window.layers.set_visible(("hot_spots",))
    settle(window, qtbot)
    pack = LayerPack(window.canvas.layers()[0].pack)
    lon, lat = to_lonlat(pack.arrays["f/label_xy"][0].astype(float)).tolist()
    window.canvas.set_view(View(lon, lat, 16.0))
    settle(window, qtbot)
    x, y = window.canvas._screen(*pack.arrays["f/label_xy"][0].tolist()).toTuple()
    hit = window.canvas.hit_at(QPointF(x, y))
    assert hit is not None and hit.note is not None
    window.card.show_hit(hit)
    assert window.card._note.isVisible() and "预期" in window.card._note.text()
    click(window.canvas, (x, y))
    qtbot.waitUntil(lambda: window.selected.data is not None and len(window.selected.data) == int(pack.arrays["spot/cases"][hit.index]), timeout=30_000)
    assert window.bottom.isVisible() and window.selected.data.entity == "Complaint"  # type: ignore[union-attr]


def test_without_a_layer_the_list_says_what_to_do(window: MainWindow, qtbot: QtBot) -> None:
    window.layers.set_visible(())
    settle(window, qtbot)
    window.commands.run("view.features")
    assert window.features.panel.rows._message.isVisible() and window.features.panel.rows.model.rowCount() == 0
    window.features._open_rows()
    assert window.features.panel._message.text() == window.words("features.choose")
