"""When a round starts by itself: after so many minutes of reviewing, or so many hours.

Only if a person reviewed something since the last round, and none is under way. It is asked after
commits, at most now and then, and by the beat; of two who ask at once one starts the round.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from labeling import api
from labeling.domain.errors import TubelabError
from mlbackend.loop_settings import KEY, LoopSettings
from mlbackend.models import Round
from mlbackend.train import services, turns
from mlbackend.train.provenance import LONGEST_S

log = logging.getLogger(__name__)

# After a commit it is looked at again only after so long.
LOOK_AGAIN_S = 20
Trigger = Round.Trigger


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a project is towards its next round.

    Attributes:
        reviewed: revisions by hand since the last round; seconds: what they took, pauses cut off.
        since: when the last round began, or the first review where there was none.
        under_way: a round waits or runs.
    """

    reviewed: int
    seconds: float
    since: datetime | None
    under_way: bool

    def at(self, wanted: LoopSettings) -> datetime | None:
        """When the schedule's next round is; None without a schedule or anything reviewed."""
        if not wanted.round_every_hours or self.since is None or not self.reviewed:
            return None
        return self.since + timedelta(hours=wanted.round_every_hours)

    def due(self, wanted: LoopSettings, now: datetime) -> str:
        """What starts a round now: "minutes", "schedule", or empty."""
        if self.under_way or not self.reviewed:
            return ""
        if wanted.round_every_minutes and self.seconds >= 60 * wanted.round_every_minutes:
            return str(Trigger.MINUTES)
        at = self.at(wanted)
        return str(Trigger.SCHEDULE) if at is not None and at <= now else ""


def standing(project_id: int) -> Standing:
    """How far the project is, by a few sums."""
    rounds = Round.objects.filter(project_id=project_id)
    last = rounds.exclude(snapshot_hash="").order_by("-number").first()
    done = api.effort(project_id, since=_revision(last), longest_s=LONGEST_S)
    return Standing(
        done.revisions,
        done.seconds,
        (last.started_at or last.created_at) if last is not None else done.first_at,
        turns.is_busy(project_id),
    )


def _revision(last: Round | None) -> int:
    """The newest revision the last round has learned from."""
    if last is None:
        return 0
    if "revision" in last.effort:
        return int(last.effort["revision"])
    return api.snapshot_read(last.snapshot_hash).revision  # of a round of an earlier version


def round_if_due(project: api.ProjectValue) -> Round | None:
    """Start the project's next round if its time has come."""
    wanted = LoopSettings.of(project.settings)
    if not (wanted.round_every_minutes or wanted.round_every_hours):
        return None
    trigger = standing(project.id).due(wanted, timezone.now())
    if not trigger:
        return None
    return services.round_start(
        project_id=project.id,
        trigger=trigger,
        only_if=lambda: bool(standing(project.id).due(wanted, timezone.now())),
    )


def rounds_due() -> list[Round]:
    """Start the rounds of all projects whose time has come."""
    found = []
    for project in api.projects():
        try:
            started = round_if_due(project) if project.settings.get(KEY) else None
        except TubelabError as error:
            # One project's settings must not keep the others waiting.
            log.warning("project %s starts no round by itself: %s", project.id, error.message)
            continue
        if started is not None:
            found.append(started)
    return found


def reviewed(project_id: int) -> Round | None:
    """Somebody reviewed something: start a round if there is enough of it.

    Looked at seldom: a commit waits for this. The beat sees what is passed over here.
    """
    if not cache.add(f"round-due-{project_id}", True, LOOK_AGAIN_S):
        return None
    project = api.project(project_id)
    if not LoopSettings.of(project.settings).round_every_minutes:
        return None
    return round_if_due(project)


def loop_of(project: api.ProjectValue) -> dict[str, Any]:
    """The loop's settings as the API shows them, what there is to choose, and what comes next."""
    from mlbackend.select.acquisition import acquisitions_listed

    wanted, now = LoopSettings.of(project.settings), standing(project.id)
    return {
        **wanted.as_dict(),
        "acquisitions": acquisitions_listed(),
        "next": {
            "minutes_reviewed": round(now.seconds / 60.0, 1),
            "minutes_wanted": wanted.round_every_minutes,
            "at": now.at(wanted),
        },
    }


def loop_change(project: api.ProjectValue, changes: dict[str, Any]) -> None:
    """Set some of the loop's settings.

    Raises:
        InvalidInput: a name is unknown or a value out of its range.
    """
    from mlbackend.select.acquisition import AUTO, acquisition_function

    changed = LoopSettings.of(project.settings).changed(changes)
    if changed.acquisition != AUTO:
        acquisition_function(changed.acquisition)
    # What another manager sets in the same moment stays.
    api.settings_change(project.id, changes, within=KEY)
