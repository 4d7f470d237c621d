"""The strip that says which attached street map cannot be used, with the way to attach another."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from pm_desktop.ui.i18n import Words
from pm_desktop.ui.plain import PlainLabel
from pm_desktop.ui.session import Session
from pm_desktop.workspace.edit import Changes


class BaseNotice(QFrame):
    """Hidden while every attached base can be used. Signals: ``asked(action id)``."""

    asked = Signal(str)

    def __init__(self, words: Words, session: Session) -> None:
        super().__init__(objectName="notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words, self._session = words, session
        self._text = PlainLabel(objectName="noticeText", wordWrap=True)
        self.attach, self.dismiss = QPushButton(), QPushButton(objectName="flat")
        self.attach.clicked.connect(lambda: self.asked.emit("file.streets"))
        self.dismiss.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(12)
        row.addWidget(self._text, 1)
        row.addWidget(self.attach)
        row.addWidget(self.dismiss)
        words.changed.connect(self.retranslate)
        session.changed.connect(self._changed)
        self.retranslate()
        self._look()

    def _changed(self, changes: Changes, _who: object) -> None:
        if changes.touches(frozenset({"Streets"})):
            self._look()

    def _look(self) -> None:
        self.setVisible(bool(self._session.workspace.unusable_bases()))
        self.retranslate()

    def retranslate(self) -> None:
        """Words of the language in use."""
        words, lost = self._words, self._session.workspace.unusable_bases()
        if lost:
            path, fault = lost[0]
            key = "map.pack_lost" if len(lost) == 1 else "map.packs_lost"
            self._text.setText(words(key, n=len(lost), file=path.name, why=f"{words.of(fault.message)} → {words.of(fault.remedy)}"))
        self.attach.setText(words("action.streets"))
        self.dismiss.setText(words("notice.close"))
