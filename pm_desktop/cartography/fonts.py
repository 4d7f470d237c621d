"""Chinese text on every machine: the system's CJK family, else the Noto Sans SC that comes with the program."""

from __future__ import annotations

import importlib.resources
from functools import cache
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

from pm_desktop.base.errors import ComponentMissing
from pm_desktop.base.label import Label

PREFERRED = ("Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN",
             "WenQuanYi Micro Hei", "PingFang SC", "Noto Sans SC")
_PROBE = "浦东新区物业管理"


@cache
def install_fonts() -> str:
    """Return the family that the program writes in, registering the shipped one where the system has none.

    Needs a `QGuiApplication`; works in the window and in the render process alike.

    Raises
    ------
    ComponentMissing
        There is no font with Chinese at all.
    """
    present = set(QFontDatabase.families())
    for family in PREFERRED:
        if family in present:
            return family
    for file in _shipped():
        number = QFontDatabase.addApplicationFont(str(file))
        families = QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
        if families:
            return families[0]
    raise ComponentMissing("font_missing", Label("没有可显示中文的字体", "there is no font that shows Chinese"),
                           Label("请重新运行安装，或安装 fonts-noto-cjk", "run the setup again, or install fonts-noto-cjk"))


def _shipped() -> list[Path]:
    root = Path(str(importlib.resources.files("justmytype_intl_cjk")))
    found = [p for p in root.rglob("*") if p.suffix.lower() in (".ttf", ".otf", ".ttc") and "SC" in p.name]
    return sorted(found, key=lambda p: ("Regular" not in p.name, "VF" not in p.name and "wght" not in p.name, p.name))


def font(pixels: float, *, bold: bool = False) -> QFont:
    """Font of the program at ``pixels`` height."""
    made = QFont(install_fonts())
    made.setPixelSize(max(1, round(pixels)))
    weight = QFont.Weight.DemiBold if bold else QFont.Weight.Normal
    made.setWeight(weight)
    # the shipped variable font stands at its thinnest unless its axis is set
    made.setVariableAxis(QFont.Tag("wght"), float(weight.value))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made
