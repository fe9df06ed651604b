"""Compares a file with the project, video by video."""

from collections.abc import Mapping
from dataclasses import dataclass

from labeling import revisions
from labeling.domain.taxonomy import LabelKind
from labeling.export.import_diff import diff_video
from labeling.export.import_mapping import LabelMeanings
from labeling.export.import_report import Tally
from labeling.export.import_source import OfVideo, Source
from labeling.export.import_target import Diff, Target
from labeling.export.import_videos import VideoKeys
from labeling.export.linking import linked
from labeling.formats.dataset import Holds
from labeling.formats.onto_video import Clip, plan
from labeling.models import Project, Video

Ids = dict[tuple[str, str], int | None]


@dataclass(slots=True)
class Comparison:
    """What is compared, and how.

    Args:
        replace: whether what the file lacks goes.
        link: link boxes without person ids into tubes.
    """

    project: Project
    source: Source
    meanings: LabelMeanings
    keys: VideoKeys
    replace: bool = False
    link: bool = False

    def label_ids(self, made: Mapping[int, int]) -> Ids:
        """(kind, name in the file) → label id; placeholders stay where `made` has none."""
        ids: Ids = {}
        for key, meaning in self.meanings.found.items():
            label_id = meaning.label_id
            ids[key] = None if label_id is None else made.get(label_id, label_id)
        return ids

    def video(self, video_id: str, ids: Ids, tally: Tally) -> Diff | None:
        """What the file changes on one video, counted in `tally`; None if it is gone."""
        video = Video.objects.filter(pk=video_id).first()
        if video is None:
            return None
        size = (video.width, video.height)
        said = self.source.of(video_id)
        if self.link:
            said.file_video = self._linked(said, size, tally)
        clip = Clip(video.timebase(), *size, self.keys.start_s(video_id))
        planned = plan(said.file_video, clip, said.options)
        target = Target(
            current=revisions.annotations(video.id), size=size, label_ids=ids,
            kinds={label["id"]: label["kind"] for label in self.meanings.labels},
            covered_label_ids=self._covered(ids), holds=self.source.found.holds,
            decimals=said.decimals, replace=self.replace, not_reviewed=said.options.not_reviewed,
        )  # fmt: skip
        diff = diff_video(target, planned)
        tally.add(video, diff, [*said.bad, *planned.bad], said.notes, planned.notes)
        return diff

    def _linked(self, said: OfVideo, size: tuple[int, int], tally: Tally):  # noqa: ANN202
        before = sum(tube.number is None for tube in said.file_video.tubes)
        if not before:
            return said.file_video
        video = linked(said.file_video, size)
        after = sum(tube.number is None for tube in video.tubes)
        tally.linked_boxes += before
        tally.linked_tubes += after
        return video

    def _covered(self, ids: Ids) -> list[int]:
        """Actions that the file speaks about.

        A list of labels beside it says what was looked for. Without one, AVA's rows speak of
        every action, other files of those that occur.
        """
        if Holds.ACTIONS not in self.source.found.holds:
            return []
        used = {i for (kind, _), i in ids.items() if kind == LabelKind.ACTION and i is not None}
        actions = [x for x in self.meanings.labels if x["kind"] == LabelKind.ACTION]
        if self.source.speaks_of_all and not self.source.listed:
            return sorted({label["id"] for label in actions} | used)
        listed = {name.casefold() for name in self.source.names_all.values()}
        return sorted({x["id"] for x in actions if x["name"].casefold() in listed} | used)
