"""要点: what a person asks first of a compound, gathered from the blocks below it, so that it stands on the first screen."""

from __future__ import annotations

from datetime import date

from pm_desktop.base.label import Label
from pm_desktop.workspace.page import Block, Item

_LINES = (("service", "物业服务企业"), ("service", "合同终止日"), ("committee", "状态"), ("complaints", "有效投诉率"), ("town", "街镇中位数"),
          ("complaints", "近半年 / 前半年"), ("complaints", "较上年"), ("orders", "响应率（本区域）"), ("alerts", "未关闭告警"))
_NAMES = {"状态": Label("业委会", "Committee"), "街镇中位数": Label("· 街镇中位数", "· median of the town"),
          "响应率（本区域）": Label("30分钟响应率", "30-minute response"), "近半年 / 前半年": Label("· 近半年 / 前半年", "· last half year / half before"),
          "较上年": Label("· 较上年", "· beside the year before")}


def of_compound(blocks: tuple[Block, ...], today: date) -> Block:
    """Who manages it, what ends, how it is complained of and what changed last."""
    known = {(block.key, item.label.zh): item for block in blocks for item in block.items}
    items = [Item(_NAMES.get(name, found.label), found.value, found.unit, found.drill, found.state, found.firm)
             for key, name in _LINES if (found := known.get((key, name)))]
    return Block("summary", Label("要点", "In short"), str(today), (*items, _newest_change(blocks)))


def _newest_change(blocks: tuple[Block, ...]) -> Item:
    """The registers that changed last, and when."""
    days = [(item.day, item.label) for block in blocks if block.key == "history" for item in block.items if item.day]
    label = Label("最近变更", "Last change")
    if not days:
        return Item(label, None)
    newest = max(day for day, _ in days)
    zh, en = ([words.zh.partition(" ")[0] for day, words in days if day == newest], [words.en.partition(" ")[0] for day, words in days if day == newest])
    return Item(label, Label(f"{newest} {'、'.join(zh)}", f"{newest} {', '.join(en)}"), day=newest)
