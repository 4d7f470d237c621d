"""The six workbenches over one map: what each shows first. Later issues fill them; each is a view of the map already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pm_desktop.workspace import queries


@dataclass(frozen=True, slots=True)
class Workbench:
    """A workbench: layers shown, map style (None: that of the theme), and the list on the right.

    ``query(ctx, location, …)`` is a job; ``follows_map`` says that it takes the map's centre; ``kind`` tells the panel:
    rows, figures, data or admin.
    """

    id: str
    layers: tuple[str, ...]
    map_theme: str | None
    kind: str
    query: Callable[..., Any]
    title_key: str
    empty_key: str
    row_height: int = 52
    follows_map: bool = False
    depends_on: frozenset[str] = frozenset()
    offer: str = ""  # action of the button that the empty list shows


WORKBENCHES: dict[str, Workbench] = {w.id: w for w in (
    Workbench("planner", ("streets", "zones", "towns"), None, "rows", queries.zones_of_town, "planner.zones", "planner.empty",
              follows_map=True, depends_on=frozenset({"Zone", "Town"}), offer="file.import"),
    Workbench("inspector", ("streets", "compounds", "towns"), None, "rows", queries.compounds_near, "inspector.near",
              "inspector.empty", row_height=64, follows_map=True, depends_on=frozenset({"Compound"}), offer="file.import"),
    Workbench("command", ("streets", "alerts", "teams", "towns"), "dark", "rows", queries.alert_queue, "command.queue", "command.empty",
              row_height=56, depends_on=frozenset({"Alert"})),
    Workbench("briefing", ("streets", "complaint_heat", "towns"), "briefing", "figures", queries.headline_figures, "figures.title",
              "figures.empty", depends_on=frozenset({"Compound", "Zone", "WorkOrder", "Complaint", "Contract", "Committee", "Device",
                                                     "Alert"})),
    Workbench("data", ("streets", "compounds", "devices", "towns"), None, "data", queries.batch_list, "data.batches", "data.empty",
              row_height=60, depends_on=frozenset({"ImportBatch"})),
    Workbench("admin", ("streets", "firms", "towns"), None, "admin", queries.rule_bases, "admin.rules", "admin.empty", row_height=60,
              depends_on=frozenset({"RuleBasis"})),
)}
