"""Settings of a person: typed, versioned, one JSON file; a damaged file is set aside, never fatal."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from pm_desktop.base import paths

VERSION = 1
Theme = Literal["light", "dark", "contrast"]
CHOICES: dict[str, tuple[str, ...]] = {"theme": ("light", "dark", "contrast"), "lang": ("zh", "en")}


@dataclass(slots=True)
class Settings:
    """What a person may set; ``docks``, ``tables`` (columns by entity), ``recent``, ``searches`` and the
    system of ``coordinates``, whether the ``overview`` is shown, how the ``second_map`` was left, and ``looks``, what
    layers are coloured by, by workspace and layer, are remembered by the program."""

    theme: str = "light"
    lang: str = "zh"
    recent: list[str] = field(default_factory=list)
    docks: dict[str, str] = field(default_factory=dict)
    tables: dict[str, Any] = field(default_factory=dict)
    searches: list[str] = field(default_factory=list)
    coordinates: str = "CGCS2000"
    overview: bool = True
    second_map: dict[str, Any] = field(default_factory=dict)
    looks: dict[str, Any] = field(default_factory=dict)

    def looks_of(self, workspace: str) -> dict[str, Any]:
        """What layers are coloured by in the workspace with this id; what is put there is remembered."""
        kept = self.looks.get(workspace)
        if not isinstance(kept, dict):
            kept = self.looks[workspace] = {}
        return kept

    def remember(self, location: str) -> None:
        """Put a workspace at the head of the recent ones (at most ten)."""
        self.recent = [location, *(r for r in self.recent if r != location)][:10]

    def remember_search(self, text: str) -> None:
        """Put what was found at the head of the newest searches (at most eight), in the same list."""
        self.searches[:] = [text, *(s for s in self.searches if s != text)][:8]


def settings_file() -> Path:
    """Where settings lie."""
    return paths.config_dir() / "settings.json"


def load_settings() -> Settings:
    """Read the settings; what is unknown or of a wrong kind falls back to its default."""
    file = settings_file()
    try:
        data: dict[str, Any] = json.loads(file.read_text("utf-8"))
        if not isinstance(data, dict):
            raise ValueError("not an object")
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError):
        os.replace(file, file.with_suffix(".damaged"))
        return Settings()
    blank = Settings()
    known = {f.name: data[f.name] for f in fields(Settings)
             if f.name in data and isinstance(data[f.name], type(getattr(blank, f.name)))}
    for name, allowed in CHOICES.items():
        if known.get(name) not in allowed:
            known.pop(name, None)
    return Settings(**known)


def save_settings(settings: Settings) -> None:
    """Write the settings in one atomic replacement."""
    file = settings_file()
    temporary = file.with_suffix(f".{os.getpid()}.part")
    temporary.write_text(json.dumps({"version": VERSION, **asdict(settings)}, ensure_ascii=False, indent=1), "utf-8")
    os.replace(temporary, file)
