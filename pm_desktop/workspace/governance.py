"""Blocks of the compound profile on how it is governed: party, inspection, disclosure, consolidation (DOMAIN §4.4).

Inspections, disclosure lists and consolidation plans have no register yet: their blocks stand where people look for
them and say 未填报.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pm_desktop.base.label import Label
from pm_desktop.domain.enums import PartyOrg, label_of
from pm_desktop.domain.records import Committee, Firm, Zone
from pm_desktop.workspace.page import Block, Drill, Item
from pm_desktop.workspace.records import source

if TYPE_CHECKING:
    from pm_desktop.workspace.profile import _Context


def party(c: _Context) -> Block:
    """Party organisation of the owners' committee and of the firm."""
    label, k = Label("党建", "Party"), c.committee
    eligible = None if k is None or k.party_eligible is None else Label("是", "Yes") if k.party_eligible else Label("否", "No")
    org = label_of(k.party_org) if k and k.party_org else None
    missing = bool(k and k.party_eligible and k.party_org in (None, PartyOrg.NONE))
    firm = c.firm
    return Block("party", label, str(k.valid_from) if k else None, (
        Item(Label("业委会符合建党组织条件", "Committee eligible"), eligible),
        Item(Label("业委会党组织", "Committee's organisation"), org, None, None, "bad" if missing else None),
        Item(Label("企业党组织", "Firm's organisation"), label_of(firm.party_org) if firm and firm.party_org else None, None,
             source(Firm, {"id": firm.id}, 1) if firm else None)), drill=source(Committee, {"id": k.id}, 1) if k else None)


def inspection(_c: _Context) -> Block:
    """Last inspection and what it left open."""
    return Block("inspection", Label("检查与整改", "Inspection"), None, (
        Item(Label("最近一次检查", "Last inspection"), None), Item(Label("未完成整改", "Open rectifications"), None)))


def disclosure(_c: _Context) -> Block:
    """The 6+N list that has to be on show."""
    return Block("disclosure", Label("信息公示（6+N）", "Disclosure (6+N)"), None, (Item(Label("公示事项", "Items on show"), None),))


def consolidation(c: _Context) -> Block:
    """What the zone was made from, and whether a plan holds it."""
    label, z = Label("区域整合", "Consolidation"), c.zone
    if z is None:
        return Block("consolidation", label, None, (Item(Label("归并方案", "Plan"), None),))
    joined, before = Label("同一区域的小区", "Compounds of the zone"), list(z.predecessor_ids)
    return Block("consolidation", label, str(z.valid_from), (
        Item(joined, str(len(z.compound_ids)), "个", Drill("Compound", {"id": list(z.compound_ids)}, joined, len(z.compound_ids))),
        Item(Label("由原区域合并", "Merged from zones"), str(len(before)), "个",
             source(Zone, {"id": before}, c.db.count(Zone, {"id": before})) if before else None),
        Item(Label("归并方案", "Plan"), None)))
