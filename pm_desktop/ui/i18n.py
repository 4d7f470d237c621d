"""Words of the window in two languages, switched while it runs."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from pm_desktop.base.label import Lang
from pm_desktop.base.words import Texts, catalogue

__all__ = ["Words", "catalogue"]


class Words(QObject, Texts):
    """The language in use. Widgets connect ``changed`` to their ``retranslate``."""

    changed = Signal()

    def __init__(self, lang: Lang = "zh") -> None:
        super().__init__()
        self.lang: Lang = lang

    def set_lang(self, lang: Lang) -> None:
        """Switch; everything that listens is told once."""
        if lang != self.lang:
            self.lang = lang
            self.changed.emit()
