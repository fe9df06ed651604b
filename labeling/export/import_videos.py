"""Which video of the project a file means."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from labeling.formats.ava_export import stem
from labeling.formats.sources import FileNames

# youtube id, first and last second: how Kinetics names the clips it cuts.
_CLIP = re.compile(r"(.+)_(\d{6})_(\d{6})")


@dataclass(frozen=True, slots=True)
class Known:
    """A video here.

    Args:
        external_id: its name in files; may be empty.
        start_s: its first frame's second in the original movie.
        duration_s: how long it is.
    """

    id: str
    name: str
    external_id: str = ""
    start_s: Fraction = Fraction(0)
    duration_s: Fraction = Fraction(0)


def _written(key: str) -> tuple[str, str]:
    """How formats write a name that would not do as a file's, or that holds blanks."""
    return FileNames().of(key), re.sub(r"[\s/\\]+", "_", key)


class VideoKeys:
    """Finds videos by external id, else name, else name without ending, else as a clip, else by
    what a format makes of the name: VATIC's file is `_5KQ66BBWC4.txt` for `-5KQ66BBWC4`.

    A clip `id_000017_000027` is found by `id` and a second from 17 up to 27.
    """

    def __init__(self, videos: Iterable[Known]) -> None:
        self.tables: list[dict[str, list[str]]] = [{}, {}, {}]
        self.written: dict[str, list[str]] = {}
        self.clips: dict[str, list[str]] = {}
        self.spans: dict[str, tuple[Fraction, Fraction]] = {}
        for video in videos:
            keys = video.external_id, video.name, stem(video.name)
            for table, key in zip(self.tables, keys, strict=True):
                if key:
                    table.setdefault(key, []).append(video.id)
            for name in {form for key in keys if key for form in _written(key)}:
                self.written.setdefault(name, []).append(video.id)
            start_s = video.start_s
            if clip := _CLIP.fullmatch(video.external_id) or _CLIP.fullmatch(stem(video.name)):
                self.clips.setdefault(clip[1], []).append(video.id)
                start_s = start_s or Fraction(int(clip[2]))
            self.spans[video.id] = start_s, start_s + video.duration_s

    def start_s(self, video_id: str) -> Fraction:
        """The video's first second: as recorded, else as its clip name says."""
        return self.spans[video_id][0]

    def get(self, key: str, at: Decimal | Fraction | None = None) -> str | None:
        """The video's id; None if there is none, or the key fits several.

        Args:
            at: a second of the original movie, to tell clips of one movie apart.
        """
        for table, wanted in zip(self.tables, (key, key, stem(key)), strict=True):
            if found := table.get(wanted):
                return self._only(found, at)
        return self._only(self.clips.get(key) or self.written.get(key, []), at)

    def _only(self, ids: list[str], at: Decimal | Fraction | None) -> str | None:
        if len(ids) > 1 and at is not None:
            time_s = Fraction(at)
            ids = [i for i in ids if self.spans[i][0] <= time_s < self.spans[i][1]]
        return ids[0] if len(ids) == 1 else None

    def first(self, keys: Iterable[str]) -> str | None:
        """The video that the first fitting of several keys means."""
        return next((found for key in keys if key and (found := self.get(key))), None)
