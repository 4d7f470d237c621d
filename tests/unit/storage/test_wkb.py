"""Well-known binary read and made without the geometry library, against it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from pm_desktop.storage.wkb import AREA, LINE, POINT, box_of, made

SHAPES = [shapely.Point(121.5, 31.2), shapely.LineString([(0, 1), (2, -3), (5, 5)]), shapely.box(1, 2, 3, 4),
          shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2)]]), shapely.MultiPoint([(1, 1), (7, -2)]),
          shapely.MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, -8)]]), shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(8, 8, 9, 12)]),
          shapely.GeometryCollection([shapely.Point(3, 3), shapely.box(-1, -1, 0, 0)]), shapely.Point(1, 2, 3), shapely.LineString([(1, 2, 3), (4, 5, 6)]),
          shapely.Point(), shapely.Polygon(), shapely.GeometryCollection()]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("more", [{}, {"byte_order": 0}, {"include_srid": True}, {"flavor": "iso"}], ids=str)
def test_the_box_is_that_of_the_library(shape: shapely.Geometry, more: dict[str, object]) -> None:
    blob = shapely.to_wkb(shapely.set_srid(shape, 4490) if "include_srid" in more else shape, output_dimension=3, **more)
    assert np.array_equal(box_of(blob), shapely.bounds(shape), equal_nan=True)


def test_what_a_hand_draws_is_a_valid_geometry() -> None:
    points = np.array([(0, 0), (0, 2), (3, 2.5), (2, -1)], float)
    assert shapely.from_wkb(made(POINT, points[:1])) == shapely.Point(0, 0)
    assert shapely.from_wkb(made(LINE, points)) == shapely.LineString(points)
    for ring in (points, points[::-1]):
        area = shapely.from_wkb(made(AREA, ring))
        assert area.is_valid and area.exterior.is_ccw and area.equals(shapely.Polygon(points))
    assert np.isnan(box_of(None)).all()
