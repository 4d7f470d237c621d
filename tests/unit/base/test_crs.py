"""Coordinate systems against published vectors and against the geodesic."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from pm_desktop.base import crs
from pm_desktop.base.errors import InputRefused

LON = st.floats(121.3, 122.1)
LAT = st.floats(30.7, 31.5)
GEOD = Geod(ellps="WGS84")


def test_the_vectors_of_the_field_hold() -> None:
    assert crs.crs_convert("EPSG:4326", "GCJ-02", 121.54393, 31.21090) == pytest.approx({"lon": 121.548213, "lat": 31.208751}, abs=1e-6)
    assert crs.crs_convert("EPSG:4326", "BD-09", 121.54393, 31.21090) == pytest.approx({"lon": 121.554645, "lat": 31.215051}, abs=1e-6)


@given(LON, LAT)
def test_shifts_are_undone_to_a_millimetre(lon: float, lat: float) -> None:
    for system in ("GCJ-02", "BD-09"):
        x, y = crs.convert([lon], [lat], "EPSG:4490", system)
        back = crs.convert(x, y, system, "EPSG:4490")
        assert GEOD.inv(lon, lat, float(back[0][0]), float(back[1][0]))[2] < 0.001


@given(LON, LAT)
def test_the_shift_has_the_size_it_has_in_pudong(lon: float, lat: float) -> None:
    for system, low, high in (("GCJ-02", 440, 520), ("BD-09", 1_000, 1_200)):
        x, y = crs.convert([lon], [lat], "EPSG:4490", system)
        assert low < GEOD.inv(lon, lat, float(x[0]), float(y[0]))[2] < high


def test_outside_china_nothing_is_shifted() -> None:
    assert crs.crs_convert("EPSG:4326", "GCJ-02", 7.42, 43.73) == {"lon": 7.42, "lat": 43.73}


def test_projected_coordinates_are_easting_northing() -> None:
    x, y = crs.convert([121.55], [31.2], "EPSG:4490", "EPSG:4549")
    assert 640_000 < x[0] < 660_000 and 3_440_000 < y[0] < 3_470_000
    back = crs.convert(x, y, "EPSG:4549")
    assert np.allclose([back[0][0], back[1][0]], [121.55, 31.2], atol=1e-9)


def test_areas_and_lengths_agree_with_the_geodesic() -> None:
    square = shapely.box(121.70, 31.10, 121.71, 31.11)
    area, length = GEOD.geometry_area_perimeter(square)
    assert crs.area_m2(square) == pytest.approx(abs(area), rel=3e-5)
    assert crs.length_m(square) == pytest.approx(length, rel=3e-5)


@pytest.mark.parametrize("name", ["", "EPSG:99999", "火星", "EPSG:4490; DROP"])
def test_an_unknown_system_is_refused(name: str) -> None:
    with pytest.raises(InputRefused):
        crs.convert([121.5], [31.2], name)


@pytest.mark.parametrize(("source", "target", "lon", "lat"), [
    ("EPSG:4326", "GCJ-02", float("nan"), 31.2), ("EPSG:4326", "EPSG:3857", 121.5, float("inf")), ("GCJ-02", "EPSG:4326", 31.2, 121.5)])
def test_what_is_no_position_is_refused(source: str, target: str, lon: float, lat: float) -> None:
    with pytest.raises(InputRefused) as refused:
        crs.crs_convert(source, target, lon, lat)
    assert refused.value.code == "position_wrong"
