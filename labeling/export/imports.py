"""Imports: annotations of a file become one revision, or a report of what they would change.

All of a file or nothing: a bad row stops it, unless the sender says to go on without bad rows. A
file is read once and sorted by video; then it is compared with what is here video by video, and,
if it is to be written, once more in the one transaction that writes it.
"""

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Max

from labeling import revisions, schema
from labeling.domain.errors import InvalidInput
from labeling.domain.taxonomy import LabelKind
from labeling.export.import_ava import AVA, AVA_KINETICS, AvaSource, with_companions
from labeling.export.import_compare import Comparison
from labeling.export.import_formats import AUTO, FormatSource, format_of, unpacked
from labeling.export.import_mapping import Action, LabelMeanings
from labeling.export.import_report import Tally, report_of
from labeling.export.import_source import (
    BadRow,
    ImportFiles,
    ReadAs,
    Report,
    Source,
    no_such_video,
)
from labeling.export.import_videos import Known, VideoKeys
from labeling.formats.ava import Coordinates, Eighth
from labeling.formats.registry import FORMATS
from labeling.models import Label, Project, Revision
from labeling.models.revision import Origin
from labeling.models.schema_change import SchemaOperation
from labeling.models.video import VideoState

_NEW_COLOR = "#b18cf0"
_RATIO = re.compile(r"\d{1,9}/\d{1,9}|\d{0,9}\.?\d{1,12}")


class Mode(StrEnum):
    DRY_RUN = "dry-run"
    MERGE = "merge"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to read a file and what to do with it.

    Args:
        format: a name of `import_formats.READABLE`, or "auto".
        mapping: label of the file → label of the project; "" leaves it out.
        link: link boxes without person ids into tubes.
        dry_run_of: what a dry run tries: merging or replacing.
    """

    mode: Mode = Mode.DRY_RUN
    dry_run_of: Mode = Mode.MERGE
    format: str = AUTO
    skip_bad_rows: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)
    link: bool = False
    read_as: ReadAs = ReadAs()

    @property
    def replaces(self) -> bool:
        """Whether what the file lacks goes, or would go."""
        tried = self.dry_run_of if self.mode is Mode.DRY_RUN else self.mode
        return tried is Mode.REPLACE


def options_of(params: Mapping[str, Any]) -> ImportOptions:
    """Check what is asked for.

    Raises:
        InvalidInput: an unknown mode or way of reading, or a mapping that is none.
    """
    try:
        eighth = Eighth(params.get("eighth_column") or Eighth.PERSON_ID)
        read_as = ReadAs(
            eighth=eighth, eighth_given=eighth is not Eighth.PERSON_ID,
            coordinates=Coordinates(params.get("coordinates") or Coordinates.FRACTIONS),
            frame_rate=_positive(params.get("frame_rate")),
            max_gap_s=_positive(params.get("max_gap_s")),
            video_id=str(params["video_id"]) if params.get("video_id") else None,
            linked=bool(params.get("link", False)),
        )  # fmt: skip
        return ImportOptions(
            mode=Mode(params.get("mode") or Mode.DRY_RUN),
            dry_run_of=Mode(params.get("dry_run_of") or Mode.MERGE),
            format=params.get("format") or AUTO,
            skip_bad_rows=bool(params.get("skip_bad_rows", False)),
            mapping=_mapping(params.get("mapping")),
            link=bool(params.get("link", False)),
            read_as=read_as,
        )
    except (ValueError, ZeroDivisionError, RecursionError) as error:
        raise InvalidInput(f"The import cannot be done as asked: {error}.") from error


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _positive(value: Any) -> Fraction | None:
    if value in (None, ""):
        return None
    # Nothing else: of 1e999999999, a fraction would have a billion digits.
    if not _RATIO.fullmatch(str(value)):
        raise ValueError(f"{str(value)[:40]!r} is no number such as 25, 29.97 or 30000/1001")
    number = Fraction(str(value))
    if not 0 < number <= 10**6:
        raise ValueError(f"{value} is not above 0")
    return number


def _mapping(value: Any) -> dict[str, str]:
    """A mapping as JSON text or as a dictionary."""
    mapping = json.loads(value) if isinstance(value, str) and value.strip() else value or {}
    texts = isinstance(mapping, dict) and all(
        isinstance(part, str) for pair in mapping.items() for part in pair
    )
    if not texts:
        raise ValueError('a mapping is {"name in the file": "name in the project"}')
    return mapping


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
        report: told the progress; what it raises stops the import, and nothing is written.
        job_id: the commits' ids follow from it, so that a job that two workers came to do, or
            that one did and could not say so, adds its rows once.

    Returns:
        The report: counts of tubes and spans by what happens to them, per video and in all, what
        is unknown, bad rows, and what was taken for granted.

    Raises:
        InvalidInput: the file cannot be read, or has bad rows and they are not to be skipped
            (code `bad_rows`, the report in `detail`); nothing is changed then.
        Conflict: somebody changed a video while it was compared.
    """
    tell = report or (lambda fraction, message: None)
    with unpacked(files) as inside:
        name = format_of(inside, options.format)
        keys = _keys(project, options)
        with _read(name, inside, keys, options, tell) as source:
            task = _Import(project, inside, options, name, keys, source, tell)
            return task.run(author_id, job_id)


def _keys(project: Project, options: ImportOptions) -> VideoKeys:
    rows = project.videos.filter(state=VideoState.READY).values_list(
        "id", "name", "external_id", "start_s", "end_tick", "time_base_num", "time_base_den"
    )
    known = [
        Known(str(i), name, key, Fraction(str(start)), Fraction(end * num, den))
        for i, name, key, start, end, num, den in rows
    ]
    wanted = options.read_as.video_id
    if wanted is not None and wanted not in {video.id for video in known}:
        raise InvalidInput(f"There is no ready video {wanted} in project '{project.name}'.")
    return VideoKeys(known)


def _read(
    name: str, files: ImportFiles, keys: VideoKeys, options: ImportOptions, tell: Report
) -> Source:
    tell(0.02, "Reading the file")
    if name in (AVA, AVA_KINETICS):
        kinetics = name == AVA_KINETICS
        files = with_companions(files)
        return AvaSource(files, keys, options.read_as, kinetics=kinetics, tell=tell)
    return FormatSource(FORMATS[name], files, keys, options.read_as, tell)


@dataclass(slots=True)
class _Import:
    """One file on its way in."""

    project: Project
    files: ImportFiles
    options: ImportOptions
    format: str
    keys: VideoKeys
    source: Source
    tell: Report

    def run(self, author_id: int | None, job_id: str | None) -> dict[str, Any]:
        found = self.source.found
        if not self.source.video_ids() and found.unknown and not found.bad.count:
            raise no_such_video(found, self.files, self.project.name)
        meanings = self._meanings()
        compare = Comparison(
            self.project, self.source, meanings, self.keys,
            replace=self.options.replaces, link=self.options.link,
        )  # fmt: skip
        tally = self._compared(compare)
        if self.options.mode is not Mode.DRY_RUN:
            self._refuse_bad(meanings, tally)
            tally = self._write(compare, meanings, tally, author_id, job_id)
        return self._report(meanings, tally)

    def _meanings(self) -> LabelMeanings:
        labels = [label.value().as_dict() for label in self.project.labels.order_by("id")]
        meanings = LabelMeanings(labels, self.options.mapping)
        for used in self.source.found.used:
            meaning = meanings.add(used, listed=self.source.listed)
            if meaning.action is Action.UNKNOWN:
                self.source.forget(used.label.name)
                self.source.found.bad.add(
                    BadRow(
                        used.row,
                        f"action {used.label.name} (in {_rows(used.count)}) is neither a label of "
                        "the project nor in a label map; give the label map (--labels), map it to "
                        "a label, or set the label's AVA id",
                        column="action_id",
                    )
                )
        meanings.check_mapping()
        return meanings

    def _compared(self, compare: Comparison) -> Tally:
        """What the file would change: counts alone are kept."""
        tally = Tally()
        ids = compare.label_ids({})
        video_ids = self.source.video_ids()
        for index, video_id in enumerate(video_ids):
            self.tell(0.3 + 0.3 * index / len(video_ids), f"Comparing video {index + 1}")
            compare.video(video_id, ids, tally)
        # One video may have taken long: whoever wants to stop is heard before anything is done.
        self.tell(0.6, "Compared")
        return tally

    def _write(
        self,
        compare: Comparison,
        meanings: LabelMeanings,
        planned: Tally,
        author_id: int | None,
        job_id: str | None,
    ) -> Tally:
        """One revision of all videos, made anew from what is there once nobody else commits."""
        known = revisions.committed(self.project.id, job_id) if job_id else None
        if known is not None:
            planned.stored(known, self._videos_of(known))
            return planned
        tally = Tally(bad=planned.bad, notes=planned.notes)
        new_labels: list[int] = []
        with transaction.atomic():
            number = revisions.commit_many(
                project_id=self.project.id,
                entries=self._entries(compare, meanings, tally, new_labels),
                origin=Origin.IMPORT, author_id=author_id, commit_id=job_id or uuid.uuid4(),
                note=f"{self.options.mode.value} of {self.files.name}",
            )  # fmt: skip
            self.tell(0.99, "Writing")
            if number is None:
                Label.objects.filter(pk__in=new_labels).delete()
            else:
                tally.stored(number)
                self._say_added(new_labels, author_id, number)
        return tally

    def _entries(
        self, compare: Comparison, meanings: LabelMeanings, tally: Tally, new_labels: list[int]
    ) -> Iterator[tuple[str, list[dict], int | None]]:
        """What to commit, made once nobody else commits; the labels for it go before."""
        ids = compare.label_ids(labels_create(self.project, meanings, new_labels))
        video_ids = self.source.video_ids()
        again = Tally()  # What is bad or assumed was told when it was compared first.
        for index, video_id in enumerate(video_ids):
            self.tell(0.6 + 0.38 * index / len(video_ids), f"Writing video {index + 1}")
            diff = compare.video(video_id, ids, again)
            if diff is not None and diff.operations:
                yield video_id, diff.operations, diff.base_revision
        tally.take_counts(again)

    def _say_added(self, new_labels: list[int], author_id: int | None, revision: int) -> None:
        """Labels that came with a file are a change of the schema, too."""
        if not new_labels:
            return
        labels = Label.objects.filter(pk__in=new_labels).values("id", "name", "kind")
        schema.change_record(
            project_id=self.project.id, operation=SchemaOperation.ADD, author_id=author_id,
            detail={"labels": list(labels), "file": self.files.name}, revision=revision,
        )  # fmt: skip

    def _videos_of(self, number: int) -> set[str]:
        rows = Revision.objects.filter(project=self.project, number=number)
        return {str(video_id) for video_id in rows.values_list("video_id", flat=True)}

    def _refuse_bad(self, meanings: LabelMeanings, tally: Tally) -> None:
        bad = [*self.source.found.bad.listed, *tally.bad.listed]
        count = self.source.found.bad.count + tally.bad.count
        if not bad or self.options.skip_bad_rows:
            return
        worst = min(bad, key=lambda one: (one.file, one.row))
        more = f" (and {count - 1} more)" if count > 1 else ""
        raise InvalidInput(
            f"{worst.file or self.files.name}, row {worst.row}: {worst.reason}{more}. Nothing was "
            "imported; correct the file, or go on without bad rows (--skip-bad-rows).",
            code="bad_rows",
            detail=self._report(meanings, tally),
        )

    def _report(self, meanings: LabelMeanings, tally: Tally) -> dict[str, Any]:
        head = {"mode": self.options.mode.value, "format": self.format}
        return head | report_of(self.source, meanings, tally, self.files.name)


def labels_create(project: Project, meanings: LabelMeanings, new: list[int]) -> dict[int, int]:
    """Make the labels that a file brings; placeholder → label id.

    Args:
        new: gets the ids of those that somebody else did not make meanwhile.
    """
    created = [x for x in meanings.found.values() if x.action is Action.CREATE]
    taken = set(project.labels.values_list("ava_id", flat=True))
    last = project.labels.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    made: dict[int, int] = {}
    for meaning in created:
        assert meaning.label_id is not None and meaning.name is not None
        label = meaning.used.label
        number = label.number if label.kind == LabelKind.ACTION else None
        free = number is not None and number > 0 and number not in taken
        if meaning.label_id not in made:
            taken.add(number if free else None)
            found, is_new = Label.objects.get_or_create(
                project=project, kind=label.kind, name=meaning.name, defaults={
                    "color": _NEW_COLOR, "ava_group": label.group[:100],
                    "position": position + len(made), "ava_id": number if free else None,
                },
            )  # fmt: skip
            made[meaning.label_id] = found.id
            new += [found.id] if is_new else []
    return made
