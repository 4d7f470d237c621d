"""What it was measured on, and how much memory a family of processes takes."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

import psutil

from benchmarks.talk import ROOT


def describe() -> dict[str, Any]:
    """Processor count, memory, versions, load, commit."""
    from PySide6 import __version__ as qt

    load = os.getloadavg() if hasattr(os, "getloadavg") else (0.0, 0.0, 0.0)
    return {"cpus": os.cpu_count(), "memory_gb": round(psutil.virtual_memory().total / 2**30, 1), "system": platform.platform(terse=True),
            "machine": platform.machine(), "python": platform.python_version(), "qt": qt, "load": [round(x, 2) for x in load], "commit": commit()}


def commit() -> str:
    """Short name of the commit, with + where files differ from it."""
    def git(*arguments: str) -> str:
        try:
            return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            return ""

    name = git("rev-parse", "--short", "HEAD") or "unknown"
    return name + ("+" if git("status", "--porcelain", "--untracked-files=no", "--", "pm_desktop", "benchmarks") else "")


def memory_mb(pid: int) -> dict[str, float]:
    """Proportional memory (PSS: shared pages divided among those who share them) of a process and of its descendants, MB.

    Where the system does not tell it, resident memory, which counts shared pages again in each process.
    """
    process = psutil.Process(pid)
    own, children = _mb(process), [_mb(child) for child in process.children(recursive=True)]
    return {"window": own, "helpers": sum(children), "processes": 1 + len(children)}


def _mb(process: psutil.Process) -> float:
    rollup = Path(f"/proc/{process.pid}/smaps_rollup")
    try:
        if rollup.exists():
            return sum(int(line.split()[1]) for line in rollup.read_text().splitlines() if line.startswith("Pss:")) / 1024
        return float(process.memory_info().rss) / 2**20
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
        return 0.0
