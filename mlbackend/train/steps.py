"""The steps of a round, one after another: each is recorded, and none is done twice.

A step works, then what it found is stored in one transaction together with the mark that it is
done. Whoever takes the job over after a crash goes on behind the last mark; a step that was
interrupted is done again from its beginning, and every step is written so that this changes
nothing: what it makes has an id that follows from the round's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from labeling import api
from mlbackend.models import Round

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Result:
    """What a step found.

    Attributes:
        digest: of what it made; the same snapshot, seed and code give the same.
        store: writes rows; called inside the transaction that marks the step as done.
    """

    digest: str = ""
    store: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `share` is its part of the round's progress."""

    name: str
    share: float
    run: Callable[[Progress], Result]


class Again(Exception):  # noqa: N818  it asks for something, it is no failure
    """An earlier step must be done again, because what it found no longer holds."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


class Journal:
    """Where a round's job is: `kept` is its cursor, which outlives the worker.

    `kept["step"]` is the last step done; steps leave there what later ones need.
    """

    def __init__(self, running: Round, job: api.JobValue, owner: str) -> None:
        self.kept: dict[str, Any] = dict(job.cursor)
        self._running, self._job_id, self._owner = running, job.id, owner

    def place(self, names: Sequence[str]) -> int:
        """The place of the step to go on with."""
        last = self.kept.get("step")
        return names.index(last) + 1 if last in names else 0

    def begin(self, name: str) -> None:
        """Say that a step is under way."""
        self._write(name, {"name": name, "started_at": _now(), "finished_at": None, "digest": ""})

    def end(self, name: str, result: Result) -> None:
        """Store what a step found and that it is done: both or neither."""
        entry = {"name": name, "finished_at": _now(), "digest": result.digest}
        with transaction.atomic():
            result.store()
            self._write(name, {**self._entry(name), **entry})
            self.kept["step"] = name
            api.job_checkpoint(self._job_id, self._owner, self.kept)

    def back_to(self, name: str, names: Sequence[str]) -> None:
        """Mark a step, and those after it, as to be done again."""
        place = names.index(name)
        self.kept["step"] = names[place - 1] if place else None
        api.job_checkpoint(self._job_id, self._owner, self.kept)

    def _entry(self, name: str) -> dict[str, Any]:
        steps = Round.objects.values_list("steps", flat=True).get(pk=self._running.pk)
        return next((entry for entry in steps if entry["name"] == name), {})

    def _write(self, name: str, entry: dict[str, Any]) -> None:
        steps = Round.objects.values_list("steps", flat=True).get(pk=self._running.pk)
        others = [other for other in steps if other["name"] != name]
        Round.objects.filter(pk=self._running.pk).update(step=name, steps=[*others, entry])


def steps_run(steps: Sequence[Step], journal: Journal, progress: Progress) -> None:
    """Do what is left of the steps.

    Raises:
        JobCancelled: a person stopped it, or another worker has taken it over.
    """
    names = [step.name for step in steps]
    place = journal.place(names)
    while place < len(steps):
        step = steps[place]
        journal.begin(step.name)
        before = sum(other.share for other in steps[:place])
        try:
            journal.end(step.name, step.run(part_of(progress, before, before + step.share)))
        except Again as again:
            place = names.index(again.step)
            journal.back_to(again.step, names)
        else:
            place += 1


def part_of(progress: Progress, first: float, last: float) -> Progress:
    """Progress of a part of the whole."""
    return lambda done, message: progress(min(first + (last - first) * done, 1.0), message)


def _now() -> str:
    return timezone.now().isoformat()
