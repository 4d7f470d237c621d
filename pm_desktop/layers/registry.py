"""Finds every layer: each module of this package that defines ``LAYER``."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import pm_desktop.layers as package
from pm_desktop.layers.layer import Layer


@cache
def all_layers() -> tuple[Layer, ...]:
    """Every layer, bottom to top."""
    modules = [importlib.import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__)]
    found = [module.LAYER for module in modules if hasattr(module, "LAYER")]
    return tuple(sorted(found, key=lambda layer: layer.order))


def layer_by_id(identifier: str) -> Layer:
    """The layer called ``identifier``; KeyError if there is none."""
    for layer in all_layers():
        if layer.id == identifier:
            return layer
    raise KeyError(identifier)
