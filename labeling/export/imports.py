"""Imports: annotations of a file become one revision per video, or a report of what they would.

All of a file or nothing: a bad row stops it, unless the sender says to go on without bad rows.
"""

import shutil
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from labeling import jobs, revisions
from labeling.domain.errors import InvalidInput
from labeling.domain.taxonomy import LabelKind
from labeling.export.import_diff import Diff, Target, diff_video
from labeling.export.import_read import (
    ActionMeaning,
    ImportFiles,
    VideoKeys,
    action_meaning,
    read_excluded,
    read_label_map,
    sort_rows,
    with_companions,
)
from labeling.formats.ava import AvaRow, BadRow, Coordinates, Eighth
from labeling.formats.ava_grid import Grid
from labeling.formats.ava_import import all_ranges, coverage_ranges, period_s, plan_video
from labeling.formats.pbtxt import LabelEntry
from labeling.models import Job, Label, Project, Video
from labeling.models.job import JobKind
from labeling.models.revision import Origin
from labeling.models.video import VideoState

# A report is read by a person; a file of a million bad rows needs no longer one.
_ERRORS_LISTED = 1000
_NEW_COLOR = "#b18cf0"

Report = Callable[[float, str], None]


class Mode(StrEnum):
    DRY_RUN = "dry-run"
    MERGE = "merge"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to read a file and what to do with it."""

    mode: Mode = Mode.DRY_RUN
    skip_bad_rows: bool = False
    eighth: Eighth = Eighth.PERSON_ID
    coordinates: Coordinates = Coordinates.FRACTIONS
    max_gap_s: Fraction | None = None


@dataclass(slots=True)
class _Plan:
    """What an import would do."""

    diffs: dict[str, Diff] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    bad: list[BadRow] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    meaning: ActionMeaning = field(default_factory=ActionMeaning)
    assumptions: list[str] = field(default_factory=list)
    rows: int = 0


def options_of(params: dict[str, Any]) -> ImportOptions:
    """Check what is asked for.

    Raises:
        InvalidInput: an unknown format, mode or way of reading.
    """
    if params.get("format", "ava") != "ava":
        raise InvalidInput(f"There is no import format '{params['format']}'; known is ava.")
    try:
        gap = params.get("max_gap_s")
        return ImportOptions(
            mode=Mode(params.get("mode", Mode.DRY_RUN)),
            skip_bad_rows=bool(params.get("skip_bad_rows", False)),
            eighth=Eighth(params.get("eighth_column", Eighth.PERSON_ID)),
            coordinates=Coordinates(params.get("coordinates", Coordinates.FRACTIONS)),
            max_gap_s=None if gap in (None, "") else Fraction(str(gap)),
        )
    except (ValueError, ZeroDivisionError) as error:
        raise InvalidInput(f"The import cannot be done as asked: {error}.") from error


def labels_import(
    *,
    project: Project,
    files: ImportFiles,
    options: ImportOptions,
    author_id: int | None = None,
    report: Report | None = None,
    job_id: str | None = None,
) -> dict[str, Any]:
    """Import a file, or say what it would do.

    Args:
        job_id: the commits' ids follow from it, so that a job that two workers came to do, or
            that one did and could not say so, adds its rows once.

    Returns:
        The report: counts of tubes and spans by what happens to them, per video and in all, what
        is unknown, bad rows, and what was taken for granted.

    Raises:
        InvalidInput: the file cannot be read, or has bad rows and they are not to be skipped
            (code `bad_rows`, the report in `detail`); nothing is changed then.
    """
    tell = report or (lambda fraction, message: None)
    files = with_companions(files)
    plan = _plan(project, files, options, tell)
    numbers: dict[str, int] = {}
    if options.mode is not Mode.DRY_RUN:
        _refuse_bad(plan, files, options)
        tell(0.8, "Writing")
        numbers = _commit(project, plan, files, options, author_id, job_id)
    return _report(plan, options, numbers)


def _plan(project: Project, files: ImportFiles, options: ImportOptions, tell: Report) -> _Plan:
    videos = {str(v.id): v for v in project.videos.filter(state=VideoState.READY)}
    keys = VideoKeys((i, video.name, video.external_id) for i, video in videos.items())
    tell(0.05, "Reading the file")
    found = sort_rows(files, keys, options.eighth, options.coordinates)
    excluded = read_excluded(files.excluded, keys)
    entries = read_label_map(files.labels)
    plan = _Plan(bad=found.bad, unknown=found.unknown)
    everything = [row for rows in found.by_video.values() for row in rows]
    plan.rows = len(everything) + len(found.bad) + sum(found.unknown.values())
    if not everything and not found.bad:
        raise InvalidInput(
            f"None of the {len(found.unknown)} videos of {files.name} is in project "
            f"'{project.name}': {_some(found.unknown)}. A video is found by its external id, its "
            "name, or its name without the ending.",
            code="unknown_videos",
        )
    plan.meaning = _meaning(project, everything, entries, plan)
    _assume(plan, files, options)
    period = period_s(row.timestamp for row in everything)
    reader = _VideoReader(project, plan, files, options, period, entries)
    for index, (video_id, rows) in enumerate(found.by_video.items()):
        tell(0.1 + 0.6 * index / len(found.by_video), f"Comparing {videos[video_id].name}")
        reader.read(videos[video_id], rows, excluded.get(video_id, set()))
    return plan


def _some(keys: Counter[str]) -> str:
    names = sorted(keys)
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


def _meaning(
    project: Project, rows: list[AvaRow], entries: dict[int, LabelEntry], plan: _Plan
) -> ActionMeaning:
    labels = [label.value().as_dict() for label in project.labels.order_by("id")]
    meaning = action_meaning(rows, labels, entries)
    for entry in meaning.created:
        meaning.label_of[entry.id] = _placeholder(entry)
    uses = Counter(row.action_id for row in rows)
    for action_id, line in meaning.unknown.items():
        plan.bad.append(
            BadRow(
                line,
                f"action {action_id} (in {uses[action_id]} rows) is neither a label of the project "
                "nor in a label map; give the label map (--labels) or set the label's AVA id",
            )
        )
    return meaning


def _placeholder(entry: LabelEntry) -> int:
    """Stands in a plan for a label that is made only when the plan is carried out."""
    return -1 - entry.id


def _labels_create(project: Project, entries: list[LabelEntry]) -> dict[int, int]:
    """Make the labels a plan needs; placeholder → label id."""
    taken = set(project.labels.values_list("ava_id", flat=True))
    position = project.labels.count()
    return {
        _placeholder(entry): Label.objects.get_or_create(
            project=project, kind=LabelKind.ACTION, name=entry.name, defaults={
                "color": _NEW_COLOR, "ava_group": entry.group, "position": position + index,
                "ava_id": entry.id if entry.id > 0 and entry.id not in taken else None,
            },
        )[0].id
        for index, entry in enumerate(entries)
    }  # fmt: skip


def _assume(plan: _Plan, files: ImportFiles, options: ImportOptions) -> None:
    plan.assumptions += plan.meaning.notes
    if plan.meaning.created:
        names = ", ".join(f"'{entry.name}'" for entry in plan.meaning.created)
        plan.assumptions.append(f"Action labels that the project lacks are made: {names}.")
    if files.complete:
        plan.assumptions.append(
            "The file stands unchanged in the folder of a Tubelab export: all that its excluded "
            "timestamps do not name counts as reviewed."
        )
    else:
        plan.assumptions.append(
            "From a video's first row to its last, a timestamp without a row counts as reviewed "
            "and empty, unless it is excluded."
        )
    if options.eighth is not Eighth.PERSON_ID:
        plan.assumptions.append(
            "Column 8 does not tell people apart: every box is a person of its own."
        )
    if options.mode is Mode.REPLACE:
        plan.assumptions.append("Segments and video classes stay: AVA does not carry them.")


@dataclass(slots=True)
class _VideoReader:
    """Turns the rows of one video after the other into a diff."""

    project: Project
    plan: _Plan
    files: ImportFiles
    options: ImportOptions
    period: Fraction
    entries: dict[int, LabelEntry]

    def read(self, video: Video, rows: list[AvaRow], excluded: set[Decimal]) -> None:
        meaning = self.plan.meaning
        rate = (1 / self.period).limit_denominator(1000)
        grid = Grid(video.timebase(), Fraction(str(video.start_s)), rate)
        size = (video.width, video.height)
        usable = [
            row for row in rows
            if row.box is not None and row.action_id not in meaning.unknown
        ]  # fmt: skip
        tubes, bad = plan_video(
            usable, grid, size, period=self.period, max_gap_s=self.options.max_gap_s,
            in_pixels=self.options.coordinates is Coordinates.PIXELS,
        )  # fmt: skip
        self.plan.bad += bad
        stamps = {row.timestamp for row in rows if grid.holds(row.timestamp)}
        moments = list(grid.timestamps())
        if not stamps <= {stamp for stamp, _ in moments}:
            moments = [(stamp, grid.frame(stamp)) for stamp in sorted(stamps)]
        if self.files.complete:
            coverage = all_ranges(grid, self.period, excluded)
        else:
            coverage = coverage_ranges(stamps, grid, self.period, excluded)
        target = Target(
            current=revisions.annotations(video.id), moments=moments, size=size,
            label_of=meaning.label_of, person_label_id=_person_label(self.project),
            covered_label_ids=self._covered_labels(),
            decimals=max((row.decimals for row in usable), default=3),
            replace=self.options.mode is Mode.REPLACE,
        )  # fmt: skip
        self.plan.diffs[str(video.id)] = diff_video(target, tubes, coverage)
        self.plan.names[str(video.id)] = video.name

    def _covered_labels(self) -> list[int]:
        """The label map says what was looked for; without one it was every action."""
        actions = self.project.labels.filter(kind=LabelKind.ACTION)
        known = {label.name.casefold(): label.id for label in actions}
        if not self.entries:
            return sorted(known.values())
        named = {known.get(entry.name.casefold()) for entry in self.entries.values()}
        return sorted((named | set(self.plan.meaning.label_of.values())) - {None})


def _person_label(project: Project) -> int:
    label = project.labels.filter(kind=LabelKind.OBJECT).order_by("position", "id").first()
    if label is None:
        raise InvalidInput(
            f"Project '{project.name}' has no object label for people; add one, such as 'person'."
        )
    return label.id


def _refuse_bad(plan: _Plan, files: ImportFiles, options: ImportOptions) -> None:
    if not plan.bad or options.skip_bad_rows:
        return
    worst = min(plan.bad, key=lambda bad: bad.row)
    more = f" (and {len(plan.bad) - 1} more)" if len(plan.bad) > 1 else ""
    raise InvalidInput(
        f"{files.name}, row {worst.row}: {worst.reason}{more}. Nothing was imported; correct the "
        "file, or go on without bad rows (--skip-bad-rows).",
        code="bad_rows",
        detail=_report(plan, options, {}),
    )


@transaction.atomic
def _commit(
    project: Project,
    plan: _Plan,
    files: ImportFiles,
    options: ImportOptions,
    author_id: int | None,
    job_id: str | None,
) -> dict[str, int]:
    """One revision per video; raises Conflict if somebody changed one since it was compared."""
    made = _labels_create(project, plan.meaning.created)
    numbers = {}
    for video_id, diff in plan.diffs.items():
        if diff.operations:
            done = revisions.commit(
                video_id=video_id, operations=_with_labels(diff.operations, made),
                origin=Origin.IMPORT, author_id=author_id, base_revision=diff.base_revision,
                note=f"{options.mode.value} of {files.name}",
                commit_id=job_id and uuid.uuid5(uuid.UUID(job_id), video_id),
            )  # fmt: skip
            numbers[video_id] = done.revision
    return numbers


def _with_labels(operations: list[dict], made: dict[int, int]) -> list[dict]:
    """The operations with label ids in place of placeholders."""
    if not made:
        return operations
    for operation in operations:
        if operation["op"] == "span_add":
            span = operation["span"]
            span["label_id"] = made.get(span["label_id"], span["label_id"])
        elif operation["op"] == "coverage_add":
            coverage = operation["coverage"]
            coverage["label_ids"] = sorted(made.get(x, x) for x in coverage["label_ids"])
    return operations


def _report(plan: _Plan, options: ImportOptions, numbers: dict[str, int]) -> dict[str, Any]:
    tubes: Counter[str] = Counter()
    spans: Counter[str] = Counter()
    for diff in plan.diffs.values():
        tubes += diff.tubes
        spans += diff.spans
    errors = sorted(plan.bad, key=lambda bad: bad.row)
    return {
        "mode": options.mode.value,
        "rows": plan.rows,
        "videos": {
            plan.names[video_id]: {
                "id": video_id, "tubes": _counts(diff.tubes), "spans": _counts(diff.spans),
                "conflicts": diff.conflicts, "revision": numbers.get(video_id),
            }
            for video_id, diff in plan.diffs.items()
        },
        "tubes": _counts(tubes),
        "spans": _counts(spans),
        "created_labels": [entry.name for entry in plan.meaning.created],
        "unknown_labels": [str(action_id) for action_id in plan.meaning.unknown],
        "unknown_videos": sorted(plan.unknown),
        "errors": [{"row": bad.row, "reason": bad.reason} for bad in errors[:_ERRORS_LISTED]],
        "error_count": len(errors),
        "assumptions": plan.assumptions,
    }  # fmt: skip


def _counts(counts: Counter[str]) -> dict[str, int]:
    return {name: counts[name] for name in ("new", "changed", "unchanged", "removed", "conflict")}


def import_create(
    *,
    project: Project,
    uploads: dict[str, Any],
    params: dict[str, Any],
    user_id: int | None,
) -> Job:
    """Keep the uploaded files and queue the import.

    Args:
        uploads: `file` and perhaps `labels` and `excluded`, as Django's uploaded files.
        params: mode and ways of reading, as `options_of` takes them.

    Raises:
        InvalidInput: what is asked for is unknown.
    """
    options_of(params)
    folder = settings.HOME_DIRS["imports"] / uuid.uuid4().hex
    folder.mkdir()
    for role, upload in uploads.items():
        with (folder / role).open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
    with transaction.atomic():
        job_id = jobs.job_create(
            project_id=project.id, kind=JobKind.IMPORT, user_id=user_id,
            params={**params, "folder": folder.name, "name": uploads["file"].name[-200:]},
        )  # fmt: skip
        jobs.enqueue(job_id)
    return Job.objects.select_related("video").get(pk=job_id)


def import_run(*, job: jobs.JobValue, report: Report) -> dict[str, Any]:
    """Do a queued import; its files are deleted when the file is at fault.

    Raises:
        InvalidInput: as `labels_import`.
    """
    folder = _folder(job)
    if not (folder / "file").is_file():
        raise InvalidInput("The uploaded file is gone; send it again.", code="no_such_file")
    files = ImportFiles(
        folder / "file", job.params["name"], _existing(folder / "labels"),
        _existing(folder / "excluded"),
    )  # fmt: skip
    try:
        done = labels_import(
            project=Project.objects.get(pk=job.project_id), files=files,
            options=options_of(job.params), author_id=job.created_by_id, report=report,
            job_id=job.id,
        )  # fmt: skip
    except InvalidInput:
        import_forget(job=job)
        raise
    return done


def import_forget(*, job: jobs.JobValue) -> None:
    """Delete the files of an import that will not be done again."""
    shutil.rmtree(_folder(job), ignore_errors=True)


def _folder(job: jobs.JobValue) -> Path:
    return settings.HOME_DIRS["imports"] / Path(job.params["folder"]).name


def _existing(path: Path) -> Path | None:
    return path if path.is_file() else None
