"""The store on both databases."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import shapely

from pm_desktop.base.errors import ComponentMissing, InputRefused, NotAllowed
from pm_desktop.domain.enums import HousingType, ManagementMode
from pm_desktop.domain.records import Complaint, Compound, Contract, Zone
from pm_desktop.storage.database import Database
from pm_desktop.storage.query import Between, Like, NotNull

HOSTILE = "'; DROP TABLE compound; --\"\\%_<script>=1+1"


def compound(n: int, **more: object) -> Compound:
    return Compound(**({"id": f"{n:032x}", "code": f"C{n}", "name": f"小区{n}"} | more))  # type: ignore[arg-type]


def complaint(n: int, at: datetime, lon: float | None = 121.5) -> Complaint:
    return Complaint(id=f"{n:032x}", code=f"T{n}", received_at=at, lon=lon, lat=None if lon is None else 31.2)


def test_every_kind_of_value_comes_back_as_it_was(location: str) -> None:
    square = shapely.to_wkb(shapely.box(121.5, 31.2, 121.6, 31.3))
    full = compound(1, aliases=("甲", "乙"), floor_area_m2=Decimal("123456.78"), is_old=False, housing_type=HousingType.SOLD_PUBLIC, households=7,
                    lon=121.55, lat=31.25, geom=square, reported={"源": "x", "n": 1}, address=HOSTILE)
    contract = Contract(id="a" * 32, code="H", fee_cny_m2_month=Decimal("1.1350"), start=date(2024, 2, 29), valid_from=date(2024, 2, 29))
    with Database.create(location) as db:
        with db.transaction() as tx:
            tx.insert([full, contract])
        assert db.get(Compound, full.id) == full
        assert db.get(Contract, contract.id) == contract
        assert db.rows(Compound, ("min_lon", "min_lat", "max_lon", "max_lat")) == [(121.5, 31.2, 121.6, 31.3)]


def test_unknown_stays_unknown(location: str) -> None:
    with Database.create(location) as db:
        with db.transaction() as tx:
            tx.insert([compound(1)])
        stored = db.get(Compound, compound(1).id)
        assert stored is not None
        assert stored.households is None
        assert stored.is_old is None


def test_conditions_find_what_they_say(location: str) -> None:
    with Database.create(location) as db:
        with db.transaction() as tx:
            tx.insert([compound(n, households=n * 10, town_code="A" if n < 4 else None, name=HOSTILE if n == 5 else f"小区{n}") for n in range(1, 7)])

        def codes(where: dict[str, object]) -> list[str]:
            return [r[0] for r in db.rows(Compound, ("code",), where, order_by=("code",))]

        assert codes({"town_code": "A"}) == ["C1", "C2", "C3"]
        assert codes({"town_code": None}) == ["C4", "C5", "C6"]
        assert codes({"households": Between(20, 40)}) == ["C2", "C3"]
        assert codes({"code": ["C1", "C6", "x"]}) == ["C1", "C6"]
        assert codes({"code": [f"C{n}" for n in range(6_000)]}) == ["C1", "C2", "C3", "C4", "C5", "C6"]
        assert codes({"name": HOSTILE}) == ["C5"]
        assert codes({"name": Like.literal("%_<script>")}) == ["C5"]
        assert codes({"town_code": NotNull()}) == ["C1", "C2", "C3"]
        assert db.group_count(Compound, ["town_code"], {"town_code": NotNull()}) == [("A", 3)]


def test_a_failed_transaction_leaves_nothing(location: str) -> None:
    with Database.create(location) as db:
        with pytest.raises(ZeroDivisionError), db.transaction() as tx:
            tx.insert([compound(1)])
            1 / 0  # noqa: B018
        assert db.count(Compound) == 0


def test_complaints_are_kept_by_cell_and_time(location: str) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [complaint(n, start.replace(hour=n % 24), None if n % 5 == 0 else 121.5) for n in range(50)]
    with Database.create(location) as db:
        with db.transaction() as tx:
            assert tx.insert(rows, batch_id="b" * 32) == 50
        assert db.count(Complaint, {"lon": None}) == 10
        assert db.get(Complaint, rows[7].id) == rows[7]
        assert db.count(Complaint, {"received_at": Between(start, start.replace(hour=12))}) == sum(n % 24 < 12 for n in range(50))
        with db.transaction() as tx:
            assert tx.delete_batch("b" * 32) == 50
        assert db.count(Complaint) == 0


def test_a_zone_is_seen_as_it_was_on_a_day(location: str) -> None:
    old = Zone(id="z" * 32, code="PD-1", name="旧", management_mode=ManagementMode.FALLBACK, valid_from=date(2020, 1, 1), valid_to=date(2024, 7, 1))
    new = Zone(id="z" * 32, code="PD-1", name="新", management_mode=ManagementMode.MARKET, valid_from=date(2024, 7, 1))
    with Database.create(location) as db:
        with db.transaction() as tx:
            tx.insert([old, new])
        assert db.get(Zone, "z" * 32) == new
        assert db.get(Zone, "z" * 32, as_of=date(2024, 6, 30)) == old
        assert db.get(Zone, "z" * 32, as_of=date(2024, 7, 1)) == new
        assert db.get(Zone, "z" * 32, as_of=date(2019, 12, 31)) is None
        assert db.count(Zone) == 1


def test_wrong_places_are_refused(tmp_path: object, location: str) -> None:
    Database.create(location).close()
    with pytest.raises(InputRefused) as exists:
        Database.create(location)
    assert exists.value.code == "workspace_exists"
    with Database.open(location, read_only=True) as db, pytest.raises(NotAllowed), db.transaction():
        pass


def test_a_missing_or_damaged_workspace_is_named(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path)) / "nothing"
    with pytest.raises(InputRefused) as missing:
        Database.open(folder)
    assert missing.value.code == "workspace_missing"
    folder.mkdir()
    (folder / "workspace.sqlite").write_bytes(b"this is no database, only text that is long enough" * 50)
    with pytest.raises(InputRefused) as broken:
        Database.open(folder)
    assert broken.value.code == "workspace_unreadable"


def test_the_audit_chain_finds_every_kind_of_tampering(tmp_path: object) -> None:
    import shutil
    import sqlite3
    from pathlib import Path

    home = Path(str(tmp_path)) / "w"
    with Database.create(home) as db:
        for n in range(6):
            with db.transaction("甲") as tx:
                tx.insert([compound(n)])
                tx.audit("insert", "Compound", f"{n}", None, {"n": n})
        assert db.verify_audit().ok
    tampering = {"edited": ("UPDATE audit_log SET user='乙' WHERE seq=3", 3), "deleted": ("DELETE FROM audit_log WHERE seq=2", 2),
                 "cut off": ("DELETE FROM audit_log WHERE seq>4", 5),
                 "reordered": ("UPDATE audit_log SET seq = CASE seq WHEN 2 THEN 3 WHEN 3 THEN 2 ELSE seq END WHERE 0", None)}
    for name, (statement, bad) in tampering.items():
        copy = Path(str(tmp_path)) / name
        shutil.copytree(home, copy)
        with sqlite3.connect(copy / "workspace.sqlite") as raw:
            raw.execute(statement)
        raw.close()
        with Database.open(copy) as db:
            assert db.verify_audit().first_bad_row == bad, name
    head = json.loads((home / "audit.head").read_text())
    assert head["committed"][0] == 6
    with Database.open(home) as db:
        (home / "audit.head").unlink()
        assert db.verify_audit().ok, "the second anchor still holds"
        for file in db.anchor().files:
            file.unlink(missing_ok=True)
        verdict = db.verify_audit()
        assert (verdict.ok, verdict.first_bad_row, verdict.anchored) == (False, 7, False), "what stood after row 6 cannot be known"


def test_a_crash_between_commit_and_anchor_is_no_alarm(tmp_path: object) -> None:
    from pathlib import Path

    home = Path(str(tmp_path)) / "w"
    with Database.create(home) as db:
        with db.transaction() as tx:
            tx.audit("a", "X", "1")
        before = (home / "audit.head").read_bytes()
        with db.transaction() as tx:
            tx.audit("b", "X", "2")
        for file in db.anchor().files:
            file.write_bytes(before)
        assert db.verify_audit().ok


def test_what_is_no_workspace_address_is_refused_and_no_password_is_shown() -> None:
    for url in ("mysql://a@b/c", "postgresql+psycopg://a@b", "http://x/y", "sqlite:///x"):
        with pytest.raises(InputRefused) as refused:
            Database.open(url)
        assert refused.value.code == "url_wrong", url
    with pytest.raises(ComponentMissing) as away:
        Database.open("postgresql+psycopg://me:secret@127.0.0.1:1/none")
    assert "secret" not in json.dumps(away.value.as_json())


def test_a_workspace_that_cannot_be_made_leaves_nothing(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    from pm_desktop.storage import schema

    home = Path(str(tmp_path)) / "w"
    monkeypatch.setattr(schema, "MIGRATIONS", home / "nowhere")
    with pytest.raises(Exception, match="nowhere"):
        Database.create(home)
    assert not home.exists()
