"""Writes COCO JSON with its extension to video; what it keeps and loses stands in `coco`."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from labeling.formats import entries, motion
from labeling.formats.dataset import FileLabel, FileTube, FileVideo
from labeling.formats.sources import FileNames

_DEFAULT_LABEL = "person"


def write(folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]) -> dict[str, Any]:
    """One file, annotations.json; returns counts.

    Pictures and annotations go to files of their own first, so that videos can come one by one.
    """
    writer = _Writer(folder, [label.name for label in labels if label.kind == "object"])
    for video in videos:
        writer.add(video)
    writer.close([label.name for label in labels if label.kind == "action"])
    return dict(writer.counts)


class _Writer:
    def __init__(self, folder: Path, objects: list[str]) -> None:
        self.path = folder / "annotations.json"
        self.parts = {name: folder / f"{name}.part" for name in ("images", "annotations")}
        self.files = {n: p.open("w", encoding="utf-8") for n, p in self.parts.items()}
        self.categories = {name: n for n, name in enumerate(dict.fromkeys(objects), start=1)}
        self.videos: list[dict[str, Any]] = []
        self.names = FileNames()
        self.separators: dict[str, str] = {}
        self.counts = Counter(videos=0, tubes=0, boxes=0, images=0)

    def add(self, video: FileVideo) -> None:
        entry: dict[str, Any] = {"id": len(self.videos) + 1, "name": video.key}
        if video.size is not None:
            entry |= {"width": video.size[0], "height": video.size[1]}
        if video.frame_count is not None:
            entry["length"] = video.frame_count
        if video.frame_rate is not None:
            entry["fps"] = _shortest(video.frame_rate)
        if video.split:
            entry["split"] = video.split
        self.videos.append(entry)
        first = self._images(video, entry)
        for number, tube in _numbered(video.tubes):
            self._tube(tube, number, entry["id"], first)
        self.counts.update(videos=1, tubes=len(video.tubes))

    def _images(self, video: FileVideo, entry: dict[str, Any]) -> int:
        """Id of the picture of frame 0."""
        first = self.counts["images"] + 1
        last = max((int(tube.boxes[-1].at) + 1 for tube in video.tubes), default=0)
        name = self.names.of(video.key)
        size = {side: entry[side] for side in ("width", "height") if side in entry}
        for frame in range(max(video.frame_count or 0, last)):
            self._put("images", {
                "id": first + frame, "video_id": entry["id"], "frame_id": frame,
                "file_name": f"{name}/{frame:06d}.jpg", **size,
            })  # fmt: skip
        return first

    def _tube(self, tube: FileTube, number: int, video_id: int, first: int) -> None:
        name = tube.label or _DEFAULT_LABEL
        category = self.categories.setdefault(name, len(self.categories) + 1)
        for box in tube.boxes:
            if box.outside:
                continue
            x, y, width, height = entries.size_of(box.box)
            self.counts["boxes"] += 1
            entry = {
                "id": self.counts["boxes"], "image_id": first + int(box.at), "video_id": video_id,
                "track_id": number, "category_id": category, "bbox": [x, y, width, height],
                "area": round(width * height, 6), "iscrowd": 0, "segmentation": [],
                # CVAT and Datumaro look for the track here.
                "attributes": {"occluded": box.occluded, "track_id": number},
                "actions": motion.actions_at(tube, box.at),
            }  # fmt: skip
            self._put("annotations", entry | ({} if tube.score is None else {"score": tube.score}))

    def _put(self, kind: str, entry: dict[str, Any]) -> None:
        text = json.dumps(entry, ensure_ascii=False, allow_nan=False)
        self.files[kind].write(f"{self.separators.get(kind, '')}{text}")
        self.separators[kind] = ",\n"
        self.counts["images"] += kind == "images"

    def close(self, actions: list[str]) -> None:
        categories = [{"id": n, "name": name} for name, n in self.categories.items()]
        named = [{"id": n, "name": name} for n, name in enumerate(dict.fromkeys(actions), start=1)]
        with self.path.open("w", encoding="utf-8", newline="\n") as out:
            out.write('{"info": {"description": "Boxes of people in videos"},\n"licenses": [],\n')
            for key, value in (
                ("videos", self.videos), ("categories", categories), ("actions", named),
            ):  # fmt: skip
                out.write(f'"{key}": {json.dumps(value, ensure_ascii=False)},\n')
            self._append(out, "images", ",")
            self._append(out, "annotations", "}")

    def _append(self, out: Any, kind: str, end: str) -> None:
        self.files[kind].close()
        out.write(f'"{kind}": [\n')
        with self.parts[kind].open(encoding="utf-8") as part:
            for line in part:
                out.write(line)
        out.write(f"\n]{end}\n")
        self.parts[kind].unlink()


def _numbered(tubes: Sequence[FileTube]) -> Iterator[tuple[int, FileTube]]:
    free = 1 + max((tube.number for tube in tubes if tube.number is not None), default=0)
    for tube in tubes:
        yield (free if tube.number is None else tube.number), tube
        free += tube.number is None


def _shortest(rate: Fraction) -> float | int:
    return rate.numerator if rate.denominator == 1 else float(rate)
