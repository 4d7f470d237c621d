"""Small maps for profiles and pages, made in a helper process."""

from __future__ import annotations

from pm_desktop.base.jobs import JobContext
from pm_desktop.cartography import picture
from pm_desktop.workspace.locate import outlines

Box = tuple[float, float, float, float]
MINI = (340, 170)


def mini_map(ctx: JobContext, location: str, packs: tuple[str, ...], compounds: tuple[str, ...], box: Box | None, theme: str,
             lang: str) -> bytes:
    """PNG of the streets around compounds, which are outlined; empty where nothing says where they lie. A job."""
    rings = outlines(ctx, location, compounds)
    return picture.map_png(packs, rings, box, theme, lang, *MINI, ratio=2.0) if rings else b""
