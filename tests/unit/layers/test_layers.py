"""Layers: packs, legends that add up, palettes that colour-blind people can tell apart."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from pm_desktop.base.jobs import JobContext
from pm_desktop.cartography.overlay import CLUSTER_PX, LayerPack, markers
from pm_desktop.layers.build import build_layer
from pm_desktop.layers.registry import all_layers
from pm_desktop.layers.style import FillStyle, PointStyle, style_from_json, style_to_json
from tests.helpers.colour import seen_by_deuteranope


@pytest.mark.parametrize("layer", all_layers(), ids=lambda layer: layer.id)
def test_every_layer_builds_and_its_legend_adds_up(layer: object, tiny_sample: str, tmp_path: Path) -> None:
    identifier = layer.id  # type: ignore[attr-defined]
    summary = build_layer(JobContext(), tiny_sample, identifier, str(tmp_path))
    pack = LayerPack(summary.path)
    assert summary.total == summary.shown + summary.unlocated
    if summary.legend:
        assert sum(n for _, n in summary.legend) == summary.shown
        assert summary.shown > 0 or identifier == "drawings", "nobody has drawn anything on the sample"
    assert style_from_json(style_to_json(pack.style)) == pack.style
    again = build_layer(JobContext(), tiny_sample, identifier, str(tmp_path))
    assert again.path == summary.path  # unchanged data keep their file, and with it the painted tiles


@pytest.mark.parametrize("base", ["light", "dark"])
def test_classes_differ_for_colour_blind_people(base: str) -> None:
    for layer in all_layers():
        classes = getattr(layer.style, "classes", ())
        for a, b in itertools.combinations(classes, 2):
            if a.pattern != b.pattern or (isinstance(layer.style, PointStyle) and a.shape != b.shape):
                continue  # told apart by pattern or shape, not by colour
            gap = np.linalg.norm(seen_by_deuteranope(getattr(a, base)) - seen_by_deuteranope(getattr(b, base)))
            assert gap > 4, (layer.id, a.key, b.key, gap)


def test_fills_leave_the_street_map_readable() -> None:
    assert all(layer.style.fill_opacity <= 0.55 for layer in all_layers() if isinstance(layer.style, FillStyle))


def test_a_cluster_of_alerts_has_the_shape_of_the_worst_in_it_and_their_number(tiny_sample: str, tmp_path: Path) -> None:
    pack = LayerPack(build_layer(JobContext(), tiny_sample, "alerts", str(tmp_path)).path)
    xy, cls = pack.arrays["f/xy"], pack.arrays["f/cls"]
    zoom = 10.0
    unit = 2.0 ** (31 - zoom) / 512
    _, worst, count = markers(pack, pack.style, (0, 0, 2.0**31, 2.0**31), zoom, unit)  # type: ignore[arg-type]
    cells: dict[tuple[int, int], list[int]] = {}
    for (x, y), c in zip(xy.tolist(), cls.tolist(), strict=True):
        cells.setdefault((int(x // (CLUSTER_PX * unit)), int(y // (CLUSTER_PX * unit))), []).append(c)
    assert max(count) > 1
    assert sorted(zip(worst.tolist(), count.tolist(), strict=True)) == sorted((min(members), len(members)) for members in cells.values())
    shapes = [entry.shape for entry in pack.style.classes]  # type: ignore[union-attr]
    assert shapes == ["triangle", "diamond", "square", "circle"]
