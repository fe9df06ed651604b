"""CVAT XML 1.1, "for video" and, for reading, "for images".

Source: CVAT's format page, its exporter and importer, and its interpolation.

Keeps: tubes with their keyframes, object labels, gaps, occlusion, actions, the picture's size;
frame-level tags of "for images" files as segments. Loses when written: segments, video classes,
scores, actions while the actor is away, boxes that are no keyframes, and what else <meta> says.

What is read of a track is what CVAT shows of it. Its keyframes are the boxes marked
`keyframe="1"`; the last one, if visible, is held to the task's last frame, and nothing is shown
outside the task's frames. Frames are those of the source video: a task that takes every third
one has frames 10, 13, 16. A track's id is the person's number; where several files are about one
video, as jobs of a task are, the later ones count on. A box that only says that the track ended
on the frame before is not kept.

Attributes and actions, one rule both ways: a checkbox that is true is the action of its name; a
select or radio value is the action "attribute: value"; text and numbers are left out and noted. An
attribute holds from its keyframe to the next, not where the actor is away. Every action is
written as a mutable checkbox of its name, with a keyframe wherever an action begins or ends.

Other shapes become boxes, noted: polygon, polyline, points, mask and ellipse their enclosing box,
a turned box the upright box around it, at every frame while it turns. Cuboids and skeletons are
refused one by one. Files of several tasks give one video for each.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from labeling.domain.errors import InvalidInput
from labeling.formats import cvat_meta, cvat_shapes, motion
from labeling.formats.cvat_meta import Meta, Task
from labeling.formats.cvat_write import write
from labeling.formats.dataset import (
    BadRow,
    FileBox,
    FileTube,
    FileVideo,
    Format,
    Holds,
    Note,
    Reading,
    ReadOptions,
)
from labeling.formats.entries import Wrong, whole
from labeling.formats.sources import files_in, said_name, shown, starts_like, stems
from labeling.formats.xml_entries import Entry, entries

TUBE_END = (
    "As CVAT shows it, the last visible box of a track is held to the last frame of its task, "
    "and nothing is shown outside the task's frames."
)


def read(path: Path, options: ReadOptions) -> Iterator[Reading]:
    """A file, or a folder with one or more; what they say of a task is given when it is complete.

    Raises:
        InvalidInput: a file is no XML of CVAT's.
    """
    name = said_name(path, options)
    free: dict[str, int] = {}
    for part in files_in(path, (".xml",), name):
        for found in _File(shown(path, part, name)).read(part):
            yield _apart(found, free) if isinstance(found, FileVideo) else found


def _apart(video: FileVideo, free: dict[str, int]) -> FileVideo:
    """The video with numbers that no earlier file has for it: CVAT counts from 0 in each."""
    first = free.get(video.key, 0)
    tubes = tuple(
        tube if tube.number is None else replace(tube, number=first + tube.number)
        for tube in video.tubes
    )
    numbers = (tube.number + 1 for tube in tubes if tube.number is not None)
    free[video.key] = max(numbers, default=first)
    return replace(video, tubes=tubes)


class _File:
    """Reads one file, with what is known of it so far."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.meta = Meta()
        self.videos: dict[Task, _Video] = {}
        self.notes: Counter[str] = Counter()
        self.is_empty = True

    def read(self, path: Path) -> Iterator[Reading]:
        for entry in entries(path, self.name, "annotations"):
            self.is_empty = self.is_empty and entry.tag not in ("meta", "track", "image")
            try:
                yield from self._entry(entry)
            except Wrong as wrong:
                yield wrong.bad_row(entry.line, self.name)
        if self.is_empty:
            raise InvalidInput(f"{self.name} holds no <meta>, <track> or <image> of CVAT's.")
        for note, count in self.notes.items():
            yield Note(f"{note} ({count}×)")
        for task in self.meta.tasks if not self.videos else ():
            self._video(task)
        for task, video in self.videos.items():
            made = video.made(task)
            yield made if made.key else replace(made, aliases=stems(path, self.name))

    def _entry(self, entry: Entry) -> Iterator[BadRow]:
        if entry.tag == "meta":
            self.meta = cvat_meta.read_meta(entry)
        elif entry.tag == "track":
            yield from self._track(entry)
        elif entry.tag == "image":
            yield from self._image(entry)

    def _video(self, task: Task) -> "_Video":
        return self.videos.setdefault(task, _Video())

    def _track(self, track: Entry) -> Iterator[BadRow]:
        task = self._task(track)
        label = _said(track.attributes.get("label", ""), "track@label")
        id_ = track.attributes.get("id")
        number = None if id_ is None else whole(id_, "track@id")
        shapes: dict[int, cvat_shapes.Shape] = {}
        for entry in track.children:
            if entry.tag == "attribute":
                continue
            try:
                shape = cvat_shapes.read_shape(entry, in_track=True)
                if shape.frame in shapes:
                    raise Wrong(f"{entry.tag}@frame", f"is {shape.frame}, for the second time")
            except Wrong as wrong:
                yield wrong.bad_row(entry.line, self.name)
                continue
            shapes[shape.frame] = shape
        kept = cvat_shapes.keyframes(shapes[frame] for frame in sorted(shapes))
        if not kept:
            if shapes:
                raise Wrong("box@keyframe", 'is 1 for no box; CVAT keeps only keyframe="1"')
            return
        self._note_shapes(kept)
        boxes = self._shown(tuple(self._file_boxes(kept, label)), task, max(shapes))
        if boxes:
            self._video(task).tubes.append(_tube(boxes, number, label, track.line))

    def _file_boxes(self, shapes: list[cvat_shapes.Shape], label: str) -> Iterator[FileBox]:
        for shape in cvat_shapes.turned(shapes):
            actions = self._actions(label, shape.attributes)
            yield FileBox(
                shape.frame, shape.corners, shape.occluded, shape.outside, actions, shape.line
            )

    def _shown(self, boxes: tuple[FileBox, ...], task: Task, listed: int) -> tuple[FileBox, ...]:
        """What CVAT shows; `listed` is the last frame that the track has a box for."""
        held = motion.held_until(boxes, listed if task.last is None else task.last)
        seen = motion.cut_to(held, task.first, task.last)
        if seen != boxes:
            self.notes[TUBE_END] += 1
        return motion.without_closing(seen)

    def _image(self, image: Entry) -> Iterator[BadRow]:
        video = self._video(self._task(image))
        frame = cvat_shapes.image_frame(image)
        video.sizes.add(cvat_shapes.image_size(image))
        for entry in image.children:
            label = entry.attributes.get("label", "")
            try:
                if entry.tag == "tag":
                    video.tags.setdefault(frame, set()).add(_said(label, "tag@label"))
                    continue
                shape = cvat_shapes.read_shape(entry, in_track=False, frame=frame)
                _said(label, f"{entry.tag}@label")
            except Wrong as wrong:
                yield wrong.bad_row(entry.line, self.name)
                continue
            self._note_shapes([shape])
            (box,) = self._file_boxes([shape], label)
            video.tubes.append(_tube((box,), None, label, entry.line))

    def _task(self, entry: Entry) -> Task:
        task, doubt = self.meta.task_of(entry.attributes)
        if doubt:
            self.notes[doubt] += 1
        return task

    def _actions(self, label: str, attributes: dict[str, str]) -> tuple[str, ...]:
        found = []
        for name, value in attributes.items():
            action, note = self.meta.action(label, name, value)
            if action:
                found.append(action)
            if note:
                self.notes[note] += 1
        return tuple(sorted(set(found)))

    def _note_shapes(self, shapes: list[cvat_shapes.Shape]) -> None:
        for shape in shapes:
            if shape.kind != "box":
                self.notes[f"A {shape.kind} is taken as the box around it."] += 1
            if shape.rotation:
                self.notes["A turned box is taken as the upright box around it."] += 1


@dataclass(slots=True)
class _Video:
    tubes: list[FileTube] = field(default_factory=list)
    tags: dict[int, set[str]] = field(default_factory=dict)
    sizes: set[tuple[int, int] | None] = field(default_factory=set)

    def made(self, task: Task) -> FileVideo:
        (size,) = self.sizes if len(self.sizes) == 1 else (None,)
        return FileVideo(
            key=task.key,
            aliases=task.aliases,
            tubes=tuple(self.tubes),
            segments=motion.spans_on(sorted(self.tags.items())),
            size=task.size or size,
            frame_count=task.frame_count,
            split=task.subset,
        )


def _tube(boxes: tuple[FileBox, ...], number: int | None, label: str, row: int) -> FileTube:
    """With what is said at its keyframes turned into spans."""
    said = [(box.at, () if box.outside else box.actions or ()) for box in boxes]
    plain = tuple(
        FileBox(b.at, b.box, b.occluded, b.outside, row=b.row) for b in boxes
    )  # fmt: skip
    return FileTube(plain, number, label, motion.spans_held(said, int(boxes[-1].at) + 1), row=row)


def _said(label: str, column: str) -> str:
    if not label:
        raise Wrong(column, "names no label")
    return label


def looks_like(path: Path) -> bool:
    start = starts_like(path, (".xml",))
    return "<annotations" in start and ("<version>1." in start or "<meta>" in start)


FORMAT = Format(
    name="cvat",
    title="CVAT for video 1.1 (XML)",
    read=read,
    write=write,
    holds=frozenset(
        {
            Holds.TUBES, Holds.NUMBERS, Holds.OBJECT_LABELS, Holds.ACTIONS, Holds.OCCLUSION,
            Holds.GAPS, Holds.KEYFRAMES,
        }
    ),
    accepts=(".xml", "/"),
    looks_like=looks_like,
)  # fmt: skip
