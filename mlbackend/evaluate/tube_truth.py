"""Truth of frame- and video-mAP from a dataset's own annotations, in any layout read here."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from labeling.domain.errors import InvalidInput
from labeling.formats.action_tubes import action_tubes, runs
from labeling.formats.dataset import BadRow, FileVideo, Format, ReadOptions
from mlbackend.evaluate.tube_files import TubeSet
from mlbackend.evaluate.tubes import Tubes

# Video, class, first frame, boxes.
Row = tuple[int, int, int, list[tuple[float, ...]]]


def read_annotations(
    path: Path, format_: Format, classes: Sequence[str], wanted: Callable[[FileVideo], bool]
) -> TubeSet:
    """All tubes of the wanted videos; a tube with a gap is several. Frames count from 1.

    Args:
        classes: the dataset's, in its order; those the file has besides follow by alphabet.

    Raises:
        InvalidInput: the file is not of the format, has a bad entry, or no wanted video.
    """
    videos = [video for video in _videos(path, format_) if wanted(video)]
    if not videos:
        raise InvalidInput(f"{path.name} holds no video of the wanted split.")
    named = {label for video in videos for label, _ in action_tubes(video)}
    known = [*classes, *sorted(named - set(classes))] if named & set(classes) else sorted(named)
    place = {label: index for index, label in enumerate(known)}
    rows = list(_rows(videos, place))
    tubes = Tubes(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.int64),
        np.array([len(row[3]) for row in rows], dtype=np.int64),
        np.array([box for row in rows for box in row[3]], dtype=np.float64).reshape(-1, 4),
        np.zeros(len(rows)),
    )
    return TubeSet(tuple(video.key for video in videos), tuple(known), tubes.boxes(), tubes)


def _videos(path: Path, format_: Format) -> Iterator[FileVideo]:
    if format_.read is None or not path.exists():
        raise InvalidInput(f"{path.name} is not there, or {format_.title} is not read here.")
    for item in format_.read(path, ReadOptions(name=path.name)):
        if isinstance(item, BadRow):
            where = f", {item.column}" if item.column else ""
            raise InvalidInput(f"{item.file or path.name}, entry {item.row}{where}: {item.reason}")
        if isinstance(item, FileVideo):
            yield item


def _rows(videos: Sequence[FileVideo], place: dict[str, int]) -> Iterator[Row]:
    for index, video in enumerate(videos):
        for label, boxes in action_tubes(video):
            for part in runs(boxes):
                yield index, place[label], int(part[0].at) + 1, [box.box for box in part]
