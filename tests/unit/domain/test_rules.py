"""Rules against hand-worked cases of the field."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pm_desktop.domain.committee import report_due, status_on
from pm_desktop.domain.entity import ENTITIES
from pm_desktop.domain.enums import LABELS, CommitteeStatus
from pm_desktop.domain.fallback import DUTIES, missing_duties
from pm_desktop.domain.masking import hide_room, mask_name, mask_phone, mask_text
from pm_desktop.domain.response import response_rate

T0 = datetime(2026, 3, 18, 15, 50, tzinfo=UTC)


def test_a_month_of_orders_counts_as_the_office_counts() -> None:
    minutes = timedelta(minutes=1)
    orders = [(T0, T0 + 5 * minutes, None, None)] * 960 + [(T0, T0 + 31 * minutes, None, None)] * 15 + [(T0, None, None, None)] * 5
    orders += [(T0, T0 + minutes, None, "x")] * 12 + [(T0, None, T0 + 3 * minutes, None)] * 8  # type: ignore[list-item]
    assert response_rate(orders, T0 + timedelta(days=14)) == (960, 980)


@pytest.mark.parametrize(("seconds", "counts"), [(1800, 1), (1800.001, 0), (1801, 0), (0, 1)])
def test_thirty_minutes_are_inclusive(seconds: float, counts: int) -> None:
    assert response_rate([(T0, T0 + timedelta(seconds=seconds), None, None)], T0 + timedelta(days=1)) == (counts, 1)


def test_an_open_order_is_late_only_when_the_clock_has_passed() -> None:
    order = (T0, None, None, None)
    assert response_rate([order], T0 + timedelta(minutes=30)) == (0, 0)
    assert response_rate([order], T0 + timedelta(minutes=30, seconds=1)) == (0, 1)


def test_a_term_that_ends_in_march() -> None:
    end = date(2027, 3, 31)
    assert report_due(end) == date(2026, 10, 31)
    for day, status in ((date(2026, 10, 30), "IN_TERM"), (date(2026, 10, 31), "DUE_SOON"), (end, "DUE_SOON"), (date(2027, 4, 1), "OVERDUE")):
        assert status_on(CommitteeStatus.IN_TERM, end, day) == status
    assert report_due(date(2027, 7, 31)) == date(2027, 2, 28)
    assert status_on(CommitteeStatus.CUSTODY, end, date(2030, 1, 1)) is CommitteeStatus.CUSTODY


def test_fallback_duties_lapse_the_day_after() -> None:
    duties = {d: {"responsible": "甲", "valid_to": "2027-12-31"} for d in DUTIES}
    assert missing_duties(duties, date(2027, 12, 31)) == ()
    assert missing_duties(duties, date(2028, 1, 1)) == DUTIES
    assert missing_duties(duties | {"security": {"responsible": ""}}, date(2027, 1, 1)) == ("security",)
    assert missing_duties(None, date(2027, 1, 1)) == DUTIES


@pytest.mark.parametrize(("text", "masked"), [
    ("请回电13812345678谢谢", "请回电138****5678谢谢"), ("电话：138-1234-5678", "电话：138****5678"), ("+86 13812345678", "138****5678"),
    ("证件310115199001011234", "证件310115**********34"), ("车牌沪A12345乱停", "车牌沪A***5乱停"), ("021-58881234", "021-****1234"),
    ("工单号202603011234567", "工单号202603011234567"), ("收费1380.00元", "收费1380.00元"), ("编号C13812345678X", "编号C13812345678X"), ("", "")])
def test_personal_data_is_masked_and_nothing_else(text: str, masked: str) -> None:
    assert mask_text(text) == (masked, text != masked)


def test_names_phones_and_flats_on_display() -> None:
    assert [mask_name(n) for n in ("张三丰", "欧阳锋", "", None)] == ["张*", "欧阳*", "", None]
    assert mask_phone("13812345678") == "138****5678"
    assert hide_room("梅园12号503室") == "梅园12号***室"
    assert hide_room("和龙路556弄") == "和龙路556弄"


def test_every_enumeration_and_field_has_words_in_both_languages() -> None:
    for info in ENTITIES.values():
        for field in info.fields:
            assert field.label.zh and field.label.en
            for member in field.enum or ():
                assert LABELS[(field.enum, member.value)].en  # type: ignore[index]
