"""Make a new workspace, empty or filled with the sample district."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from pm_desktop.base.jobs import JobContext
from pm_desktop.workspace.workspace import Workspace

SAMPLE_NAME = "示例数据 · 浦东样例"


def new_workspace(ctx: JobContext, location: str, *, sample: bool = False, scale: float = 1.0,
                  seed: int | None = None, complaints: int | None = None) -> dict[str, Any]:
    """Create the workspace at ``location``; a job function.

    A sample that fails or is cancelled half-way leaves nothing behind in a folder that did not exist before.

    Parameters
    ----------
    location : str
        Folder (SQLite) or ``postgresql+psycopg://`` URL.
    sample : bool
        Fill it with the generated district, clearly labelled 示例数据.
    scale : float
        1 makes about 3,000 compounds; 10 and 100 as many times more.
    seed : int, optional
        Another seed makes another district; the same seed the same one.
    complaints : int, optional
        Number of complaints instead of about 70,000.

    Returns
    -------
    dict
        ``{"workspace", "counts"}`` as promised by the command ``new``.

    Raises
    ------
    InputRefused
        If ``location`` holds a workspace already.
    """
    existed = "://" in location or Path(location).exists()
    workspace = Workspace.create(location, name=SAMPLE_NAME if sample else "", sample=sample)
    try:
        counts: dict[str, int] = {}
        if sample:
            counts = _fill(ctx, workspace, scale, seed, complaints)
        return {"workspace": workspace.location, "counts": counts}
    except BaseException:
        workspace.close()
        if not existed:
            shutil.rmtree(location, ignore_errors=True)
        raise
    finally:
        workspace.close()


def _fill(ctx: JobContext, workspace: Workspace, scale: float, seed: int | None,
          complaints: int | None) -> dict[str, int]:
    from pm_desktop.sample.generate import make_sample

    pack = workspace.cache_dir / "sample.streets"
    pack.parent.mkdir(parents=True, exist_ok=True)
    options = {} if seed is None else {"seed": seed}
    try:
        counts = make_sample(ctx, workspace.db, pack, scale=scale, complaints=complaints, **options)
        workspace.attach_streets(pack)
    finally:
        pack.unlink(missing_ok=True)
    return counts
