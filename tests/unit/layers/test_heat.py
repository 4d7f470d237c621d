"""Heat: counts equal the rows of the filter, the density integrates to them, one scale for screen and print."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from pm_desktop.base.jobs import JobContext
from pm_desktop.base.mercator import metres_per_unit, to_lonlat, zoom_of
from pm_desktop.cartography import heat
from pm_desktop.cartography.heat import HeatFilter, HeatPack, HeatRequest, paint_heat, prepare
from pm_desktop.domain.records import Complaint
from pm_desktop.layers import complaint_heat
from pm_desktop.layers.build import build_layer
from pm_desktop.layers.layer import from_heat, write_layer
from pm_desktop.storage.database import Database

EPOCH = date(1970, 1, 1)


@pytest.fixture(scope="module")
def pack(tiny_sample: str, tmp_path_factory: pytest.TempPathFactory) -> HeatPack:
    return HeatPack(build_layer(JobContext(), tiny_sample, "complaint_heat", str(tmp_path_factory.mktemp("heat"))).path)


@pytest.fixture(scope="module")
def rows(tiny_sample: str) -> list[tuple[int, str, str, bool]]:
    """Day of Shanghai, two-digit category, source, whether there is a place: read row by row, the plain way."""
    with Database.open(tiny_sample, read_only=True) as db:
        found = db.rows(Complaint, ("received_at", "category", "source", "lon"))
    return [(((at + timedelta(hours=8)).date() - EPOCH).days, (category or "")[:2], source, lon is not None) for at, category, source, lon in found]


def million(tmp_path: Path, n: int = 1_000_000) -> HeatPack:
    rng = np.random.default_rng(5)
    centre = rng.uniform((121.3, 30.9), (121.9, 31.4), (3_000, 2))
    place = centre[rng.integers(0, 3_000, n)] + rng.normal(0, 0.0006, (n, 2))
    day = rng.integers(18_900, 18_900 + 1_825, n).astype(np.int32)
    data = from_heat(place[:, 0], place[:, 1], day, rng.integers(0, 17, n).astype(np.uint8), rng.integers(0, 3, n).astype(np.uint8),
                     complaint_heat.STYLE, [complaint_heat.OTHER] * 17, [complaint_heat.OTHER] * 3)
    write_layer(tmp_path / "m.layer", complaint_heat.LAYER, data)
    return HeatPack(tmp_path / "m.layer")


@pytest.mark.parametrize("prepared", [False, True])
def test_counts_equal_the_rows_of_the_filter(pack: HeatPack, rows: list[tuple[int, str, str, bool]], prepared: bool) -> None:
    codes = [*complaint_heat.category_labels(), None]
    sources = [zh for zh, _ in pack.meta["sources"]]
    rng = np.random.default_rng(2)
    last = pack.first_day + pack.days
    tried = 0
    for first, end in [(None, None), (last - 30, last), (last - 200, last - 190), (last - 90, last - 90), (pack.first_day - 50, last + 50)]:
        for categories in (None, (1,), tuple(sorted(rng.choice(16, 5, replace=False).tolist()))):
            for source in (None, (0,)):
                chosen = HeatFilter(first, end, categories, source)
                grid = pack.grid(300.0)
                if prepared:
                    grid.prepare(pack.kinds(chosen))
                low, high = (last - 365, last) if first is None else (first, end)
                wanted = [r for r in rows if low <= r[0] < high and (categories is None or r[1] in [codes[k] for k in categories])
                          and (source is None or r[2] == sources[0])]
                counted = int(grid.counts(*pack.span(chosen), pack.kinds(chosen)).sum())
                assert (counted, pack.unlocated(chosen)) == (sum(r[3] for r in wanted), sum(not r[3] for r in wanted))
                tried += counted > 0
    assert tried > 15


def test_the_prefix_table_counts_each_cell_as_histogram2d_does(pack: HeatPack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heat, "PREFIX_BYTES", 200_000)  # few rows: most days lie between two of them
    grid = heat.HeatGrid(pack, 150.0)
    xy, day, kind = (np.array(pack.arrays[f"h/{k}"]) for k in ("xy", "day", "kind"))
    rng = np.random.default_rng(3)
    for trial in range(40):
        first, end = sorted(rng.integers(0, pack.days + 1, 2).tolist())
        kinds = rng.random(len(pack.kinds(HeatFilter()))) < 0.5 if trial % 2 else np.ones(len(pack.kinds(HeatFilter())), bool)
        grid.prepare(kinds)
        assert grid._step > 1
        inside = (day >= pack.first_day + first) & (day < pack.first_day + end) & kinds[kind]
        edges = [g0 + grid.cell * np.arange(n + 1) for g0, n in ((grid.x0, grid.columns), (grid.y0, grid.rows))]
        wanted = np.histogram2d(xy[inside, 0], xy[inside, 1], bins=edges)[0].T.ravel()
        found = np.zeros(grid.rows * grid.columns)
        found[grid.occupied] = grid.counts(first, end, kinds)
        assert (found == wanted).all()


def test_only_the_radius_in_use_has_a_prefix_table(pack: HeatPack) -> None:
    kinds = pack.kinds(HeatFilter())
    first = pack.grid(500.0)
    first.prepare(kinds)
    before = first.counts(3, 40, kinds)
    pack.grid(150.0).prepare(kinds)
    assert first._prefix is None and pack.grid(150.0)._prefix is not None
    assert (pack.grid(500.0).counts(3, 40, kinds) == before).all() and before.sum() > 0


def test_a_million_points_are_counted_100_times_faster_than_histogram2d(tmp_path: Path) -> None:
    pack = million(tmp_path)
    xy, day = np.array(pack.arrays["h/xy"]).astype(float), np.array(pack.arrays["h/day"])
    kinds = pack.kinds(HeatFilter())
    for radius in (500.0, 150.0):
        grid = pack.grid(radius)
        grid.prepare(kinds)
        ours, theirs = [], []
        for end in (1_000, 1_300, 1_700):
            points = xy[(day >= pack.first_day + end - 365) & (day < pack.first_day + end)]
            area = [[grid.x0, grid.x0 + grid.columns * grid.cell], [grid.y0, grid.y0 + grid.rows * grid.cell]]
            began = time.perf_counter()
            np.histogram2d(points[:, 0], points[:, 1], bins=(grid.columns, grid.rows), range=area)
            theirs.append(time.perf_counter() - began)
            for _ in range(30):
                began = time.perf_counter()
                grid.counts(end - 365, end, kinds)
                ours.append(time.perf_counter() - began)
        assert np.median(theirs) >= 100 * np.median(ours), (radius, np.median(theirs), np.median(ours))
        assert grid._prefix is not None and grid._prefix.nbytes <= heat.PREFIX_BYTES + 4 * len(grid.occupied)


def request(pack: HeatPack, chosen: HeatFilter, unit: float, margin: int, top: float | None) -> HeatRequest:
    xy = pack.arrays["h/xy"]
    low, high = xy.min(0), xy.max(0)
    width, height = (int((high[k] - low[k]) / unit) + 2 * margin for k in (0, 1))
    return HeatRequest(1, "", chosen, low[0] - margin * unit, low[1] - margin * unit, unit, width, height, zoom_of(unit / 2), top)


def test_the_density_integrates_to_the_number_of_points(pack: HeatPack) -> None:
    chosen = HeatFilter(radius_m=500.0)
    grid = pack.grid(500.0)
    counts = grid.counts(*pack.span(chosen), pack.kinds(chosen))
    wanted = request(pack, chosen, 60 / metres_per_unit(pack.latitude), 20, 1.0)
    smooth = grid.density(counts, wanted.x0, wanted.y0, wanted.unit, wanted.width, wanted.height)
    assert smooth.sum() * (wanted.unit / grid.cell) ** 2 == pytest.approx(counts.sum(), rel=0.01)


def test_colours_say_the_same_at_every_filter_and_zoom(pack: HeatPack) -> None:
    """One point a square kilometre and 30 days has one colour, whatever is filtered and however near the view is."""
    top = pack.meta["top"]
    found = []
    for unit, days in ((60.0, 365), (60.0, 90), (20.0, 365)):
        end = pack.first_day + pack.days
        wanted = request(pack, HeatFilter(end - days, end, radius_m=500.0), unit / metres_per_unit(pack.latitude), 10, top)
        out = np.zeros((wanted.height, wanted.width), np.uint32)
        assert paint_heat(pack, wanted, out).top == top
        grid = pack.grid(500.0)
        counts = grid.counts(*pack.span(wanted.chosen), pack.kinds(wanted.chosen))
        value = grid.density(counts, wanted.x0, wanted.y0, wanted.unit, wanted.width, wanted.height)
        latitude = float(to_lonlat(np.array([wanted.x0, wanted.y0 + wanted.height * wanted.unit / 2]))[1])
        value = value / (grid.cell * metres_per_unit(latitude) / 1000) ** 2 / (days / 30)
        at = np.unravel_index(np.argmin(abs(value - top / 20)), value.shape)
        found.append(int(out[at]))
        prepare(pack, wanted)
        again = np.zeros_like(out)
        paint_heat(pack, wanted, again)
        assert (out == again).all()
    parts = np.array([[(c >> s) & 255 for s in (0, 8, 16, 24)] for c in found])
    assert np.ptp(parts, axis=0).max() <= 4, parts
    loose = request(pack, HeatFilter(end - 7, end), 60 / metres_per_unit(pack.latitude), 10, None)
    assert paint_heat(pack, loose, np.zeros((loose.height, loose.width), np.uint32)).top != top


def test_as_of_a_day_later_complaints_are_not_there(tiny_sample: str) -> None:
    day = datetime(2026, 6, 30, tzinfo=UTC).date()
    with Database.open(tiny_sample, read_only=True) as db:
        data = complaint_heat.load(db, day)
        all_rows = complaint_heat.load(db, None)
    assert data.as_of is not None and data.as_of <= "2026-06-30"
    assert data.shown + data.unlocated < all_rows.shown + all_rows.unlocated


def test_squares_with_too_few_complaints_are_left_out_of_what_leaves_the_office(tmp_path: Path) -> None:
    """Counted square by square with a dictionary; the picture has no colour where only such squares lie, and keeps the others'."""
    rng = np.random.default_rng(9)
    place = np.concatenate([rng.normal((121.5, 31.2), 0.003, (400, 2)), rng.uniform((121.55, 31.1), (121.8, 31.3), (60, 2)), [(121.9, 31.0)] * 2])
    plain = np.zeros(len(place), np.uint8)
    data = from_heat(place[:, 0], place[:, 1], np.full(len(place), 19_000, np.int32), plain, plain, complaint_heat.STYLE,
                     [complaint_heat.OTHER], [complaint_heat.OTHER])
    write_layer(tmp_path / "m.layer", complaint_heat.LAYER, data)
    pack, radius, least = HeatPack(tmp_path / "m.layer"), 150.0, 3
    grid = pack.grid(radius)
    side = grid.cell * heat.CELLS_A_RADIUS
    squares: dict[tuple[int, int], int] = {}
    for x, y in np.array(pack.arrays["h/xy"], float).tolist():
        square = (int((x - grid.x0) // side), int((y - grid.y0) // side))
        squares[square] = squares.get(square, 0) + 1
    few = {square: n for square, n in squares.items() if n < least}
    assert len(few) > 20 and max(squares.values()) > 20
    first, end = pack.span(HeatFilter())
    counts = grid.counts(first, end, pack.kinds(HeatFilter()))
    assert int(grid.crowded(counts, least).sum()) == sum(n for n in squares.values() if n >= least)
    assert (grid.crowded(counts, 1) == counts).all()

    def painted(square: tuple[int, int], chosen: HeatFilter) -> tuple[int, int]:
        out = np.zeros((16, 16), np.uint32)
        x0, y0 = grid.x0 + square[0] * side, grid.y0 + square[1] * side
        count = paint_heat(pack, HeatRequest(0, "", chosen, x0, y0, side / 16, 16, 16, zoom_of(side / 16), None), out)
        return int((out >> 24).max()), count.shown

    shown, leaving = HeatFilter(radius_m=radius), HeatFilter(radius_m=radius, least=least)
    lone, full = max(few), max(squares, key=squares.__getitem__)
    assert few[lone] == 2 and painted(lone, shown)[0] > 0 and painted(lone, leaving)[0] == 0
    assert painted(full, leaving)[0] > 0
    assert painted(full, shown)[1] - painted(full, leaving)[1] == sum(few.values())
