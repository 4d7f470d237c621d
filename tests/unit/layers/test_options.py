"""What layers are coloured by: figures worked by hand, pixels of every option, legends that add up, breaks that are held."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from PySide6.QtGui import QColor, QImage, QPainter

from pm_desktop.base.jobs import JobContext
from pm_desktop.base.mercator import units_per_px
from pm_desktop.cartography.geometry import Frame
from pm_desktop.cartography.overlay import LayerPack, paint_layer
from pm_desktop.cartography.style import map_style
from pm_desktop.domain.enums import ManagementMode, TownKind
from pm_desktop.domain.records import Complaint, Compound, Contract, Firm, ServiceProject, Town, Zone
from pm_desktop.layers.build import build_layer
from pm_desktop.layers.figures import doubt_on, smoothed
from pm_desktop.layers.layer import LayerSummary
from pm_desktop.layers.options import Look, default_look, look_from_json, look_to_json
from pm_desktop.layers.registry import all_layers, layer_by_id
from pm_desktop.layers.style import FillStyle
from pm_desktop.storage.database import Database
from pm_desktop.storage.past import past
from pm_desktop.workspace.firm import load_firm
from pm_desktop.workspace.locate import firm_of
from pm_desktop.workspace.tablepack import TableData
from pm_desktop.workspace.tables import Scope, build_table
from tests.helpers.colour import blended, channels

CTX = JobContext()
COLOURED = ("compounds", "zones", "firms")
EVERY = [(layer, option.id) for layer in COLOURED for option in layer_by_id(layer).options]


def built(location: str, layer: str, option: str, folder: Path, **chosen: Any) -> tuple[LayerSummary, LayerPack]:
    look = default_look(layer_by_id(layer).option(option))
    summary = build_layer(CTX, location, layer, str(folder), None, Look(**{**look_to_json(look), **chosen}))
    return summary, LayerPack(summary.path)


def values_of(pack: LayerPack) -> dict[str, float]:
    return dict(zip((i.decode() for i in pack.arrays["f/id"].tolist()), pack.arrays["f/value"].tolist(), strict=True))


# -- a village worked out by hand ------------------------------------------------------------------------------------------


@pytest.fixture
def village(tmp_path: Path) -> str:
    """Four compounds of 50,000, 100,000, 50,000 and unknown ㎡, each with its zone; 2, 5 (one invalid), 7 and 1 complaints in the year to 30 June 2024."""
    location = str(tmp_path / "W")
    areas, complaints = (50_000, 100_000, 50_000, None), (2, 5, 7, 1)
    home = [f"{k}".zfill(32) for k in range(4)]
    square = [shapely.to_wkb(shapely.box(121.5 + k / 100, 31.2, 121.505 + k / 100, 31.205)) for k in range(4)]
    rows: list[Any] = [Town(id="t" * 32, code="T1", name="甲镇", kind=TownKind.TOWN, geom=shapely.to_wkb(shapely.box(121.4, 31.1, 121.6, 31.3))),
                       Firm(id="f" * 32, code="F1", name="甲物业"), Firm(id="9" * 32, code="F2", name="乙物业")]
    for k in range(4):
        area = None if areas[k] is None else Decimal(areas[k])
        zone = f"z{k}".zfill(32)
        rows += [Compound(id=home[k], code=f"C{k}", name=f"{k}村", town_code="T1", floor_area_m2=area, households=None if k == 3 else 100 * k, geom=square[k]),
                 Zone(id=zone, code=f"Z{k}", name=f"{k}村", town_code="T1", management_mode=ManagementMode.MARKET if k else None, compound_ids=(home[k],),
                      total_exclusive_area_m2=area, geom=square[k])]
        rows += [Complaint(id=f"{k}{n}".zfill(32), code=f"T{k}-{n}", received_at=datetime(2024, 6, 1 + n, tzinfo=UTC), compound_id=home[k], zone_id=zone,
                           valid=False if (k, n) == (1, 0) else None if n % 2 else True) for n in range(complaints[k])]
    rows += [Complaint(id="old".zfill(32), code="T", received_at=datetime(2023, 6, 30, 15, tzinfo=UTC), compound_id=home[0]),
             Complaint(id="later".zfill(32), code="T+", received_at=datetime(2024, 6, 30, 16, tzinfo=UTC), compound_id=home[0]),
             ServiceProject(id="a" * 32, code="X1", zone_id="z0".zfill(32), firm_id="f" * 32), ServiceProject(id="b" * 32, code="X2", zone_id="z1".zfill(32), firm_id="9" * 32),
             Contract(id="c" * 32, code="H1", zone_id="z1".zfill(32), fee_cny_m2_month=Decimal("1.85"), end=date(2024, 7, 30))]
    with Database.create(location) as db, db.transaction() as tx:
        tx.insert(rows)
    return past(location, date(2024, 6, 30))


def test_figures_of_the_village(village: str, tmp_path: Path) -> None:
    home, zone = [f"{k}".zfill(32) for k in range(4)], [f"z{k}".zfill(32) for k in range(4)]
    for layer, ids in (("compounds", home), ("zones", zone)):
        summary, pack = built(village, layer, "complaint_rate", tmp_path / "l")
        found = values_of(pack)
        assert [found[i] for i in ids[:3]] == pytest.approx([2 / 0.5, 4 / 1.0, 7 / 0.5]) and math.isnan(found[ids[3]])  # no area, no rate
        assert [(label.zh, n) for label, n in summary.legend] == [("4.0", 2), ("≥ 4.1", 1), ("未填报", 1)]
        assert summary.option is not None and (summary.option.low, summary.option.high) == (4.0, 14.0)
        counts = values_of(built(village, layer, "complaints", tmp_path / "l")[1])
        assert [counts[i] for i in ids] == [2, 4, 7, 1]
        fees = values_of(built(village, layer, "fee", tmp_path / "l")[1])
        assert fees[ids[1]] == pytest.approx(1.85) and sum(math.isnan(v) for v in fees.values()) == 3
        assert values_of(built(village, layer, "contract_days", tmp_path / "l")[1])[ids[1]] == 30
    households = values_of(built(village, "compounds", "households", tmp_path / "l")[1])
    assert [households[i] for i in home[:3]] == [0, 100, 200] and math.isnan(households[home[3]])  # nought is known, unknown is not nought
    modes, _ = built(village, "compounds", "management_mode", tmp_path / "l")
    assert {label.zh: n for label, n in modes.legend if n} == {"市场化": 3, "未填报": 1}


def test_share_of_a_town_counts_area_without_a_firm(village: str, tmp_path: Path) -> None:
    summary, pack = built(village, "firms", "town_share", tmp_path / "l")
    assert values_of(pack) == {"t" * 32: pytest.approx(50.0)}  # 乙物业: 100,000 of 200,000 ㎡ known; 50,000 of them have no firm
    assert summary.shown == 1
    assert pack.arrays["f/name_blob"].tobytes().decode() == "甲镇 · 乙物业"
    assert firm_of(CTX, village, "t" * 32) == ("9" * 32, "乙物业")  # what a click on the town opens
    firm = load_firm(CTX, village, "9" * 32)
    assert any("50.0" in str(item.value) for block in firm.blocks if block.key == "towns" for item in block.items)


# -- empirical Bayes ------------------------------------------------------------------------------------------------------


def test_empirical_bayes_by_hand() -> None:
    """Rates 2, 1, 8 on sizes 1, 2, 1: m = 12/4 = 3, s² = (1·1 + 2·4 + 1·25)/4 = 8.5, A = 8.5 − 3/(4/3) = 6.25."""
    estimate, weight, error = smoothed(np.array([2.0, 2.0, 8.0]), np.array([1.0, 2.0, 1.0]))
    assert weight == pytest.approx([6.25 / 9.25, 6.25 / 7.75, 6.25 / 9.25])
    assert estimate == pytest.approx([86 / 37, 43 / 31, 236 / 37])
    assert error == pytest.approx([np.sqrt(25 / 37 * 3) / 3, np.sqrt(25 / 31 * 1.5) / 3, np.sqrt(25 / 37 * 3) / 3])


def test_rates_that_chance_explains_become_the_mean() -> None:
    estimate, weight, _ = smoothed(np.array([3.0, 2.0, 1.0]), np.array([1.0, 1.0, 1.0]))
    assert weight.tolist() == [0, 0, 0] and estimate == pytest.approx([2, 2, 2])
    assert smoothed(np.zeros(2), np.ones(2))[0].tolist() == [0, 0]
    large = smoothed(np.array([1000.0, 9000.0]), np.array([10.0, 10.0]))
    assert large[0] == pytest.approx([100, 900], rel=0.01) and (large[1] > 0.99).all()


def test_small_zones_are_uncertain_by_a_dated_rule(tiny_sample: str, tmp_path: Path) -> None:
    doubt = doubt_on(date(2024, 6, 30))
    assert doubt.of(0.49, 0.1) and doubt.of(0.9, 0.41) and not doubt.of(0.5, 0.4) and "Marshall" in doubt.basis
    summary, pack = built(tiny_sample, "zones", "complaint_rate_eb", tmp_path)
    counted = {label.zh: n for label, n in summary.legend}
    raw = values_of(built(tiny_sample, "zones", "complaint_rate", tmp_path)[1])
    value = values_of(pack)
    cls = dict(zip((i.decode() for i in pack.arrays["f/id"].tolist()), pack.arrays["f/cls"].tolist(), strict=True))
    keys = [c.key for c in pack.style.classes]  # type: ignore[union-attr]
    grey = [i for i in cls if keys[cls[i]] == "UNCERTAIN"]
    assert 0 < counted["样本小，不确定"] == len(grey) < summary.shown and all(math.isnan(value[i]) for i in grey)
    with Database.open(tiny_sample, read_only=True) as db:
        area = {i: float(a) for i, a in db.rows(Zone, ("id", "total_exclusive_area_m2")) if a}
    kept = [i for i in area if i in cls and i not in grey]
    assert max(area[i] for i in grey) < min(area[i] for i in kept) * 1.001  # one rate of the district: only size decides
    mean = sum(raw[i] * area[i] for i in area) / sum(area.values())
    assert all(abs(value[i] - mean) <= abs(raw[i] - mean) + 1e-3 for i in kept)  # smoothing pulls to the mean


# -- every option ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("layer", "option"), EVERY)
def test_the_legend_of_every_option_adds_up_and_pixels_have_its_colours(layer: str, option: str, tiny_sample: str, tmp_path: Path, qapp: object) -> None:
    summary, pack = built(tiny_sample, layer, option, tmp_path)
    assert sum(n for _, n in summary.legend) == summary.shown > 0
    assert summary.option is not None and summary.option.option == option
    assert isinstance(pack.style, FillStyle) and pack.style.fill_opacity <= 0.55
    cls = Counter(pack.arrays["f/cls"].tolist())
    assert [cls[k] for k in range(len(summary.legend))] == [n for _, n in summary.legend]
    probed = 0
    for theme in ("light", "dark"):
        land = map_style(theme).colours["land"]
        for number, index in one_alone_of_each_class(pack):
            entry = pack.style.classes[number]
            colour = entry.dark if theme == "dark" else entry.light
            found = picture(pack, index, theme)
            opacity = pack.style.fill_opacity * (1.0 if entry.pattern == "solid" else 0.5)
            wash = channels(blended(colour, land, opacity))
            if entry.pattern == "solid":
                assert np.abs(found - wash).max() <= 1.5, (entry.key, theme)
            else:  # lines or dots of the full colour on a lighter wash
                assert (np.abs(found - channels(colour)).max(axis=2) <= 60).any() and (np.abs(found - wash).max(axis=2) <= 1.5).any(), (entry.key, theme)
            probed += 1
    assert probed >= 2


def one_alone_of_each_class(pack: LayerPack) -> Iterator[tuple[int, int]]:
    """A feature of each class whose label point lies in no other feature's box."""
    done = set()
    for index, (x, y) in enumerate(pack.arrays["f/label_xy"].tolist()):
        number = int(pack.arrays["f/cls"][index])
        if number not in done and pack.features_in((x - 200, y - 200, x + 200, y + 200)).tolist() == [index]:
            done.add(number)
            yield number, index


def picture(pack: LayerPack, index: int, theme: str, side: int = 24) -> np.ndarray:
    """The layer over bare land around a feature's label point, red, green, blue."""
    unit = units_per_px(21.0)
    x, y = pack.arrays["f/label_xy"][index].tolist()
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(map_style(theme).colours["land"]))
    painter = QPainter(image)
    paint_layer(painter, pack, Frame(x - side / 2 * unit, y - side / 2 * unit, unit, side, side), 21.0, 1.0, map_style(theme), 1.0)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(side, side, 4)[..., 2::-1].astype(float)


def test_breaks_that_are_held_stay_on_another_day_and_free_ones_follow(tiny_sample: str, tmp_path: Path) -> None:
    now, _ = built(tiny_sample, "compounds", "complaint_rate", tmp_path)
    assert now.option is not None and len(now.option.breaks) == 4
    day = past(tiny_sample, date(2026, 3, 1))
    free, _ = built(day, "compounds", "complaint_rate", tmp_path)
    held, pack = built(day, "compounds", "complaint_rate", tmp_path, breaks=now.option.breaks)
    assert free.option is not None and free.option.breaks != now.option.breaks
    assert held.option is not None and held.option.breaks == now.option.breaks
    assert [label.zh for label, _ in held.legend[1:5]] == [label.zh for label, _ in now.legend[1:5]]
    value, cls = pack.arrays["f/value"], pack.arrays["f/cls"]
    for edge, k in zip(held.option.breaks, range(4), strict=True):
        assert (value[cls == k] < edge + 0.06).all() and (value[cls == k + 1] > edge).all()
    typed, _ = built(tiny_sample, "compounds", "complaint_rate", tmp_path, method="fixed", breaks=(10.0, 20.0))
    assert [label.zh for label, _ in typed.legend] == ["≤ 10.0", "10.1–20.0", "≥ 20.1", "未填报"]


def test_an_option_is_found_by_its_name_alone(tiny_sample: str, tmp_path: Path) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        before = db.count(Compound)
    for name in ("x'; DROP TABLE compound; --", "id, name", "geom", "", "lon"):
        with pytest.raises(KeyError):
            build_layer(CTX, tiny_sample, "compounds", str(tmp_path), None, Look(name))
    with Database.open(tiny_sample, read_only=True) as db:
        assert db.count(Compound) == before


def test_looks_survive_being_written_and_damaged_ones_fall_back() -> None:
    option = layer_by_id("compounds").option("complaint_rate")
    look = Look("complaint_rate", "natural", 7, "viridis", (1.0, 2.5))
    assert look_from_json(option, look_to_json(look) | {"breaks": [1.0, 2.5]}) == look
    for broken in (None, [], {"method": "magic"}, {"classes": 99}, {"classes": True}, {"palette": "../x"}, {"breaks": [3, 2]}, {"breaks": ["a"]},
                   {"method": "fixed"}, {"breaks": [1, 2, 3, 4, 5, 6, 7]}, {"breaks": [float("inf")]}):
        assert look_from_json(option, broken) == default_look(option)


def test_a_scale_of_options_is_declared_in_both_languages() -> None:
    for layer in all_layers():
        assert len({o.id for o in layer.options}) == len(layer.options)
        for option in layer.options:
            assert not set(option.id) & set(", \t\n") and not any("\u4e00" <= c <= "\u9fff" for c in option.label.en + (option.unit.en if option.unit else ""))




def test_the_worst_compound_of_a_town_in_the_table_is_the_darkest_of_it_on_the_map(tiny_sample: str, tmp_path: Path) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        town = db.group_count(Compound, ["town_code"])[0][0]
    table = TableData(build_table(CTX, tiny_sample, Scope("Compound", town=town), str(tmp_path / "t")))
    column = table.index("complaint_rate")
    order = table.order(column, True)
    _, pack = built(tiny_sample, "compounds", "complaint_rate", tmp_path)
    value = values_of(pack)
    cls = dict(zip(value, pack.arrays["f/cls"].tolist(), strict=True))
    ids = [table.ids[row].decode() for row in order.tolist()]
    assert len(ids) > 1 and [value[i] for i in ids] == pytest.approx([table.values(column)[row] for row in order.tolist()], nan_ok=True)
    classes = [cls[i] for i in ids if not math.isnan(value[i])]
    assert classes == sorted(classes, reverse=True)
