"""The street base: switched like a layer, painted below all of them from the attached street packs."""

from __future__ import annotations

from datetime import date

import numpy as np

from pm_desktop.base.label import Label
from pm_desktop.layers.layer import Layer, LayerData
from pm_desktop.layers.style import StreetBase
from pm_desktop.storage.database import Database


def load(db: Database, as_of: date | None) -> LayerData:
    """Nothing of the store: the street packs are drawn directly."""
    return LayerData({"f/id": np.zeros(0, "S32")}, {}, 0)


LAYER = Layer("streets", Label("街道底图", "Street map"), 0, frozenset({"Streets"}), StreetBase(), load)
