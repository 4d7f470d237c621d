"""The answer to ``plan score`` as lines for a person at a terminal, both languages beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pm_desktop.base.label import Label
from pm_desktop.domain.enums import GateResult, MergerKind, label_of

UNKNOWN = "未填报 not reported"
LINES = {"boundary": Label("共边", "boundary"), "barrier": Label("阻隔", "barrier"), "facilities": Label("共用设施", "facilities"), "scale": Label("规模", "scale"),
         "fee_gap": Label("价差", "fee gap"), "firm_overlap": Label("企业重合", "firm overlap"), "fallback": Label("托底吸纳", "fallback"), "juwei": Label("居委", "juwei"),
         "savings": Label("节约", "savings")}
ROLES = {"guard": Label("保安", "guards"), "cleaner": Label("保洁", "cleaners"), "repair": Label("保修", "repair"), "manager": Label("经理", "managers"), "service": Label("客服", "service")}


def as_lines(answer: Mapping[str, Any]) -> list[str]:
    """What `planscore.score_plan` found: size and fees, gates, score, staff and balance, then what was assumed."""
    kind, staff, balance = label_of(MergerKind(answer["kind"])), answer["staff"], answer["balance"]
    out = [f"{kind.zh} {kind.en}: {'、'.join(answer['members'])}",
           f"面积 area {_figure(answer['area_m2'], '㎡')} · 户数 households {_figure(answer['households'], '户')}",
           f"应收 billing {_money(answer['billing_cny_month'])} · 实收 collected {_money(answer['collected_cny_month'])} ({_figure(answer['collected_pct'], '%')})"
           f" · 加权单价 weighted fee {answer['weighted_fee'] or UNKNOWN} · 价差 gap {_figure(answer['fee_gap_pct'], '%')}"]
    out += [f"间距 gap {pair.replace('|', '—')} {gap} m" for pair, gap in answer["gaps_m"].items()]
    for gate in answer["gates"]:
        result = label_of(GateResult(gate["result"]))
        out.append(f"{gate['id']:<3} {result.zh} {result.en}: {gate['reason']} · {gate['reason_en']}")
        if gate["result"] != "PASS":
            out.append(f"      依据 basis: {gate['basis']}")
    lines = answer["score"]["lines"]
    out.append(f"评分 score {answer['score']['total']} {answer['score']['grade']}: " + " · ".join(f"{w.zh} {w.en} {lines[k]:g}" for k, w in LINES.items()))
    out += [f"人员 staff {w.zh} {w.en}: {_figure(staff['before'][k], '')} → {_figure(staff['after'][k], '')}" for k, w in ROLES.items()]
    out += [f"人工 cost {_money(staff['before_cny_month'])} → {_money(staff['after_cny_month'])} · 节约 saving {_money(staff['saving_cny_month'])} ({_figure(staff['saving_pct'], '%')})",
            f"收支 balance {_money(balance['before_cny_month'])} → {_money(balance['after_cny_month'])}"]
    if "unified_fee" in answer:
        u = answer["unified_fee"]
        out.append(f"统一收费 one fee {u['fee_cny_m2_month']}: 实收 collected {_money(u['collected_cny_month'])} · 收支 balance {_money(u['balance_cny_month'])}"
                   f" · 多付 more {u['households_more']} 户 · 不变 same {u['households_same']} 户 · 少付 less {u['households_less']} 户"
                   f" · 不明 unknown {u['households_unknown']} 户 · 保本价 break-even {u['break_even_fee'] or UNKNOWN}")
    out += [f"测算前提 assumed: {zh} · {en}" for zh, en in zip(answer["premises"], answer["premises_en"], strict=True)]
    return [*out, f"{answer['notice']} · {answer['notice_en']}（规则 rules {answer['rule']['valid_from']}）"]


def _figure(value: Any, unit: str) -> str:
    if value is None:
        return UNKNOWN
    shown = f"{value:,}" if isinstance(value, (int, float)) else str(value)
    return f"{shown} {unit}".rstrip()


def _money(value: Any) -> str:
    return UNKNOWN if value is None else f"{float(value):,.2f} 元"
