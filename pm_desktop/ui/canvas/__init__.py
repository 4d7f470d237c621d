"""The map widget."""

from pm_desktop.ui.canvas.buttons import MapButtons
from pm_desktop.ui.canvas.canvas import MapCanvas
from pm_desktop.ui.canvas.hints import ToolHint
from pm_desktop.ui.canvas.picking import Hit
from pm_desktop.ui.canvas.tools import Circle, Measure
from pm_desktop.ui.canvas.view import LayerView, View

__all__ = ["Circle", "Hit", "LayerView", "MapButtons", "MapCanvas", "Measure", "ToolHint", "View"]
