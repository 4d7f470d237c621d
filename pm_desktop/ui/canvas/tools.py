"""Drawing on the map: what a hand has drawn so far, and when it is finished.

A `Drawing` knows nothing of widgets: the canvas tells it of presses, moves and clicks at world coordinates, draws its
rubber band, and emits ``drawn(tool, result)`` when it is finished.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.geodesic import area_m2, distances_m, lengths_m
from pm_desktop.base.mercator import metres_per_unit, place_of, to_lonlat

Point = tuple[float, float]
Gesture = Literal["drag", "free", "click", "radius"]
SMALLEST_PX = 4.0


@dataclass(frozen=True, slots=True)
class Kind:
    """How a tool is used: by dragging a box, freehand, clicking vertices, or centre and radius."""

    gesture: Gesture
    closed: bool
    least: int
    stays: bool = False  # the result stays on the map until Esc or the next one
    at_once: bool = False  # the first click finishes it


TOOLS: dict[str, Kind] = {
    "box": Kind("drag", True, 2), "box_zoom": Kind("drag", True, 2), "lasso": Kind("free", True, 3),
    "polygon": Kind("click", True, 3), "circle": Kind("radius", True, 1),
    "note_point": Kind("click", False, 1, at_once=True), "note_line": Kind("click", False, 2), "note_area": Kind("click", True, 3),
    "line": Kind("click", False, 2, stays=True), "area": Kind("click", True, 3, stays=True),
}


@dataclass(frozen=True, slots=True)
class Circle:
    """What the tool ``circle`` draws: centre in degrees, radius in metres on the ground."""

    lon: float
    lat: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Measure:
    """Length of each segment, of the whole, and the area where one is enclosed."""

    segments_m: tuple[float, ...]
    total_m: float
    area_m2: float | None


@dataclass(slots=True)
class Drawing:
    """A drawing in progress, in world coordinates (x, y)."""

    tool: str
    points: list[Point] = field(default_factory=list)
    cursor: Point | None = None
    typed: str = ""
    finished: bool = False

    @property
    def kind(self) -> Kind:
        """How it is used."""
        return TOOLS[self.tool]

    @property
    def drags(self) -> bool:
        """Whether the pressed mouse draws instead of panning."""
        return self.kind.gesture != "click"

    def press(self, at: Point) -> None:
        """The mouse goes down."""
        if self.finished:
            self.clear()
        if self.kind.gesture in ("drag", "free") or not self.points:
            self.points = [at]
        self.cursor = at

    def move(self, at: Point, held: bool, unit: float) -> None:
        """The mouse moves; ``unit`` world units a pixel."""
        self.cursor = at
        if held and self.kind.gesture == "free" and self.points and _apart(self.points[-1], at) > 2 * unit:
            self.points.append(at)

    def release(self, at: Point, unit: float) -> bool:
        """The mouse goes up; whether that finished the drawing."""
        self.cursor = at
        far = bool(self.points) and _apart(self.points[0], at) > SMALLEST_PX * unit
        match self.kind.gesture:
            case "drag" if far:
                self.points.append(at)
                return self.finish()
            case "free" if len(self.points) >= 3:
                return self.finish()
            case "radius" if far:
                return self.finish()
            case "drag" | "free":
                self.clear()
        return False

    def click(self, at: Point, unit: float) -> None:
        """Add a vertex, unless it lies on the one before (the second half of a double click)."""
        if self.finished:
            self.clear()
        if not self.points or _apart(self.points[-1], at) > SMALLEST_PX / 2 * unit:
            self.points.append(at)
        self.cursor = at

    def type(self, text: str) -> bool:
        """Type a radius; whether the drawing took it."""
        if self.kind.gesture != "radius" or not self.points or text not in "0123456789." or (text == "." and "." in self.typed):
            return False
        self.typed += text
        return True

    def back(self) -> None:
        """Take the last letter or vertex back."""
        if self.typed:
            self.typed = self.typed[:-1]
        elif self.points:
            self.points.pop()
            self.finished = False

    def clear(self) -> None:
        """Begin anew."""
        self.points, self.cursor, self.typed, self.finished = [], None, "", False

    def finish(self) -> bool:
        """End it if there is enough of it."""
        self.finished = len(self.points) >= self.kind.least and (self.kind.gesture != "radius" or self.radius_m() > 0)
        return self.finished

    def outline(self) -> list[Point]:
        """Vertices to draw, with the one under the cursor; a box by its corners."""
        loose = [self.cursor] if self.cursor is not None and not self.finished and self.points else []
        points = [*self.points, *loose]
        if self.kind.gesture == "drag" and len(points) > 1:
            (x0, y0), (x1, y1) = points[0], points[-1]
            return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        return points

    def radius_m(self) -> float:
        """Radius of a circle: what was typed, else up to the cursor."""
        if self.typed.strip("."):
            return float(self.typed)
        if not self.points or self.cursor is None:
            return 0.0
        pair = to_lonlat(np.array([self.points[0], self.cursor]))
        return float(distances_m(pair[:1], pair[1:])[0])

    def radius_units(self) -> float:
        """The radius in world units at the centre, for drawing."""
        return self.radius_m() / metres_per_unit(place_of(*self.points[0])[1])

    def measure(self) -> Measure:
        """Length and area of what is drawn, with the vertex under the cursor."""
        return measured(to_lonlat(np.array(self.outline() or np.zeros((0, 2)))), self.kind.closed)

    def result(self) -> NDArray[np.float64] | Circle:
        """What ``drawn`` tells: vertices in degrees (n, 2), a ring not repeating its first one; or a circle."""
        if self.kind.gesture == "radius":
            return Circle(*place_of(*self.points[0]), self.radius_m())
        return to_lonlat(np.array(self.outline()))


def measured(lonlat: NDArray[np.float64], closed: bool) -> Measure:
    """Geodesic lengths and, of a closed figure of three vertices or more, its area."""
    whole = np.concatenate([lonlat, lonlat[:1]]) if closed and len(lonlat) > 2 else lonlat
    segments = tuple(lengths_m(whole).tolist())
    return Measure(segments, sum(segments), area_m2(lonlat) if closed and len(lonlat) > 2 else None)


def length_words(metres: float) -> str:
    """A length as people write it."""
    if metres < 1000:
        return f"{metres:,.1f} m" if metres < 100 else f"{metres:,.0f} m"
    return f"{metres / 1000:,.3f} km" if metres < 100_000 else f"{metres / 1000:,.1f} km"


def area_words(square_metres: float) -> str:
    """An area as people write it."""
    return f"{square_metres:,.0f} ㎡" if square_metres < 1e6 else f"{square_metres / 1e6:,.3f} km²"


def _apart(a: Point, b: Point) -> float:
    return float(np.hypot(a[0] - b[0], a[1] - b[1]))
