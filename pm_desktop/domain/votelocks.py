"""Who may vote on what, and when: a committee in re-election may not call a vote on firm, fee or major works (规定第二十八条; DOMAIN §4.3 D)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pm_desktop.base.label import Label
from pm_desktop.domain.dated import rule_on
from pm_desktop.domain.enums import CommitteeStatus, VoteMatter, label_of

RULE = "vote_locks"


@dataclass(frozen=True, slots=True)
class VotingLock:
    """Whether a zone may not vote now, why, and the clause in full; ``locked`` is None where the facts do not tell."""

    locked: bool | None
    reason: Label
    basis: str


def voting_lock(matter: VoteMatter, status: CommitteeStatus | None, day: date) -> VotingLock:
    """Whether art. 28 ¶4 keeps a zone from voting on ``matter``, from its committee's status as it is *recorded*.

    The lock holds from the forming of the re-election group until the new committee is elected, also past the end of the
    term: so not what `committee.status_on` makes of the calendar. An overdue committee may or may not have a group by now, and
    an unknown one may too: neither is taken for free.
    """
    rule = rule_on(RULE, day)
    what = label_of(matter)
    item = rule["items"].get(matter)
    if item is None:
        return VotingLock(False, Label(f"第二十八条第四款不限制“{what.zh}”的表决", f"art. 28 ¶4 does not bar a vote on: {what.en}"), rule["basis"])
    if status is None or status in rule["unclear"]:
        known = Label("业主委员会状态未填报", "the committee's status is not recorded") if status is None else Label(
            "业主委员会任期已过，是否已产生换届改选小组待核", "the committee's term is over; whether a re-election group exists is open")
        return VotingLock(None, Label(f"{known.zh}，不能判断第二十八条第四款是否限制“{what.zh}”的表决",
                                      f"{known.en}: whether art. 28 ¶4 bars a vote on this cannot be told: {what.en}"), rule["basis"])
    if status in rule["statuses"]:
        return VotingLock(True, Label(f"换届改选期间不得就“{what.zh}”表决（《上海市住宅物业管理规定》第二十八条第四款第（{item}）项），待新一届业主委员会选举产生后进行",
                                      f"no vote while the committee is re-elected (regulation art. 28 ¶4 item {'一二三四'.index(item) + 1}); wait until the new one is elected: {what.en}"), rule["basis"])
    return VotingLock(False, Label(f"业主委员会不在换届改选中，可就“{what.zh}”表决", f"the committee is not in re-election: a vote may be held: {what.en}"), rule["basis"])
