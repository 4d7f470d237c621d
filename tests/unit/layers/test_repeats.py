"""Repeated complaints against a hand-made list."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pm_desktop.base.jobs import JobContext
from pm_desktop.cartography.overlay import markers
from pm_desktop.domain.dated import expired_on, rule_on
from pm_desktop.domain.records import Building, Complaint, Compound
from pm_desktop.layers import repeats
from pm_desktop.storage.database import Database
from pm_desktop.storage.past import past
from pm_desktop.ui.canvas.picking import note_of
from pm_desktop.workspace.behind import rows_behind
from tests.helpers.layerpixels import build, near, picture

pytestmark = pytest.mark.usefixtures("qapp")
NOON = datetime(2026, 6, 30, 4, tzinfo=UTC)
LON, LAT = 121.5, 31.2


@pytest.fixture
def location(location: str) -> str:
    """Buildings a (5 about lifts, 2 about parking), b (3), c (2), and what must not count."""
    serial = itertools.count()

    def filed(building: str | None, category: str | None, *days: int, home: str = "home", place: bool = True, **more: object) -> list[Complaint]:
        step = 0.002 * "abcdefgh".index(building or "h")
        return [Complaint(id=f"x{(n := next(serial)):03d}", code=f"SL{n}", compound_id=home, building_id=building, category=category, source_category=category and f"类{category}",
                          received_at=NOON - timedelta(days=d), lon=LON + step if place else None, lat=LAT if place else None, **more) for d in days]  # type: ignore[arg-type]

    where = location
    with Database.create(where) as db, db.transaction() as tx:
        tx.insert([Compound(id="home", code="H", name="<i>海洋</i>小区", lon=LON, lat=LAT - 0.01), Compound(id="bare", code="B", name="无位小区")])
        tx.insert([Building(id=b, code=f"H-{b}", compound_id="home", no=f"{b}号") for b in "abcdefg"])
        tx.insert(filed("a", "0402", 0, 1, 2, 3, 89) + filed("a", "02", 5, 6) + filed("b", "01", 7, 8, 9) + filed("c", "07", 1, 80))
        tx.insert(filed("d", "01", 3) + filed("d", "02", 3))  # another thing each time
        tx.insert(filed("e", "01", 10, 90))  # the older one is out of the ninety days
        tx.insert(filed("f", "01", 3) + filed("f", "01", 4, valid=False))
        tx.insert(filed("g", "01", 3, repeat_of="SL-OLD"))  # the source says so
        tx.insert(filed(None, "01", 1, 2) + filed(None, "02", 1, 2, 3, place=False) + filed(None, "03", 1, 2, 3, home="bare", place=False) + filed(None, None, 1, 2, 3))
    return where


def test_places_counts_and_words(location: str, tmp_path: Path) -> None:
    summary, pack = build(location, "repeats", tmp_path)
    assert [n for _, n in summary.legend] == [1, 2, 2] and (summary.shown, summary.unlocated) == (5, 1) and summary.as_of == "2026-06-30"
    ids = [i.decode() for i in pack.arrays["f/id"].tolist()]
    assert sorted(ids) == ["a", "b", "c", "g", "home"]
    note = note_of(pack, ids.index("a"))
    assert note is not None and note.zh == "类0402 5 件、类02 2 件\n04-02 — 06-30（90 天内同类）" and note.en.startswith("Lifts × 5, Parking × 2")


def test_the_rows_behind_are_those_counted(location: str) -> None:
    expected = {"a": 7, "b": 3, "c": 2, "g": 1, "home": 3, "bare": 3}
    for place, count in expected.items():
        drill = rows_behind(JobContext(), location, "repeats", place)
        assert drill is not None and drill.entity == "Complaint" and drill.count == len(set(drill.where["id"])) == count, place
    for place in "def":
        assert rows_behind(JobContext(), location, "repeats", place) is None


def test_a_past_day_looks_back_from_its_own_last_complaint(location: str, tmp_path: Path) -> None:
    day = (NOON - timedelta(days=6)).date()
    summary, pack = build(past(location, day), "repeats", tmp_path)
    assert {i.decode() for i in pack.arrays["f/id"].tolist()} == {"b", "e"} and summary.as_of == "2026-06-24"  # 8th and 90th day: 84 apart


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colour_and_shape_grow_with_the_number(location: str, tmp_path: Path, theme: str) -> None:
    summary, _ = build(location, "repeats", tmp_path)
    shapes = set()
    for building, entry in zip("abc", repeats.LAYER.style.classes, strict=True):  # type: ignore[union-attr]
        shown = picture(summary.path, LON + 0.002 * "abc".index(building), LAT, 17.0, theme, 48)
        assert near(shown.at(LON + 0.002 * "abc".index(building), LAT, 2), getattr(entry, theme)), building
        shapes.add(shown.painted().tobytes())
    assert len(shapes) == 3


def test_a_cluster_looks_like_the_worst_in_it(location: str, tmp_path: Path) -> None:
    _, pack = build(location, "repeats", tmp_path)
    world = 2.0**31
    _, cls, count = markers(pack, pack.style, (0, 0, world, world), 10.0, 2.0 ** (31 - 10) / 512)  # type: ignore[arg-type]
    assert (cls.min(), count.sum(), len(count)) == (0, 5, count.tolist().count(1) + 1)


def test_the_rule_is_dated() -> None:
    rule = rule_on("repeat_complaints", date(2026, 1, 1))
    assert (rule["days"], rule["least"]) == (90, {"building": 2, "compound": 3}) and "90 天" in rule["basis"]
    assert rule_on("repeat_complaints", date(1999, 1, 1))["days"] == 90 and not expired_on(rule, date(2100, 1, 1))
