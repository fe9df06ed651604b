"""`manage.py bench detection`: how many of J-HMDB's actors the proposals find, and how well.

Only one person of a clip, the actor, is annotated: recall is exact, but a box on anybody else
counts as wrong, so that average precision is a lower bound. With `--actions` (class scores that
`bench accuracy` writes) each tube has a score for each class, its own times the class's, and frame-
and video-mAP are those of the literature; without, there is one class, "person".
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labeling.domain.box import iou_matrix
from labeling.domain.errors import InvalidInput
from labeling.formats.jhmdb import CLASSES
from mlbackend.bench.data_sets import add_data, add_weights, detectors_of
from mlbackend.bench.jhmdb import ActorClip, actor_clips, clip_timebase, observed
from mlbackend.bench.registry import Say
from mlbackend.bench.viterbi_link import viterbi_link
from mlbackend.evaluate import frame_map, video_map
from mlbackend.evaluate.tube_files import load
from mlbackend.evaluate.tubes import Tubes, tube_overlap
from mlbackend.propose import detect
from mlbackend.propose.link import Observed, Track, link
from mlbackend.propose.thin import dense, smoothed

HELP = "Recall, frame-mAP and video-mAP of proposals on J-HMDB's annotated clips."
DEFAULT = ("yolox_nano", "d2go", "hog")
Linker = Callable[[Sequence[Observed]], list[Track]]
LINKERS: dict[str, Linker] = {"ours": link, "viterbi": viterbi_link}
COLUMNS = (
    "recall_05", "recall_07", "tube_recall_05", "frame_ap_05", "video_ap_02", "video_ap_05",
    "video_ap_05_095",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClassScores:
    """Scores 0..1 of classes (places in `CLASSES`) for clips: clip -> (C,)."""

    classes: tuple[int, ...]
    of_clip: dict[str, np.ndarray]


def add_arguments(parser: ArgumentParser) -> None:
    add_data(parser)
    add_weights(parser)
    parser.add_argument("--detector", action="append", help="may be given several times")
    parser.add_argument("--every", type=int, default=1, help="take every n-th clip")
    parser.add_argument("--linker", choices=LINKERS, default="ours", help="what makes the tubes")
    parser.add_argument("--actions", type=Path, help="class scores of `bench accuracy --scores`")


def run(options: dict[str, Any], say: Say) -> dict[str, Any]:
    """Print a row per detector."""
    clips = actor_clips(options["data"])[:: options["every"]]
    scores = read_actions(options["actions"]) if options["actions"] else None
    if scores:
        clips = [clip for clip in clips if clip.path.stem in scores.of_clip]
    say(f"{len(clips)} clips of J-HMDB")
    say("detector     " + "".join(f"{name:>17}" for name in (*COLUMNS, "tubes")))
    figures = {}
    for name in options["detector"] or DEFAULT:
        net = detect.load(name, detectors_of(options))
        seen = [observed(clip.path, clip_timebase(clip.path), name, net) for clip in clips]
        net.close()
        one = figures[name] = measured(clips, seen, scores, LINKERS[options["linker"]])
        say(
            f"{name:<13}"
            + "".join(f"{100 * one[c]:>17.1f}" for c in COLUMNS)
            + f"{one['tubes']:>17}"
        )
    return figures


def measured(
    clips: Sequence[ActorClip],
    seen: Sequence[Sequence[Observed]],
    scores: ClassScores | None = None,
    linker: Linker = link,
) -> dict[str, Any]:
    """Figures of one detector's boxes and tubes, 0..1, and how many tubes there are."""
    tracks = [linker(one) for one in seen]
    best = np.concatenate([best_overlap(c, one) for c, one in zip(clips, seen, strict=True)])
    people = _tubes(tracks)
    truth = _truth(clips, agnostic=True)
    found = len(np.unique(_pairs(truth, people)))
    figures: dict[str, Any] = {
        "recall_05": float((best >= 0.5).mean()),
        "recall_07": float((best >= 0.7).mean()),
        "tube_recall_05": found / len(truth),
        "tubes": len(people),
    }
    names: tuple[str, ...] = ("person",)
    if scores is not None:
        truth, people, names = _truth(clips, False), classed(people, clips, scores), CLASSES
    truth, people, names = _with_truth(truth, people, names)
    on_frames = frame_map.evaluate(truth.boxes(), people.boxes(), names, thresholds=(0.5,))
    of_tubes = video_map.evaluate(truth, people, names, [clip.name for clip in clips])
    means = {one.threshold: one.mean or 0.0 for one in of_tubes}
    return figures | {
        "frame_ap_05": on_frames[0].mean or 0.0,
        "video_ap_02": means[0.2],
        "video_ap_05": means[0.5],
        "video_ap_05_095": video_map.averaged(of_tubes) or 0.0,
    }


def best_overlap(clip: ActorClip, seen: Sequence[Observed]) -> np.ndarray:
    """IoU of the best box with the actor on each frame looked at that has the actor: (F,)."""
    return np.array(
        [
            iou_matrix(clip.boxes[None, one.frame - clip.start], one.boxes).max(initial=0.0)
            for one in seen
            if 0 <= one.frame - clip.start < len(clip.boxes)
        ]
    )


def classed(people: Tubes, clips: Sequence[ActorClip], scores: ClassScores) -> Tubes:
    """Every tube once for each class, its score times the class's in its clip."""
    count = len(scores.classes)
    table = np.array([scores.of_clip[clip.path.stem] for clip in clips])
    rows = people.rows(np.repeat(np.arange(len(people)), count))
    label = np.tile(np.array(scores.classes, dtype=np.int64), len(people))
    score = rows.score * table[people.video].reshape(-1)
    return Tubes(rows.video, label, rows.start, rows.count, rows.box, score)


def read_actions(path: Path) -> ClassScores:
    """Read {"classes": [name], "scores": {clip: [score of each class]}}.

    Raises:
        InvalidInput: another layout, or a class that J-HMDB does not have.
    """
    content = load(path)
    names, rows = content.get("classes"), content.get("scores")
    if not isinstance(names, list) or not isinstance(rows, dict):
        raise InvalidInput(f"{path.name} must hold 'classes' and 'scores', as bench accuracy does.")
    unknown = [name for name in names if name not in CLASSES]
    if unknown:
        raise InvalidInput(f"{path.name}: J-HMDB has no class {unknown[0]!r}.")
    table = {clip: np.asarray(row, dtype=np.float64) for clip, row in rows.items()}
    wrong = [clip for clip, row in table.items() if row.shape != (len(names),)]
    if wrong:
        raise InvalidInput(f"{path.name}: {wrong[0]} needs a score for each class.")
    return ClassScores(tuple(CLASSES.index(name) for name in names), table)


def _tubes(tracks: Sequence[Sequence[Track]]) -> Tubes:
    """Tracks as tubes of the one class, boxes on every frame as proposals have them."""
    rows = [
        (
            video,
            *dense(
                np.array(track.frames), smoothed(np.array(track.times_s), np.array(track.boxes))
            ),
            track.score,
        )
        for video, found in enumerate(tracks)
        for track in found
    ]
    return Tubes(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.zeros(len(rows), dtype=np.int64),
        np.array([row[1][0] for row in rows], dtype=np.int64),
        np.array([len(row[1]) for row in rows], dtype=np.int64),
        np.concatenate([row[2] for row in rows] or [np.empty((0, 4))]),
        np.array([row[3] for row in rows], dtype=np.float64),
    )


def _truth(clips: Sequence[ActorClip], agnostic: bool) -> Tubes:
    label = [0 if agnostic else clip.label for clip in clips]
    return Tubes(
        np.arange(len(clips)),
        np.array(label, dtype=np.int64),
        np.array([clip.start for clip in clips], dtype=np.int64),
        np.array([len(clip.boxes) for clip in clips], dtype=np.int64),
        np.concatenate([clip.boxes for clip in clips]),
        np.zeros(len(clips)),
    )


def _pairs(truth: Tubes, people: Tubes, enough: float = 0.5) -> np.ndarray:
    """The true tubes that some tube of their clip overlaps enough."""
    ours, theirs = np.nonzero(truth.video[:, None] == people.video[None])
    overlap = tube_overlap(truth, people, ours, theirs, False)
    return np.asarray(ours[overlap >= enough])


def _with_truth(
    truth: Tubes, people: Tubes, names: tuple[str, ...]
) -> tuple[Tubes, Tubes, tuple[str, ...]]:
    """Classes without a clip here are left out of the mean."""
    known = np.unique(truth.label)
    place = np.full(len(names), -1)
    place[known] = np.arange(len(known))
    kept = people.rows(np.flatnonzero(place[people.label] >= 0))

    def renumbered(tubes: Tubes) -> Tubes:
        label = place[tubes.label]
        return Tubes(tubes.video, label, tubes.start, tubes.count, tubes.box, tubes.score)

    return renumbered(truth), renumbered(kept), tuple(names[n] for n in known)
