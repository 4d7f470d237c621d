"""Which features of a layer lie in an area, near something, or belong together: jobs that return ids.

Everything is measured in metres of the local projection, never in degrees or in Web Mercator. Ids come back as one
array of 32-byte strings, so that a selection of 100,000 crosses the pipe as one block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.jobs import JobContext
from pm_desktop.base.mercator import M_PER_DEGREE
from pm_desktop.domain.records import (
    Alert,
    Complaint,
    Compound,
    Device,
    EmergencyTeam,
    MapDrawing,
    ServiceProject,
    Town,
    Zone,
)
from pm_desktop.storage.database import Box, Database
from pm_desktop.storage.moments import moment
from pm_desktop.storage.query import Between
from pm_desktop.workspace.profile import OPEN_ALERTS

Ids = NDArray[np.bytes_]
Mode = Literal["half", "touches"]
MEMBER_SHARE = 0.5
"""An area belongs to a drawn one when at least this share of it lies inside (DOMAIN, US-1)."""
CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Source:
    """Where the features of a layer come from: entity, conditions, and whether they are areas or points."""

    record: type[Any]
    where: Mapping[str, Any]
    areas: bool


SOURCES: dict[str, Source] = {
    "compounds": Source(Compound, {}, True),
    "zones": Source(Zone, {"status": ["UNASSIGNED", "APPROVED", "ADJUSTING"]}, True),
    "firms": Source(Zone, {}, True),
    "devices": Source(Device, {}, False),
    "alerts": Source(Alert, {"status": OPEN_ALERTS}, False),
    "teams": Source(EmergencyTeam, {}, False),
    "drawings": Source(MapDrawing, {}, True),
    "complaint_heat": Source(Complaint, {}, False),
}
"""Layers whose features can be selected."""


@dataclass(frozen=True, slots=True)
class Polygon:
    """Corners of a drawn area in degrees; it closes itself."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Circle:
    """A place in degrees and a distance in metres."""

    lon: float
    lat: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Near:
    """A distance in metres around features of a layer."""

    layer: str
    ids: tuple[str, ...]
    radius_m: float


Area = Polygon | Circle | Near


def box_of(west: float, south: float, east: float, north: float) -> Polygon:
    """A box as an area."""
    return Polygon(((west, south), (east, south), (east, north), (west, north)))


def as_ids(ids: Any) -> Ids:
    """Ids (texts) as one array."""
    return np.array([i.encode() if isinstance(i, str) else i for i in ids], "S32")


def select_in_area(ctx: JobContext, location: str, layer: str, area: Area, mode: Mode = "half", as_of: date | None = None) -> Ids:
    """Ids of the features of ``layer`` that belong to ``area``; a job.

    Parameters
    ----------
    mode : {"half", "touches"}
        An area belongs to a polygon when half of it lies inside, or when the two touch. Within a distance, a feature
        belongs when its nearest point is near enough, whatever the mode.
    as_of : date, optional
        The day whose features are meant; None is now.
    """
    import shapely

    with Database.open(location, read_only=True) as db:
        around = _outline(db, area, as_of)
        if around is None or shapely.is_empty(around):
            return as_ids(())
        reach = 0.0 if isinstance(area, Polygon) else area.radius_m
        found = []
        for ids, shapes in _features(db, layer, _degrees_box(area, around, reach), as_of):
            ctx.check_cancelled()
            found.append(ids[_belongs(shapes, around, reach, mode)])
    return np.sort(np.concatenate(found)) if found else as_ids(())


def _outline(db: Database, area: Area, as_of: date | None) -> Any:
    """What is drawn, in local metres: a polygon, a point, or the features that a distance is measured from."""
    import shapely

    match area:
        case Polygon(points):
            if len(points) < 3:
                return None
            return shapely.make_valid(_local(shapely.Polygon(points)))
        case Circle(lon, lat, _):
            return _local(shapely.Point(lon, lat))
        case Near(layer, ids, _):
            found = [shapes for _, shapes in _features(db, layer, None, as_of, {"id": list(ids)})]
            return shapely.union_all(np.concatenate(found)) if found else None


def _local(shapes: Any) -> Any:
    import shapely

    from pm_desktop.base.crs import to_local

    return shapely.transform(shapes, to_local)


def _degrees_box(area: Area, around: Any, reach: float) -> Box | None:
    """Box in degrees that holds every candidate; None where one has to look at all."""
    match area:
        case Polygon(points):
            lon, lat = zip(*points, strict=True)
            return min(lon), min(lat), max(lon), max(lat)
        case Circle(lon, lat, _):
            dx, dy = (1.02 * reach / m + 1e-6 for m in M_PER_DEGREE)
            return lon - dx, lat - dy, lon + dx, lat + dy
        case Near():
            return None


def _features(db: Database, layer: str, box: Box | None, as_of: date | None,
              where: Mapping[str, Any] | None = None) -> Iterator[tuple[Ids, NDArray[Any]]]:
    """Ids and shapes in local metres, in parts; what has no place is left out."""
    import shapely

    source = SOURCES[layer]
    columns = ("id", "lon", "lat", "geom") if source.record is Compound else ("id", "geom") if source.areas else ("id", "lon", "lat")
    wanted = {**conditions(db, source, as_of), **(where or {})}
    # a compound of which only the position is known has no bounding box: the store cannot look for it by box
    bbox = None if source.record is Compound else box
    for part in db.iter_rows(source.record, columns, wanted, as_of=as_of, bbox=bbox, chunk=CHUNK):
        shapes = shapely.from_wkb(np.array([r[-1] for r in part], object)) if source.areas else _points(part)
        if source.record is Compound:
            bare = np.flatnonzero(shapely.is_missing(shapes))
            shapes[bare] = _points([part[i] for i in bare.tolist()])
        ids = as_ids([r[0] for r in part])
        known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        if box is not None:
            known &= _meet(shapes, box)
        if known.any():
            yield ids[known], shapely.make_valid(_local(shapes[known]))


def conditions(db: Database, source: Source, as_of: date | None) -> Mapping[str, Any]:
    """What the layer shows of its entity: complaints are those of twelve months."""
    if source.record is not Complaint:
        return source.where
    end = moment(db, as_of)
    return {"received_at": Between(end - timedelta(days=365), end + timedelta(seconds=1))}


def _points(rows: list[tuple[Any, ...]]) -> NDArray[Any]:
    import shapely

    lonlat = np.array([(np.nan if r[1] is None else r[1], np.nan if r[2] is None else r[2]) for r in rows], float).reshape(-1, 2)
    points = shapely.points(lonlat)
    points[np.isnan(lonlat).any(1)] = None
    return np.asarray(points, object)


def _meet(shapes: NDArray[Any], box: Box) -> NDArray[np.bool_]:
    import shapely

    west, south, east, north = box
    b = shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        return np.asarray((b[:, 2] >= west) & (b[:, 0] <= east) & (b[:, 3] >= south) & (b[:, 1] <= north))


def _belongs(shapes: NDArray[Any], around: Any, reach: float, mode: Mode) -> NDArray[np.bool_]:
    import shapely

    shapely.prepare(around)
    if shapely.get_dimensions(around) < 2 or reach > 0:
        return np.asarray(shapely.dwithin(shapes, around, reach))
    touches = np.asarray(shapely.intersects(around, shapes))
    if mode == "touches":
        return touches
    inside = np.asarray(shapely.covers(around, shapes))
    doubtful = np.flatnonzero(touches & ~inside & (shapely.get_dimensions(shapes) == 2))
    share = shapely.area(shapely.intersection(shapes[doubtful], around)) / shapely.area(shapes[doubtful])
    inside[doubtful] = share >= MEMBER_SHARE - 1e-9
    return inside


def select_same(ctx: JobContext, location: str, layer: str, ids: tuple[str, ...], by: Literal["firm", "town"],
                as_of: date | None = None) -> Ids:
    """Ids of the features of ``layer`` with the firm or the town of those given; a job. What is unknown is like nothing."""
    with Database.open(location, read_only=True) as db:
        group = groups_of(db, layer, by, as_of)
    wanted = {group[i] for i in ids if group.get(i)}
    return np.sort(as_ids([i for i, g in group.items() if g in wanted]))


def groups_of(db: Database, layer: str, by: Literal["firm", "town"], as_of: date | None) -> dict[str, str | None]:
    """Firm id or town code of every feature of ``layer``; None where it is unknown."""
    source = SOURCES[layer]
    zones = db.rows(Zone, ("id", "town_code", "compound_ids"), as_of=as_of)
    firm = dict(db.rows(ServiceProject, ("zone_id", "firm_id"), as_of=as_of))
    of_zone = firm if by == "firm" else {z[0]: z[1] for z in zones}
    of_compound = {c: of_zone.get(z[0]) for z in zones for c in z[2] or ()}
    if by == "town":
        of_compound |= dict(db.rows(Compound, ("id", "town_code")))
    if source.record is Zone:
        return {i: of_zone.get(i) for (i,) in db.rows(Zone, ("id",), source.where, as_of=as_of)}
    if source.record is Compound:
        return {i: of_compound.get(i) for (i,) in db.rows(Compound, ("id",))}
    if source.record is MapDrawing:
        return {}  # a drawing belongs to nobody
    names = {Device: ("id", "compound_id"), Complaint: ("id", "compound_id")}.get(source.record, ("id", "zone_id"))
    lookup = of_compound if names[1] == "compound_id" else of_zone
    return {i: lookup.get(owner or "") for i, owner in db.rows(source.record, names, conditions(db, source, as_of))}


def select_all(ctx: JobContext, location: str, layer: str, but: Ids | None = None, as_of: date | None = None) -> Ids:
    """Every id of ``layer``, those of ``but`` left out; a job."""
    source = SOURCES[layer]
    with Database.open(location, read_only=True) as db:
        wanted = conditions(db, source, as_of)
        parts = [as_ids([r[0] for r in part]) for part in db.iter_rows(source.record, ("id",), wanted, as_of=as_of)]
    every = np.concatenate(parts) if parts else as_ids(())
    return np.setdiff1d(every, but) if but is not None else np.sort(every)


def town_at(ctx: JobContext, location: str, code: str) -> tuple[str, str] | None:
    """(code, name) of the town with this code or id; a job."""
    with Database.open(location, read_only=True) as db:
        for field in ("code", "id"):
            found = db.rows(Town, ("code", "name"), {field: code}, limit=1)
            if found:
                return str(found[0][0]), str(found[0][1])
    return None
