"""Starts the whole program QGIS with a project and hears when its window and its first picture are there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.talk import ROOT

LIMIT_S = 180
DISPLAYS = range(90, 130)


@contextmanager
def screen() -> Iterator[Mapping[str, str]]:
    """Environment of a program that needs a screen; without one, one in memory (which takes less than a real one)."""
    if os.environ.get("DISPLAY") or not sys.platform.startswith("linux"):
        yield {}
        return
    number = next(n for n in DISPLAYS if not Path(f"/tmp/.X11-unix/X{n}").exists() and not Path(f"/tmp/.X{n}-lock").exists())
    server = subprocess.Popen([shutil.which("Xvfb") or "Xvfb", f":{number}", "-screen", "0", "1920x1080x24", "-nolisten", "tcp"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 20
        while not Path(f"/tmp/.X11-unix/X{number}").exists() and time.monotonic() < until:
            time.sleep(0.05)
        yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        server.terminate()
        server.wait(10)


def start_desktop(program: str, project: str, folder: Path, environment: Mapping[str, str]) -> tuple[float, float]:
    """Milliseconds from the start to the window and to the complete picture; without splash, plug-ins and questions."""
    says = folder / "qgis-says.txt"
    says.unlink(missing_ok=True)
    command = [program, "--nologo", "--noplugins", "--noversioncheck", "--profiles-path", str(folder / "qgis-profile"), "--width", "1920", "--height", "1080",
               "--project", project, "--code", str(ROOT / "benchmarks/sides/qgis_desktop.py")]
    began = time.monotonic()
    subprocess.run(command, env={**os.environ, **environment, "PM_BENCH_SAYS": str(says)}, check=True, timeout=LIMIT_S, capture_output=True)
    shown, drawn, layers = says.read_text().split()
    if int(layers) == 0:
        raise RuntimeError("QGIS started without the layers of the project")
    return (float(shown) - began) * 1000, (float(drawn) - began) * 1000
