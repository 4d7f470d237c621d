"""``plan score``: the acceptance set to the last digit where it is present, the same on a plan made here and worked by hand, and what is refused."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import shapely

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.jobs import JobContext
from pm_desktop.domain.consolidation.facts import Posts
from pm_desktop.domain.enums import MergerKind
from pm_desktop.domain.records import Zone
from pm_desktop.intake.importer import import_file
from pm_desktop.storage.database import Database
from pm_desktop.workspace.new import new_workspace
from pm_desktop.workspace.planlines import as_lines
from pm_desktop.workspace.planscore import score_plan
from tests.conftest import SHARED
from tests.helpers.mergers import FOUR, NAMES, collection, facilities_file, merger_workspace, zone_features

ZONE, MGMT = MergerKind.ZONE_MERGE, MergerKind.MGMT_MERGE
KEYS = ["members", "area_m2", "households", "billing_cny_month", "weighted_fee", "collected_cny_month", "collected_pct", "fee_gap_pct", "gates", "score", "staff", "balance", "gaps_m"]
LINES = ["boundary", "barrier", "facilities", "scale", "fee_gap", "firm_overlap", "fallback", "juwei", "savings"]


@pytest.fixture(scope="module")
def merger(tmp_path_factory: pytest.TempPathFactory) -> str:
    from pm_desktop.base import paths

    folder = tmp_path_factory.mktemp("merger")
    paths.set_basedir(folder / "base")
    return merger_workspace(folder)


def result(answer: dict[str, Any], gate: str) -> str:
    return next(str(g["result"]) for g in answer["gates"] if g["id"] == gate)


def test_four_zones_worked_by_hand(tmp_path: Path, location: str) -> None:
    answer = score_plan(JobContext(), merger_workspace(tmp_path, location), FOUR, ZONE, Posts(1, 2))
    assert list(answer)[:len(KEYS)] == KEYS and list(answer["score"]["lines"]) == LINES
    # 40,000 + 30,000 + 9,000.5 + 2,000 ㎡; billing 80,000 + 57,000 + 19,801.10 + 1,000; collected 72,000 + 45,600 + 19,801.10 + 500
    assert (answer["area_m2"], answer["households"]) == (81_000.5, 1_020)
    assert (answer["billing_cny_month"], answer["collected_cny_month"]) == ("157801.10", "137901.10")
    # 157,801.10 ÷ 81,000.5; 137,901.10 ÷ 157,801.10; (2.2 − 1.9) ÷ (156,801.10 ÷ 79,000.5)
    assert (answer["weighted_fee"], answer["collected_pct"], answer["fee_gap_pct"]) == ("1.9481", "87.39", "15.11")
    assert answer["gaps_m"] == {"甲园|乙园": 12.0, "甲园|丙楼": 2.0, "甲园|丁里": 10.0, "丙楼|丁里": 3.0}
    # guards 11.5 × 5,000 + 5 × 4,200 + 4 × 6,500 + 3 × 9,000 + 2 × 5,500; after: ceil(3 + 3) guards, ceil(4.05) cleaners, 2 repair, 1, ceil(1.02) service
    assert answer["staff"] == {"before": {"guard": 11.5, "cleaner": 5, "repair": 4, "manager": 3, "service": 2}, "after": {"guard": 6, "cleaner": 5, "repair": 2, "manager": 1, "service": 2},
                               "before_cny_month": 142_500, "after_cny_month": 84_000, "saving_cny_month": 58_500, "saving_pct": "41.05"}
    assert answer["balance"] == {"before_cny_month": "-4598.90", "after_cny_month": "53901.10"}
    # two of four members are small, 8.1万㎡; firms (70,000² + 9,000.5²) ÷ 81,000.5² = 0.7592; fallback 5 + 5 × 0.0247 ÷ 0.3
    assert answer["score"] == {"total": 81.0, "lines": {"boundary": 15.0, "barrier": 7, "facilities": 4, "scale": 10, "fee_gap": 12, "firm_overlap": 7.6, "fallback": 5.4, "juwei": 5,
                                                        "savings": 15.0}, "grade": "推荐"}
    assert [result(answer, f"G{n}") for n in (1, 2, 3, 4, 5, 8)] == ["PASS"] * 6 and answer["premises"] == []


def test_the_river_stops_the_fifth_zone(merger: str) -> None:
    for kind, expected in ((ZONE, "BLOCK"), (MGMT, "WARN")):
        answer = score_plan(JobContext(), merger, NAMES, kind)
        assert (result(answer, "G3"), result(answer, "G4"), answer["gaps_m"]["乙园|戊苑"]) == ("PASS", expected, 26.0)
        assert "河道“示例河”" in next(g["reason"] for g in answer["gates"] if g["id"] == "G4") and answer["score"]["lines"]["barrier"] == 0
    apart = score_plan(JobContext(), merger, ["甲园", "戊苑"], ZONE)
    assert (result(apart, "G3"), apart["gaps_m"], apart["score"]["lines"]["boundary"]) == ("BLOCK", {}, 0.0)


def test_codes_names_and_order_of_members(merger: str) -> None:
    by_code = score_plan(JobContext(), merger, ["PD-104-8003", " 甲园 ", "PD-104-8002"], ZONE)
    assert by_code["members"] == ["丙楼", "甲园", "乙园"] and set(by_code["gaps_m"]) == {"丙楼|甲园", "甲园|乙园"}
    turned = score_plan(JobContext(), merger, ["乙园", "甲园", "丙楼"], ZONE)
    assert turned["score"] == by_code["score"] and turned["balance"] == by_code["balance"]


@pytest.mark.parametrize(("members", "code", "named"), [
    ([], "members_missing", "--members"), (["", "  "], "members_missing", "--members"), (["甲园", "无此园"], "zone_unknown", "无此园"),
    (["甲园", "PD-104-8001"], "member_twice", "甲园"), (["甲园", "甲园"], "member_twice", "甲园"),
    (["甲园'; DROP TABLE zone; --"], "zone_unknown", "DROP TABLE"), (["%"], "zone_unknown", "%"), (["甲_"], "zone_unknown", "甲_"), (["\0"], "zone_unknown", "\0"), (["甲园", "\udcff"], "zone_unknown", "\udcff"),
    ([f"区{n}" for n in range(5_000)], "zone_unknown", "等 5000 个"), (["长" * 100_000], "zone_unknown", "长" * 40)])
def test_hostile_and_careless_members(merger: str, members: list[str], code: str, named: str) -> None:
    with pytest.raises(InputRefused) as refused:
        score_plan(JobContext(), merger, members, ZONE)
    assert refused.value.code == code and refused.value.exit_code == 3
    assert named in refused.value.message.zh + refused.value.remedy.zh and len(refused.value.message.zh) < 400
    with Database.open(merger, read_only=True) as db:
        assert db.count(Zone) == 5


def test_what_is_not_on_record_is_said(tmp_path: Path) -> None:
    location = str(tmp_path / "w")
    new_workspace(JobContext(), location)
    bare = [({"zone_code": f"Z{n}", "name": "同名"}, shape) for n, (_, shape) in enumerate(zone_features()[:2])]
    import_file(JobContext(), location, str(collection(tmp_path / "z.geojson", bare)), "zones", "auto", False)
    with pytest.raises(InputRefused) as refused:
        score_plan(JobContext(), location, ["同名"], ZONE)
    assert refused.value.code == "zone_ambiguous" and "同名" in refused.value.message.zh
    answer = score_plan(JobContext(), location, ["Z0", "Z1"], ZONE)
    assert answer["members"] == ["同名（Z0）", "同名（Z1）"]
    for key in ("area_m2", "households", "billing_cny_month", "weighted_fee", "collected_cny_month", "collected_pct", "fee_gap_pct"):
        assert answer[key] is None, key
    assert answer["balance"] == {"before_cny_month": None, "after_cny_month": None} and answer["staff"]["saving_cny_month"] is None
    assert {g["id"]: g["result"] for g in answer["gates"]} == {"G1": "PASS", "G2": "INCOMPLETE", "G3": "PASS", "G4": "INCOMPLETE", "G5": "INCOMPLETE", "G6": "INCOMPLETE", "G7": "WARN",
                                                               "G8": "INCOMPLETE", "G9": "WARN", "G10": "WARN"}
    assert len(answer["premises"]) >= 6


def test_nobody_employed_is_a_fact_and_an_outline_that_crosses_itself_blocks(tmp_path: Path) -> None:
    location = str(tmp_path / "w")
    new_workspace(JobContext(), location)
    (facts, shape), (other, beside) = zone_features()[:2]
    nobody = facts | {"fee_cny_m2_month": "", "collection_rate": "", "firm": "", "firm_uscc": ""} | dict.fromkeys(("guard", "cleaner", "repair", "manager", "service"), 0)
    import_file(JobContext(), location, str(collection(tmp_path / "z.geojson", [(nobody, shape), (other, beside)])), "zones", "auto", False)
    before = score_plan(JobContext(), location, ["甲园", "乙园"], ZONE)["staff"]["before"]
    assert before == {"guard": 4, "cleaner": 2, "repair": 1, "manager": 1, "service": 1}
    with Database.open(location) as db, db.transaction("test") as tx:
        ring = shapely.get_coordinates(shape)
        bow = shapely.Polygon(ring[[0, 2, 1, 3, 0]])
        tx.update(Zone, db.rows(Zone, ("id",), {"name": "甲园"})[0][0], {"geom": shapely.to_wkb(bow)})
    answer = score_plan(JobContext(), location, ["甲园", "乙园"], ZONE)
    assert result(answer, "G1") == "BLOCK" and "甲园" in answer["gates"][0]["reason"] and answer["ratios"]["乙园"] > 0


def test_one_fee_for_all(merger: str) -> None:
    u = score_plan(JobContext(), merger, FOUR, ZONE, Posts(1, 2), Decimal("2"))["unified_fee"]
    # 36,000 + 24,000 + 9,000.5 + 1,000 ㎡ pay: 70,000.5 × 2; 84,000 ÷ 70,000.5 = 1.19999
    assert (u["collected_cny_month"], u["balance_cny_month"], u["break_even_fee"]) == ("140001.00", "56001.00", "1.2000")
    assert (u["households_more"], u["households_same"], u["households_less"]) == (430, 500, 90)


def test_a_person_reads_lines_in_both_languages(merger: str) -> None:
    lines = as_lines(score_plan(JobContext(), merger, NAMES, ZONE, None, Decimal("2")))
    text = "\n".join(lines)
    for part in ("区域合并 Zone merger: 甲园、乙园、丙楼、丁里、戊苑", "户数 households 1,320 户", "间距 gap 乙园—戊苑 26.0 m", "G4  不得通过 Blocked: 乙园与戊苑之间隔有河道“示例河”", "托底吸纳 fallback",
                 "保安 guards: 14.5 → 6", "统一收费 one fee 2", "测算前提 assumed: ", "测算，非审计数据"):
        assert part in text, (part, text)
    assert "None" not in text and all(line.isprintable() for line in lines)


def test_the_acceptance_set_to_the_last_digit(tmp_path: Path) -> None:
    folder = SHARED / "acceptance"
    if not folder.is_dir():
        assert facilities_file(tmp_path / "f.csv").exists()  # the same behaviour is tested above on files made here
        return
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    location = str(tmp_path / "w")
    new_workspace(JobContext(), location)
    for file, kind in (("zones.geojson", "zones"), ("barriers.geojson", "barriers"), ("facilities.csv", "facilities"), ("pair.geojson", "zones")):
        import_file(JobContext(), location, str(folder / file), kind, "auto", False)
    answer = json.loads(json.dumps(score_plan(JobContext(), location, expected["members"], ZONE, Posts(expected["posts_24h"], expected["posts_12h"])), ensure_ascii=False))
    for key in KEYS:
        if key != "gates":
            assert answer[key] == expected[key] and type(answer[key]) is type(expected[key]), key
    assert json.dumps(answer["score"]) == json.dumps(expected["score"]) and json.dumps(answer["staff"]) == json.dumps(expected["staff"])
    fifth = expected["with_fifth"]
    for kind, key in ((ZONE, "zone_merge_G4"), (MGMT, "mgmt_merge_G4")):
        wider = score_plan(JobContext(), location, [*expected["members"], fifth["member"]], kind)
        assert (result(wider, "G4"), result(wider, "G3")) == (fifth[key], fifth["G3"])
    pair = score_plan(JobContext(), location, expected["pair"]["members"], ZONE)
    assert (pair["score"]["lines"]["boundary"], pair["ratios"]) == (expected["pair"]["boundary"], expected["pair"]["ratios"])
