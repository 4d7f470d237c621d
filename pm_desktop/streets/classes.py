"""Classes of what a street map shows; the values are stored in street packs, so they never change."""

from __future__ import annotations

from enum import IntEnum, IntFlag


class RoadClass(IntEnum):
    """Road classes in drawing order, most important first (快速路 … 步行)."""

    EXPRESSWAY = 0
    EXPRESSWAY_LINK = 1
    ARTERIAL = 2
    SECONDARY = 3
    LOCAL = 4
    SERVICE = 5
    PATH = 6


class RoadFlag(IntFlag):
    """Bits of a road's or rail's ``flags``."""

    BRIDGE = 1
    TUNNEL = 2
    ONEWAY = 4
    ONEWAY_REVERSE = 8


class RailClass(IntEnum):
    """Rail classes."""

    METRO = 0
    RAIL = 1
    TRAM = 2


class WaterClass(IntEnum):
    """Water classes, areas and lines."""

    SEA = 0
    RIVER = 1
    LAKE = 2
    CANAL = 3
    STREAM = 4


class GreenClass(IntEnum):
    """Green and other land-use areas."""

    PARK = 0
    GRASS = 1
    WOOD = 2
    FARMLAND = 3
    SPORT = 4
    BLOCK = 5  # built-up block, drawn a shade off the land


class AreaKind(IntEnum):
    """What a named area is."""

    WATER = 0
    GREEN = 1


class StationClass(IntEnum):
    """Stations of one line, and of several."""

    STOP = 0
    INTERCHANGE = 1


class PlaceClass(IntEnum):
    """Named places."""

    DISTRICT = 0
    TOWN = 1
    NEIGHBOURHOOD = 2


class PoiClass(IntEnum):
    """Named points."""

    PARK = 0
    SCHOOL = 1
    HOSPITAL = 2
    SHOP = 3
    OFFICE = 4
    OTHER = 5
