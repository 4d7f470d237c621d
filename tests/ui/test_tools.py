"""Drawing on the map by real events, and what it tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyproj import Geod
from PySide6.QtCore import QEvent, QPointF, Qt
from pytestqt.qtbot import QtBot

from pm_desktop.base.jobs import JobContext
from pm_desktop.base.mercator import to_lonlat
from pm_desktop.layers.build import build_layer
from pm_desktop.ui.canvas import Circle, LayerView, MapCanvas, ToolHint, View
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.theme import apply_theme
from tests.helpers.hands import click, double_click, mouse, stroke

GEOD = Geod(ellps="GRS80")
HOME = View(121.53, 31.21, 14.0)
TRIANGLE = ((200.0, 200.0), (500.0, 220.0), (420.0, 460.0))


@pytest.fixture
def canvas(qtbot: QtBot) -> Iterator[MapCanvas]:
    apply_theme("light")
    widget = MapCanvas()
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    widget.set_view(HOME)
    widget.show()
    yield widget
    widget.close_engine()


@pytest.fixture
def told(canvas: MapCanvas) -> list[tuple[str, Any]]:
    heard: list[tuple[str, Any]] = []
    canvas.drawn.connect(lambda tool, result: heard.append((tool, result)))
    return heard


def degrees(canvas: MapCanvas, *places: tuple[float, float]) -> np.ndarray:
    return to_lonlat(np.array([canvas.world_at(QPointF(*p)) for p in places]))


def test_a_box_is_told_by_its_corners_and_the_map_stands_still(canvas: MapCanvas, told: list[tuple[str, Any]]) -> None:
    canvas.begin("box")
    stroke(canvas, (100, 100), (150, 180), (300, 250))
    assert [t for t, _ in told] == ["box"]
    expected = degrees(canvas, (100, 100), (300, 100), (300, 250), (100, 250))
    assert told[0][1].dtype == np.float64 and np.allclose(told[0][1], expected, atol=1e-9)
    assert canvas.view() == HOME and canvas.toolbox.drawing is None


def test_a_lasso_follows_the_hand(canvas: MapCanvas, told: list[tuple[str, Any]]) -> None:
    canvas.begin("lasso")
    places = [(300 + 120 * float(np.cos(a)), 300 + 120 * float(np.sin(a))) for a in np.linspace(0, 6, 40)]
    stroke(canvas, *places)
    assert np.allclose(told[0][1][:30], degrees(canvas, *places[:30]), atol=1e-9)


def test_a_polygon_by_clicks_backspace_and_enter(canvas: MapCanvas, told: list[tuple[str, Any]], qtbot: QtBot) -> None:
    canvas.begin("polygon")
    click(canvas, TRIANGLE[0], TRIANGLE[1], (10, 10))
    qtbot.keyClick(canvas, Qt.Key.Key_Backspace)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert told == [], "two corners enclose nothing"
    click(canvas, TRIANGLE[2])
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert np.allclose(told[0][1], degrees(canvas, *TRIANGLE), atol=1e-9)


def test_a_double_click_finishes_with_its_place_once(canvas: MapCanvas, told: list[tuple[str, Any]]) -> None:
    canvas.begin("polygon")
    click(canvas, TRIANGLE[0], TRIANGLE[1])
    double_click(canvas, TRIANGLE[2])
    assert len(told) == 1 and np.allclose(told[0][1], degrees(canvas, *TRIANGLE), atol=1e-9)
    assert canvas.view().zoom == HOME.zoom


def test_a_circle_is_dragged_clicked_or_typed(canvas: MapCanvas, told: list[tuple[str, Any]], qtbot: QtBot) -> None:
    centre, edge = (400.0, 300.0), (460.0, 220.0)
    (lon0, lat0), (lon1, lat1) = degrees(canvas, centre, edge)
    metres = GEOD.inv(lon0, lat0, lon1, lat1)[2]
    canvas.begin("circle")
    stroke(canvas, centre, (420, 280), edge)
    canvas.begin("circle")
    click(canvas, centre, edge)
    canvas.begin("circle")
    click(canvas, centre)
    qtbot.keyClicks(canvas, "12550")
    qtbot.keyClick(canvas, Qt.Key.Key_Backspace)
    qtbot.keyClick(canvas, Qt.Key.Key_Enter)
    assert [t for t, _ in told] == ["circle"] * 3
    for (_, circle), radius in zip(told, (metres, metres, 1255.0), strict=True):
        assert isinstance(circle, Circle) and circle.radius_m == pytest.approx(radius, abs=0.001)
        assert (circle.lon, circle.lat) == (pytest.approx(lon0), pytest.approx(lat0))


def test_escape_takes_first_the_drawing_and_then_the_tool(canvas: MapCanvas, told: list[tuple[str, Any]], qtbot: QtBot) -> None:
    canvas.begin("polygon")
    click(canvas, *TRIANGLE)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.toolbox.drawing is not None and canvas.toolbox.drawing.points == []
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.toolbox.drawing is None and told == []


@pytest.mark.parametrize("by", ["space", "middle"])
def test_the_map_can_be_moved_while_drawing(canvas: MapCanvas, qtbot: QtBot, by: str) -> None:
    canvas.begin("box")
    if by == "space":
        qtbot.keyPress(canvas, Qt.Key.Key_Space)
        stroke(canvas, (300, 300), (350, 320), (400, 340))
        qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    else:
        stroke(canvas, (300, 300), (350, 320), (400, 340), button=Qt.MouseButton.MiddleButton)
    moved = canvas.view()
    assert moved.lon < HOME.lon and moved.lat > HOME.lat
    stroke(canvas, (300, 300), (400, 340))
    assert canvas.view() == moved and canvas.toolbox.drawing is None


def test_shift_and_drag_zoom_to_the_box(canvas: MapCanvas, qtbot: QtBot) -> None:
    corners = degrees(canvas, (500, 100), (700, 220))
    stroke(canvas, (500, 100), (600, 150), (700, 220), keys=Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: not canvas._motion.active, timeout=5_000)
    west, north, east, south = *corners[0], *corners[1]
    assert canvas.view().zoom > HOME.zoom + 1
    assert canvas.view().lon == pytest.approx((west + east) / 2, abs=1e-4) and south < canvas.view().lat < north
    assert canvas.toolbox.drawing is None


def test_measures_are_geodesic(canvas: MapCanvas, told: list[tuple[str, Any]], qtbot: QtBot) -> None:
    measures: list[Any] = []
    canvas.measuring.connect(measures.append)
    for tool in ("line", "area"):
        canvas.begin(tool)
        click(canvas, *TRIANGLE)
        mouse(canvas, QEvent.Type.MouseMove, (100, 100))
        assert len(measures[-1].segments_m) == (3 if tool == "line" else 4), "the piece under the cursor counts"
        mouse(canvas, QEvent.Type.MouseMove, TRIANGLE[2])
        double_click(canvas, TRIANGLE[2])
        lonlat = degrees(canvas, *TRIANGLE)
        found = measures[-1]
        if tool == "line":
            assert found.segments_m == pytest.approx(GEOD.line_lengths(lonlat[:, 0], lonlat[:, 1]), rel=1e-6) and found.area_m2 is None
            assert found.total_m == pytest.approx(sum(found.segments_m))
        else:
            area, around = GEOD.polygon_area_perimeter(lonlat[:, 0], lonlat[:, 1])
            assert (found.area_m2, found.total_m) == (pytest.approx(abs(area), rel=1e-6), pytest.approx(around, rel=1e-6))
        assert canvas.toolbox.drawing is not None, "a measure stays until Esc"
        qtbot.keyClick(canvas, Qt.Key.Key_Escape)
        qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert [t for t, _ in told] == ["line", "area"] and measures[-1] is None


def test_the_hint_follows_tool_and_language(canvas: MapCanvas) -> None:
    words = Words("zh")
    hint = ToolHint(words, canvas)
    assert not hint.isVisible()
    for tool in ("box", "lasso", "polygon", "circle", "line", "area", "box_zoom"):
        canvas.begin(tool)
        assert hint.isVisible() and hint.text() == words(f"tool.{tool}") and hint.geometry().right() < canvas.width()
    words.set_lang("en")
    assert "zoom" in hint.text()
    canvas.end_tool()
    assert not hint.isVisible()
    with pytest.raises(KeyError):
        canvas.begin("hammer")


def test_many_selected_features_are_outlined_without_holding_the_window_up(canvas: MapCanvas, qtbot: QtBot, tiny_sample: str,
                                                                           tmp_path: Path) -> None:
    summary = build_layer(JobContext(), tiny_sample, "compounds", str(tmp_path))
    canvas.set_layers([LayerView("compounds", Path(summary.path))])
    canvas.set_view(View(121.55, 31.2, 11.5))
    qtbot.waitUntil(canvas.is_complete, timeout=60_000)
    plain = canvas.grab().toImage()
    pack = canvas._packs[Path(summary.path)]
    ids = [i.decode() for i in pack.arrays["f/id"].tolist()]
    canvas.select("compounds", ids)
    assert len(ids) > 60 and canvas._marking.many() is not None
    qtbot.waitUntil(canvas.is_complete, timeout=60_000)
    marked = canvas.grab().toImage()
    xy = [canvas._screen(float(x), float(y)) for x, y in pack.arrays["f/label_xy"].tolist()]
    seen = [p.toPoint() for p in xy if 5 < p.x() < 890 and 5 < p.y() < 590]
    changed = [p for p in seen if plain.pixelColor(p) != marked.pixelColor(p)]
    assert len(seen) > 20 and len(changed) > 0.8 * len(seen)
    canvas.select("compounds", ids[:3])
    assert canvas._marking.many() is None
