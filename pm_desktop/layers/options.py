"""What a layer can be coloured by, declared beside the layer, and how numbers and kinds become the classes of its legend.

An `Option` reads one value of each feature; a `Look` is what a person chose: the option, the method, the number of classes,
the palette, and breaks that are typed or held. Held breaks count whatever the data, the day or the filter say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.label import Label
from pm_desktop.layers.breaks import MAX_CLASSES, METHODS, MIN_CLASSES, Breaks, Method, breaks_of, class_of, range_labels
from pm_desktop.layers.palettes import PALETTE
from pm_desktop.layers.style import FillStyle, StyleClass

if TYPE_CHECKING:
    from pm_desktop.storage.database import Database

Value = float | str | None
"""A number, the key of one of the option's classes, or None: 未填报."""
Read = Callable[["Database", "date | None"], Mapping[str, Value]]
UNKNOWN = StyleClass("UNKNOWN", Label("未填报", "Not reported"), "#7f858d", "#8b939d", pattern="dots")
NUMBER_OPACITY = 0.55  # steps of one hue need more of it than kinds do; the limit of what leaves streets readable


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a layer can be coloured by.

    Attributes
    ----------
    read : callable, optional
        ``read(db, as_of) -> {feature id: value}`` in a helper process; None: the layer classes by itself.
    classes : tuple of StyleClass
        Classes of kinds; of a number the further classes that a value may name by its key.
    unit : Label or None
        Unit of a number; an option without one colours by kinds.
    depends_on : frozenset of str
        Entities that it reads besides those of the layer.
    note : callable, optional
        ``note(day) -> Label``: the rule by which values were set apart, for the legend.
    """

    id: str
    label: Label
    read: Read | None = None
    classes: tuple[StyleClass, ...] = ()
    unit: Label | None = None
    digits: int = 0
    grouped: bool = True
    palette: str = "heat"
    method: Method = "quantile"
    depends_on: frozenset[str] = frozenset()
    note: Callable[[date], Label] | None = None

    @property
    def is_number(self) -> bool:
        """Whether it is classed by breaks."""
        return self.unit is not None


@dataclass(frozen=True, slots=True)
class Look:
    """An option as a person chose to see it; ``breaks`` are typed (``fixed``) or held, empty where they follow the data."""

    option: str
    method: Method = "quantile"
    classes: int = 5
    palette: str = "heat"
    breaks: Breaks = ()

    @property
    def is_held(self) -> bool:
        """Whether its breaks stay when the data change."""
        return bool(self.breaks) or self.method == "fixed"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a built layer shows: the option, its words, the breaks in use and the span of the known numbers."""

    option: str
    label: Label
    unit: Label | None = None
    digits: int = 0
    breaks: Breaks = ()
    low: float | None = None
    middle: float | None = None
    high: float | None = None
    grouped: bool = True
    note: Label | None = None


def shown_from_json(data: dict[str, Any]) -> Shown:
    """What a built layer shows, from its plain values."""
    words = {key: Label(**data[key]) for key in ("label", "unit", "note") if data.get(key)}
    return Shown(**{**data, **words, "breaks": tuple(data["breaks"])})


def default_look(option: Option) -> Look:
    """An option as it looks before anybody chose."""
    return Look(option.id, option.method, palette=option.palette)


def look_to_json(look: Look) -> dict[str, Any]:
    """A look as settings keep it."""
    return asdict(look)


def look_from_json(option: Option, data: Any) -> Look:
    """A look from settings; what does not fit falls back to the default."""
    look = default_look(option)
    if not isinstance(data, dict):
        return look
    method, classes, palette, breaks = (data.get(key) for key in ("method", "classes", "palette", "breaks"))
    if method in METHODS:
        look = replace(look, method=method)
    if type(classes) is int and MIN_CLASSES <= classes <= MAX_CLASSES:
        look = replace(look, classes=classes)
    if palette in PALETTE:
        look = replace(look, palette=palette)
    if (isinstance(breaks, list) and len(breaks) < MAX_CLASSES and all(type(b) in (int, float) and abs(b) < 1e12 for b in breaks)
            and all(a < b for a, b in pairwise(breaks))):
        look = replace(look, breaks=tuple(map(float, breaks)))
    return replace(look, method=option.method) if look.method == "fixed" and not look.breaks else look


def coloured(values: Sequence[Value], option: Option, look: Look, style: FillStyle) -> tuple[NDArray[np.int64], FillStyle, Shown]:
    """Class of each value, the style with its classes (the last is 未填报), and what is shown."""
    if not option.is_number:
        classes = (*option.classes, UNKNOWN)
        key = {entry.key: k for k, entry in enumerate(option.classes)}
        return (np.array([key.get(str(v), len(key)) for v in values], np.int64), replace(style, classes=classes),
                Shown(option.id, option.label))
    number = np.array([v if isinstance(v, int | float) else np.nan for v in values], float)
    known = ~np.isnan(number)
    breaks = look.breaks or breaks_of(number[known], look.method, look.classes, option.digits)
    low, middle, high = np.quantile(number[known], (0, 0.5, 1)).tolist() if known.any() else (None, None, None)
    ramp = _ramp(breaks, option, look, low)
    classes = (*ramp, *option.classes, UNKNOWN)
    key = {entry.key: len(ramp) + k for k, entry in enumerate(option.classes)}
    cls = np.array([key.get(str(v), len(classes) - 1) for v in values], np.int64)
    cls[known] = class_of(number[known], breaks, option.digits)
    shown = Shown(option.id, option.label, option.unit, option.digits, breaks, low, middle, high, option.grouped)
    return cls, replace(style, classes=classes, fill_opacity=NUMBER_OPACITY), shown


def _ramp(breaks: Breaks, option: Option, look: Look, low: float | None) -> tuple[StyleClass, ...]:
    words = range_labels(breaks, option.digits, option.grouped, low)
    palette = PALETTE[look.palette]
    light, dark = (palette.colours(len(words), base) for base in ("light", "dark"))
    return tuple(StyleClass(f"c{k}", words[k], light[k], dark[k]) for k in range(len(words)))
