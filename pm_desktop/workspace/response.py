"""The lines of 30分钟响应 in a profile: rate, what counts and what was in time, each with its orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pm_desktop.base.label import Label
from pm_desktop.domain.response import in_time
from pm_desktop.workspace.page import Drill, Item, State


def order_items(rows: Sequence[tuple[Any, ...]], now: datetime, rate: Label, where: Mapping[str, Any]) -> tuple[Item, ...]:
    """Lines of orders (accepted, responded, cancelled, duplicate_of, id), which fulfil ``where``."""
    judged = {r[4]: verdict for r in rows if (verdict := in_time(r[:4], now)) is not None}
    late, counted = [i for i, verdict in judged.items() if not verdict], len(judged)
    on_time = counted - len(late)
    state: State | None = None if not counted else "ok" if not late else "warn" if on_time * 100 >= counted * 98 else "bad"
    all_words, counted_words, late_words = Label("工单总数", "Orders"), Label("按时/应计", "On time / counted"), Label("未按时", "Late")
    return (Item(rate, f"{100 * on_time / counted:.2f}" if counted else Label("无应计工单", "no order counts"), "%" if counted else None, None, state),
            Item(counted_words, f"{on_time:,}/{counted:,}", "单", Drill("WorkOrder", {"id": list(judged)}, counted_words, counted) if counted else None),
            Item(late_words, f"{len(late):,}", "单", Drill("WorkOrder", {"id": late}, late_words, len(late)) if late else None),
            Item(all_words, f"{len(rows):,}", "单", Drill("WorkOrder", where, all_words, len(rows))))
