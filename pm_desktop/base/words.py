"""Words by key from ``resources/i18n/{zh,en}.json``, for the window and for what is printed without one."""

from __future__ import annotations

import json
from functools import cache

from pm_desktop.base import paths
from pm_desktop.base.label import Label, Lang


@cache
def catalogue(lang: str) -> dict[str, str]:
    """All words of a language by key."""
    loaded: dict[str, str] = json.loads((paths.resources_dir() / "i18n" / f"{lang}.json").read_text("utf-8"))
    return loaded


class Texts:
    """Words of one language."""

    lang: Lang = "zh"

    def __call__(self, key: str, **parameters: object) -> str:
        """Words of ``key``; KeyError for an unknown one, so that no key ever shows on a screen."""
        text = catalogue(self.lang)[key]
        return text.format(**parameters) if parameters else text

    def of(self, label: Label | str | None) -> str:
        """Words of a label of the core; None is what is not known."""
        if label is None:
            return self("unknown")
        return label.text(self.lang) if isinstance(label, Label) else label

    def unit(self, unit: str) -> str:
        """Words of a unit; signs such as ㎡ are the same in both languages."""
        return unit if self.lang == "zh" else catalogue("en").get(f"unit.{unit}", unit)


def texts(lang: Lang) -> Texts:
    """Words of a language."""
    made = Texts()
    made.lang = lang
    return made
