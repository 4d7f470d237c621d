"""Faults of the database in the words of this program."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from pm_desktop.base.errors import ComponentMissing, InputRefused, NotAllowed, PmError, Where, disk_full
from pm_desktop.base.label import Label

# PostgreSQL: class 53 insufficient resources (53100 disk full), 25006 read-only transaction, 42501 no privilege
_READ_ONLY = ("25006", "42501")


def said(location: str, error: DBAPIError) -> PmError | None:
    """What ``error`` means for a person; None for a fault of the program (a constraint, a wrong statement)."""
    text, state = str(error.orig), getattr(error.orig, "sqlstate", None) or ""
    if "disk is full" in text or state == "53100":
        return disk_full(shown(location))
    if "readonly database" in text or "unable to open database file" in text or state in _READ_ONLY:
        return NotAllowed("workspace_read_only", Label("工作区所在位置不可写，本次操作未保存", "the workspace cannot be written where it stands: nothing was stored"),
                          Label("请检查文件夹权限，或把工作区复制到可写的位置", "check the rights, or copy the workspace to a place that can be written"),
                          Where(file=shown(location)))
    if "database is locked" in text or "database table is locked" in text or state == "55P03":
        return busy()
    if "://" in location and (error.connection_invalidated or state[:2] in ("08", "57") or (type(error.orig).__name__ == "OperationalError" and not state)):
        return ComponentMissing("server_unreachable", Label("无法连接 PostgreSQL", f"cannot reach PostgreSQL: {text}"),
                                Label("请检查地址、端口、用户与服务状态", "check address, port, user and that the server runs"), Where(file=shown(location)))
    return None


def busy() -> NotAllowed:
    """Somebody else holds the write lock for too long."""
    return NotAllowed("workspace_busy", Label("工作区正被其他任务写入", "another task is writing to the workspace"),
                      Label("请稍候重试", "try again in a moment"))


def broken(location: str, error: Exception) -> InputRefused:
    """The database cannot be read."""
    return InputRefused("workspace_unreadable", Label("工作区数据库无法读取", f"the workspace's database cannot be read: {getattr(error, 'orig', error)}"),
                        Label("请从备份恢复", "restore it from a backup"), Where(file=shown(location)))


def shown(location: str) -> str:
    """A location as it may be shown: a URL without its password."""
    if "://" not in location:
        return location
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(location).render_as_string(hide_password=True)
    except ArgumentError:
        return location.partition("://")[0] + "://…"
