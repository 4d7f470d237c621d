"""What a benchmark is given: how often to measure, on which districts, and the peers that are here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks import data
from benchmarks.desktop import screen, start_desktop
from benchmarks.talk import ROOT, Side

GET_QGIS = "apt-get install --no-install-recommends python3-qgis"
GET_DESKTOP = "apt-get install --no-install-recommends qgis xvfb"
GET_PEERS = "make bench-peers"
SIZES = {"1080p": (1920, 1080), "4K": (3840, 2160)}
CENTRE = (121.54, 31.22)


@dataclass(frozen=True)
class Bench:
    """Options of a run; ``scale`` is the district that most figures are taken on, ``more`` are those for the growth."""

    runs: int = 5
    scale: float = 1
    more: tuple[float, ...] = (10,)
    seconds: float = 6.0
    sizes: tuple[str, ...] = ("1080p", "4K")
    peers: bool = True

    @cached_property
    def qgis(self) -> str | None:
        """Python that knows QGIS; None if there is none (``PM_BENCH_QGIS`` names another)."""
        for name in (os.environ.get("PM_BENCH_QGIS"), "/usr/bin/python3", "python-qgis", "python-qgis-ltr"):
            if self.peers and name and shutil.which(name) and _imports(name, "qgis.core"):
                return name
        return None

    @cached_property
    def peer_python(self) -> str | None:
        """Python of the peers' own environment (``make bench-peers``; ``PM_BENCH_PEERS`` names another)."""
        own = ROOT / ".bench-venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        name = os.environ.get("PM_BENCH_PEERS", str(own))
        return name if self.peers and shutil.which(name) and _imports(name, "datashader, duckdb") else None

    @property
    def log(self) -> Path:
        """Where the measuring processes leave their errors."""
        return data.folder() / "sides.log"

    def ours(self, module: str, *arguments: str) -> Side:
        """A fresh process of ours."""
        return Side([sys.executable, "-m", f"benchmarks.sides.{module}", *arguments], self.log)

    def window(self, scale: float, size: str, *layers: str) -> Side:
        """A fresh window on a district."""
        return self.ours("window_side", data.district(scale), *(str(v) for v in SIZES[size]), *layers)

    @contextmanager
    def peer_qgis(self) -> Iterator[Side | None]:
        """QGIS in a fresh process, None where it is absent."""
        with Side([self.qgis, str(ROOT / "benchmarks/sides/qgis_side.py")], self.log) if self.qgis else nullcontext() as side:
            yield side

    @cached_property
    def desktop(self) -> str | None:
        """The whole program QGIS, where there is a screen for it or one can be made."""
        screen = os.environ.get("DISPLAY") or shutil.which("Xvfb") or not sys.platform.startswith("linux")
        return shutil.which("qgis") if self.qgis and screen else None

    @contextmanager
    def peer_desktop(self, gpkg: str, style: object, box: list[float]) -> Iterator[Callable[[], tuple[float, float]] | None]:
        """What starts QGIS with a project of a map and tells the milliseconds to its window and to its first complete picture."""
        if self.desktop is None:
            yield None
            return
        project = str(data.folder() / "start.qgz")
        with self.peer_qgis() as side:
            assert side is not None
            side.ask("load", key="project", gpkg=gpkg, style=style)
            side.ask("project", key="project", extent=box, out=project)
        with screen() as environment:
            yield lambda: start_desktop(str(self.desktop), project, data.folder(), environment)

    @contextmanager
    def peer_points(self, library: str) -> Iterator[Side | None]:
        """A library that counts or finds, in a fresh process; numpy is always here."""
        python = sys.executable if library == "numpy" else self.peer_python
        with Side([python, str(ROOT / "benchmarks/sides/points_side.py"), library], self.log) if python else nullcontext() as side:
            yield side

    @property
    def qgis_absent(self) -> str:
        """How to get QGIS, empty where it is here."""
        return "" if self.qgis else GET_QGIS

    @property
    def desktop_absent(self) -> str:
        """How to get the whole of QGIS, empty where it is here."""
        return "" if self.desktop else GET_DESKTOP

    @property
    def peers_absent(self) -> str:
        """How to get the Python peers, empty where they are here."""
        return "" if self.peer_python else GET_PEERS


def _imports(python: str, modules: str) -> bool:
    probe = subprocess.run([python, "-c", f"import {modules}"], capture_output=True, check=False, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"})
    return probe.returncode == 0
