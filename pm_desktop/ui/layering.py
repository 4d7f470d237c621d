"""Keeps the canvas's layers in step with the store: builds packs in the helper process, hands them to the canvas."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from pm_desktop.cartography.heat import HeatFilter
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.layers.build import build_layer, built_before
from pm_desktop.layers.layer import LayerSummary
from pm_desktop.layers.options import Look
from pm_desktop.layers.registry import all_layers
from pm_desktop.layers.style import HeatStyle
from pm_desktop.ui.canvas import LayerView, MapCanvas
from pm_desktop.ui.panels.layers import LayersPanel, LayerState
from pm_desktop.ui.panels.time import TimePanel
from pm_desktop.ui.session import Session
from pm_desktop.workspace.edit import Changes


class Layering(QObject):
    """Signals: ``failed(exception)`` when a layer could not be built."""

    failed = Signal(object)

    def __init__(self, session: Session, canvas: MapCanvas, panel: LayersPanel, time: TimePanel) -> None:
        super().__init__(panel)
        self._session, self._canvas, self._panel, self._time = session, canvas, panel, time
        self._packs: dict[str, Path] = {}
        self._stale = {layer.id for layer in all_layers()}
        self._building: set[str] = set()
        self._looks: dict[str, Look | None] = {}
        self._scale = "fixed"
        panel.changed.connect(self._show)
        session.changed.connect(self._on_changes)
        canvas.heat.counted.connect(panel.set_heat)
        session.dayChanged.connect(self._on_day)
        canvas.heat.counted.connect(time.set_counted)
        time.changed.connect(self._show_heat)

    @property
    def is_idle(self) -> bool:
        """Whether every visible layer is built."""
        return not self._building

    def _on_changes(self, changes: Changes, _initiator: object) -> None:
        for layer in all_layers():
            look = self._looks.get(layer.id)
            if changes.touches(layer.depends_on | (layer.option(look.option).depends_on if look else frozenset())):
                self._stale.add(layer.id)
        if "Streets" in changes.entities:
            self._base(self._panel.states())
        self._show(self._panel.states())

    def _on_day(self, _day: object) -> None:
        """Another day: nothing of the day before stays on the map."""
        self._stale = {layer.id for layer in all_layers()}
        self._packs.clear()
        self._show(self._panel.states())

    def _show(self, states: tuple[LayerState, ...]) -> None:
        for state in states:
            behind = state.id in self._stale or self._looks.get(state.id) != state.look
            if state.visible and behind and state.id not in self._building and state.id != "streets":
                self._build(state)
        self._base(states)
        self._canvas.set_layers([LayerView(s.id, self._packs[s.id], s.visible, s.opacity) for s in states
                                 if s.visible and s.id in self._packs])
        self._time.setVisible(self._canvas.heat.pack is not None)

    def _base(self, states: tuple[LayerState, ...]) -> None:
        shown = any(s.id == "streets" and s.visible for s in states)
        self._canvas.set_base(self._session.workspace.street_packs() if shown else [])

    def _build(self, state: LayerState) -> None:
        layer = state.id
        self._stale.discard(layer)
        self._building.add(layer)
        self._looks[layer] = state.look
        out = str(self._session.cache_dir / "layers")
        before = built_before(self._session.location, layer, out, state.look)
        if before is not None:
            QTimer.singleShot(0, self, lambda: self._built(before))
            return
        self._session.run(f"layer {layer}", build_layer, self._session.location, layer, out, None, state.look, done=self._built,
                          failed=lambda error, name=layer: self._lost(name, error))

    def _built(self, summary: LayerSummary) -> None:
        self._building.discard(summary.id)
        wanted = next(s.look for s in self._panel.states() if s.id == summary.id)
        if summary.id in self._stale or wanted != self._looks[summary.id]:  # the day, the data or the look changed while it was built
            self._show(self._panel.states())
            return
        self._packs[summary.id] = Path(summary.path)
        pack = LayerPack(summary.path)
        self._panel.set_summary(summary, pack.style)
        if isinstance(pack.style, HeatStyle):
            self._time.set_data(pack.meta["heat"])
        self._show(self._panel.states())

    def _show_heat(self, chosen: HeatFilter, scale: str) -> None:
        """Show other days or kinds; a scale that is held stays where the picture's own ended."""
        heat = self._canvas.heat
        held = self._panel.heat_top if scale == "held" and self._scale != "held" else heat.top
        self._scale = scale
        heat.show(chosen, locked=scale != "free", top=held if scale == "held" else None)

    def _lost(self, layer: str, error: BaseException) -> None:
        self._building.discard(layer)
        self.failed.emit(error)


