"""Names on the map: one pass over the whole view, one collision grid for all, anchored to world pixels.

Candidates come in a fixed order of importance and are laid at places that depend on the world alone, so panning
neither moves a name nor makes it flicker. Every name is one picture whose corner lies on a whole pixel of the world.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.arraypack import text_at
from pm_desktop.cartography.overlay import LayerPack, marker_radius, markers
from pm_desktop.cartography.sprites import DOT_PX, HALO_PX, Look, Sprites, advance, block_size, is_latin, pixel_size, width_of, wrapped
from pm_desktop.cartography.style import MapStyle
from pm_desktop.layers.style import DrawnStyle, FillStyle, LineStyle, PointStyle

CELL_PX = 4
REACH_PX = 120
# turn of one letter against the next, of a whole name, and from standing upright, in degrees, up to which it reads well
LETTER_BEND, NAME_BEND, LEAN = 24.0, 70.0, 95.0


@dataclass(frozen=True, slots=True)
class Placement:
    """A picture of a name at a place: world coordinates of its middle; ``letters`` are boxes (x, y, width, height, turn in
    degrees) in logical pixels of the world, one a letter or one a line of text."""

    sprite: int
    x: float
    y: float
    text: str
    kind: str
    letters: tuple[tuple[float, float, float, float, float], ...]


Cells = tuple[int, int, int, int]  # columns and rows of the world's cells, each from and to


def cells(x0: float, y0: float, x1: float, y1: float) -> Cells:
    """Cells that a box in logical pixels of the world touches."""
    return int(x0 // CELL_PX), int(x1 // CELL_PX) + 1, int(y0 // CELL_PX), int(y1 // CELL_PX) + 1


class Collisions:
    """Which cells of the screen plane, in world pixels, are taken by names and by markers."""

    def __init__(self, box: tuple[float, float, float, float]) -> None:
        # names may hang over the box by half their length
        left, right, top, bottom = cells(box[0] - REACH_PX, box[1] - REACH_PX, box[2] + REACH_PX, box[3] + REACH_PX)
        self._left, self._top = left, top
        self._taken = np.zeros((bottom - top, right - left), bool)
        self._closed = np.zeros((bottom - top, right - left), bool)  # by names or markers

    def _slices(self, box: Cells) -> tuple[slice, slice]:
        x0, x1, y0, y1 = box
        return slice(max(0, y0 - self._top), max(0, y1 - self._top)), slice(max(0, x0 - self._left), max(0, x1 - self._left))

    def take(self, boxes: Sequence[Cells], *, over_markers: bool = False) -> bool:
        """Take all ``boxes`` if no name is in them, and no marker unless ``over_markers``; whether they were free."""
        held = self._taken if over_markers else self._closed
        places = [self._slices(box) for box in boxes]
        for place in places:
            if held[place].any():
                return False
        for place in places:
            self._taken[place] = self._closed[place] = True
        return True

    def block(self, box: Cells) -> None:
        """Keep names off a marker."""
        self._closed[self._slices(box)] = True


@dataclass(slots=True)
class Laid:
    """A name bent along a line, ready to be put down: picture, middle and letters in logical pixels of the world."""

    sprite: int
    x: float
    y: float
    boxes: list[Cells]
    letters: tuple[tuple[float, float, float, float, float], ...]


@dataclass(slots=True)
class _Course:
    """A line in logical pixels of the world: vertices, length up to each, and the places where its name may stand."""

    pixels: NDArray[np.float64]
    along: NDArray[np.float64]
    step: float
    middles: list[tuple[float, float, float]]  # along the line, x, y


@dataclass(slots=True)
class Labeller:
    """One labelling of one view."""

    zoom: float
    unit: float  # world units a logical pixel
    box: tuple[int, int, int, int]
    style: MapStyle
    lang: str
    sprites: Sprites
    # what earlier labellings of this zoom worked out along lines; they depend on the world alone
    laid: dict[Any, Laid | None] = field(default_factory=dict)
    courses: dict[Any, _Course] = field(default_factory=dict)
    placed: list[Placement] = field(default_factory=list)
    taken: Collisions = field(init=False)
    _said: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.taken = Collisions(tuple(v / self.unit for v in self.box))  # type: ignore[arg-type]

    def look(self, kind: str, size: float, **more: Any) -> Look:
        """Look of a kind of name in this style."""
        ink, halo = self.style.label(kind)
        return Look(self.size(size), ink, halo, **more)

    def size(self, wanted: float) -> float:
        """A size of letters in logical pixels in this style, whole in device pixels as fonts are."""
        return round(wanted * self.style.label_scale * self.sprites.ratio) / self.sprites.ratio

    def said_near(self, text: str, x: float, y: float, reach: float) -> bool:
        """Whether the same text stands within ``reach`` logical pixels of a place."""
        return any((x - a) ** 2 + (y - b) ** 2 < reach * reach for a, b in self._said.get(text, ()))

    def put(self, sprite: int, x: float, y: float, text: str, kind: str, letters: tuple[tuple[float, float, float, float, float], ...]) -> None:
        """Put down a picture with its middle at (x, y) logical pixels of the world."""
        self.placed.append(Placement(sprite, x * self.unit, y * self.unit, text, kind, letters))
        self._said.setdefault(text, []).append((x, y))

    def point(self, x: float, y: float, text: str, look: Look, kind: str, *, shifts: Sequence[tuple[float, ...]] = ((0.0, 0.0),),
              must: bool = False, apart: float = 100.0, wrap: bool = True) -> bool:
        """Lay ``text`` at world (x, y), moved by the first of ``shifts`` that has room: half widths to the right, pixels down, and
        if need be pixels to the right.

        A name that ``must`` be there may cover markers when there is no other way. It is left out where the same text stands
        within ``apart`` pixels.
        """
        px, py = x / self.unit, y / self.unit
        if self.said_near(text, px, py, apart):
            return False
        shown = wrapped(text, is_latin(text)) if wrap else text
        width, height, ratio = *block_size(shown, look), self.sprites.ratio
        across, down = pixel_size(width, ratio), pixel_size(height, ratio)
        lift = height / 2 - DOT_PX - 1 if look.dot else 0.0
        for (sx, sy, *dx), over in [(s, False) for s in shifts] + ([(shifts[0], True)] if must else []):
            # the corner lies on a whole pixel: names keep their distance to each other while the map moves
            left = math.floor((px + sx * width / 2 + sum(dx)) * ratio - across / 2 + 0.5) / ratio
            top = math.floor((py + sy + lift) * ratio - down / 2 + 0.5) / ratio
            right, bottom = left + across / ratio, top + down / ratio
            if self.taken.take([cells(left, top, right, bottom)], over_markers=over):
                cx, cy = (left + right) / 2, (top + bottom) / 2
                self.put(self.sprites.block(shown, look), cx, cy, text, kind, ((cx, cy, right - left, bottom - top, 0.0),))
                return True
        return False

    def along(self, key: Any, line: NDArray[Any], text: str, look: Look, kind: str, *, gap: float, apart: float, level: bool = False) -> None:
        """Repeat ``text`` along a line (world coordinates) every ``gap`` pixels or so, its letters turned with the line.

        ``key`` tells the line from all others; ``level`` allows the letters of north-south lines to stand upright.
        """
        course = self.courses.get((key, look.size))
        if course is None:
            course = self.courses[key, look.size] = self._course(line, text, look, gap)
        x0, y0, x1, y1 = (v / self.unit for v in self.box)
        for k, (middle, x, y) in enumerate(course.middles):
            if not (x0 < x < x1 and y0 < y < y1) or self.said_near(text, x, y, apart):
                continue
            for shift in (0.0, 0.16, -0.16, 0.3, -0.3):
                name = (key, look.size, k, shift)
                if name not in self.laid:
                    self.laid[name] = self._bend(course.pixels, course.along, middle + shift * course.step, text, look, level)
                found = self.laid[name]
                if found is not None and self.taken.take(found.boxes):
                    self.put(found.sprite, found.x, found.y, text, kind, found.letters)
                    break

    def _course(self, line: NDArray[Any], text: str, look: Look, gap: float) -> _Course:
        pixels = np.asarray(line, np.float64) / self.unit
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(pixels, axis=0).T))])
        need = width_of(text, look)
        count = max(1, int(along[-1] // max(gap, need * 2.0))) if along[-1] >= need + 10 else 0
        step = along[-1] / max(count, 1)
        at = (np.arange(count) + 0.5) * step
        x, y = np.interp(at, along, pixels[:, 0]), np.interp(at, along, pixels[:, 1])
        return _Course(pixels, along, float(step), list(zip(at.tolist(), x.tolist(), y.tolist(), strict=True)))

    def _bend(self, pixels: Any, along: Any, middle: float, text: str, look: Look, level: bool) -> Laid | None:
        """Letters of ``text`` along the line round ``middle``; None where the line is too short or too crooked."""
        widths = np.array([advance(c, look.size, look.bold) for c in text])
        steps = widths + look.spacing * look.size
        half = (steps.sum() - look.spacing * look.size) / 2
        if middle - half < 2 or middle + half > along[-1] - 2:
            return None
        (xa, xb), (ya, yb) = (np.interp([middle - half, middle + half], along, pixels[:, k]) for k in (0, 1))
        chord = float(np.degrees(np.arctan2(yb - ya, xb - xa)))
        # a road that runs up and down carries its Chinese name letter under letter, standing
        upright = level and 50 < abs((chord + 90) % 180 - 90) <= 90
        flipped = bool(yb < ya) if upright else not -90 <= chord < 90
        offset = np.cumsum(steps) - steps + widths / 2 - half
        if upright:
            step = look.size * (1.12 + look.spacing)
            offset = (np.arange(len(text)) - (len(text) - 1) / 2) * step
        at = middle - offset if flipped else middle + offset
        x, y, angle = _on_line(pixels, along, at, look.size)
        turns = np.abs((np.diff(angle) + 180) % 360 - 180)
        if turns.max(initial=0) > LETTER_BEND or np.abs((angle - chord + 180) % 360 - 180).max() > NAME_BEND / 2:
            return None
        angle = (angle + 45) % 90 - 45 if upright else (angle + 180 * flipped + 180) % 360 - 180
        if np.abs(angle).max() > LEAN:
            return None
        return self._drawn(text, look, x, y, angle, widths)

    def _drawn(self, text: str, look: Look, x: Any, y: Any, angle: Any, widths: Any) -> Laid:
        ratio = self.sprites.ratio
        height = look.line_height
        cos, sin = np.abs(np.cos(np.radians(angle))), np.abs(np.sin(np.radians(angle)))
        half_x, half_y = (widths * cos + height * sin) / 2 + 0.8, (widths * sin + height * cos) / 2 + 0.8
        pad = HALO_PX + 1
        left, top = np.floor((x - half_x).min() * ratio - pad * ratio), np.floor((y - half_y).min() * ratio - pad * ratio)
        right, bottom = np.ceil((x + half_x).max() * ratio + pad * ratio), np.ceil((y + half_y).max() * ratio + pad * ratio)
        places = np.stack([x * ratio - left, y * ratio - top, angle], axis=1).round(2).tolist()
        sprite = self.sprites.curved(text, look, [tuple(p) for p in places], int(right - left), int(bottom - top))
        boxes = [cells(*box) for box in np.stack([x - half_x, y - half_y, x + half_x, y + half_y], axis=1).tolist()]
        letters = tuple(zip(x.tolist(), y.tolist(), widths.tolist(), [look.size] * len(text), angle.tolist(), strict=True))
        return Laid(sprite, float(left + right) / 2 / ratio, float(top + bottom) / 2 / ratio, boxes, letters)


def _on_line(pixels: Any, along: Any, at: Any, size: float) -> tuple[Any, Any, Any]:
    """Places along a line and its direction there, smoothed over the width of a letter."""
    wide = np.concatenate([at, at + size * 0.6, at - size * 0.6])
    x, y = (np.interp(wide, along, pixels[:, k]).reshape(3, -1) for k in (0, 1))
    return x[0], y[0], np.degrees(np.arctan2(y[1] - y[2], x[1] - x[2]))


def thinned(xy: NDArray[Any], order: NDArray[np.int64], cell: float, keep: int) -> NDArray[np.int64]:
    """Of points in ``order`` of importance the first ``keep`` of each cell of the world: what is tried for a name.

    A limit on the number in the view would make names come and go as the view moves.
    """
    if len(order) == 0:
        return order
    cells = np.floor(np.asarray(xy)[order] / cell).astype(np.int64)
    key = cells[:, 0] << 32 | cells[:, 1]
    by_cell = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.diff(key[by_cell], prepend=-1))
    place = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    chosen: NDArray[np.int64] = order[np.sort(by_cell[place < keep])]
    return chosen


def avoid_markers(labeller: Labeller, pack: LayerPack, style: PointStyle) -> None:
    """Keep names off the markers of a point layer."""
    world, cls, count = markers(pack, style, labeller.box, labeller.zoom, labeller.unit)
    for (x, y), c, n in zip((world / labeller.unit).tolist(), cls.tolist(), count.tolist(), strict=True):
        half = marker_radius(style.classes[c], n)
        labeller.taken.block(cells(x - half, y - half, x + half, y + half))


def label_layer(labeller: Labeller, pack: LayerPack) -> None:
    """Names of a layer's features where its style asks for them."""
    style = pack.style
    if not isinstance(style, FillStyle | LineStyle | PointStyle | DrawnStyle) or style.label_zoom is None:
        return
    if labeller.zoom < style.label_zoom or "f/name_blob" not in pack.arrays:
        return
    index = pack.features_in(labeller.box)
    xy, rank = pack.arrays["f/label_xy"][index], pack.arrays["f/rank"][index]
    size = 11.5 if labeller.zoom < 15.5 else 12.5
    look = labeller.look("feature", size, bold=True)
    shifts = ((0.0, 18.0), (0.0, -18.0), (1.15, 0.0), (-1.15, 0.0)) if isinstance(style, PointStyle | DrawnStyle) else ((0.0, 0.0), (0.0, 13.0), (0.0, -13.0))
    for k in thinned(xy, np.lexsort((index, rank)), 72 * labeller.unit, 3).tolist():
        text = text_at(pack.arrays["f/name_blob"], pack.arrays["f/name_start"], int(index[k]))
        if text:
            labeller.point(float(xy[k, 0]), float(xy[k, 1]), text, look, "feature", shifts=shifts)
