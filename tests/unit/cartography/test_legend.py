"""What a legend shows is what the map shows: swatches and ramps have the pixels of the layers."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from pm_desktop.base.label import Label
from pm_desktop.cartography.heat import shades
from pm_desktop.cartography.legend import heat_colour, paint_ramp, paint_swatch
from pm_desktop.cartography.overlay import fill_brushes
from pm_desktop.cartography.style import MAP_THEMES, map_style
from pm_desktop.layers.style import FillStyle, HeatStyle, StyleClass

HEAT = HeatStyle(("#ffffcc", "#fd8d3c", "#800026"), Label("件/km²", "per km²"), ((12, 500), (22, 150)))


def _painted(width: int, height: int, base: str, paint: object) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(map_style(base).colours["land"]))
    painter = QPainter(image)
    paint(painter)  # type: ignore[operator]
    painter.end()
    return image


def _near(a: QColor, b: QColor, by: int = 3) -> bool:
    return max(abs(x - y) for x, y in zip(a.getRgb()[:3], b.getRgb()[:3], strict=True)) <= by


@pytest.mark.parametrize("base", MAP_THEMES)
@pytest.mark.parametrize("opacity", [1.0, 0.5])
def test_a_swatch_of_areas_is_the_colour_of_the_areas(qapp: object, tmp_path: Path, base: str, opacity: float) -> None:
    entry = StyleClass("A", Label("甲", "A"), "#1f77b4", "#9ecae1")
    fill = FillStyle((entry,), fill_opacity=0.4)
    style = map_style(base)
    swatch = _painted(40, 24, base, lambda p: paint_swatch(p, QRectF(0, 0, 40, 24), entry, fill, style, opacity)).pixelColor(20, 12)

    def area(painter: QPainter) -> None:
        painter.setOpacity(opacity)
        painter.fillRect(QRectF(0, 0, 40, 24), fill_brushes(entry, fill, style)[0])

    assert _near(swatch, _painted(40, 24, base, area).pixelColor(20, 12), 1)
    assert not _near(swatch, QColor(style.colours["land"]), 12)


@pytest.mark.parametrize("base", MAP_THEMES)
def test_a_ramp_is_the_colours_that_heat_is_painted_with(qapp: object, base: str) -> None:
    style, width = map_style(base), 401
    ramp = _painted(width, 9, base, lambda p: paint_ramp(p, QRectF(0, 0, width, 9), HEAT, style, 0.8))
    table = shades(HEAT.ramp)
    for part in (0.05, 0.2, 0.5, 0.8, 0.98):
        shade = np.array([[table[round(part * part * (len(table) - 1))]]], np.uint32)
        image = QImage(shade.tobytes(), 1, 1, 4, QImage.Format.Format_ARGB32_Premultiplied)

        def heat(painter: QPainter, picture: QImage = image) -> None:
            painter.setOpacity(0.8)
            painter.drawImage(0, 0, picture)

        drawn = _painted(1, 1, base, heat).pixelColor(0, 0)
        assert _near(ramp.pixelColor(round(part * (width - 1)), 4), drawn, 4), part
        assert _near(heat_colour(HEAT, style, part, 0.8), drawn, 2)
