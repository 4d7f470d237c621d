"""Ground that is kept: the same pixels, never of another base or style, never a damaged one, never too much."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pm_desktop.base import paths
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.mercator import units_per_px
from pm_desktop.cartography import keptground
from pm_desktop.cartography.keptground import KeptGround
from pm_desktop.cartography.requests import TILE_PX, TileRequest
from pm_desktop.cartography.scenepainter import ScenePainter
from pm_desktop.layers.build import build_layer
from tests.helpers.mapview import Painted, world_of

pytestmark = pytest.mark.usefixtures("qapp")
SIDE_BYTES = TILE_PX * TILE_PX * 4


@pytest.fixture()
def base(tiny_sample: str, tmp_path: Path) -> Path:
    return Path(shutil.copy(next((Path(tiny_sample) / "streets").glob("*.streets")), tmp_path / "base.streets"))


def request_at(zoom: float) -> TileRequest:
    column, row = (int(v / units_per_px(zoom) / TILE_PX) for v in world_of(121.53, 31.21))
    return TileRequest(round(zoom * 4), column, row)


def tile(scene: Painted, request: TileRequest) -> bytes:
    memory = bytearray(SIDE_BYTES * 4)
    side = scene.painter.tile(request, memoryview(memory))
    return bytes(memory[:side * side * 4])


def files() -> list[Path]:
    return sorted((paths.cache_dir() / "ground").glob("*/*"))


@pytest.fixture()
def paintings(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Zooms at which a street base was painted."""
    done: list[float] = []
    real = ScenePainter.paint_bases

    def noted(self: ScenePainter, *given: object) -> None:
        done.append(given[-1])  # type: ignore[arg-type]
        real(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(ScenePainter, "paint_bases", noted)
    return done


def test_a_second_scene_takes_the_ground_and_paints_its_layers_over_it(base: Path, tiny_sample: str, tmp_path: Path, paintings: list[float]) -> None:
    request = request_at(14.0)
    layer = build_layer(JobContext(), tiny_sample, "compounds", str(tmp_path / "layers")).path
    shutil.rmtree(paths.cache_dir() / "ground", ignore_errors=True)
    fresh = tile(Painted.open([base], layers=[layer]), request)
    bare = tile(Painted.open([base]), request)
    assert paintings == [14.0] and fresh != bare and len(files()) == 1
    assert tile(Painted.open([base], layers=[layer]), request) == fresh
    shutil.rmtree(paths.cache_dir() / "ground")
    assert tile(Painted.open([base]), request) == bare and len(paintings) == 2


def test_another_style_ratio_or_base_has_ground_of_its_own(base: Path, paintings: list[float]) -> None:
    request = request_at(13.0)
    light, dark = tile(Painted.open([base]), request), tile(Painted.open([base], "dark"), request)
    tile(Painted.open([base], ratio=2.0), request)
    tile(Painted.open([base], lang="en"), request)  # names are not on the ground
    assert light != dark and len(paintings) == 3 and len(files()) == 3
    os.utime(base, ns=(1, 1))  # replaced by another of the same name
    tile(Painted.open([base]), request)
    assert len(paintings) == 4
    assert tile(Painted.open([]), request) != light and len(files()) == 4  # nothing is kept where there is no base


@pytest.mark.parametrize("damage", ["cut", "zeros", "empty"])
def test_a_damaged_file_is_painted_again(base: Path, paintings: list[float], damage: str) -> None:
    request = request_at(15.0)
    wanted = tile(Painted.open([base]), request)
    (file,) = files()
    content = file.read_bytes()
    file.write_bytes({"cut": content[:-1], "zeros": content[:1000] + bytes(len(content) - 1000), "empty": b""}[damage])
    assert tile(Painted.open([base]), request) == wanted and len(paintings) == 2
    assert file.read_bytes() == content


def test_a_folder_that_cannot_be_written_only_costs_time(base: Path, paintings: list[float]) -> None:
    (paths.cache_dir() / "ground").write_text("a file stands where the folder should")
    scene = Painted.open([base])
    assert tile(scene, request_at(14.0)) == tile(scene, request_at(14.0)) and len(paintings) == 2


def test_the_longest_unused_go_first_when_it_is_too_much(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keptground, "SHRINK_EVERY", 1)
    each = SIDE_BYTES + 4
    ground = KeptGround([str(base)], "light", 1.0, limit_bytes=3 * each)
    memory = memoryview(bytearray(SIDE_BYTES))
    requests = [TileRequest(56, k, 0) for k in range(5)]
    for number, request in enumerate(requests[:3]):
        ground.keep(request, memory, SIDE_BYTES)
        os.utime(next(f for f in files() if f.name == f"56-{number}-0"), (number + 1, number + 1))
    assert ground.load(requests[0], memory, SIDE_BYTES)  # used just now
    ground.keep(requests[3], memory, SIDE_BYTES)
    ground.keep(requests[4], memory, SIDE_BYTES)
    assert [f.name for f in files()] == ["56-0-0", "56-3-0", "56-4-0"]
    assert not list((paths.cache_dir() / "ground").glob("*/*.part"))
