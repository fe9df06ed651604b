"""What CVAT's <meta> says: which tasks there are, their frames, and what attributes mean."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from labeling.formats.entries import Wrong, whole
from labeling.formats.xml_entries import Entry

_STEP = re.compile(r"step\s*=\s*(\d+)")
_CHOICES = ("select", "radio")
_UNSET = ("", "__undefined__")


@dataclass(frozen=True, slots=True)
class Task:
    """A task, which is about one video.

    Args:
        key: the video's file name, else the task's name.
        first, last: frames of the source video that the task shows, last included; None: unknown.
        frame_count: of the source video, where the task shows all of it.
    """

    id: str = ""
    key: str = ""
    aliases: tuple[str, ...] = ()
    subset: str = ""
    first: int = 0
    last: int | None = None
    size: tuple[int, int] | None = None
    frame_count: int | None = None


@dataclass(frozen=True, slots=True)
class Meta:
    """Tasks, and input types of attributes by (label, attribute)."""

    tasks: tuple[Task, ...] = ()
    inputs: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def task_of(self, attributes: Mapping[str, str]) -> tuple[Task, str]:
        """The task that a track or image belongs to, and what had to be assumed, or ""."""
        id_, subset = attributes.get("task_id", ""), attributes.get("subset", "")
        if not id_ or not self.tasks:
            return (self.tasks[0] if self.tasks else Task()), ""
        named = [task for task in self.tasks if task.id == id_]
        if named and (not subset or named[0].subset in ("", subset)):
            return named[0], ""
        same = [task for task in self.tasks if subset and task.subset == subset]
        if len(same) == 1:
            return same[0], (
                f"Task {id_} is not of subset '{subset}'; what is marked so is taken for task "
                f"{same[0].id}, which is."
            )
        if not named:
            raise Wrong("@task_id", f"is {id_}, which <meta> does not list")
        return replace(named[0], subset=subset), ""

    def action(self, label: str, name: str, value: str) -> tuple[str, str]:
        """The action that an attribute says, or "", and what is to be noted, or ""."""
        kind = self.inputs.get((label, name))
        note = ""
        if kind is None:
            kind = "checkbox" if value.lower() in ("true", "false") else "select"
            note = f"<meta> does not describe attribute '{name}' of '{label}'; taken as a {kind}."
        if kind == "checkbox":
            return (name if value.lower() == "true" else ""), note
        if kind in _CHOICES:
            return ("" if value in _UNSET else f"{name}: {value}"), note
        return "", f"Attribute '{name}' is a {kind} and is left out."


def read_meta(meta: Entry) -> Meta:
    """Raises Wrong where a number is none."""
    return Meta(tuple(_tasks(meta)), dict(_inputs(meta)))


def _tasks(meta: Entry) -> Iterator[Task]:
    source = meta.said("source")
    project = meta.child("project")
    listed = project.child("tasks") if project else None
    for entry in [*meta.all("task"), *meta.all("job"), *(listed.all("task") if listed else ())]:
        yield _task(entry, source if listed is None else "")


def _task(entry: Entry, source: str) -> Task:
    first, last, step = _frames(entry)
    source = entry.said("source") or source
    name = entry.said("name")
    all_of_it = first == 0 and step == 1
    return Task(
        id=entry.said("id"),
        key=source or name,
        aliases=(name,) if name and source and name != source else (),
        subset=entry.said("subset"),
        first=first,
        last=last,
        size=_size(entry.child("original_size")),
        frame_count=last + 1 if last is not None and all_of_it else None,
    )


def _frames(entry: Entry) -> tuple[int, int | None, int]:
    """First and last frame of the source video that is shown, and the step between frames."""
    found = _STEP.search(entry.said("frame_filter"))
    step = max(int(found[1]), 1) if found else 1
    if entry.tag == "job":
        # A job counts its ends in frames of its task; where that begins is not said.
        return 0, None, step
    first = _whole(entry, "start_frame") or 0
    stop, size = _whole(entry, "stop_frame"), _whole(entry, "size")
    if stop is not None and stop >= first:
        return first, first + (stop - first) // step * step, step
    return first, (first + (size - 1) * step if size else None), step


def _whole(entry: Entry, tag: str) -> int | None:
    said = entry.said(tag)
    return whole(said, f"meta/{entry.tag}/{tag}", 0) if said else None


def _size(entry: Entry | None) -> tuple[int, int] | None:
    if entry is None:
        return None
    width, height = _whole(entry, "width"), _whole(entry, "height")
    return (width, height) if width and height else None


def _inputs(meta: Entry) -> Iterator[tuple[tuple[str, str], str]]:
    for owner in meta.children:
        labels = owner.child("labels")
        for label in labels.all("label") if labels else ():
            attributes = label.child("attributes")
            for attribute in attributes.all("attribute") if attributes else ():
                key = label.said("name"), attribute.said("name")
                yield key, attribute.said("input_type").lower()
