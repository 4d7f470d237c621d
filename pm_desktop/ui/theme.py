"""Looks of the window from one token file: palette and style sheet."""

from __future__ import annotations

import json
from functools import cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen
from PySide6.QtWidgets import QApplication

from pm_desktop.base import paths
from pm_desktop.cartography.fonts import font, install_fonts

THEMES = ("light", "dark", "contrast")


@cache
def tokens(theme: str) -> dict[str, str]:
    """Tokens of a theme."""
    loaded: dict[str, dict[str, str]] = json.loads((paths.resources_dir() / "themes" / "tokens.json").read_text("utf-8"))
    return loaded[theme]


def apply_theme(theme: str) -> None:
    """Dress the whole application."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    application.setStyle("Fusion")
    application.setFont(font(13))
    t = tokens(theme)
    palette = QPalette()
    for role, token in ((QPalette.ColorRole.Window, "surface2"), (QPalette.ColorRole.Base, "surface"),
                        (QPalette.ColorRole.AlternateBase, "surface2"), (QPalette.ColorRole.Text, "ink"),
                        (QPalette.ColorRole.WindowText, "ink"), (QPalette.ColorRole.Button, "surface2"),
                        (QPalette.ColorRole.ButtonText, "ink"), (QPalette.ColorRole.Highlight, "accent"),
                        (QPalette.ColorRole.HighlightedText, "accent_ink"), (QPalette.ColorRole.ToolTipBase, "surface"),
                        (QPalette.ColorRole.ToolTipText, "ink"), (QPalette.ColorRole.PlaceholderText, "ink3"),
                        (QPalette.ColorRole.Link, "accent")):
        palette.setColor(role, QColor(t[token]))
    application.setPalette(palette)
    application.setStyleSheet(_SHEET.format(family=install_fonts(), tick=_picture("tick", t["accent_ink"]), arrow=_picture("arrow", t["ink2"]), **t))


_STROKES = {"tick": ((6, 14), (11, 19), (20, 8)), "arrow": ((6, 10), (13, 17), (20, 10))}


@cache
def _picture(sign: str, colour: str) -> str:
    """File with the tick of a check box or the arrow of a list: a style sheet takes pictures from files only."""
    file = paths.cache_dir() / f"{sign}-{colour.lstrip('#')}.png"
    picture = QImage(26, 26, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(0)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colour), 3.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline([QPointF(*at) for at in _STROKES[sign]])
    painter.end()
    picture.save(str(file))
    return file.as_posix()


_SHEET = """
* {{ font-family: "{family}"; }}
QMainWindow, QDialog {{ background: {surface2}; }}
QMainWindow::separator {{ background: {line}; width: 1px; height: 1px; }}
QToolTip {{ background: {surface}; color: {ink}; border: 1px solid {line}; padding: 4px 6px; }}
#topbar {{ background: {surface}; border-bottom: 1px solid {line}; }}
#brand {{ font-size: 15px; font-weight: 600; color: {ink}; padding: 0 6px 0 4px; }}
#workbench {{ border: none; border-radius: 6px; padding: 5px 12px; color: {ink2}; background: transparent; font-size: 13px; }}
#workbench:hover {{ background: {surface3}; }}
#workbench:checked {{ background: {accent}; color: {accent_ink}; font-weight: 600; }}
#workbench:focus {{ border: 1px solid {accent}; }}
#search {{ background: {surface2}; border: 1px solid {line}; border-radius: 15px; padding: 4px 14px; min-height: 20px; color: {ink}; }}
#search:focus {{ border: 1px solid {accent}; background: {surface}; }}
#sample {{ background: {warn_soft}; color: {warn}; border-radius: 4px; padding: 2px 8px; font-size: 12px; }}
#past {{ background: #ffc34d; border-bottom: 2px solid #b87400; }}
#pastSign {{ color: #2b1d00; font-size: 15px; font-weight: 700; }}
#pastNote {{ color: #4a3300; font-size: 12px; }}
#pastButton {{ background: #fff4dc; color: #2b1d00; border: 1px solid #b87400; border-radius: 5px; padding: 2px 10px; min-height: 18px; }}
#pastButton:hover, #pastButton:focus {{ background: #ffffff; border-color: #2b1d00; }}
#dropHere {{ background: {surface}; color: {ink3}; border: 1px dashed {line}; border-radius: 6px; }}
#notice {{ background: {warn_soft}; border-bottom: 1px solid {line}; }}
#noticeText {{ color: {warn}; font-size: 13px; }}
#asOf {{ color: {ink2}; font-size: 12px; padding: 0 8px; }}
#bottomBar {{ background: {surface}; border-top: 1px solid {line}; }}
#fold {{ border: none; background: transparent; color: {ink2}; font-size: 12px; padding: 2px 8px; border-radius: 4px; }}
#fold:hover {{ background: {surface3}; color: {ink}; }}
#fold:focus {{ border: 1px solid {accent}; }}
#hoverCard {{ background: {surface}; border: 1px solid {line}; border-radius: 8px; }}
#hoverTitle {{ font-size: 14px; font-weight: 600; color: {ink}; }}
#hoverLine {{ font-size: 12px; color: {ink2}; }}
#hoverHint {{ font-size: 11px; color: {ink3}; padding-top: 2px; }}
#meta {{ color: {ink3}; font-size: 12px; }}
#panel {{ background: {surface}; }}
#panelTitle {{ font-size: 15px; font-weight: 600; color: {ink}; }}
#panelHint, #hint {{ color: {ink3}; font-size: 12px; }}
#blockTitle {{ font-size: 13px; font-weight: 600; color: {ink}; }}
#itemLabel {{ color: {ink2}; font-size: 13px; }}
#itemValue {{ color: {ink}; font-size: 13px; }}
#itemUnknown {{ color: {ink3}; font-size: 13px; font-style: normal; }}
#ok {{ color: {ok}; font-size: 13px; }} #warn {{ color: {warn}; font-size: 13px; }} #bad {{ color: {bad}; font-size: 13px; }}
#link:focus, #dateLink:focus {{ background: {accent_soft}; }}
#dateLink {{ color: {ink3}; border: none; background: transparent; padding: 0; font-size: 12px; text-align: right; min-height: 16px; }}
#dateLink:hover {{ color: {accent}; text-decoration: underline; }}
#link {{ color: {accent}; border: none; background: transparent; padding: 0; font-size: 13px; text-align: right; text-decoration: underline; }}
#link[state="bad"] {{ color: {bad}; }} #link[state="warn"] {{ color: {warn}; }} #link[state="ok"] {{ color: {ok}; }}
#line {{ background: {line}; max-height: 1px; min-height: 1px; border: none; }}
#card {{ background: {surface2}; border: 1px solid {line}; border-radius: 8px; }}
#card:hover {{ border-color: {accent}; }}
#cardValue {{ font-size: 24px; font-weight: 600; color: {ink}; }}
QPushButton {{ background: {surface}; color: {ink}; border: 1px solid {line}; border-radius: 6px; padding: 5px 14px; min-height: 18px; }}
QPushButton:hover {{ border-color: {accent}; }}
QPushButton:focus {{ border: 1px solid {accent}; }}
QPushButton:default, #primary {{ background: {accent}; color: {accent_ink}; border: 1px solid {accent}; }}
QPushButton:disabled, #primary:disabled {{ color: {ink3}; background: {surface3}; border-color: {line}; }}
#mapButton {{ background: {surface}; color: {ink2}; border: 1px solid {line}; border-radius: 6px; padding: 4px 8px; font-size: 14px; min-height: 20px; }}
#mapButton:hover {{ border-color: {accent}; color: {accent}; }}
#overviewClose {{ background: {surface}; color: {ink2}; border: 1px solid {line}; border-radius: 4px; padding: 0; min-height: 16px; font-size: 11px; }}
#overviewClose:hover {{ color: {accent}; border-color: {accent}; }}
#toolHint {{ background: {ink}; color: {surface}; border-radius: 6px; padding: 6px 14px; font-size: 13px; }}
#flat {{ border: none; background: transparent; color: {ink2}; padding: 3px 6px; }}
#toggle {{ background: {surface}; color: {ink2}; border: 1px solid {line}; border-radius: 6px; padding: 4px 10px; min-height: 20px; font-size: 12px; }}
#toggle:hover, #toggle:focus {{ border-color: {accent}; }}
#toggle:checked {{ background: {accent_soft}; color: {ink}; border-color: {accent}; font-weight: 600; }}
#toggle:disabled {{ color: {ink3}; background: {surface3}; }}
QToolButton::menu-indicator {{ image: none; }}
QStatusBar #flat {{ font-size: 12px; padding: 0 6px; min-height: 16px; }}
#flat:focus {{ border: 1px solid {accent}; border-radius: 4px; }}
#flat:hover {{ background: {surface3}; border-radius: 4px; }}
#chooser {{ background: {surface}; color: {ink}; border: 1px solid {line}; border-radius: 6px; padding: 4px 8px; min-height: 20px; }}
#chooser:hover, #chooser:focus {{ border-color: {accent}; }}
#chooser:checked {{ background: {accent_soft}; }}
QLineEdit, QComboBox, QAbstractSpinBox {{ background: {surface}; color: {ink}; border: 1px solid {line}; border-radius: 6px; padding: 4px 8px; min-height: 20px; }}
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {{ border-color: {accent}; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; border: none; }}
QComboBox::drop-down {{ border: none; width: 22px; }}
QComboBox::down-arrow {{ image: url({arrow}); width: 11px; height: 11px; }}
#qt_calendar_navigationbar {{ background: {surface3}; }}
#qt_calendar_navigationbar QToolButton {{ color: {ink}; border: none; background: transparent; padding: 3px 8px; font-weight: 600; }}
#qt_calendar_navigationbar QToolButton:hover, #qt_calendar_navigationbar QToolButton:focus {{ background: {accent_soft}; border-radius: 4px; }}
#qt_calendar_prevmonth {{ qproperty-icon: none; qproperty-text: "◂"; }}
#qt_calendar_nextmonth {{ qproperty-icon: none; qproperty-text: "▸"; }}
QCalendarWidget QAbstractItemView {{ selection-background-color: {accent}; selection-color: {accent_ink}; }}
#qt_msgbox_label {{ min-width: 300px; }}
QComboBox QAbstractItemView {{ background: {surface}; color: {ink}; selection-background-color: {accent_soft}; selection-color: {ink}; }}
QListView, QTableView, QTreeView, QListWidget {{ background: {surface}; color: {ink}; border: none; outline: none; selection-background-color: {accent_soft}; selection-color: {ink}; }}
QListWidget::item {{ padding: 3px 4px; }}
QListWidget::indicator, QCheckBox::indicator {{ width: 13px; height: 13px; border: 1px solid {ink3}; border-radius: 3px; background: {surface}; }}
QListWidget::indicator:checked, QCheckBox::indicator:checked {{ background: {accent}; border-color: {accent}; image: url({tick}); }}
QTableView {{ gridline-color: {surface3}; alternate-background-color: {surface2}; }}
QHeaderView::section {{ background: {surface2}; color: {ink2}; border: none; border-right: 1px solid {surface3}; border-bottom: 1px solid {line}; padding: 4px 8px; font-weight: 600; }}
QScrollArea {{ border: none; background: {surface}; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {line}; border-radius: 4px; min-height: 28px; margin: 1px; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; }}
QScrollBar::handle:horizontal {{ background: {line}; border-radius: 4px; min-width: 28px; margin: 1px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QStatusBar {{ background: {surface}; color: {ink2}; border-top: 1px solid {line}; font-size: 12px; }}
QStatusBar::item {{ border: none; }}
QStatusBar QLabel {{ color: {ink2}; font-size: 12px; padding: 0 6px; }}
QStatusBar #flat {{ font-size: 12px; }}
QProgressBar {{ background: {surface3}; border: none; border-radius: 3px; height: 6px; text-align: center; color: transparent; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
QSlider::groove:horizontal {{ background: {surface3}; height: 4px; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {surface}; border: 2px solid {accent}; width: 12px; height: 12px; margin: -6px 0; border-radius: 8px; }}
QMenu {{ background: {surface}; color: {ink}; border: 1px solid {line}; padding: 4px; }}
QMenu::item {{ padding: 5px 22px; border-radius: 4px; }}
QMenu::item:selected {{ background: {accent_soft}; }}
QMenu::item:disabled {{ color: {ink3}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}
#popup {{ background: {surface}; border: 1px solid {line}; border-radius: 8px; }}
"""
