"""Profile, drill-down and search on a small sample."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.domain.records import Complaint, Compound, Device, Firm
from pm_desktop.storage.database import Database
from pm_desktop.workspace import queries
from pm_desktop.workspace.firm import load_firm
from pm_desktop.workspace.profile import load_profile
from pm_desktop.workspace.search import SearchIndex
from pm_desktop.workspace.searchindex import build_index
from pm_desktop.workspace.tablepack import TableData
from pm_desktop.workspace.tables import Scope, build_table

CTX = JobContext()


def test_every_number_opens_as_many_rows(tiny_sample: str, tmp_path: Path) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        some = [r[0] for r in db.rows(Compound, ("id",), limit=12)]
    drilled = 0
    for identifier in some:
        for block in load_profile(CTX, tiny_sample, identifier).blocks:
            for item in block.items:
                if item.drill is not None:
                    scope = Scope(item.drill.entity, item.drill.where)
                    table = TableData(build_table(CTX, tiny_sample, scope, str(tmp_path)))
                    assert table.total == len(table) == item.drill.count
                    drilled += 1
    assert drilled > 40


COUNTS = {"件", "条", "单", "份", "个", "幢", "处", "台", "户", "㎡", "年", "人", "天", "元/㎡·月", "在线"}


def test_every_block_has_a_date_and_every_number_rows(tiny_sample: str) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        some = [r[0] for r in db.rows(Compound, ("id",), limit=12)]
        firms = [r[0] for r in db.rows(Firm, ("id",), limit=4)]
    keys = set()
    for profile in (*(load_profile(CTX, tiny_sample, i) for i in some), *(load_firm(CTX, tiny_sample, i) for i in firms)):
        for block in profile.blocks:
            keys.add((profile.kind, block.key))
            known = [item for item in block.items if item.value is not None]
            assert block.as_of or not known or block.key == "photos", block.key
            for item in known:
                number = isinstance(item.value, str) and item.unit in COUNTS and item.value[0].isdigit() and item.value.split("/")[0] != "0"
                assert not number or item.drill or block.drill, (block.key, item.label.zh, item.value)
    wanted = ("summary", "identity", "zone", "housing", "service", "fee", "committee", "party", "complaints", "town", "orders", "alerts",
              "devices", "inspection", "repair_fund", "disclosure", "facilities", "consolidation", "photos", "history")
    assert {("Compound", key) for key in wanted} <= keys, "DOMAIN 4.4 names them"


def test_what_people_ask_first_stands_first(tiny_sample: str) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        identifier = db.group_count(Complaint, ["compound_id"], {"compound_id": [r[0] for r in db.rows(Compound, ("id",))]})[0][0]
    profile = load_profile(CTX, tiny_sample, identifier)
    first, below = profile.blocks[0], {(b.key, i.label.zh): i.value for b in profile.blocks[1:] for i in b.items}
    said = {item.label.zh: item for item in first.items}
    assert first.key == "summary" and len(said) == 10
    assert said["物业服务企业"].value == below["service", "物业服务企业"] and said["有效投诉率"].value == below["complaints", "有效投诉率"]
    assert said["业委会"].value == below["committee", "状态"] and said["· 较上年"].value is None, "nobody kept complaints the year before"
    newest = max(item.day for b in profile.blocks if b.key == "history" for item in b.items if item.day)
    assert said["最近变更"].day == newest


def test_a_year_is_set_beside_the_year_before(tmp_path: Path) -> None:
    location = str(tmp_path / "w")
    with Database.create(location) as db, db.transaction() as tx:
        tx.insert([Compound(id="a" * 32, code="C", name="一村"), Compound(id="b" * 32, code="D", name="二村")])
        days = [(2026, 5), (2026, 9), (2026, 10), (2025, 5), (2025, 6)]
        tx.insert([Complaint(id=f"{k:032x}", code=f"T{k}", compound_id="a" * 32, received_at=datetime(y, m, 3, tzinfo=UTC)) for k, (y, m) in enumerate(days)])
    block = {b.key: b for b in load_profile(CTX, location, "a" * 32, date(2026, 10, 31)).blocks}["complaints"]
    said = {i.label.zh: i for i in block.items}
    assert said["近半年 / 前半年"].value == "3 / 0"
    assert said["较上年"].value is not None and said["较上年"].state == "bad"
    assert said["较上年"].value.zh == "+1 件（+50 %）" and said["较上年"].value.en == "+1 (+50 %)"  # type: ignore[union-attr]
    other = {b.key: b for b in load_profile(CTX, location, "b" * 32, date(2026, 10, 31)).blocks}["complaints"]
    assert {i.label.zh: i.value for i in other.items}["较上年"] == Label("+0 件", "+0"), "none, where complaints were kept, is none"


def test_a_profile_counts_as_brute_force_does(tiny_sample: str) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        identifier = db.group_count(Complaint, ["compound_id"], {"compound_id": [r[0] for r in db.rows(Compound, ("id",))]})[0][0]
        everything = db.rows(Complaint, ("compound_id", "received_at", "valid"))
    newest = max(r[1] for r in everything)
    mine = [r for r in everything if r[0] == identifier and (newest - r[1]).total_seconds() <= 365 * 86_400]
    profile = load_profile(CTX, tiny_sample, identifier)
    block = next(b for b in profile.blocks if b.key == "complaints")
    assert block.items[0].value == f"{len(mine):,}"
    assert block.items[1].value == f"{sum(r[2] is not False for r in mine):,}"
    assert sum(block.trend) <= len(mine)


def test_unknown_is_not_zero(tmp_path: Path) -> None:
    location = str(tmp_path / "w")
    with Database.create(location) as db, db.transaction() as tx:
        tx.insert([Compound(id="a" * 32, code="C", name="孤村")])
    profile = load_profile(CTX, location, "a" * 32, date(2026, 1, 1))
    values = {(b.key, i.label.zh): i.value for b in profile.blocks for i in b.items}
    assert values["housing", "户数"] is None
    assert values["zone", "区域名称"] is None
    assert values["complaints", "有效投诉率"] is None
    with pytest.raises(InputRefused):
        load_profile(CTX, location, "nobody")


def test_personal_data_are_masked_in_tables(tiny_sample: str, tmp_path: Path) -> None:
    table = TableData(build_table(CTX, tiny_sample, Scope("Firm"), str(tmp_path)))
    people, phones = table.index("contact_name"), table.index("contact_phone")
    assert all(table.text(r, people, "zh").endswith("*") and "****" in table.text(r, phones, "zh") for r in range(len(table)))


def test_figures_carry_source_and_date_and_open_their_rows(tiny_sample: str, tmp_path: Path) -> None:
    figures = {f.key: f for f in queries.headline_figures(CTX, tiny_sample)}
    for figure in figures.values():
        assert figure.drill is not None or figure.value in (None, "0"), figure.key
        if figure.drill is not None:
            table = TableData(build_table(CTX, tiny_sample, Scope(figure.drill.entity, figure.drill.where), str(tmp_path)))
            assert table.total == figure.drill.count > 0, figure.key
    for key in ("contracts", "committees", "complaints", "alerts"):
        assert figures[key].drill is None or figures[key].value == f"{figures[key].drill.count:,}"  # type: ignore[union-attr]
    assert all(f.source.zh and f.source.en for f in figures.values())
    rate = figures["K-10"]
    assert rate.numerator is not None and rate.denominator and rate.value == f"{100 * rate.numerator / rate.denominator:.2f}"


def test_an_empty_workspace_shows_unknown_not_zero(tmp_path: Path) -> None:
    location = str(tmp_path / "w")
    Database.create(location).close()
    figures = {f.key: f.value for f in queries.headline_figures(CTX, location)}
    assert figures["K-10"] is None and figures["complaint_rate"] is None and figures["K-28"] is None
    assert queries.extent(CTX, location) is None
    assert queries.alert_queue(CTX, location).rows == ()


def test_expired_rule_bases_are_marked(tmp_path: Path) -> None:
    from pm_desktop.workspace.workspace import Workspace

    workspace = Workspace.create(tmp_path / "w")
    workspace.close()
    rows = {r.title: r for r in queries.rule_bases(CTX, str(tmp_path / "w")).rows}
    badge = rows["住宅物业管理若干意见"].badge
    assert badge is not None and badge.zh == "依据已到期"


def test_everything_is_found_by_name_pinyin_and_initials(tiny_sample: str, tmp_path: Path) -> None:
    from pypinyin import Style, lazy_pinyin

    packs = tuple(str(p) for p in (Path(tiny_sample) / "streets").glob("*"))
    index = SearchIndex(build_index(CTX, tiny_sample, str(tmp_path / "i"), packs))
    with Database.open(tiny_sample, read_only=True) as db:
        compounds = db.rows(Compound, ("id", "name", "code"))
        firm = db.rows(Firm, ("name", "code"), limit=1)[0]
        device = db.rows(Device, ("code",), limit=1)[0][0]
    for identifier, name, code in compounds:
        for text in (name, code, "".join(lazy_pinyin(name)), "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).upper(), f" {name} "):
            assert identifier in [h.id for h in index.query(text, 60)], (name, text)
    assert index.query(firm[0])[0].label == firm[0] and index.query(firm[1])[0].kind == "Firm"
    assert index.query(device)[0].kind == "Device"
    assert any(h.kind == "Street" for h in index.query("路", 300))
    assert index.query("121.5, 31.2")[0].lon == 121.5
    assert index.query("") == [] and index.query("\n") == []


def test_other_readings_of_a_letter_are_found(tmp_path: Path) -> None:
    location = str(tmp_path / "w")
    with Database.create(location) as db, db.transaction() as tx:
        tx.insert([Compound(id="a" * 32, code="C", name="长行里")])
    index = SearchIndex(build_index(CTX, location, str(tmp_path / "i")))
    assert index.query("zhangxingli") and index.query("changhangli")
