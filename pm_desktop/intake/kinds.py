"""What a file's rows can be imported as."""

from __future__ import annotations

from pm_desktop.base.label import Label

KINDS: dict[str, Label] = {
    "towns": Label("街镇", "Towns"), "juwei": Label("居委会", "Residential committees"), "compounds": Label("小区", "Compounds"),
    "zones": Label("物业管理区域", "Management zones"), "firms": Label("物业服务企业", "Firms"), "contracts": Label("物业服务合同", "Contracts"),
    "committees": Label("业主委员会", "Owners' committees"), "complaints": Label("投诉工单", "Complaints"),
    "orders": Label("报修工单", "Repair orders"), "teams": Label("应急队伍", "Emergency teams"), "devices": Label("感知设备", "Devices"),
    "barriers": Label("阻隔", "Barriers"), "facilities": Label("共用设施", "Shared facilities"),
}
