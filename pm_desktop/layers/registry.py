"""Finds every layer: each module of this package that defines ``LAYER``."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import pm_desktop.layers as package
from pm_desktop.layers.layer import Layer

_SHARED = ("layer", "style", "registry", "build")


@cache
def all_layers() -> tuple[Layer, ...]:
    """Every layer, bottom to top."""
    names = [m.name for m in pkgutil.iter_modules(package.__path__) if m.name not in _SHARED]
    found = [importlib.import_module(f"{package.__name__}.{name}").LAYER for name in names]
    return tuple(sorted(found, key=lambda layer: layer.order))


def layer_by_id(identifier: str) -> Layer:
    """The layer called ``identifier``; KeyError if there is none."""
    for layer in all_layers():
        if layer.id == identifier:
            return layer
    raise KeyError(identifier)
