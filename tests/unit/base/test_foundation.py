"""Array packs, grid index, world grid, settings, jobs."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_desktop.base import settings
from pm_desktop.base.arraypack import ArrayPack, pack_texts, text_at, write_pack
from pm_desktop.base.errors import Cancelled, InputRefused
from pm_desktop.base.gridindex import boxes_meet, build_grid, query_grid
from pm_desktop.base.jobs import Job, JobContext, Lane
from pm_desktop.base.mercator import to_lonlat, to_world


def test_a_pack_comes_back_and_is_aligned(tmp_path: Path) -> None:
    arrays = {"a": np.arange(10, dtype=np.int32).reshape(5, 2), "空": np.zeros((0, 4), np.float32), "b": np.array(["x", "yz"], "S32")}
    write_pack(tmp_path / "p", arrays, {"名": 1})
    pack = ArrayPack(tmp_path / "p")
    assert pack.meta == {"名": 1}
    for name, array in arrays.items():
        assert np.array_equal(pack[name], array)
    assert pack["a"].ctypes.data % 64 == 0

def test_a_member_with_a_damaged_header_is_refused_when_it_is_asked_for(tmp_path: Path) -> None:
    """Opening reads the directory alone, so a pack of hundreds of arrays opens at once; nothing damaged is handed out."""
    write_pack(tmp_path / "p", {"good": np.arange(10), "bad": np.arange(1000), "long": np.arange(1000)}, {})
    content = bytearray((tmp_path / "p").read_bytes())
    heads = [i for i in range(len(content)) if content.startswith(b"\x93NUMPY", i)]
    content[heads[1]] = 0
    at = content.index(b"(1000,)", heads[2])
    content[at:at + 7] = b"(9999,)"  # says that it is longer than the file
    (tmp_path / "p").write_bytes(content)
    pack = ArrayPack(tmp_path / "p")
    assert pack["good"].tolist() == list(range(10)) and not pack["good"].flags.writeable
    for name in ("bad", "long"):
        with pytest.raises(InputRefused) as refused:
            pack[name]
        assert refused.value.code == "pack_unreadable"
    with pytest.raises(InputRefused):
        pack.verify()
    with pytest.raises(KeyError):
        pack["nothing"]



@pytest.mark.parametrize("keep", [0, 10, 60, 200])
def test_a_cut_pack_is_refused(tmp_path: Path, keep: int) -> None:
    write_pack(tmp_path / "p", {"a": np.arange(1000)}, {})
    data = (tmp_path / "p").read_bytes()
    (tmp_path / "q").write_bytes(data[:keep])
    with pytest.raises(InputRefused):
        ArrayPack(tmp_path / "q")


def test_texts_come_back() -> None:
    texts = ["", "浦东", "a\nb", "𠮷"]
    blob, start = pack_texts(texts)
    assert [text_at(blob, start, i) for i in range(4)] == texts


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 900), st.integers(0, 900)), max_size=60),
       st.tuples(st.integers(-500, 5500), st.integers(-500, 5500), st.integers(0, 2000), st.integers(0, 2000)))
def test_the_grid_finds_what_brute_force_finds(boxes: list[tuple[int, int, int, int]], wanted: tuple[int, int, int, int]) -> None:
    bbox = np.array([(x, y, x + w, y + h) for x, y, w, h in boxes], np.int32).reshape(-1, 4)
    box = (wanted[0], wanted[1], wanted[0] + wanted[2], wanted[1] + wanted[3])
    grid, start, item = build_grid(bbox, 256)
    found = query_grid(grid, start, item, box)
    found = found[boxes_meet(bbox[found], box)]
    brute = [i for i, b in enumerate(bbox.tolist()) if b[0] <= box[2] and b[2] >= box[0] and b[1] <= box[3] and b[3] >= box[1]]
    assert found.tolist() == brute


@given(st.floats(-179, 179), st.floats(-84, 84))
def test_the_world_grid_is_exact_to_two_centimetres(lon: float, lat: float) -> None:
    back = to_lonlat(to_world(lon, lat))
    assert abs(back[0] - lon) < 2e-7 and abs(back[1] - lat) < 2e-7


def test_settings_come_back_and_damage_is_set_aside() -> None:
    chosen = settings.Settings(theme="dark", lang="en", recent=["x"])
    settings.save_settings(chosen)
    assert settings.load_settings() == chosen
    settings.settings_file().write_text(json.dumps({"theme": "pink", "lang": 7, "recent": ["y"]}))
    assert settings.load_settings() == settings.Settings(recent=["y"])
    settings.settings_file().write_text("{broken")
    assert settings.load_settings() == settings.Settings()
    assert settings.settings_file().with_suffix(".damaged").exists()


def work(ctx: JobContext, rounds: int) -> int:
    for n in range(rounds):
        threading.Event().wait(0.01)
        ctx.progress(n / rounds)
    return rounds


def stuck(ctx: JobContext) -> None:
    threading.Event().wait(60)


def failing(ctx: JobContext) -> None:
    raise ValueError("boom")


def run(lane: Lane, function: object, *args: object, cancel_after: float | None = None) -> tuple[object, float]:
    outcome: list[object] = []
    ended = threading.Event()

    def end(value: object) -> None:
        outcome.append(value)
        ended.set()

    job = lane.submit(Job(function, args, "t", on_done=end, on_failed=end))  # type: ignore[arg-type]
    began = time.monotonic()
    if cancel_after is not None:
        threading.Event().wait(cancel_after)
        began = time.monotonic()
        job.cancel()
    assert ended.wait(20)
    return outcome[0], time.monotonic() - began


@pytest.mark.noisy
def test_jobs_finish_fail_and_are_cancelled_in_time() -> None:
    lane = Lane("test")
    try:
        assert run(lane, work, 5)[0] == 5
        outcome, _ = run(lane, failing)
        assert isinstance(outcome, RuntimeError) and "boom" in str(outcome)
        for function, args in ((work, (2000,)), (stuck, ())):
            outcome, seconds = run(lane, function, *args, cancel_after=1.5)
            assert isinstance(outcome, Cancelled)
            assert seconds < 0.3  # 200 ms are promised; the rest is this machine's noise
        assert run(lane, work, 3)[0] == 3
    finally:
        lane.close()


def test_a_lane_for_rare_jobs_gives_its_process_back() -> None:
    import multiprocessing

    lane = Lane("rare", keep=False)
    try:
        assert run(lane, work, 5)[0] == 5
        assert not [p for p in multiprocessing.active_children() if p.name == "rare"]
        assert run(lane, work, 3)[0] == 3
    finally:
        lane.close()
