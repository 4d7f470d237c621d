"""Layers: packs, legends that add up, palettes that colour-blind people can tell apart."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from pm_desktop.base.jobs import JobContext
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.layers.build import build_layer
from pm_desktop.layers.registry import all_layers
from pm_desktop.layers.style import FillStyle, PointStyle, style_from_json, style_to_json


@pytest.mark.parametrize("layer", all_layers(), ids=lambda layer: layer.id)
def test_every_layer_builds_and_its_legend_adds_up(layer: object, tiny_sample: str, tmp_path: Path) -> None:
    identifier = layer.id  # type: ignore[attr-defined]
    summary = build_layer(JobContext(), tiny_sample, identifier, str(tmp_path))
    pack = LayerPack(summary.path)
    assert summary.total == summary.shown + summary.unlocated
    if summary.legend:
        assert sum(n for _, n in summary.legend) == summary.shown > 0
    assert style_from_json(style_to_json(pack.style)) == pack.style
    again = build_layer(JobContext(), tiny_sample, identifier, str(tmp_path))
    assert again.path == summary.path  # unchanged data keep their file, and with it the painted tiles


def _seen_by_deuteranope(colour: str) -> np.ndarray:
    """Colour as a deuteranope sees it (Machado 2009, full severity), in CIE Lab."""
    rgb = np.array([int(colour[i:i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    machado = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])
    seen = np.clip(machado @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ seen / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("base", ["light", "dark"])
def test_classes_differ_for_colour_blind_people(base: str) -> None:
    for layer in all_layers():
        classes = getattr(layer.style, "classes", ())
        for a, b in itertools.combinations(classes, 2):
            if a.pattern != b.pattern or (isinstance(layer.style, PointStyle) and a.shape != b.shape):
                continue  # told apart by pattern or shape, not by colour
            gap = np.linalg.norm(_seen_by_deuteranope(getattr(a, base)) - _seen_by_deuteranope(getattr(b, base)))
            assert gap > 4, (layer.id, a.key, b.key, gap)


def test_fills_leave_the_street_map_readable() -> None:
    assert all(layer.style.fill_opacity <= 0.55 for layer in all_layers() if isinstance(layer.style, FillStyle))
