"""A past day, by histories worked out by hand, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pm_desktop.base.errors import NotAllowed
from pm_desktop.base.jobs import JobContext
from pm_desktop.domain.enums import AlertStatus, CommitteeStatus, ComplaintStatus, ManagementMode, OrderStatus, Scene, Severity
from pm_desktop.domain.records import Alert, Committee, Complaint, Compound, Contract, Device, Firm, ServiceProject, WorkOrder, Zone
from pm_desktop.layers.build import build_layer
from pm_desktop.storage.database import Database
from pm_desktop.storage.moments import moment
from pm_desktop.storage.past import past, split
from pm_desktop.workspace.profile import load_profile
from pm_desktop.workspace.queries import alert_queue

CTX = JobContext()
HOME, ZONE, PROJECT, CONTRACT, BOARD = (c * 32 for c in "abcde")


def at(day: int, hour: int = 4) -> datetime:
    """A moment of June 2024, UTC; 16:00 is the midnight after it in Shanghai."""
    return datetime(2024, 6, day, hour, tzinfo=UTC)


@pytest.fixture
def store(location: str) -> str:
    """A zone in fallback until 1 July 2024, then with a firm; a contract replaced that day; a second term from 1 May 2024."""
    turn, first = date(2024, 7, 1), date(2020, 1, 1)
    zone = {"id": ZONE, "code": "PD-1", "name": "梅园", "compound_ids": (HOME,)}
    contract = {"id": CONTRACT, "code": "HT-1", "zone_id": ZONE, "project_id": PROJECT}
    severity = {"scene": Scene.LIFT, "severity": Severity.S2, "highest": Severity.S2, "first": Severity.S2}
    with Database.create(location) as db, db.transaction() as tx:
        tx.insert([
            Compound(id=HOME, code="C", name="梅园", lon=121.5, lat=31.2), Firm(id="f" * 32, code="F1", name="旧企"), Firm(id="9" * 32, code="F2", name="新企"),
            Zone(**zone, management_mode=ManagementMode.FALLBACK, valid_from=first, valid_to=turn), Zone(**zone, management_mode=ManagementMode.MARKET, valid_from=turn),
            ServiceProject(id=PROJECT, code="XM-1", zone_id=ZONE, firm_id="f" * 32, valid_from=first, valid_to=turn),
            ServiceProject(id=PROJECT, code="XM-1", zone_id=ZONE, firm_id="9" * 32, valid_from=turn),
            Contract(**contract, fee_cny_m2_month=Decimal("1.15"), end=date(2024, 7, 15), valid_from=first, valid_to=turn),
            Contract(**contract, fee_cny_m2_month=Decimal("1.80"), end=date(2027, 6, 30), valid_from=turn),
            Committee(id=BOARD, code="YW-1", zone_id=ZONE, status=CommitteeStatus.IN_TERM, term_no=1, term_end=date(2024, 4, 30), valid_from=first, valid_to=date(2024, 5, 1)),
            Committee(id=BOARD, code="YW-1", zone_id=ZONE, status=CommitteeStatus.IN_TERM, term_no=2, term_end=date(2029, 4, 30), valid_from=date(2024, 5, 1)),
            Complaint(id="T1".zfill(32), code="T1", received_at=at(10), closed_at=at(20), status=ComplaintStatus.CLOSED_SAT, satisfaction=5, compound_id=HOME),
            Complaint(id="T2".zfill(32), code="T2", received_at=at(15, 15), status=ComplaintStatus.HANDLING, compound_id=HOME),
            Complaint(id="T3".zfill(32), code="T3", received_at=at(15, 16), compound_id=HOME),
            WorkOrder(id="R1".zfill(32), code="R1", accepted_at=at(15, 1), responded_at=at(15, 2), closed_at=at(17), status=OrderStatus.CLOSED, zone_id=ZONE),
            Alert(id="A1".zfill(32), code="A1", zone_id=ZONE, first_at=at(14), last_at=at(18), acked_at=at(16), resolved_at=at(18), status=AlertStatus.RESOLVED, **severity),
            Alert(id="A2".zfill(32), code="A2", zone_id=ZONE, first_at=at(16), last_at=at(16), **severity),
            Device(id="D1".zfill(32), code="D1", installed_at=at(1), is_online=True, last_seen_at=at(30)), Device(id="D2".zfill(32), code="D2", installed_at=at(29), is_online=False)])
    return location


def facts(store: str, day: date | None) -> dict[str, object]:
    with Database.open(past(store, day), read_only=True) as db:
        return {"mode": db.rows(Zone, ("management_mode",)), "fee": db.rows(Contract, ("fee_cny_m2_month",)), "term": db.rows(Committee, ("term_no",)),
                "complaints": db.rows(Complaint, ("code", "status", "closed_at", "satisfaction"), order_by=("code",)),
                "orders": db.rows(WorkOrder, ("status", "closed_at")), "alerts": db.rows(Alert, ("code", "status", "resolved_at"), order_by=("code",)),
                "devices": db.rows(Device, ("code", "is_online"), order_by=("code",)),
                "counts": (db.count(Complaint), db.count(Alert, {"status": ["RAISED"]}), db.group_count(Complaint, ("status",)))}


def test_a_day_before_everything_later_happened(store: str) -> None:
    assert facts(store, date(2024, 6, 15)) == {
        "mode": [("FALLBACK",)], "fee": [(Decimal("1.1500"),)], "term": [(2,)],
        "complaints": [("T1", "RECEIVED", None, None), ("T2", "HANDLING", None, None)],
        "orders": [("RESPONDED", None)], "alerts": [("A1", "RAISED", None)], "devices": [("D1", None)],
        "counts": (2, 1, [("HANDLING", 1), ("RECEIVED", 1)])}


def test_days_between_and_today(store: str) -> None:
    later = facts(store, date(2024, 6, 17))
    assert (later["alerts"], later["orders"]) == ([("A1", "ACKED", None), ("A2", "RAISED", None)], [("CLOSED", at(17))])
    assert (facts(store, date(2024, 4, 30))["term"], facts(store, date(2024, 7, 1))["mode"]) == ([(1,)], [("MARKET",)])
    now = facts(store, None)
    assert (now["fee"], now["devices"], now["counts"]) == ([(Decimal("1.8000"),)], [("D1", True), ("D2", False)],
                                                          (3, 1, [("CLOSED_SAT", 1), ("HANDLING", 1), ("RECEIVED", 1)]))


def values(store: str, day: date, block: str) -> list[object]:
    profile = load_profile(CTX, past(store, day), HOME)
    return [item.value for b in profile.blocks if b.key == block for item in b.items]


def test_profile_and_lists_follow_the_day(store: str) -> None:
    before, after = date(2024, 6, 30), date(2024, 7, 1)
    assert (values(store, before, "service")[0], values(store, after, "service")[0]) == ("旧企", "新企")
    assert "15" in values(store, before, "service"), "days from 30 June to 15 July"
    assert (values(store, before, "fee")[0], values(store, after, "fee")[0]) == ("1.15", "1.8")
    assert values(store, date(2024, 6, 15), "complaints")[0] == "2"
    assert [len(alert_queue(CTX, past(store, date(2024, 6, d))).rows) for d in (13, 15, 17, 19)] == [0, 1, 2, 1]
    with Database.open(past(store, before)) as db:
        assert str(moment(db, None)) == "2024-06-30 15:59:59+00:00"


def test_layers_follow_the_day(store: str, tmp_path: Path) -> None:
    assert build_layer(CTX, past(store, date(2024, 6, 13)), "alerts", str(tmp_path)).total == 0
    heat = [build_layer(CTX, past(store, date(2024, 6, d)), "complaint_heat", str(tmp_path)).total for d in (9, 10, 15, 16)]
    assert heat == [0, 1, 2, 3]


def test_the_past_is_for_reading(store: str) -> None:
    there = past(store, date(2024, 6, 15))
    assert split(there) == (store, date(2024, 6, 15))
    assert past(there, None) == store
    with Database.open(there) as db, pytest.raises(NotAllowed) as refused, db.transaction():
        pass
    assert refused.value.code == "read_only"
