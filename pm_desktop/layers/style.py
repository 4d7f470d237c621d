"""How a layer is drawn: a closed union that every renderer matches in full (``typing.assert_never``).

Colours are ``#rrggbb`` for the light and the dark street base; colour never carries meaning alone, so every class also
has words, and where classes matter a pattern or a shape.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from pm_desktop.base.label import Label

Pattern = Literal["solid", "hatch", "cross", "dots", "none"]
Shape = Literal["circle", "triangle", "diamond", "square", "cross", "pin", "down", "hexagon", "star"]
Stroke = tuple[float, float, float]
"""One stroke of a line: width, dash and gap in logical pixels; a gap of 0 is a solid line."""


@dataclass(frozen=True, slots=True)
class StyleClass:
    """One class of a legend; ``key`` is stable, ``light``/``dark`` are the colours on the two street bases.

    Lines are drawn as the ``strokes`` of their class one over the other, so that a rhythm tells classes apart where
    colours do not; without any, as the style of the layer says.
    """

    key: str
    label: Label
    light: str
    dark: str
    pattern: Pattern = "solid"
    shape: Shape = "circle"
    size: float = 9.0
    strokes: tuple[Stroke, ...] = ()


@dataclass(frozen=True, slots=True)
class FillStyle:
    """Areas: fill of at most 55 % opacity and a crisp outline of ``width`` px; ``cls`` indexes ``classes``."""

    classes: tuple[StyleClass, ...]
    fill_opacity: float = 0.4
    width: float = 1.2
    label_zoom: float | None = None


@dataclass(frozen=True, slots=True)
class LineStyle:
    """Lines (or outlines of areas) of ``width`` px, optionally dashed; ``picks``: the cursor finds them."""

    classes: tuple[StyleClass, ...]
    width: float = 2.0
    dashed: bool = False
    label_zoom: float | None = None
    picks: bool = False


@dataclass(frozen=True, slots=True)
class PointStyle:
    """Points drawn as shapes with a halo from ``from_zoom`` on; below ``cluster_zoom`` near ones are one with their count.

    Where the classes are ``ranked`` (worst first) a cluster looks like the worst in it, else it is plain.
    """

    classes: tuple[StyleClass, ...]
    cluster_zoom: float | None = None
    label_zoom: float | None = None
    from_zoom: float = 0.0
    ranked: bool = True


@dataclass(frozen=True, slots=True)
class DrawnStyle:
    """What people draw: points as pins, lines, and areas with a wash, told apart by ``f/form`` of the pack (`FORMS`)."""

    classes: tuple[StyleClass, ...]
    width: float = 2.8
    fill_opacity: float = 0.18
    label_zoom: float | None = None


FORMS = ("POINT", "LINE", "AREA")


@dataclass(frozen=True, slots=True)
class HeatStyle:
    """Kernel density of points in 件/km²; the radius in ground metres depends on zoom: (up to zoom, metres)."""

    ramp: tuple[str, ...]
    unit: Label
    radius_m: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class StreetBase:
    """The street base itself, drawn from the attached street packs in the style of the map theme."""


Style = FillStyle | LineStyle | PointStyle | DrawnStyle | HeatStyle | StreetBase

_KINDS: dict[str, type[Style]] = {"fill": FillStyle, "line": LineStyle, "point": PointStyle, "drawn": DrawnStyle, "heat": HeatStyle,
                                  "streets": StreetBase}


def style_to_json(style: Style) -> dict[str, Any]:
    """Style as it stands in a layer pack's header."""
    kind = next(name for name, cls in _KINDS.items() if type(style) is cls)
    return {"kind": kind, **asdict(style)}


def style_from_json(data: dict[str, Any]) -> Style:
    """Style read back from a layer pack's header."""
    values = dict(data)
    cls = _KINDS[values.pop("kind")]
    if "classes" in values:
        values["classes"] = tuple(StyleClass(**{**c, "label": Label(**c["label"]), "strokes": tuple(map(tuple, c.get("strokes", ())))})
                                  for c in values["classes"])
    if "unit" in values:
        values["unit"] = Label(**values["unit"])
        values["ramp"] = tuple(values["ramp"])
        values["radius_m"] = tuple((zoom, metres) for zoom, metres in values["radius_m"])
    return cls(**values)


def heat_ticks(top: float) -> tuple[tuple[float, float], ...]:
    """Where the legend of a heat scale is marked: (share of the ramp, value); the ramp runs with the square root of the value."""
    return tuple((part, top * part * part) for part in (0.0, 0.25, 0.5, 0.75, 1.0))


def heat_radius_m(style: HeatStyle, zoom: float) -> float:
    """Kernel radius at ``zoom`` in ground metres."""
    return next((metres for limit, metres in style.radius_m if zoom <= limit), style.radius_m[-1][1])
