"""`manage.py bench propose CLIP`: where the time of proposing goes, as shares of the whole.

The same code as in a job, on one clip and without a database: detect at the detector's rate, link
and thin, then HOG/HOF and the recognizer's net along all tubes in one pass over the video.
"""

from __future__ import annotations

import tempfile
import time
import uuid
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Tube
from labeling.media import read_frames
from mlbackend.bench.jhmdb import clip_timebase
from mlbackend.bench.registry import Say
from mlbackend.data.descriptor import Clip, Described, Descriptor, Ranges
from mlbackend.data.feature_cache import FeatureCache
from mlbackend.data.hog_hof_descriptor import HOG_HOF
from mlbackend.data.net_descriptor import NetDescriptor
from mlbackend.data.shared_decode import read_together
from mlbackend.data.windows import looked_at, tube_windows
from mlbackend.propose import detect
from mlbackend.propose.link import Observed
from mlbackend.propose.looks import looks
from mlbackend.propose.sampling import detection_frames
from mlbackend.propose.tubes import tubes_of

if TYPE_CHECKING:
    from torch import Tensor

HELP = "Where the time of proposing on a clip goes: decode, detect, link, recognize."
GOAL = 0.15
TITLES = {
    "decode": "decode",
    "detect": "detect (the detector, its net included)",
    "link": "link and thin",
    "recognize": "recognize (crops, flow, HOG/HOF, keeping)",
    "forward": "the recognizer's net itself",
}


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("clip", type=Path)
    parser.add_argument("--detector", default="yolox_nano")
    parser.add_argument("--recognizer", default="i3d", help="a net, or hog_hof")
    parser.add_argument("--weights", type=Path, help="weights of the net; random ones without it")
    parser.add_argument("--folder", type=Path, nargs="*", default=[], help="detectors' weights")
    parser.add_argument("--seconds", type=float, help="only the first seconds of the clip")


def run(options: dict[str, Any], say: Say) -> dict[str, Any]:
    """Print a row for each part, and the share of all but the net."""
    path = Path(options["clip"])
    if not path.is_file():
        raise InvalidInput(f"There is no clip {path}.")
    clip = Clip(path, "0" * 64, 0, clip_timebase(path))
    spent = Watch()
    net, note = _net(options["recognizer"], options["weights"], spent)
    loading = Watch()
    with loading("load"):
        for each in net:
            each.net()
    tubes = _tubes(clip, options, spent)
    clips = _recognize(clip, tubes, [HOG_HOF, *net], spent)
    frames = clip.timebase.frame_count
    say(f"{path.name}: {frames} frames, {len(tubes)} tubes, {clips} clips. {note}")
    say(f"{'':<44}{'wall':>11}{'share':>8}{'processor':>13}{'share':>8}")
    for name, title in TITLES.items():
        say(_row(title, spent.seconds.get(name, 0.0), spent.processor.get(name, 0.0), spent))
    others = [name for name in TITLES if name != "forward"]
    rest = [
        sum(kept.get(name, 0.0) for name in others) for kept in (spent.seconds, spent.processor)
    ]
    say(_row("all but the net itself", *rest, spent))
    share = rest[1] / sum(spent.processor.values())
    if net:
        say(f"Besides, once: making the net fast takes {loading.processor['load']:.2f} s.")
        say(f"The aim is {GOAL:.0%} of processor time: {'kept' if share < GOAL else 'missed'}.")
    figures = {"wall_s": spent.seconds, "processor_s": spent.processor, "rest": share}
    return {"tubes": len(tubes), "clips": clips, **figures}


def _row(title: str, wall_s: float, processor_s: float, spent: Watch) -> str:
    wall, processor = sum(spent.seconds.values()), sum(spent.processor.values())
    return (
        f"{title:<44}{wall_s:>9.2f} s{wall_s / wall:>8.1%}"
        f"{processor_s:>11.2f} s{processor_s / processor:>8.1%}"
    )


class Watch:
    """Seconds by name; what is timed inside another is not counted for the outer one twice.

    Attributes:
        seconds: as a clock on the wall sees them. processor: of all cores together, which other
            programs on the machine do not stretch.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.processor: dict[str, float] = {}
        self._open: list[str] = []
        self._since = (0.0, 0.0)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        self._book()
        self._open.append(name)
        try:
            yield
        finally:
            self._book()
            self._open.pop()

    def frames(self, pictures: Iterable[Any]) -> Iterator[Any]:
        """Pass frames on, booking the time they take to come as decoding."""
        source = iter(pictures)
        while True:
            with self("decode"):
                found = next(source, None)
            if found is None:
                return
            yield found

    def _book(self) -> None:
        now = time.perf_counter(), time.process_time()
        if self._open:
            name = self._open[-1]
            for kept, end, start in zip(
                (self.seconds, self.processor), now, self._since, strict=True
            ):
                kept[name] = kept.get(name, 0.0) + end - start
        self._since = now


def _tubes(clip: Clip, options: dict[str, Any], spent: Watch) -> list[Tube]:
    from mlbackend.propose.host import host

    machine = host()
    folders = (*options["folder"], *machine.folders)
    detector = detect.load(
        options["detector"], detect.Host(folders, machine.threads, may_fetch=False)
    )
    rate_hz = detect.option_of(options["detector"], machine).rate_hz
    wanted = detection_frames(clip.timebase, rate_hz)
    if options["seconds"]:
        wanted = wanted[wanted < clip.timebase.frame_at(options["seconds"])]
    observed = []
    pictures = read_frames(clip.path, clip.timebase, wanted.tolist(), pixel_format="bgr24")
    for frame, picture in spent.frames(pictures):
        with spent("detect"):
            boxes, scores, classes = detector.detect([picture])[0]
        with spent("link"):
            colors = looks(picture, boxes).astype(np.float64)
        values = boxes.astype(np.float64), scores.astype(np.float64), colors, classes
        observed.append(Observed(frame, clip.timebase.time_s(frame), *values))
    people = {detector.categories.index("person"): 1}
    with spent("link"):
        return tubes_of(observed, label_id=people, run_id=str(uuid.UUID(int=0)))


def _recognize(
    clip: Clip, tubes: Sequence[Tube], descriptors: Sequence[Descriptor], spent: Watch
) -> int:
    """Describe all windows of all tubes; returns how many clips the net was shown."""
    found: list[dict[int, dict]] = [{} for _ in descriptors]

    def keep(place: int, described: Iterable[Described]) -> None:
        for tube, window, vector in described:
            found[place].setdefault(tube, {})[window] = vector

    with spent("recognize"), tempfile.TemporaryDirectory() as folder:
        readings = [
            each.reading(clip, tubes, _ranges(tubes, clip.timebase, each.every))
            for each in descriptors
        ]
        read_together(clip, readings, keep, around=spent.frames)
        for place, each in enumerate(descriptors):
            for tube, vectors in found[place].items():
                FeatureCache(Path(folder)).write(clip, tubes[tube], each, vectors)
    return sum(map(len, found[-1].values())) if len(descriptors) > 1 else 0


def _ranges(tubes: Sequence[Tube], timebase: Timebase, every: int) -> Ranges:
    found: Ranges = {}
    for place, tube in enumerate(tubes):
        windows = tube_windows(tube, timebase)
        chosen = windows[looked_at(windows, timebase, every)]
        found[place] = [(int(a), int(b)) for a, b in chosen]
    return found


def _net(name: str, weights: Path | None, spent: Watch) -> tuple[list[NetDescriptor], str]:
    """The recognizer's net as a descriptor, its forward pass timed, and what is said of it."""
    if name == "hog_hof":
        return [], "HOG/HOF needs no net."
    from torch import nn

    from mlbackend.nets.registry import spec as spec_named
    from mlbackend.train.descriptors import device, embedding_width

    spec = spec_named(name)
    net = spec.build(400).eval()
    note = "The net's weights are RANDOM: the times are those of real ones, its answers nothing."
    if weights is not None:
        from mlbackend.zoo.architectures import architectures
        from mlbackend.zoo.match import adapted, match
        from mlbackend.zoo.state import read_state

        state = read_state(weights)
        known = architectures()[name]
        fitting = match(state, known)
        net = spec.build(fitting.labels or 1).eval()
        net.load_state_dict(adapted(state, fitting), strict=False)
        note = f"Weights: {weights.name}."

    class Timed(nn.Module):
        """The net, its forward pass booked."""

        def __init__(self) -> None:
            super().__init__()
            self.net = net
            self.embedding_width = net.embedding_width

        def embed(self, streams: Sequence[Tensor], rois: Tensor | None = None) -> Tensor:
            with spent("forward"):
                return self.net.embed(streams, rois)

    width = embedding_width(spec)
    return [NetDescriptor(spec, Timed(), "0" * 64, device(), length=width)], note
