"""The only source of writable places. ``--basedir`` moves all of them at once; tests always set it."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_APP = "pm_desktop"
_basedir: Path | None = Path(os.environ["PM_DESKTOP_BASEDIR"]) if os.environ.get("PM_DESKTOP_BASEDIR") else None


def set_basedir(folder: Path | str) -> None:
    """Put every writable path of the program below ``folder`` (also for child processes)."""
    global _basedir
    _basedir = Path(folder).resolve()
    os.environ["PM_DESKTOP_BASEDIR"] = str(_basedir)


def _place(kind: str, fallback: str) -> Path:
    path = _basedir / kind if _basedir else Path(fallback)
    path.mkdir(parents=True, exist_ok=True)
    return path


def config_dir() -> Path:
    """Folder of settings."""
    return _place("config", platformdirs.user_config_dir(_APP, appauthor=False))


def data_dir() -> Path:
    """Folder of things that must survive: anchors of audit chains, recent workspaces."""
    return _place("data", platformdirs.user_data_dir(_APP, appauthor=False))


def cache_dir() -> Path:
    """Folder of things that can be made again: layer packs, tiles."""
    return _place("cache", platformdirs.user_cache_dir(_APP, appauthor=False))


def log_dir() -> Path:
    """Folder of log files and crash reports."""
    return _place("log", platformdirs.user_log_dir(_APP, appauthor=False))


def repo_root() -> Path:
    """Folder that holds ``resources/`` and ``maps/`` (the checkout, or the installed bundle)."""
    return Path(__file__).resolve().parents[2]


def resources_dir() -> Path:
    """Folder of shipped words, icons, themes and rule tables."""
    return repo_root() / "resources"


def maps_dir() -> Path:
    """Folder of cartographic styles."""
    return repo_root() / "maps"
