"""The promised command line, as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.unit.intake.test_acceptance import zones_file


def pm(basedir: Path, *arguments: str) -> tuple[int, Any, str]:
    done = subprocess.run([sys.executable, "-m", "pm_desktop", "--basedir", str(basedir), *arguments, "--json"], capture_output=True, check=False,
                          env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    text = done.stdout.decode("utf-8")
    return done.returncode, json.loads(text), done.stderr.decode("utf-8")


def test_from_nothing_to_an_import_and_back(tmp_path: Path, basedir: Path) -> None:
    home = str(tmp_path / "w")
    assert pm(basedir, "new", home)[:2] == (0, {"workspace": home, "counts": {}})
    code, refused, _ = pm(basedir, "new", home)
    assert (code, refused["error"]["code"]) == (3, "workspace_exists")
    code, report, _ = pm(basedir, "import", str(zones_file(tmp_path)), "--into", home)
    assert code == 0 and report["stored"] == 3
    code, info, _ = pm(basedir, "info", home)
    assert info["counts"]["zones"] == 3 and info["sources"][0]["batch"] == report["batch"]
    assert pm(basedir, "batches", home)[1][0]["stored"] == 3
    assert pm(basedir, "audit", "verify", "--in", home)[1]["ok"] is True
    assert pm(basedir, "rollback", report["batch"], "--in", home)[1]["rows"] == 13
    code, again, _ = pm(basedir, "rollback", report["batch"], "--in", home)
    assert (code, again["error"]["code"]) == (4, "batch_rolled_back")


def test_refusals_have_codes_places_and_remedies(tmp_path: Path, basedir: Path) -> None:
    for expected, arguments in ((2, ["nonsense"]), (2, ["shot", "--workspace", "x", "--out", "y", "--size", "3x3"]),
                                (2, ["shot", "--workspace", "x", "--out", "y", "--layers", "compounds:fees"]), (2, ["shot", "--workspace", "x", "--out", "y", "--layers", "homes"]),
                                (3, ["info", str(tmp_path / "none")]),
                                (2, ["new", str(tmp_path / "n"), "--scale", "2"]), (3, ["crs", "convert", "--from", "火星", "--to", "GCJ-02", "1", "2"]),
                                (3, ["streets", "build", str(tmp_path), "--out", str(tmp_path / "o")])):
        code, answer, _ = pm(basedir, *arguments)
        assert code == expected, arguments
        error = answer["error"]
        assert error["code"] and error["message"] and error["remedy"] and set(error["where"]) == {"file", "row", "field"}


def test_conversion_to_a_billionth_of_a_degree(basedir: Path) -> None:
    _, answer, _ = pm(basedir, "crs", "convert", "--from", "EPSG:4326", "--to", "BD-09", "121.54393", "31.21090")
    assert (round(answer["lon"], 6), round(answer["lat"], 6)) == (121.554645, 31.215051)


def test_a_picture_of_a_workbench(tiny_sample: str, tmp_path: Path, basedir: Path) -> None:
    out = tmp_path / "p.png"
    code, answer, errors = pm(basedir, "shot", "--workspace", tiny_sample, "--workbench", "inspector", "--size", "1366x768", "--theme", "dark", "--lang", "en",
                              "--out", str(out))
    assert code == 0, (answer, errors)
    assert (answer["width"], answer["height"]) == (1366, 768)
    assert out.read_bytes()[:4] == b"\x89PNG" and out.stat().st_size > 60_000


def test_a_picture_that_cannot_be_made_leaves_no_process_and_no_memory_behind(tiny_sample: str, tmp_path: Path, basedir: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    code, answer, errors = pm(basedir, "shot", "--workspace", tiny_sample, "--workbench", "briefing", "--layers", "streets,complaint_heat",
                              "--out", str(tmp_path / "file" / "p.png"))
    assert code == 3 and answer["error"]["remedy"]
    assert "leaked" not in errors and "Traceback" not in errors
    code, answer, _ = pm(basedir, "shot", "--workspace", tiny_sample, "--select", "nosuch", "--out", str(tmp_path / "p.png"))
    assert code == 3 and "nosuch" in answer["error"]["message"] and not (tmp_path / "p.png").exists()


def test_the_doctor_finds_this_machine_well(basedir: Path) -> None:
    code, answer, _ = pm(basedir, "doctor")
    assert code == 0, [c for c in answer["components"] if not c["ok"]]


def test_a_profile_as_a_page(tiny_sample: str, tmp_path: Path, basedir: Path) -> None:
    out = tmp_path / "page.pdf"
    compound = "XQ-004-0001"
    code, answer, errors = pm(basedir, "export", "pdf", "--in", tiny_sample, "--out", str(out), "--compound", compound)
    assert code == 0, (answer, errors)
    assert answer == {"file": str(out), "bytes": out.stat().st_size, "pages": 1}
    assert pm(basedir, "export", "pdf", "--in", tiny_sample, "--out", str(out))[0] == 2
    code, answer, _ = pm(basedir, "export", "pdf", "--in", tiny_sample, "--out", str(tmp_path / "none" / "a.pdf"), "--compound", compound)
    assert code == 3 and answer["error"]["remedy"]
