"""`manage.py bench accuracy`: how often recognizers trained here name the action of a clip.

Every clip that is tested is scored by a model that saw no clip of the same film or recording.
"""

from __future__ import annotations

import tempfile
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from mlbackend.bench import along_svm
from mlbackend.bench.class_scores import write_scores
from mlbackend.bench.clip_accuracy import accuracy
from mlbackend.bench.clips import SETS, ClipSet, LabeledClip
from mlbackend.bench.data_sets import add_data
from mlbackend.bench.folds import Places, grouped_folds
from mlbackend.bench.registry import Say

HELP = "Accuracy of HOG/HOF, TSN and I3D trained here on J-HMDB and UT-Interaction."
HOG_HOF = "hog_hof"
# Moments of a net's clip where --frames says nothing: I3D's strides need 9 at least.
FRAMES = {"tsn": 4}
OTHER_FRAMES = 16
# Seconds between two moments where --step says nothing: 16 of them span most clips of the set.
STEP_S = {"jhmdb": 0.08, "ut": 0.2}
SAID = {
    "trained": "trained end to end",
    "linear": "linear model on what was learned",
    "random": "CONTROL, linear model on random weights",
}


def add_arguments(parser: ArgumentParser) -> None:
    add_data(parser)
    parser.add_argument("--set", choices=sorted(SETS), help="only this one")
    parser.add_argument("--net", default=HOG_HOF, help="hog_hof or a net, such as tsn or i3d")
    parser.add_argument("--folds", type=int, help="cut the clips into so many, by source")
    parser.add_argument("--only", type=int, metavar="N", help="test only the first N folds")
    parser.add_argument("--scores", type=Path, metavar="OUT", help="write each clip's class scores")
    nets = parser.add_argument_group("nets")
    nets.add_argument("--epochs", type=int, default=12)
    nets.add_argument("--size", type=int, default=32, help="side of the crop, px")
    nets.add_argument("--frames", type=int, help="moments of a clip")
    nets.add_argument("--step", type=float, metavar="SECONDS", help="between two moments")
    nets.add_argument("--batch", type=int, default=8)
    nets.add_argument("--rate", type=float, default=1e-4, help="peak learning rate")
    nets.add_argument("--seed", type=int, default=0)


def run(options: dict[str, Any], say: Say) -> dict[str, Any]:
    """Print a line per way and set.

    Raises:
        InvalidInput: scores of two sets are to go into one file, or no such folds or net.
    """
    if options["scores"] and not options["set"]:
        raise InvalidInput("--scores writes one set's scores: name the set with --set.")
    figures: dict[str, Any] = {}
    for name in [options["set"]] if options["set"] else sorted(SETS):
        clip_set = SETS[name]
        clips = clip_set.read(options["data"])
        folds = _folds(clip_set, clips, options)
        tested = np.sort(np.concatenate([test for _, test in folds]))
        say(
            f"{clip_set.title}: {len(clips)} clips of {len({c.source for c in clips})} sources, "
            f"{len(clip_set.classes)} classes; {len(tested)} tested in {len(folds)} folds, each by "
            f"a model of {min(len(t) for t, _ in folds)} to {max(len(t) for t, _ in folds)} clips"
        )
        scores = _scores(name, clip_set, clips, folds, options, say)
        figures[name] = {
            way: _figures(_title(way), found, clips, tested, say) for way, found in scores.items()
        }
        if options["scores"]:
            first = next(iter(scores.values()))
            write_scores(options["scores"], clip_set.classes, clips, first)
            say(f"Class scores written to {options['scores']}.")
    return figures


def _title(way: str) -> str:
    net, _, how = way.partition(" ")
    return f"{net}, {SAID[how]}" if how in SAID else net


def _folds(
    clip_set: ClipSet, clips: Sequence[LabeledClip], options: dict[str, Any]
) -> list[tuple[Places, Places]]:
    count = options["folds"] or clip_set.folds
    sources = [clip.source for clip in clips]
    if count is not None and not 2 <= count <= len(set(sources)):
        raise InvalidInput(f"--folds lies between 2 and the {len(set(sources))} sources.")
    folds = grouped_folds([clip.label for clip in clips], sources, count)
    return folds[: options["only"]] if options["only"] else folds


def _scores(
    name: str,
    clip_set: ClipSet,
    clips: Sequence[LabeledClip],
    folds: Sequence[tuple[Places, Places]],
    options: dict[str, Any],
    say: Say,
) -> dict[str, NDArray[np.float64]]:
    """Way -> (N, C) scores."""
    classes = len(clip_set.classes)
    if options["net"] == HOG_HOF:
        described = [along_svm.describe_clip(clip) for clip in clips]
        return {HOG_HOF: along_svm.cross_scores(described, clips, classes, folds, say)}
    from mlbackend.bench import clip_nets  # brings torch

    small = clip_nets.Small(
        options["size"],
        options["frames"] or FRAMES.get(options["net"], OTHER_FRAMES),
        options["step"] or STEP_S[name],
    )
    spec = clip_nets.small_spec(options["net"], small)
    params = clip_nets.from_scratch(
        options["epochs"], options["seed"], lr=options["rate"], batch=options["batch"]
    )
    say(f"{spec.title}, from random weights: {small}, {params.epochs} epochs of batch "
        f"{params.batch}, rate {params.lr:g}")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        files = clip_nets.stored_clips(spec, clips, Path(folder))
        found = clip_nets.cross_scores(
            spec, files, clips, classes, folds, params, Path(folder), say
        )
    return {f"{options['net']} {way}": rows for way, rows in found.by_name().items()}


def _figures(
    title: str,
    scores: NDArray[np.float64],
    clips: Sequence[LabeledClip],
    tested: Places,
    say: Say,
) -> dict[str, Any]:
    labels = [clips[i].label for i in tested]
    found = accuracy(scores[tested], labels, [clips[i].source for i in tested])
    say(
        f"{title:<45} accuracy {100 * found.accuracy:5.1f} % "
        f"({100 * found.low:.1f} to {100 * found.high:.1f}), mean of classes "
        f"{100 * found.per_class:5.1f} %, chance {100 * found.chance:.1f} %"
    )
    return found.as_dict()
