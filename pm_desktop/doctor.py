"""Self-test component by component: what works, what does not, and the way out."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass

from pm_desktop.base import paths


@dataclass(frozen=True, slots=True)
class Check:
    """Outcome for one component."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def run_doctor() -> list[Check]:
    """Check every component; a check that itself fails is reported, not raised."""
    return [_guarded(name, check) for name, check in _CHECKS]


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - a broken component shows itself by any exception at import
        return Check(name, False, f"{type(error).__name__}: {error}", "重新运行 make run 安装依赖 · run make run again to set up")


def _python() -> Check:
    return Check("Python", sys.version_info >= (3, 11), platform.python_version(), "安装 Python 3.11 或更新版本 · install Python 3.11+")


def _qt() -> Check:
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6 import __version__
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication.instance() or QGuiApplication([])
    return Check("Qt", __version__.startswith("6.11."), f"{__version__}, {application.platformName()}",  # type: ignore[attr-defined]
                 "按 requirements.lock 安装 PySide6-Essentials 6.11 · install the locked version")


def _font() -> Check:
    from pm_desktop.cartography.fonts import install_fonts

    return Check("中文字体 · Chinese font", True, install_fonts())


def _sqlite() -> Check:
    return Check("SQLite", sqlite3.sqlite_version_info >= (3, 35), f"{sqlite3.sqlite_version}, threads {sqlite3.threadsafety}",
                 "需要 SQLite 3.35 以上 · SQLite 3.35+ is needed")


def _geometry() -> Check:
    import shapely
    from pyproj import Transformer, proj_version_str

    x, _ = Transformer.from_crs(4490, 4549, always_xy=True).transform(121.5, 31.2)
    return Check("GEOS / PROJ", 640_000 < x < 645_000, f"{shapely.geos_version_string} / {proj_version_str}",
                 "重新安装 pyproj（缺少 proj.db）· install pyproj again (proj.db is missing)")


def _gdal() -> Check:
    import pyogrio

    drivers = pyogrio.list_drivers()
    lacking = [d for d in ("GPKG", "GeoJSON", "ESRI Shapefile") if d not in drivers]
    return Check("GDAL", not lacking, pyogrio.__gdal_version_string__ + (f", lacks {lacking}" if lacking else ""),
                 "重新安装 pyogrio · install pyogrio again")


def _postgres() -> Check:
    from pm_desktop.storage.engine import postgres_driver

    return Check("PostgreSQL client", True, postgres_driver())


def _disk() -> Check:
    free = shutil.disk_usage(paths.data_dir()).free / 2**30
    return Check("磁盘 · disk", free > 2, f"{free:.1f} GB", "请腾出至少 2 GB · free at least 2 GB")


def _memory() -> Check:
    import psutil

    total = psutil.virtual_memory().total / 2**30
    return Check("内存 · memory", total > 3.5, f"{total:.1f} GB, {os.cpu_count()} cores", "建议 4 GB 以上 · 4 GB or more")


def _folders() -> Check:
    places = [paths.config_dir(), paths.data_dir(), paths.cache_dir(), paths.log_dir()]
    closed = [str(p) for p in places if not os.access(p, os.W_OK)]
    return Check("可写目录 · folders", not closed, ", ".join(closed) or str(paths.data_dir()), "请检查目录权限 · check their permissions")


def _resources() -> Check:
    wanted = [paths.maps_dir() / "light.json", paths.resources_dir() / "i18n" / "zh.json", paths.resources_dir() / "themes" / "tokens.json"]
    lost = [p.name for p in wanted if not p.is_file()]
    return Check("资源 · resources", not lost, ", ".join(lost) or str(paths.resources_dir().name), "请重新获取程序 · get the program again")


_CHECKS: tuple[tuple[str, Callable[[], Check]], ...] = (
    ("Python", _python), ("Qt", _qt), ("font", _font), ("SQLite", _sqlite), ("GEOS / PROJ", _geometry), ("GDAL", _gdal),
    ("PostgreSQL client", _postgres), ("disk", _disk), ("memory", _memory), ("folders", _folders), ("resources", _resources))
