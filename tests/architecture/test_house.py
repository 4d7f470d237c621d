"""Rules of the house that a machine can keep."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted((ROOT / "pm_desktop").rglob("*.py"))
TRACKED = [ROOT / p for p in subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()]
TEXTS = [p for p in TRACKED if p.suffix in (".py", ".md", ".toml", ".json", ".yml", ".sh", ".lock", "") and p.is_file()]


def test_modules_stay_small() -> None:
    long = {str(p.relative_to(ROOT)): n for p in CODE if (n := len(p.read_text("utf-8").splitlines())) > 500 and "migrations" not in p.parts}
    assert long == {}
    assert len((ROOT / "pm_desktop/ui/main_window.py").read_text("utf-8").splitlines()) <= 300


def test_banned_words_do_not_occur() -> None:
    banned = re.compile(r"processEvents\(|time\.sleep\(|except Exception:\s*(pass|\.\.\.)|NotImplementedError|\bTODO\b|\bFIXME\b")
    found = {f"{p.name}:{m.group()}" for p in CODE for m in banned.finditer(p.read_text("utf-8"))}
    assert found == set()


def test_no_registry_host_and_no_machine_path_stands_in_the_repo() -> None:
    hosts = re.compile("py" + r"pi\.org|python" + r"hosted\.org|registry\.npm" + r"js|deb\.deb" + r"ian\.org")
    places = re.compile(r"(?<![\w.])/(?:wo" + r"rk|ro" + r"ot|fa" + r"rm)/")
    for path in TEXTS:
        text = path.read_text("utf-8", errors="replace")
        assert not hosts.search(text), path
        assert not places.search(text), path


def test_only_the_crs_module_names_epsg_codes() -> None:
    number = re.compile(r"EPSG:\d|from_crs\(\d|from_epsg\(")
    allowed = {"crs.py", "places.py", "geometry.py", "source.py", "importing.py", "doctor.py"}
    found = {p.name for p in CODE if number.search(re.sub(r'"""(?:.|\n)*?"""|#.*', "", p.read_text("utf-8")))}
    assert found <= allowed, found - allowed


def test_both_languages_have_the_same_words_and_every_used_one() -> None:
    zh, en = (json.loads((ROOT / "resources/i18n" / f"{lang}.json").read_text("utf-8")) for lang in ("zh", "en"))
    assert zh.keys() == en.keys()
    assert not [k for k, text in en.items() if re.search("[一-鿿]", text) and k != "action.lang"]
    assert not [k for k, text in zh.items() if re.findall(r"{(\w+)}", text).sort() != re.findall(r"{(\w+)}", en[k]).sort()]
    used = {m.group(1) for p in (ROOT / "pm_desktop/ui").rglob("*.py")
            for m in re.finditer(r'(?:[wW]ords\(|\bw\()"([\w.]+)"', p.read_text("utf-8"))}
    assert len(used) > 60 and used <= zh.keys(), used - zh.keys()


def test_every_command_is_documented() -> None:
    from pm_desktop.cli import app, audit_app, crs_app, streets_app

    text = (ROOT / "docs/cli.md").read_text("utf-8")
    for prefix, group in (("", app), ("crs ", crs_app), ("streets ", streets_app), ("audit ", audit_app)):
        for command in group.registered_commands:
            name = command.name or str(command.callback.__name__)  # type: ignore[union-attr]
            assert f"`{prefix}{name}" in text, name


def test_the_lock_is_hashed_and_pins_the_qt_that_does_not_leak() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert re.search(r"^pyside6-essentials==6\.11\.\d+", lock, re.M)
    assert all("--hash=sha256:" in part for part in re.split(r"\n(?=[a-z0-9])", lock.strip()))


def test_starting_needs_no_heavy_package() -> None:
    code = ("import sys; import pm_desktop.ui.main_window, pm_desktop.ui.start; from pm_desktop.layers.registry import all_layers; all_layers(); "
            "print([m for m in ('pandas','shapely','scipy.ndimage','pyogrio','pyproj','alembic','pypinyin','osmium','openpyxl') if m in sys.modules])")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("rounds", [2000])
def test_painting_does_not_eat_references(rounds: int, qapp: object) -> None:
    """PySide6 6.12.0 on Python 3.11 drops a reference to None at every void call."""
    from PySide6.QtGui import QImage, QPainter, QPainterPath

    image = QImage(32, 32, QImage.Format.Format_RGB32)
    path = QPainterPath()
    path.addRect(2, 2, 9, 9)
    painter = QPainter(image)
    before = sys.getrefcount(None)
    for _ in range(rounds):
        painter.drawPath(path)
    after = sys.getrefcount(None)
    painter.end()
    assert abs(after - before) < 50
