"""Peers that count points or look for names: ``points_side.py numpy|datashader|duckdb``.

It knows nothing of this project: arrays and texts come as files.
"""

import json
import sys
import time

import numpy as np


class Side:
    """Points and names in the hands of one library."""

    def __init__(self, library):
        self.library = library

    def load(self, file):
        """Points: columns x, y, day, kind."""
        with np.load(file) as arrays:
            self.points = {name: arrays[name] for name in ("x", "y", "day", "kind")}
        if self.library == "duckdb":
            import duckdb
            import pandas as pd

            self.base = duckdb.connect()
            frame = pd.DataFrame(self.points)
            self.base.execute("CREATE TABLE points AS SELECT * FROM frame")
            del frame
        if self.library == "datashader":
            import pandas as pd

            self.frame = pd.DataFrame(self.points)
        return {"rows": len(self.points["x"])}

    def count(self, box, size, first, end, kind):
        """Counts of the filtered points in a grid of ``size`` over ``box``; milliseconds and the sum."""
        began = time.perf_counter()
        total = getattr(self, f"_{self.library}")(box, size, first, end, kind)
        return {"ms": (time.perf_counter() - began) * 1000, "total": int(total)}

    def histogram(self, box, size, first, end, kind):
        """`count`, with the time of ``numpy.histogram2d`` alone, on points that are filtered already."""
        chosen = self._chosen(first, end, kind)
        x, y = self.points["x"][chosen], self.points["y"][chosen]
        began = time.perf_counter()
        grid, _, _ = np.histogram2d(y, x, bins=size[::-1], range=[[box[1], box[3]], [box[0], box[2]]])
        return {"ms": (time.perf_counter() - began) * 1000, "total": int(grid.sum())}

    def _chosen(self, first, end, kind):
        chosen = (self.points["day"] >= first) & (self.points["day"] < end)
        return chosen if kind is None else chosen & (self.points["kind"] == kind)

    def _numpy(self, box, size, first, end, kind):
        chosen = self._chosen(first, end, kind)
        grid, _, _ = np.histogram2d(self.points["y"][chosen], self.points["x"][chosen], bins=size[::-1], range=[[box[1], box[3]], [box[0], box[2]]])
        return grid.sum()

    def _datashader(self, box, size, first, end, kind):
        import datashader

        frame = self.frame[self._chosen(first, end, kind)]
        canvas = datashader.Canvas(plot_width=size[0], plot_height=size[1], x_range=(box[0], box[2]), y_range=(box[1], box[3]))
        return canvas.points(frame, "x", "y", agg=datashader.count()).values.sum()

    def _duckdb(self, box, size, first, end, kind):
        width, height = (box[2] - box[0]) / size[0], (box[3] - box[1]) / size[1]
        more = "" if kind is None else f" AND kind = {kind}"
        found = self.base.execute(
            f"SELECT floor((x - {box[0]}) / {width})::INT c, floor((y - {box[1]}) / {height})::INT r, count(*) n FROM points "
            f"WHERE day >= {first} AND day < {end}{more} AND x >= {box[0]} AND x <= {box[2]} AND y >= {box[1]} AND y <= {box[3]} GROUP BY c, r").fetchnumpy()
        return found["n"].sum()

    def names(self, file):
        """Names to look in, one a line with its id."""
        import duckdb

        self.base = duckdb.connect()
        self.base.execute(f"CREATE TABLE names AS SELECT * FROM read_csv('{file}', header=true, all_varchar=true)")
        return {"rows": self.base.execute("SELECT count(*) FROM names").fetchone()[0]}

    def find(self, text):
        """Twenty names that contain a text, those that begin with it first."""
        began = time.perf_counter()
        found = self.base.execute("SELECT id, name FROM names WHERE contains(name, ?) ORDER BY NOT starts_with(name, ?), length(name) LIMIT 20",
                                  [text, text]).fetchall()
        return {"ms": (time.perf_counter() - began) * 1000, "found": len(found)}


def main():
    """Answer line by line until the input ends."""
    side = Side(sys.argv[1])
    version = __import__(sys.argv[1]).__version__
    print(json.dumps({"version": version}), flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(getattr(side, question.pop("do"))(**question)), flush=True)


main()
