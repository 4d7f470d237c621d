"""Windows of one test process share what can be made again, as one person's windows do: each would start by building it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pm_desktop.base import paths


@pytest.fixture(scope="session")
def kept_caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Layer packs, search index and overview of the workspaces that tests open."""
    return tmp_path_factory.mktemp("caches")


@pytest.fixture(autouse=True)
def shared_cache(kept_caches: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test may find there is true of the same store only; everything else of it lies in the test's own folder."""
    monkeypatch.setattr(paths, "cache_dir", lambda: kept_caches)
