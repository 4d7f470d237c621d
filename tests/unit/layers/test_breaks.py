"""Class breaks against brute force, ranges that do not overlap, palettes that survive colour blindness."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pm_desktop.cartography.style import map_style
from pm_desktop.layers.breaks import breaks_of, class_of, parse_breaks, range_labels, rounded
from pm_desktop.layers.options import NUMBER_OPACITY, UNKNOWN
from pm_desktop.layers.palettes import PALETTES
from tests.helpers.colour import blended, seen_by_deuteranope


def scatter(values: np.ndarray, ends: tuple[int, ...]) -> float:
    """Squares within classes that end at these sorted distinct numbers."""
    cls = np.searchsorted(np.array(ends), values)
    return float(sum(((part - part.mean()) ** 2).sum() for k in range(len(ends) + 1) if len(part := values[cls == k])))


@settings(max_examples=120, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.integers(3, 6))
def test_natural_breaks_are_the_best_of_all_partitions(numbers: list[int], classes: int) -> None:
    values = np.array(numbers, float)
    distinct = np.unique(values)
    found = breaks_of(values, "natural", classes, 0)
    assert len(found) == min(classes, len(distinct)) - 1
    best = min(scatter(values, ends) for ends in itertools.combinations(distinct[:-1].tolist(), len(found)))
    assert scatter(values, found) == pytest.approx(best, abs=1e-9)


def test_natural_breaks_of_known_groups() -> None:
    values = [1, 1, 2, 10, 11, 12, 50, 51, 52, 52]
    assert breaks_of(values, "natural", 3, 0) == (2.0, 12.0)
    assert breaks_of([v / 10 + 0.04 for v in values], "natural", 3, 1) == (0.2, 1.2)


@pytest.mark.alone
def test_natural_breaks_of_many_numbers_come_at_once() -> None:
    values = np.random.default_rng(1).lognormal(3, 1, 300_000)
    began = time.perf_counter()
    found = breaks_of(values, "natural", 7, 1)
    assert len(found) == 6 and time.perf_counter() - began < 8


def test_quantiles_hold_equal_numbers_and_equal_steps_equal_spans() -> None:
    values = np.random.default_rng(2).permutation(1000) / 10
    for classes in range(3, 8):
        sizes = np.bincount(class_of(values, breaks_of(values, "quantile", classes, 1), 1))
        assert len(sizes) == classes and np.ptp(sizes) <= 1
    assert breaks_of([0, 100, 40], "equal", 4, 0) == (25.0, 50.0, 75.0)
    assert breaks_of([0] * 90 + [5, 9], "quantile", 5, 0) == (0.0,)  # ties are never split
    assert breaks_of([], "quantile", 5, 0) == () and breaks_of([7, 7], "natural", 5, 0) == ()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.floats(-500, 5000), min_size=1, max_size=60), st.sampled_from(["quantile", "natural", "equal"]), st.integers(3, 7), st.integers(0, 2))
def test_every_number_lies_in_the_range_that_its_class_says_and_in_no_other(numbers: list[float], method: str, classes: int, digits: int) -> None:
    breaks = breaks_of(numbers, method, classes, digits)  # type: ignore[arg-type]
    assert len(breaks) < classes and list(breaks) == sorted(set(breaks))
    spans = []
    for label in range_labels(breaks, digits):
        text = label.zh.replace("−", "-").replace(",", "")
        if text == "全部":
            spans.append((-np.inf, np.inf))
        elif text[0] in "≤≥":
            spans.append((-np.inf, float(text[2:])) if text[0] == "≤" else (float(text[2:]), np.inf))
        else:
            low, _, high = text.replace(" – ", "–").partition("–")
            spans.append((float(low), float(high or low)))
    for number, cls in zip(numbers, class_of(numbers, breaks, digits).tolist(), strict=True):
        shown = float(rounded(number, digits)) / 10**digits
        assert [k for k, (low, high) in enumerate(spans) if low <= shown <= high] == [cls]


def test_ranges_read_as_people_write_them() -> None:
    assert [label.zh for label in range_labels((12.2, 18.0), 1)] == ["≤ 12.2", "12.3–18.0", "≥ 18.1"]
    assert [label.zh for label in range_labels((1.0, 2.0, 1500.0), 0, low=1)] == ["1", "2", "3–1,500", "≥ 1,501"]
    assert [label.zh for label in range_labels((1980.0, 2000.0), 0, grouped=False)] == ["≤ 1980", "1981–2000", "≥ 2001"]
    assert [label.zh for label in range_labels((-7.0, 30.0), 0)] == ["≤ −7", "−6 – 30", "≥ 31"]


@pytest.mark.parametrize(("text", "found"), [("10, 20, 50", (10, 20, 50)), ("10；20、50.26", (10, 20, 50.3)), (" 1 2 ", (1, 2)), ("5", None), ("3,2,1", None),
                                             ("1,1.01", None), ("a,b", None), ("1,2,3,4,5,6,7", None), ("nan,1", None), ("1,inf", None), ("1e300,2e300", None), ("", None)])
def test_typed_breaks(text: str, found: tuple[float, ...] | None) -> None:
    assert parse_breaks(text, 1) == found


@pytest.mark.parametrize("base", ["light", "dark"])
@pytest.mark.parametrize("palette", PALETTES, ids=lambda p: p.id)
def test_palettes_run_one_way_and_a_deuteranope_tells_their_classes_apart_on_the_map(palette: object, base: str) -> None:
    land = map_style(base).colours["land"]
    for count in range(3, 8):
        colours = [blended(c, land, NUMBER_OPACITY) for c in palette.colours(count, base)]  # type: ignore[attr-defined]
        seen = [seen_by_deuteranope(c) for c in colours]
        assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 4, (count, colours)
        steps = np.diff([s[0] for s in seen])
        assert (steps > 0).all() if base == "dark" else (steps < 0).all()
        assert np.linalg.norm(seen[0] - seen_by_deuteranope(land)) > 4
    assert UNKNOWN.pattern != "solid"
