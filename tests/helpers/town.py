"""A small town of known contents as an ``.osm.pbf``: one thing of each kind that the street base shows.

Places are metres east and north of the middle; at zoom 16 a logical pixel is about a metre.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pm_desktop.base.mercator import metres_per_unit, place_of, world_of

CENTRE = (121.52, 31.20)
WAYS: dict[str, tuple[list[tuple[float, float]], dict[str, str]]] = {
    "arterial": ([(-700, 0), (700, 0)], {"highway": "primary", "name": "世纪大道", "name:en": "Century Avenue", "ref": "G2"}),
    "expressway": ([(200, -700), (200, 700)], {"highway": "motorway", "name": "内环高架路", "ref": "S20", "bridge": "yes", "layer": "2", "oneway": "no"}),
    "tunnel": ([(-700, -200), (700, -200)], {"highway": "secondary", "name": "东西隧道", "tunnel": "yes", "layer": "-1"}),
    "oneway": ([(-200, -600), (-200, 600)], {"highway": "residential", "name": "单行路", "oneway": "yes"}),
    "reverse": ([(-300, -600), (-300, -250)], {"highway": "residential", "name": "逆行路", "oneway": "-1"}),
    "service": ([(-650, -60), (-450, -60)], {"highway": "service"}),
    "path": ([(-650, -120), (-450, -120)], {"highway": "footway"}),
    "rail": ([(-700, 300), (700, 300)], {"railway": "rail", "name": "货运铁路"}),
    "under": ([(-700, 450), (700, 450)], {"railway": "subway", "name": "2号线", "name:en": "Line 2", "colour": "#E4002B", "tunnel": "yes"}),
    "above": ([(450, -700), (450, 700)], {"railway": "subway", "name": "9号线", "colour": "#87CEEB", "bridge": "yes", "layer": "3"}),
    "river": ([(-700, -640), (700, -660)], {"waterway": "river", "name": "长河"}),
    "low": ([(50, 60), (90, 60), (90, 100), (50, 100), (50, 60)], {"building": "yes", "building:levels": "3", "addr:housenumber": "12"}),
    "tall": ([(110, 60), (150, 60), (150, 100), (110, 100), (110, 60)], {"building": "yes", "building:levels": "12"}),
    "tower": ([(50, 140), (90, 140), (90, 180), (50, 180), (50, 140)], {"building": "yes", "building:levels": "33"}),
    "park": ([(-640, 60), (-340, 60), (-340, 260), (-640, 260), (-640, 60)], {"leisure": "park", "name": "中央公园", "name:en": "Central Park"}),
    "lake": ([(-150, -560), (150, -560), (150, -300), (-150, -300), (-150, -560)], {"natural": "water", "water": "lake", "name": "明湖"}),
}
NODES: dict[str, tuple[tuple[float, float], dict[str, str]]] = {
    "stop": ((0, 450), {"railway": "station", "name": "人民站", "name:en": "Renmin"}),
    "interchange": ((450, 450), {"railway": "station", "name": "交汇站", "name:en": "Jiaohui"}),
    "again": ((470, 460), {"railway": "station", "name": "交汇站", "name:en": "Jiaohui"}),
    "town": ((-420, -330), {"place": "town", "name": "示范镇", "name:en": "Shifan"}),
    "quarter": ((330, 130), {"place": "neighbourhood", "name": "东里"}),
    "school": ((600, 120), {"amenity": "school", "name": "第一小学"}),
    "house": ((330, 40), {"addr:housenumber": "38"}),
}


def place(x: float, y: float) -> tuple[float, float]:
    """Degrees of a place in metres from the middle."""
    cx, cy = world_of(*CENTRE)
    metre = 1 / metres_per_unit(CENTRE[1])
    return place_of(cx + x * metre, cy - y * metre)


def write_town(file: Path) -> Path:
    """Write the town."""
    import osmium
    from osmium.osm import mutable

    count = 0
    ways: list[Any] = []
    with osmium.SimpleWriter(str(file)) as out:
        for at, tags in NODES.values():
            count += 1
            out.add_node(mutable.Node(id=count, location=place(*at), tags=tags))
        for points, tags in WAYS.values():
            closed = points[0] == points[-1]
            refs = list(range(count + 1, count + 1 + len(points) - closed))
            for number, at in zip(refs, points, strict=False):
                out.add_node(mutable.Node(id=number, location=place(*at)))
            count += len(refs)
            ways.append((refs + refs[:1] * closed, tags))
        for number, (refs, tags) in enumerate(ways, 1):
            out.add_way(mutable.Way(id=number, nodes=refs, tags=tags))
    return file
