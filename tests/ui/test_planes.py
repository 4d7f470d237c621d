"""Heat lies where the layer panel puts it: over the layers below it, under those above it, under marks and names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from pm_desktop.base.jobs import JobContext
from pm_desktop.base.mercator import place_of
from pm_desktop.cartography.heat import HeatFilter, HeatPack
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.layers.build import build_layer
from pm_desktop.ui.canvas import LayerView, MapCanvas, View
from tests.helpers.mapview import pixels


@pytest.fixture
def views(tiny_sample: str, tmp_path: Path) -> dict[str, LayerView]:
    return {name: LayerView(name, Path(build_layer(JobContext(), tiny_sample, name, str(tmp_path)).path)) for name in ("complaint_heat", "compounds", "alerts")}


@pytest.fixture
def canvas(qtbot: QtBot, views: dict[str, LayerView]) -> Iterator[MapCanvas]:
    widget = MapCanvas()
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    grid = HeatPack(views["complaint_heat"].pack).grid(300.0)
    hottest = int(grid.occupied[grid.counts(*grid.pack.span(HeatFilter()), grid.pack.kinds(HeatFilter())).argmax()])
    lon, lat = place_of(grid.x0 + (hottest % grid.columns + 0.5) * grid.cell, grid.y0 + (hottest // grid.columns + 0.5) * grid.cell)
    widget.set_view(View(lon, lat, 14.5))
    widget.show()
    yield widget
    widget.close_engine()


def shown(canvas: MapCanvas, qtbot: QtBot, *layers: LayerView) -> QImage:
    canvas.set_layers(layers)
    qtbot.wait(30)
    qtbot.waitUntil(canvas.is_complete, timeout=60_000)
    return canvas.grab().toImage()


def spots(canvas: MapCanvas, view: LayerView) -> list[tuple[QPoint, str]]:
    """Where single features of a layer stand in the widget, and their colours on the light base."""
    pack = LayerPack(view.pack)
    at = [canvas._screen(float(x), float(y)).toPoint() for x, y in pack.arrays["f/label_xy"].tolist()]
    classes = pack.style.classes  # type: ignore[union-attr]
    return [(p, classes[int(c)].light) for p, c in zip(at, pack.arrays["f/cls"].tolist(), strict=True) if 20 < p.x() < 880 and 20 < p.y() < 580]


def gap(a: QColor, b: QColor) -> int:
    return max(abs(a.red() - b.red()), abs(a.green() - b.green()), abs(a.blue() - b.blue()))


def test_points_stand_over_the_heat_or_under_it_as_the_order_says(canvas: MapCanvas, qtbot: QtBot, views: dict[str, LayerView]) -> None:
    heat, alerts = views["complaint_heat"], views["alerts"]
    alone = shown(canvas, qtbot, alerts)
    canvas.set_view(View(*LayerPlaces(alerts).first(), 14.5))
    qtbot.waitUntil(canvas.is_complete, timeout=60_000)
    alone = shown(canvas, qtbot, alerts)
    over, under = shown(canvas, qtbot, heat, alerts), shown(canvas, qtbot, alerts, heat)
    places = [(p, c) for p, c in spots(canvas, alerts) if gap(alone.pixelColor(p), QColor(c)) < 6]
    assert places
    assert all(gap(over.pixelColor(p), QColor(c)) < 6 for p, c in places), "clear of the heat"
    assert any(gap(under.pixelColor(p), QColor(c)) > 12 for p, c in places), "tinted by the heat"


class LayerPlaces:
    """Where the features of a layer are."""

    def __init__(self, view: LayerView) -> None:
        self.xy = LayerPack(view.pack).arrays["f/label_xy"]

    def first(self) -> tuple[float, float]:
        return place_of(*self.xy[0].tolist())


def test_areas_over_the_heat_wash_it_and_many_marks_stay_on_top(canvas: MapCanvas, qtbot: QtBot, views: dict[str, LayerView]) -> None:
    heat, compounds = views["complaint_heat"], views["compounds"]
    bare = shown(canvas, qtbot, heat)
    over, under = shown(canvas, qtbot, heat, compounds), shown(canvas, qtbot, compounds, heat)
    places = [p for p, _ in spots(canvas, compounds)]
    # an edge is drawn solid: over the heat it has its own colour, under it the heat's tint
    differ = np.abs(pixels(over).astype(int) - pixels(under))[..., :3].max(2)
    assert places and (differ > 12).sum() > 30
    empty = [QPoint(x, y) for x in range(40, 860, 60) for y in range(40, 560, 60)
             if canvas.hit_at(QPoint(x, y).toPointF()) is None and gap(over.pixelColor(x, y), bare.pixelColor(x, y)) == 0]
    assert len(empty) > 10, "where no compound is, the heat is as it was"
    canvas.set_layers([compounds, heat])
    qtbot.wait(30)
    qtbot.waitUntil(canvas.is_complete, timeout=60_000)
    assert not canvas._two_planes
    ids = [i.decode() for i in np.asarray(LayerPack(compounds.pack).arrays["f/id"]).tolist()]
    canvas.select("compounds", ids)
    qtbot.wait(30)
    qtbot.waitUntil(canvas.is_complete, timeout=60_000)
    assert canvas._marking.many() is not None and canvas._two_planes
    marked = np.abs(pixels(canvas.grab().toImage()).astype(int) - pixels(under))[..., :3].max(2)
    assert (marked > 12).sum() > 100, "outlined over the heat"
