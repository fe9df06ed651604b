"""What an export would hold, counted in the tables; nothing is made."""

from collections import Counter
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from labeling.domain.ranges import union
from labeling.domain.state import CONFIRMED, State
from labeling.domain.taxonomy import LabelKind
from labeling.export.making import without_deleted_labels
from labeling.export.options import ExportOptions, revision_at
from labeling.formats.choice import Choice, FrameRange, Which, chosen, covered
from labeling.formats.dataset import Format, Holds
from labeling.formats.from_video import PERSON, lost, without_place
from labeling.models import CoverageRow, Project, Revision, SpanRow, TubeRow, Video
from labeling.planted import planted_ids
from labeling.snapshots import annotations_at

_STATES = {
    Which.REVIEWED: sorted(state.value for state in CONFIRMED),
    Which.PROPOSED: [State.PROPOSED.value],
    Which.ALL: sorted(state.value for state in State if state is not State.REJECTED),
}
_OCCLUDED, _OUTSIDE = 1, 2


def export_preview(*, project: Project, format_: Format, options: ExportOptions) -> dict[str, Any]:
    """Videos, tubes, spans, segments, video classes, reviewed seconds, and what would be lost.

    Videos that changed after `as_of` are looked at as they were; all others are counted by the
    database.

    Raises:
        InvalidInput: labels or videos are not the project's.
    """
    options.checked(project)
    since = revision_at(project, options.changed_since) or 0
    choice = Choice(options.which, options.label_ids, since)
    videos = _videos(project, options)
    preview = _Preview(format_, choice, planted_ids(project.pk))
    until = revision_at(project, options.as_of)
    changed: set[Any] = set()
    if until is not None:
        later = Revision.objects.filter(project=project, number__gt=until)
        changed = set(later.values_list("video_id", flat=True))
    labels = {label.id: label.value().as_dict() for label in project.labels.all()}
    preview.count_rows(videos.exclude(pk__in=changed))
    for video in videos.filter(pk__in=changed):
        preview.count_at(video, until or 0, labels)
    return {
        "videos": videos.count(),
        **{name: preview.counts[name] for name in ("tubes", "spans", "segments", "video_classes")},
        "reviewed_s": round(preview.reviewed_s, 3),
        "lost": dict(sorted((+preview.lost).items())),
    }


def _videos(project: Project, options: ExportOptions) -> QuerySet[Video]:
    videos = project.videos.filter(frame_count__gt=0).order_by("id")
    if options.splits:
        videos = videos.filter(split__in=options.splits)
    return videos.filter(pk__in=options.video_ids) if options.video_ids else videos


class _Preview:
    def __init__(self, format_: Format, choice: Choice, planted: set[str]) -> None:
        self.format, self.choice = format_, choice
        self._planted = planted
        self.counts: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self.reviewed_s = 0.0

    def count_at(self, video: Video, revision: int, labels: dict[int, dict[str, Any]]) -> None:
        """Count a video as it was."""
        was = annotations_at(video, revision).as_dict()
        kept, _ = without_deleted_labels(was, labels)
        found = chosen(kept, self.choice)
        self._add(
            tubes=len(found["tubes"]),
            spans=sum(span["tube_id"] is not None for span in found["spans"]),
            segments=sum(labels[s["label_id"]]["kind"] == "segment" for s in found["spans"]),
            video_classes=sum(
                labels[s["label_id"]]["kind"] == "video_class" for s in found["spans"]
            ),
        )
        self.lost.update(lost(found, self.format, labels))
        self._add_reviewed(video, covered(was["coverage"]))

    def count_rows(self, videos: QuerySet[Video]) -> None:
        """Count videos as they are."""
        spans, tubes = self._spans(videos), self._tubes(videos)
        contents = Counter(
            {
                Holds.TUBES: tubes.count(),
                Holds.OBJECT_LABELS: tubes.exclude(label__name__iexact=PERSON).count(),
                Holds.ACTIONS: spans.filter(tube__isnull=False).count(),
                Holds.SEGMENTS: spans.filter(label__kind=LabelKind.SEGMENT).count(),
                Holds.VIDEO_CLASSES: spans.filter(label__kind=LabelKind.VIDEO_CLASS).count(),
                Holds.SCORES: sum(
                    rows.filter(state=State.PROPOSED, score__isnull=False).count()
                    for rows in (spans, tubes)
                ),
            }
        )
        contents[Holds.NUMBERS] = contents[Holds.TUBES]
        if {Holds.OCCLUSION, Holds.GAPS, Holds.KEYFRAMES} - self.format.holds:
            contents.update(_flags(tubes))
        self._add(
            tubes=contents[Holds.TUBES], spans=contents[Holds.ACTIONS],
            segments=contents[Holds.SEGMENTS], video_classes=contents[Holds.VIDEO_CLASSES],
        )  # fmt: skip
        self.lost.update(without_place(contents, self.format))
        self._count_reviewed(videos)

    def _spans(self, videos: QuerySet[Video]) -> QuerySet[SpanRow]:
        choice, which = self.choice, self.choice.which
        on_tubes = _STATES[Which.REVIEWED if which is Which.REVIEWED else Which.ALL]
        rows = SpanRow.objects.filter(
            Q(tube=None) | Q(tube__state__in=on_tubes), video__in=videos, state__in=_STATES[which]
        ).order_by()
        rows = rows.exclude(Q(pk__in=self._planted) | Q(tube__in=self._planted))
        if choice.label_ids:
            rows = rows.filter(label__in=choice.label_ids)
        since = Q(revision__gt=choice.changed_since) | Q(tube__revision__gt=choice.changed_since)
        return rows.filter(since) if choice.changed_since else rows

    def _tubes(self, videos: QuerySet[Video]) -> QuerySet[TubeRow]:
        choice = self.choice
        own = Q(state__in=_STATES[choice.which])
        if choice.label_ids:
            own &= Q(label__in=choice.label_ids)
        if choice.changed_since:
            own &= Q(revision__gt=choice.changed_since)
        carried = Exists(self._spans(videos).filter(tube=OuterRef("pk")))
        rows = TubeRow.objects.filter(own | Q(carried), video__in=videos)
        return rows.exclude(pk__in=self._planted).order_by()

    def _add(self, **counts: int) -> None:
        self.counts.update(counts)

    def _count_reviewed(self, videos: QuerySet[Video]) -> None:
        ranges: dict[Any, list[FrameRange]] = {}
        rows = CoverageRow.objects.filter(video__in=videos, tube=None).order_by()
        for video_id, *span in rows.values_list("video_id", "start_frame", "end_frame"):
            ranges.setdefault(video_id, []).append((span[0], span[1]))
        for video in videos.filter(pk__in=ranges).iterator(chunk_size=100):
            self._add_reviewed(video, ranges[video.pk])

    def _add_reviewed(self, video: Video, ranges: list[FrameRange]) -> None:
        timebase = video.timebase()
        for start, end in union(ranges):
            self.reviewed_s += timebase.time_s(end) - timebase.time_s(start)


def _flags(tubes: QuerySet[TubeRow]) -> Counter[Holds]:
    """Hidden boxes, gaps, and tubes that move between their keyframes."""
    found: Counter[Holds] = Counter()
    for keyframes in tubes.values_list("keyframes", flat=True).iterator(chunk_size=500):
        found[Holds.OCCLUSION] += sum(bool(row[5] & _OCCLUDED) for row in keyframes)
        found[Holds.GAPS] += sum(bool(row[5] & _OUTSIDE) for row in keyframes)
        found[Holds.KEYFRAMES] += keyframes[-1][0] - keyframes[0][0] > 1
    return found
