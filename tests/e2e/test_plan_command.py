"""``plan score`` as a process: keys in their order, figures as text, refusals with their exit codes."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.test_cli import pm
from tests.helpers.mergers import FOUR, merger_workspace


def test_a_plan_is_scored_and_bad_calls_are_refused(tmp_path: Path, basedir: Path) -> None:
    home = merger_workspace(tmp_path)
    call = ["plan", "score", "--in", home, "--kind", "ZONE_MERGE"]
    code, answer, errors = pm(basedir, *call, "--members", ",".join(FOUR), "--posts", "1,2", "--unified-fee", "2")
    assert code == 0 and errors == ""
    assert (answer["members"], answer["area_m2"], answer["balance"]["after_cny_month"], answer["score"]["total"]) == (list(FOUR), 81000.5, "53901.10", 81.0)
    assert answer["unified_fee"]["households_more"] == 430 and len(answer["gates"]) == 10
    for expected, wrong, options in ((3, "zone_unknown", ["--members", "甲园,查无"]), (3, "members_missing", ["--members", " , "]), (2, "posts_wrong", ["--members", "甲园", "--posts", "2"]),
                                     (2, "posts_wrong", ["--members", "甲园", "--posts", "2,-1"]), (2, "posts_wrong", ["--members", "甲园", "--posts", "１,2"]),
                                     (2, "fee_wrong", ["--members", "甲园", "--unified-fee", "NaN"]), (2, "fee_wrong", ["--members", "甲园", "--unified-fee", "-1"]), (2, "usage", [])):
        code, answer, _ = pm(basedir, *call, *options)
        assert (code, answer["error"]["code"]) == (expected, wrong), options
    code, answer, _ = pm(basedir, *call[:-1], "MERGE", "--members", "甲园")
    assert (code, answer["error"]["code"]) == (2, "usage")
