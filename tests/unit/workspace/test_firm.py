"""Firm profile, peers and history, counted again from the records."""

from __future__ import annotations

import statistics
from datetime import date, timedelta
from pathlib import Path

import pytest

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.jobs import JobContext
from pm_desktop.domain.entity import entity_of
from pm_desktop.domain.records import Complaint, Compound, Contract, Firm, ServiceProject, Zone
from pm_desktop.storage.database import Database
from pm_desktop.storage.moments import moment
from pm_desktop.workspace.drill import condition
from pm_desktop.workspace.firm import load_firm
from pm_desktop.workspace.page import Block, Item, Profile
from pm_desktop.workspace.peers import standing
from pm_desktop.workspace.profile import load_profile

CTX = JobContext()


@pytest.fixture(scope="module")
def largest(tiny_sample: str) -> str:
    with Database.open(tiny_sample, read_only=True) as db:
        return str(db.group_count(ServiceProject, ["firm_id"])[0][0])


def block(profile: Profile, key: str) -> Block:
    return next(b for b in profile.blocks if b.key == key)


def value(found: Block, zh: str) -> Item:
    return next(i for i in found.items if i.label.zh == zh)


def test_every_number_of_a_firm_opens_as_many_rows(tiny_sample: str, largest: str) -> None:
    opened = 0
    with Database.open(tiny_sample, read_only=True) as db:
        for each in load_firm(CTX, tiny_sample, largest).blocks:
            for item in each.items:
                if item.drill is not None:
                    where = {k: condition(v) for k, v in item.drill.where.items()}
                    assert db.count(entity_of(item.drill.entity).record, where) == item.drill.count, (each.key, item.label)
                    opened += 1
    assert opened > 10


def test_a_firm_counts_as_brute_force_does(tiny_sample: str, largest: str) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        now = moment(db, None)
        zones = {p.zone_id for p in db.records(ServiceProject) if p.firm_id == largest}
        compounds = {c for z in db.records(Zone) if z.id in zones for c in z.compound_ids}
        mine = [c for c in db.records(Compound) if c.id in compounds]
        complaints = [r for r in db.rows(Complaint, ("compound_id", "received_at", "valid"))
                      if r[0] in compounds and r[1] >= now - timedelta(days=365) and r[2] is not False]
        today = (now + timedelta(hours=8)).date()
        left = [(k.end - today).days for k in db.records(Contract) if k.firm_id == largest and k.end]
    profile = load_firm(CTX, tiny_sample, largest)
    assert set(profile.places) == compounds
    assert value(block(profile, "projects"), "户数").value == f"{sum(c.households or 0 for c in mine):,}"
    assert value(block(profile, "complaints"), "有效投诉").value == f"{len(complaints):,}"
    area = sum(float(c.floor_area_m2 or 0) for c in mine)
    assert value(block(profile, "complaints"), "有效投诉率").value == f"{len(complaints) / (area / 100_000):.1f}"
    assert value(block(profile, "contracts"), "90天内到期").value == str(sum(0 <= d < 90 for d in left))
    assert value(block(profile, "contracts"), "180天内到期").value == str(sum(0 <= d < 180 for d in left))


def test_people_are_masked_and_unknown_is_unknown(tiny_sample: str, largest: str, tmp_path: Path) -> None:
    identity = block(load_firm(CTX, tiny_sample, largest), "firm")
    assert str(value(identity, "联系人").value).endswith("*") and "****" in str(value(identity, "联系电话").value)
    assert value(block(load_firm(CTX, tiny_sample, largest), "credit"), "最近一次等级").value is None
    location = str(tmp_path / "w")
    with Database.create(location) as db, db.transaction() as tx:
        tx.insert([Firm(id="f" * 32, code="Q", name="空")])
    profile = load_firm(CTX, location, "f" * 32)
    assert profile.box is None and value(block(profile, "projects"), "户数").value is None
    assert value(block(profile, "complaints"), "有效投诉率").value is None
    with pytest.raises(InputRefused):
        load_firm(CTX, location, "nobody")


def test_standing_is_that_of_the_statistics() -> None:
    peers = [3.0, 9.0, 1.0, 7.0, 5.0, 11.0]
    found = standing(6.0, peers)
    assert found is not None and found.five == (1.0, *statistics.quantiles(peers, n=4, method="inclusive"), 11.0)
    assert standing(6.0, peers[:4]) is None and standing(None, peers) is None


def test_history_lists_every_version_with_its_days(location: str) -> None:
    with Database.create(location) as db, db.transaction() as tx:
        tx.insert([Compound(id="c" * 32, code="C", name="村"), Firm(id="f" * 32, code="F", name="甲"), Firm(id="e" * 32, code="E", name="乙"),
                   Zone(id="z" * 32, code="Z", name="区", compound_ids=("c" * 32,), valid_from=date(2020, 1, 1)),
                   ServiceProject(id="p" * 32, code="P", zone_id="z" * 32, firm_id="f" * 32, valid_from=date(2020, 1, 1), valid_to=date(2024, 5, 1)),
                   ServiceProject(id="p" * 32, code="P", zone_id="z" * 32, firm_id="e" * 32, valid_from=date(2024, 5, 1))])
    history = block(load_profile(CTX, location, "c" * 32, date(2026, 1, 1)), "history")
    projects = [(i.label.zh, i.value) for i in history.items if i.label.zh.startswith("服务项目")]
    assert projects == [("服务项目 2020-01-01 至 2024-05-01", "甲"), ("服务项目 2024-05-01 至 今", "乙")]


def test_the_same_month_a_year_before(location: str) -> None:
    from datetime import UTC, datetime

    months = [datetime(2026, 1, 5, tzinfo=UTC)] * 3 + [datetime(2025, 1, 5, tzinfo=UTC)] * 2 + [datetime(2024, 2, 5, tzinfo=UTC), datetime(2024, 1, 5, tzinfo=UTC)]
    with Database.create(location) as db, db.transaction() as tx:
        tx.insert([Compound(id="c" * 32, code="C", name="村")])
        tx.insert([Complaint(id=f"{n:032x}", code=str(n), compound_id="c" * 32, received_at=at) for n, at in enumerate(months)])
    found = block(load_profile(CTX, location, "c" * 32, date(2026, 1, 31)), "complaints")
    assert found.trend == (0,) * 11 + (3,) and found.trend_before == (1, *(0,) * 10, 2)
