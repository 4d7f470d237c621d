"""Sequential palettes for classed numbers, after ColorBrewer and viridis: lightness runs one way, so that they survive a grey print and colour blindness.

On the light street bases more is darker, on the dark one more is brighter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pm_desktop.base.label import Label


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours from low to high, from which as many as are needed are taken at even steps."""

    id: str
    label: Label
    light: tuple[str, ...]
    dark: tuple[str, ...]

    def colours(self, count: int, base: str) -> tuple[str, ...]:
        """``count`` colours for the ``light`` or ``dark`` base, low to high."""
        stops = self.dark if base == "dark" else self.light
        at = np.linspace(0, len(stops) - 1, count) if count > 1 else np.array([(len(stops) - 1) * 0.6])
        rgb = np.array([[int(c[k:k + 2], 16) for k in (1, 3, 5)] for c in stops], float)
        mixed = np.stack([np.interp(at, np.arange(len(stops)), rgb[:, k]) for k in range(3)], axis=1)
        return tuple("#" + "".join(f"{v:02x}" for v in row) for row in np.rint(mixed).astype(int).tolist())


PALETTES: tuple[Palette, ...] = (
    Palette("heat", Label("黄橙红", "Yellow to red"), ("#ffe08a", "#feb24c", "#fd8d3c", "#ef4a2b", "#c0102a", "#6b0016"),
            ("#5a1846", "#97263f", "#d1502c", "#f08a2a", "#fdc45a", "#fff6c2")),
    Palette("sea", Label("黄绿蓝", "Yellow to blue"), ("#d3eda4", "#7fcdbb", "#41b6c4", "#1d85ba", "#23539f", "#0a1f5c"),
            ("#23366f", "#245f9e", "#2a8bb3", "#55b7b8", "#a4ddb6", "#f4fbd2")),
    Palette("violet", Label("浅紫至深紫", "Purples"), ("#d5d9ec", "#b1b3dc", "#9488c8", "#7d55ad", "#632391", "#38004f"),
            ("#3f2a6b", "#64479a", "#8b6bbd", "#b294d6", "#d7c2ec", "#faf2ff")),
    Palette("viridis", Label("翠绿渐变", "Viridis"), ("#e3e05a", "#8fd055", "#35b079", "#22808c", "#34508b", "#3d0f5c"),
            ("#472878", "#3d4f8a", "#297b8e", "#24a884", "#80cf50", "#fdf06a")),
    Palette("grey", Label("灰阶", "Greys"), ("#d2d2d2", "#b0b0b0", "#8c8c8c", "#666666", "#434343", "#161616"),
            ("#4a4f56", "#6b7077", "#8d9298", "#afb3b8", "#d3d6d9", "#fcfcfd")),
)
PALETTE = {palette.id: palette for palette in PALETTES}
