"""What is selected and which rows are open: one state of the window that panels subscribe to, never to each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from pm_desktop.workspace.selection import Ids, as_ids
from pm_desktop.workspace.tablepack import Filter, TableData


class Selected(QObject):
    """Ids of one layer, the rows that table and charts show, and the filters on these rows.

    Signals
    -------
    changed()
        Other ids are selected.
    opened()
        Other rows are open; filters are gone.
    filtered()
        Other filters hold.

    Attributes
    ----------
    how : str
        How the selection was made: ``map``, ``table``, ``area``, ``same``, ``view``, ``all`` or empty.
    """

    changed = Signal()
    opened = Signal()
    filtered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.how = "", ""
        self.ids: Ids = as_ids(())
        self.data: TableData | None = None
        self.subject: Any = None
        self.filters: dict[str, Filter] = {}
        self.typed = ""
        self._kept: NDArray[np.bool_] | None = None

    def select(self, layer: str, ids: Any, how: str) -> None:
        """Select these ids (texts or an array) of a layer; none clears."""
        found = ids if isinstance(ids, np.ndarray) else as_ids(ids)
        if len(found) == 0:
            layer = how = ""
        if layer == self.layer and np.array_equal(found, self.ids):
            return
        self.layer, self.ids, self.how = layer, found, how
        self.changed.emit()

    def toggle(self, layer: str, identifier: str) -> None:
        """Add a feature, or take it away when it is selected already."""
        one = as_ids((identifier,))
        if layer != self.layer:
            self.select(layer, one, "map")
        elif one[0] in self.ids:
            self.select(layer, self.ids[self.ids != one[0]], "map")
        else:
            self.select(layer, np.concatenate([self.ids, one]), "map")

    def clear(self) -> None:
        """Let go of everything that is selected."""
        self.select("", (), "")

    def texts(self) -> tuple[str, ...]:
        """The ids as texts."""
        return tuple(i.decode() for i in self.ids.tolist())

    def open_rows(self, data: TableData, subject: Any) -> None:
        """Show other rows; ``subject`` says what they are."""
        self.data, self.subject = data, subject
        self.filters, self.typed, self._kept = {}, "", None
        self.opened.emit()

    def set_filter(self, key: str, wanted: Filter | None) -> None:
        """Filter on a column, beside the filters on others; None takes it away."""
        if wanted == self.filters.get(key):
            return
        self.filters = {k: v for k, v in self.filters.items() if k != key} | ({key: wanted} if wanted is not None else {})
        self._kept = None
        self.filtered.emit()

    def set_typed(self, text: str) -> None:
        """Keep rows in which this text occurs."""
        if text != self.typed:
            self.typed, self._kept = text, None
            self.filtered.emit()

    def clear_filters(self) -> None:
        """Every row again."""
        if self.is_filtered:
            self.filters, self.typed, self._kept = {}, "", None
            self.filtered.emit()

    @property
    def is_filtered(self) -> bool:
        """Whether any filter holds."""
        return bool(self.filters or self.typed.strip())

    def kept(self, but: str = "") -> NDArray[np.bool_]:
        """Rows that pass every filter; ``but`` leaves one column's filter out (a chart is not thinned by its own brush)."""
        if self.data is None:
            return np.zeros(0, bool)
        if not but and self._kept is not None:
            return self._kept
        kept = self.data.containing(self.typed)
        for key, wanted in self.filters.items():
            if key != but:
                kept &= self.data.matching(key, wanted)
        if not but:
            self._kept = kept
        return kept
