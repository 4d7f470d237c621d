"""Events of the sample district: complaints with seasons and hot spots, repair orders, devices, readings, alerts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.domain.enums import AlertStatus, ComplaintStatus, HeightType, OrderKind, Scene, Severity
from pm_desktop.sample.district import District
from pm_desktop.sample.geography import to_lonlat
from pm_desktop.sample.landuse import HEIGHTS
from pm_desktop.sample.registers import Facts, key

NOW = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)  # midnight in Shanghai
YEAR_COMPLAINTS = 70_000
CHUNK = 50_000
Rows = Iterator[tuple[Any, ...]]

# code, words as received, share, month of the peak (0 = none)
CATEGORIES = [("0101", "保安不到位", 9, 0), ("0102", "楼道保洁差", 9, 0), ("0103", "绿化养护不到位", 4, 6), ("0104", "报修不及时", 9, 0),
              ("0105", "服务态度差", 5, 0), ("0106", "物业费争议", 4, 0), ("0107", "公示不到位", 2, 0), ("02", "停车收费纠纷", 12, 0),
              ("03", "违法搭建", 8, 4), ("0402", "电梯故障", 6, 7), ("0401", "电梯困人", 2, 7), ("05", "维修资金使用", 4, 0),
              ("06", "业委会不作为", 5, 0), ("07", "垃圾清运不及时", 5, 8), ("0801", "占用消防通道", 5, 0), ("09", "二次供水", 2, 1),
              ("10", "非机动车充电", 3, 7), ("11", "小区积水", 3, 7), ("12", "群租", 4, 0), ("13", "绿化", 2, 5),
              ("14", "邻里漏水噪声", 5, 1), ("15", "高空抛物与外墙", 2, 9), ("16", "其他", 3, 0)]


def compound_weights(facts: Facts, rng: np.random.Generator) -> NDArray[np.float64]:
    """Complaints are few in most compounds and many in some: the upper ninth carries nearly half of them."""
    weight = np.maximum(facts.households, 20) ** 0.55 * np.exp(rng.normal(0, 0.62, len(facts.ids)))
    hot = rng.random(len(facts.ids)) < 0.075
    weight[hot] *= rng.uniform(2.4, 5.5, hot.sum())
    return np.asarray(weight / weight.sum())


COMPLAINT_COLUMNS = ("id", "code", "source", "category", "source_category", "zone_id", "compound_id", "building_id", "address",
                     "content", "received_at", "due_at", "closed_at", "valid", "satisfaction", "status", "lon", "lat")


def complaints(district: District, facts: Facts, total: int, rng: np.random.Generator) -> Rows:
    """Rows of `Complaint`: a year of 70,000, or more over up to five years."""
    years = min(5.0, max(1.0, total / YEAR_COMPLAINTS))
    weight = compound_weights(facts, rng)
    houses = _houses_of(district, len(facts.ids))
    position = to_lonlat(district.houses.corner.mean(1))
    own_number = np.cumsum(district.houses.compound >= 0) - 1
    share = np.array([c[2] for c in CATEGORIES], float)
    done = 0
    while done < total:
        n = min(CHUNK, total - done)
        compound = rng.choice(len(weight), n, p=weight)
        category = rng.choice(len(CATEGORIES), n, p=share / share.sum())
        moment = _moments(category, years, rng)
        house = houses.pick(compound, rng)
        fate = rng.random((n, 5))
        for i in range(n):
            yield _complaint(done + i, int(compound[i]), int(category[i]), moment[i], int(house[i]), fate[i], facts, position,
                             own_number)
        done += n


def _moments(category: NDArray[np.int64], years: float, rng: np.random.Generator) -> list[datetime]:
    """Times of receipt: seasons by category, working days and hours preferred."""
    n = len(category)
    day = rng.random(n) * 365.0 * years
    peak = np.array([c[3] for c in CATEGORIES])[category]
    seasonal = (peak > 0) & (rng.random(n) < 0.45)
    month_day = (peak - 1) * 30.4 + rng.normal(15, 22, n)
    year_start = 304 * np.ones(n)  # the window ends on 31 October
    wanted = (365.0 * years - year_start + month_day) % 365.0 + np.floor(rng.random(n) * years) * 365.0
    day = np.where(seasonal, np.minimum(wanted, 365.0 * years - 0.01), day)
    hour = np.where(rng.random(n) < 0.8, rng.normal(13.5, 3.6, n), rng.uniform(0, 24, n)) % 24
    start = NOW - timedelta(days=365.0 * years)
    seconds = np.floor(np.floor(day) * 86_400 + hour * 3_600).astype(np.int64)
    weekday = (seconds // 86_400 + start.weekday()) % 7
    seconds = np.where((weekday >= 5) & (rng.random(n) < 0.35), seconds - 2 * 86_400, seconds)
    return [start + timedelta(seconds=int(s)) for s in np.clip(seconds, 0, int(365.0 * years * 86_400) - 60)]


class _HousesOf:
    """Picks a house of a compound at random."""

    def __init__(self, order: NDArray[np.int64], start: NDArray[np.int64]) -> None:
        self.order, self.start = order, start

    def pick(self, compound: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
        """One house of each compound; -1 where it has none."""
        size = self.start[compound + 1] - self.start[compound]
        at = self.start[compound] + np.floor(rng.random(len(compound)) * size).astype(np.int64)
        return np.where(size > 0, self.order[np.minimum(at, len(self.order) - 1)], -1)


def _houses_of(district: District, n: int) -> _HousesOf:
    compound = district.houses.compound
    own = np.flatnonzero(compound >= 0)
    order = own[np.argsort(compound[own], kind="stable")]
    return _HousesOf(order, np.searchsorted(compound[order], np.arange(n + 1)))


def _complaint(number: int, compound: int, category: int, at: datetime, house: int, fate: NDArray[np.float64], facts: Facts,
               position: NDArray[np.float64], own_number: NDArray[np.int64]) -> tuple[Any, ...]:
    code, words, _, _ = CATEGORIES[category]
    located = house >= 0 and fate[0] > 0.03
    age = (NOW - at).days
    closed = at + timedelta(hours=float(8 + 260 * fate[1] ** 2)) if age > 14 or fate[1] < 0.6 else None
    satisfied = None if closed is None or fate[2] < 0.3 else int(100 * (fate[2] > 0.52))
    status = (ComplaintStatus.HANDLING if closed is None else
              ComplaintStatus.CLOSED_UNSAT if satisfied == 0 else ComplaintStatus.CLOSED_SAT)
    source = "12345" if fate[3] < 0.74 else "962121" if fate[3] < 0.9 else "微平台"
    return (key("complaint", number), f"SL{at:%Y%m%d}{number:07d}", source, code, words,
            facts.zone_ids[facts.zone_of[compound]] if located else None, facts.ids[compound] if located else None,
            key("building", int(own_number[house])) if located else None, facts.names[compound] if located else None,
            f"反映{words}，请尽快处理。（示例）", at, at + timedelta(days=15), closed, bool(fate[4] < 0.86), satisfied, status.value,
            float(position[house, 0]) if located else None, float(position[house, 1]) if located else None)


ORDER_COLUMNS = ("id", "code", "kind", "zone_id", "accepted_at", "dispatched_at", "responded_at", "response_type", "arrived_at",
                 "fixed_at", "closed_at", "cancelled_at", "level", "breached", "status", "lon", "lat")


def orders(facts: Facts, total: int, rng: np.random.Generator) -> Rows:
    """Rows of `WorkOrder`: the last twelve months; most answered within 30 minutes, a few late or still open."""
    weight = np.maximum(facts.households, 10) / np.maximum(facts.households, 10).sum()
    compound = rng.choice(len(facts.ids), total, p=weight)
    for n, c in enumerate(compound.tolist()):
        accepted = NOW - timedelta(seconds=int(rng.random() * 365 * 86_400))
        minutes = float(np.exp(rng.normal(2.25, 0.55)))
        kind = list(OrderKind)[int(rng.choice(3, p=[0.22, 0.5, 0.28]))]
        cancelled = accepted + timedelta(minutes=4) if rng.random() < 0.012 else None
        responded = None if cancelled else accepted + timedelta(minutes=minutes)
        arrived = responded + timedelta(minutes=float(rng.uniform(5, 40))) if responded else None
        fixed = arrived + timedelta(hours=float(rng.exponential(5))) if arrived and rng.random() < 0.97 else None
        fixed = fixed if fixed and fixed < NOW else None
        late = bool(responded and (responded - accepted) > timedelta(minutes=30))
        status = ("CANCELLED_BY_CALLER" if cancelled else "CLOSED" if fixed else "ON_SITE")
        yield (key("order", n), f"BX{accepted:%Y%m%d}{n:06d}", kind.value, facts.zone_ids[facts.zone_of[c]], accepted,
               accepted + timedelta(minutes=min(minutes, 2)) if responded else None, responded,
               "CONTACT" if responded and rng.random() < 0.7 else "ON_SITE" if responded else None, arrived, fixed, fixed,
               cancelled, "L2" if late else "L1", late, status, float(facts.centre[c, 0]), float(facts.centre[c, 1]))


DEVICE_COLUMNS = ("id", "code", "source", "kind", "scene", "zone_id", "compound_id", "address", "installed_at", "last_seen_at",
                  "is_online", "lon", "lat")
_KIND = {Scene.LIFT: "电梯物联网终端", Scene.FIRE: "消防烟感", Scene.TANK: "水箱液位计", Scene.EBIKE: "充电棚温感", Scene.FLOOD: "积水尺"}


def devices(district: District, facts: Facts, rng: np.random.Generator) -> list[tuple[Any, ...]]:
    """Rows of `Device` in the order of `DEVICE_COLUMNS`: five scenes in about two compounds of five."""
    rows: list[tuple[Any, ...]] = []
    for c in np.flatnonzero(rng.random(len(facts.ids)) < 0.42).tolist():
        tall = HEIGHTS[district.land.height[c]] in (HeightType.HIGH_RISE, HeightType.MID_RISE)
        counts = {Scene.LIFT: int(rng.integers(2, 7)) if tall else 0, Scene.FIRE: int(rng.integers(1, 5)),
                  Scene.TANK: int(rng.random() < 0.6), Scene.EBIKE: int(rng.integers(0, 3)), Scene.FLOOD: int(rng.random() < 0.35)}
        for scene, count in counts.items():
            for _ in range(count):
                n = len(rows)
                at = facts.centre[c] + rng.normal(0, 0.00045, 2)
                online = bool(rng.random() < 0.955)
                seen = NOW - timedelta(minutes=float(rng.uniform(0, 30) if online else rng.uniform(60, 60_000)))
                rows.append((key("device", n), f"{scene.value}-{n + 1:06d}", "示例平台", _KIND[scene], scene.value,
                             facts.zone_ids[facts.zone_of[c]], facts.ids[c], f"{facts.names[c]}{int(rng.integers(1, 30))}号",
                             NOW - timedelta(days=int(rng.integers(60, 1_200))), seen, online, float(at[0]), float(at[1])))
    return rows


READING_COLUMNS = ("id", "code", "device_id", "metric", "value", "unit", "ts", "seq", "quality", "lon", "lat")
_METRIC = {"LIFT": ("maint_days", "d", 3, 16), "FIRE": ("hydrant_pressure", "MPa", 0.12, 0.35), "TANK": ("turbidity", "NTU", 0.1, 0.9),
           "EBIKE": ("temp", "℃", 14, 44), "FLOOD": ("depth", "cm", 0, 4)}


def readings(device_rows: list[tuple[Any, ...]], rng: np.random.Generator) -> Rows:
    """Rows of `SensorEvent`: a day of hourly readings of every sixth device."""
    for d, row in enumerate(device_rows[::6]):
        metric, unit, low, high = _METRIC[row[4]]
        for hour in range(24):
            value = round(float(rng.uniform(low, high)), 2)
            number = d * 24 + hour
            yield (key("reading", number), f"sample-{number}", row[0], metric, value, unit, NOW - timedelta(hours=24 - hour),
                   hour + 1, "GOOD", row[11], row[12])


ALERT_COLUMNS = ("id", "code", "device_id", "zone_id", "scene", "metric", "severity", "highest", "first", "status", "count",
                 "first_at", "last_at", "acked_at", "resolved_at", "owner", "lon", "lat")
_ALERT_METRIC = {"LIFT": "trapped", "FIRE": "smoke", "TANK": "turbidity", "EBIKE": "temp", "FLOOD": "depth"}


def alerts(device_rows: list[tuple[Any, ...]], rng: np.random.Generator) -> Rows:
    """Rows of `Alert`: twelve months of closed ones, and some dozens open at the end."""
    total = min(900, len(device_rows))
    for n, d in enumerate(sorted(rng.choice(len(device_rows), total, replace=False).tolist())):
        device = device_rows[d]
        is_open = rng.random() < 0.13
        first_at = NOW - timedelta(minutes=float(rng.uniform(1, 900))) if is_open else NOW - timedelta(
            minutes=float(rng.uniform(2_000, 500_000)))
        first, now = sorted(rng.choice(4, 2, p=[0.08, 0.22, 0.4, 0.3]).tolist(), reverse=True)
        severity = list(Severity)
        acked = first_at + timedelta(minutes=float(rng.exponential(4))) if not is_open or rng.random() < 0.6 else None
        status = (AlertStatus.RAISED if acked is None else AlertStatus.ACKED if is_open else
                  AlertStatus.FALSE_ALARM if rng.random() < 0.2 else AlertStatus.CLOSED)
        resolved = None if is_open else first_at + timedelta(minutes=float(rng.uniform(20, 600)))
        yield (key("alert", n), f"GJ-{n + 1:06d}", device[0], device[5], device[4], _ALERT_METRIC[device[4]],
               severity[now].value, severity[now].value, severity[first].value, status.value, int(rng.integers(1, 9)), first_at,
               first_at + timedelta(minutes=float(rng.uniform(0, 20))), acked, resolved, "示例值班员" if acked else None,
               device[11], device[12])
