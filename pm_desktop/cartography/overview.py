"""The whole district as one small picture without names, painted once for a style (in a helper process)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from pm_desktop.base.jobs import JobContext
from pm_desktop.base.mercator import world_of, zoom_of
from pm_desktop.cartography.geometry import Frame
from pm_desktop.cartography.picture import ensure_application
from pm_desktop.cartography.requests import Scene
from pm_desktop.cartography.scenepainter import ScenePainter
from pm_desktop.layers.build import build_layer
from pm_desktop.storage.kept import keep, kept, state_of

Box = tuple[float, float, float, float]
PADDING = 1.06
TALLEST_PX, NARROWEST_PX, WIDEST_PX = 176, 120, 230
BORDERS = "towns"


def size_of(bounds: Box) -> tuple[int, int]:
    """Width and height in logical pixels of a picture that suits west, south, east, north."""
    (x0, y1), (x1, y0) = world_of(bounds[0], bounds[1]), world_of(bounds[2], bounds[3])
    shape = (x1 - x0) / max(y1 - y0, 1.0)
    width = min(max(round(TALLEST_PX * shape), NARROWEST_PX), WIDEST_PX)
    return width, min(TALLEST_PX, max(round(width / max(shape, 0.1)), NARROWEST_PX // 2))


def frame_of(bounds: Box, ratio: float = 1.0) -> Frame:
    """Where the picture lies in the world."""
    width, height = size_of(bounds)
    (x0, y1), (x1, y0) = world_of(bounds[0], bounds[1]), world_of(bounds[2], bounds[3])
    unit = max((x1 - x0) / width, (y1 - y0) / height, 1.0) * PADDING
    return Frame((x0 + x1 - width * unit) / 2, (y0 + y1 - height * unit) / 2, unit / ratio, round(width * ratio), round(height * ratio))


def overview_png(ctx: JobContext, location: str, packs: Sequence[str], out_dir: str, bounds: Box, theme: str, ratio: float) -> bytes:
    """PNG of the streets and the borders of towns; a job. `overview_before` finds it until something changes."""
    ensure_application()
    state = _state(location, packs, bounds, ratio)
    borders = build_layer(ctx, location, BORDERS, out_dir)
    frame = frame_of(bounds, ratio)
    picture = QImage(frame.width, frame.height, QImage.Format.Format_RGB32)
    scene = Scene(0, tuple(packs), ((borders.path, 0.55),), theme, "zh", ratio)
    ScenePainter(scene, None).paint(picture, frame, zoom_of(frame.unit * ratio))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]
    png = bytes(buffer.data().data())
    if state == _state(location, packs, bounds, ratio):  # nobody wrote meanwhile
        keep(Path(out_dir), f"overview-{theme}", state, b64encode(png).decode())
    return png


def overview_before(location: str, packs: Sequence[str], out_dir: str, bounds: Box, theme: str, ratio: float) -> bytes | None:
    """The picture as it was painted last, if nothing has changed since."""
    found = kept(Path(out_dir), f"overview-{theme}", _state(location, packs, bounds, ratio))
    return None if found is None else b64decode(found)


def _state(location: str, packs: Sequence[str], bounds: Box, ratio: float) -> str | None:
    state = state_of(location, *map(Path, packs))
    return None if state is None else f"{state} {list(bounds)} {ratio}"
