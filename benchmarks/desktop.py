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

LIMIT_S = 60
TRIES = 3  # now and then it starts and never tells that it has drawn


@contextmanager
def screen() -> Iterator[Mapping[str, str]]:
    """Environment of a program that needs a screen; without one, one in memory (which takes less than a real one)."""
    if os.environ.get("DISPLAY") or not sys.platform.startswith("linux"):
        yield {}
        return
    told, tells = os.pipe()
    server = subprocess.Popen([shutil.which("Xvfb") or "Xvfb", "-displayfd", str(tells), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"], pass_fds=[tells],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(tells)
    try:
        with open(told) as line:
            number = line.readline().strip()  # comes when it is ready, nothing where it could not start
        if not number:
            raise RuntimeError("no screen in memory could be made")
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
    for tried in range(TRIES):
        began = time.monotonic()
        try:
            subprocess.run(command, env={**os.environ, **environment, "PM_BENCH_SAYS": str(says)}, check=True, timeout=LIMIT_S, capture_output=True)
            break
        except subprocess.TimeoutExpired:
            if tried == TRIES - 1:
                raise
    shown, drawn, layers = says.read_text().split()
    if int(layers) == 0:
        raise RuntimeError("QGIS started without the layers of the project")
    return (float(shown) - began) * 1000, (float(drawn) - began) * 1000
