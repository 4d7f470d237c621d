"""Rows of the table: what was measured, how it compares, whether it meets its target; as JSON and as Markdown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

SIGNS = {"median": "", "p95": "p95 ", "p99": "p99 ", "ratio": "比值 ratio ", "growth": "增长 growth "}


@dataclass(frozen=True, slots=True)
class Target:
    """At most ``limit``, of the median, a percentile, the ratio to the peer or the growth over the smaller district."""

    of: str
    limit: float

    def __str__(self) -> str:
        return f"{SIGNS[self.of]}≤ {self.limit:g}"


@dataclass(slots=True)
class Row:
    """One figure; ``ours`` and ``peer`` are the single runs, ``absent`` says how to get a peer that is not here.

    ``before`` is the same figure on the district of scale 1 (for the growth).
    """

    benchmark: str
    what: str
    ours: Sequence[float]
    unit: str = "ms"
    peer_name: str = ""
    peer: Sequence[float] = ()
    target: Target | None = None
    absent: str = ""
    before: float | None = None
    note: str = ""
    runs: int = field(init=False)

    def __post_init__(self) -> None:
        self.runs = len(self.ours)

    def value(self, of: str) -> float | None:
        """The figure a target speaks of; None where it cannot be told."""
        match of:
            case "median":
                return float(median(self.ours))
            case "p95" | "p99":
                return percentile(self.ours, int(of[1:]))
            case "ratio":
                return float(median(self.ours) / median(self.peer)) if self.peer and median(self.peer) else None
            case _:
                return float(median(self.ours) / self.before) if self.before else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without a target or without what it compares with."""
        value = self.value(self.target.of) if self.target else None
        return None if value is None or self.target is None else value <= self.target.limit

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"benchmark": self.benchmark, "what": self.what, "unit": self.unit, "runs": self.runs, "ours": self.value("median"),
                "p95": self.value("p95"), "peer": self.peer_name or None, "peer_median": float(median(self.peer)) if self.peer else None,
                "peer_absent": self.absent or None, "ratio": self.value("ratio"), "growth": self.value("growth"),
                "target": str(self.target) if self.target else None, "met": self.met, "note": self.note or None}


def percentile(values: Sequence[float], share: int) -> float:
    """Nearest-rank percentile."""
    return float(sorted(values)[max(math.ceil(len(values) * share / 100) - 1, 0)])


def shown(value: float | None) -> str:
    """Three digits that count; – where there is none."""
    if value is None:
        return "–"
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(digits, 4)}f}"


HEAD = ("项目 figure", "单位 unit", "本程序 ours", "p95", "对照 peer", "对照值", "比值 ratio", "增长 growth", "目标 target", "达标 met")


def markdown(rows: Sequence[Row]) -> str:
    """The table, one line a row."""
    lines = ["| " + " | ".join(HEAD) + " |", "|---|---|--:|--:|---|--:|--:|--:|---|---|"]
    for row in rows:
        peer = f"{row.peer_name}（未安装 absent）" if row.absent else row.peer_name or "–"
        met = {None: "–", True: "是 yes", False: "**否 no**"}[row.met]
        cells = (row.what, row.unit, shown(row.value("median")), shown(row.value("p95")), peer, shown(float(median(row.peer)) if row.peer else None),
                 shown(row.value("ratio")), shown(row.value("growth")), str(row.target or "–"), met)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
