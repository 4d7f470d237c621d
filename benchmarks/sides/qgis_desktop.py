"""Run by the whole of QGIS (``qgis --code``): says when its window is there and when the map of its project is drawn, then ends it.

``PM_BENCH_SAYS`` is the file it writes to: two moments of the clock that all processes share.
"""

import os
import time

from qgis.PyQt.QtCore import QCoreApplication, QTimer
from qgis.utils import iface

SHOWN = time.monotonic()
canvas = iface.mapCanvas()


def drawn():
    """The first complete picture is on the screen."""
    with open(os.environ["PM_BENCH_SAYS"], "w") as out:
        out.write(f"{SHOWN} {time.monotonic()} {len(canvas.layers())}")
    QTimer.singleShot(0, lambda: os._exit(0))  # nothing to save, nothing to ask


canvas.mapCanvasRefreshed.connect(drawn)
if not canvas.isDrawing():
    canvas.refresh()
QCoreApplication.processEvents()
