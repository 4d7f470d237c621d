"""Coordinates as people read and write them, against the projection library as the independent expectation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from pm_desktop.base.coordinates import DEFAULT, SYSTEMS, read, system_of, written
from pm_desktop.base.crs import GAUSS_KRUGER, convert
from pm_desktop.base.gausskruger import project, unproject
from pm_desktop.base.geodesic import distances_m

LON, LAT = st.floats(121.3, 122.1), st.floats(30.7, 31.5)
PLACE = (121.54393, 31.21090)


def apart_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(distances_m(np.array([a]), np.array([b]))[0])


@pytest.mark.parametrize("name", GAUSS_KRUGER)
def test_the_closed_formulas_agree_with_the_library(name: str) -> None:
    """Exact transverse Mercator of PROJ, over the district and far beyond it."""
    there = Transformer.from_crs("EPSG:4490", name, always_xy=True)
    meridian, false_m = GAUSS_KRUGER[name]
    for lon in (116.0, 119.9, 120.0, 121.0, 121.5, 121.543, 122.0, 123.0, 124.7):
        for lat in (-31.0, 0.0, 18.3, 30.7, 31.2109, 31.5, 53.0):
            wanted = there.transform(lon, lat)
            east, north = project(lon, lat, meridian)
            assert (east + false_m, north) == pytest.approx(wanted, abs=1e-4), (lon, lat)
            assert unproject(wanted[0] - false_m, wanted[1], meridian) == pytest.approx((lon, lat), abs=2e-10)


@given(LON, LAT)
def test_every_system_writes_what_the_converter_says_and_reads_it_back(lon: float, lat: float) -> None:
    for system in SYSTEMS:
        text = written(lon, lat, system, whole=True)
        if system.id not in ("CGCS2000", "DMS"):
            x, y = convert([lon], [lat], "EPSG:4490", system.id)
            assert [float(v) for v in text.split(", ")] == pytest.approx([x[0], y[0]], abs=1e-3 if system.id in GAUSS_KRUGER else 1e-7)
        first, *_ = read(text, system)
        assert first[0] is system and apart_m((lon, lat), first[1:]) < 0.1, (system.id, text)


def test_how_a_place_is_written() -> None:
    shown = {s.id: written(*PLACE, s) for s in SYSTEMS}
    assert shown["CGCS2000"] == "121.54393, 31.21090"
    assert shown["DMS"] == "121°32′38.1″E 31°12′39.2″N"
    assert shown["EPSG:4528"].startswith("东 40647") and shown["EPSG:4549"].startswith("东 647") and "北 345" in shown["EPSG:4549"]
    assert written(*PLACE, system_of("EPSG:4550"), "en").startswith("E 361")
    assert shown["GCJ-02"] == "121.54821, 31.20875" and shown["BD-09"] in ("121.55464, 31.21505", "121.55465, 31.21505")
    assert written(121.99999999, -30.99999999, system_of("DMS")) == "122°00′00.0″E 31°00′00.0″S", "60″ are carried over"


def test_metres_are_read_by_their_zone_and_without_one_by_where_they_lie() -> None:
    for name in GAUSS_KRUGER:
        text = written(*PLACE, system_of(name), whole=True)
        east, north = text.split(", ")
        for typed in (text, f"{north} {east}", f"东 {east} 北 {north}", f"E={east}, N={north}"):
            found = read(typed)
            assert len(found) == 1 and found[0][0].id == name, (typed, found)
            assert apart_m(PLACE, found[0][1:]) < 0.01
    assert read("3454000 38500000") == [], "a zone far away is not read as another"


def test_the_chosen_system_reads_first() -> None:
    for system in map(system_of, ("GCJ-02", "BD-09", "DMS")):
        assert read("121.54, 31.21", system)[0][0] is system
    assert [s.id for s, *_ in read("121.54, 31.21")] == ["CGCS2000", "GCJ-02", "BD-09"]
    assert [s.id for s, *_ in read("7.42, 43.73")] == ["CGCS2000"], "nothing is shifted outside China"
    assert read("德平路 45") == [] and read("310115005001") == []
    assert system_of("nonsense") is DEFAULT
