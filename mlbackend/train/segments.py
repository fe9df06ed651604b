"""The segment model of a round: lines on HOG/HOF of the whole picture, beside the action model.

It is trained where segments were marked and reviewed, and never stands in the way of the action
model: what keeps it from being trained is said in the round's reason.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from labeling import api
from labeling.domain.errors import InvalidInput, JobCancelled, TubelabError
from labeling.domain.span import Span
from mlbackend.models import ModelVersion, Round
from mlbackend.train.holdout import HoldOut
from mlbackend.train.record import OWN_LICENCE, provenance_of

if TYPE_CHECKING:
    from mlbackend.train.dataset import Dataset
    from mlbackend.train.loop import Outcome
    from mlbackend.train.truth import ReviewedTube

log = logging.getLogger(__name__)

KIND = "segment"
SOLVER = "logistic"
UNIT = "stretch"
RESERVED = {HoldOut.STRETCHES: "; one stretch of 10 s in four is kept back for measuring"}

Progress = Callable[[float, str], None]


@dataclass(frozen=True, eq=False)
class SegmentRound:
    """What a round found about segments.

    Attributes:
        outcome: the model, its figures and the decision; None where no model was trained.
        reason: for the round; empty where nobody marked a segment.
        champion: the segment model in use when it was compared.
    """

    outcome: Outcome | None = None
    reason: str = ""
    champion: ModelVersion | None = None

    @property
    def promoted(self) -> bool:
        """Whether there is a model, and it takes the champion's place."""
        return self.outcome is not None and self.outcome.decision.promoted


def segments_learn(
    content: dict[str, Any], project_id: int, seed: int, mirror: bool, progress: Progress
) -> SegmentRound:
    """Train and judge a segment model, as far as the snapshot allows; the same every time.

    Args:
        content: a snapshot's content. seed, mirror: of the round.
        progress: told the share done; may raise to stop.

    Raises:
        JobCancelled: a person stopped it.
    """
    if not _marked(content):
        return SegmentRound()
    try:
        return _learn(content, project_id, seed, mirror, progress)
    except JobCancelled:
        raise
    except TubelabError as error:
        return SegmentRound(reason=f"No segment model: {error.message}")
    except Exception as error:
        log.exception("the segment model of project %s failed", project_id)
        return SegmentRound(
            reason=f"No segment model: it stopped unexpectedly: {type(error).__name__}: {error}."
        )


def _marked(content: dict[str, Any]) -> bool:
    """Whether anybody confirmed a segment; else segments are nothing to talk about."""
    from mlbackend.train.stretches import segment_labels

    labels = {int(label["id"]) for label in segment_labels(content)}
    return any(
        span.tube_id is None and span.label_id in labels and span.is_confirmed
        for video in content["videos"]
        for span in map(Span.of, video["spans"])
    )


def _learn(
    content: dict[str, Any], project_id: int, seed: int, mirror: bool, progress: Progress
) -> SegmentRound:
    from mlbackend.data.hog_hof_descriptor import HOG_HOF
    from mlbackend.train import holdout
    from mlbackend.train.champion import champion_load, champion_row
    from mlbackend.train.dataset import dataset_of
    from mlbackend.train.learning.meaning import changed_labels, learned_schema
    from mlbackend.train.loop import fit, judge
    from mlbackend.train.stretches import reviewed_stretches, segment_labels

    pictures = Pictures()
    stretches = reviewed_stretches(content, lambda video_id: pictures.video(video_id).timebase)
    labels, rule = segment_labels(content), holdout.choose(stretches, HoldOut.STRETCHES)
    # What there is to learn from is known before any picture is looked at.
    check_trainable(dataset_of(labels, stretches, rule, pictures.blank, UNIT))
    pictures.look(stretches, progress)
    dataset = dataset_of(labels, stretches, rule, pictures.features, UNIT)
    progress(0.9, f"Training segments on {len(dataset.train.Y)} windows.")
    model = fit(dataset, SOLVER, seed, HOG_HOF.mirrored if mirror else None)
    row = champion_row(project_id, KIND)
    changed = changed_labels(project_id, learned_schema(row)) if row else frozenset()
    outcome = judge(content, dataset, model, champion_load(row), None, seed, changed)
    return SegmentRound(outcome, f"Segments: {outcome.decision.reason}", row)


class Pictures:
    """Windows of the whole picture of videos, and their features."""

    def __init__(self) -> None:
        self._videos: dict[str, api.VideoValue] = {}
        self._features: dict[str, dict[tuple[int, int], NDArray[np.float32]]] = {}

    def video(self, video_id: str) -> api.VideoValue:
        """The video, asked for once.

        Raises:
            NotFound: it was deleted meanwhile.
        """
        if video_id not in self._videos:
            self._videos[video_id] = api.video(video_id)
        return self._videos[video_id]

    def windows(self, stretch: ReviewedTube) -> NDArray[np.int64]:
        """The windows (W, 2) of the picture wholly inside a stretch."""
        from mlbackend.data.windows import tube_windows
        from mlbackend.train.stretches import windows_within

        video = self.video(stretch.video_id)
        every = tube_windows(_picture(video), video.timebase)
        return windows_within(every, stretch.tube.start_frame, stretch.tube.end_frame)

    def blank(self, stretch: ReviewedTube) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Windows with no features at all: enough to count what was said about them."""
        windows = self.windows(stretch)
        return windows, np.zeros((len(windows), 0))

    def look(self, stretches: list[ReviewedTube], progress: Progress) -> None:
        """Compute, or read, the features of all windows of these stretches."""
        from mlbackend.data.hog_hof_descriptor import HOG_HOF
        from mlbackend.train.features import window_features

        by_video: dict[str, list[ReviewedTube]] = {}
        for stretch in stretches:
            by_video.setdefault(stretch.video_id, []).append(stretch)
        for done, (video_id, own) in enumerate(by_video.items()):
            video = self.video(video_id)

            def report(share: float, done: int = done, name: str = video.name) -> None:
                part = 0.9 * (done + share) / len(by_video)
                progress(part, f"Looking at the reviewed segments of {name}.")

            report(0.0)
            windows = np.concatenate([self.windows(stretch) for stretch in own])
            rows = window_features(video, _picture(video), windows, HOG_HOF, report)
            keys = [(int(a), int(b)) for a, b in windows]
            self._features[video_id] = dict(zip(keys, rows, strict=True))

    def features(self, stretch: ReviewedTube) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Windows and features of a stretch that was looked at."""
        windows = self.windows(stretch)
        known = self._features[stretch.video_id]
        rows = [known[int(a), int(b)] for a, b in windows]
        return windows, np.stack(rows) if rows else np.zeros((0, 0))


def _picture(video: api.VideoValue) -> Any:
    from mlbackend.train.stretches import picture_tube

    return picture_tube(video.width, video.height, video.frame_count)


def check_trainable(dataset: Dataset) -> None:
    """Raises InvalidInput, with what is missing and what to do, if no segment can be learned."""
    from mlbackend.train.dataset import FEWEST_WINDOWS

    yes, no = dataset.train.positives(), dataset.train.negatives()
    if len(dataset.train.Y) and np.minimum(yes, no).max() >= FEWEST_WINDOWS:
        return
    counts = ", ".join(
        f"{name}: {a} with, {b} without"
        for name, a, b in zip(dataset.label_names, yes, no, strict=True)
    )
    raise InvalidInput(
        f"at least one segment needs {FEWEST_WINDOWS} windows with it and {FEWEST_WINDOWS} without "
        f"it in reviewed parts of training videos ({counts}). Mark segments, and mark as reviewed "
        f"where they are and where they are not{RESERVED.get(dataset.rule, '')}.",
        code="nothing_to_train",
    )


def segments_write(running: Round, found: SegmentRound, seed: int, mirror: bool) -> dict[str, Any]:
    """Write weights and manifest into the segment model's own folder; return the manifest."""
    from mlbackend.data.hog_hof_descriptor import HOG_HOF
    from mlbackend.train import figures
    from mlbackend.train.checkpoint import checkpoint_write

    assert found.outcome is not None
    dataset, model = found.outcome.dataset, found.outcome.model
    manifest = {
        "kind": KIND,
        **provenance_of(running),
        "seed": seed,
        "recipe": SOLVER,
        "mirror": mirror,
        "features": {"descriptor": HOG_HOF.key, "width": len(model.mean)},
        "labels": [
            {"id": label_id, "name": name}
            for label_id, name in zip(dataset.label_ids, dataset.label_names, strict=True)
        ],
        "parent": str(found.champion.id) if found.champion else None,
        "evaluated_on": dataset.rule.value,
        "counts": figures.counts(dataset),
        "metrics": figures.metrics(found.outcome.candidate, dataset.label_ids, dataset.label_names),
        "decision": found.outcome.decision.name,
        "train_tube_ids": sorted(set(dataset.train.tube_ids.tolist())),
        "licence": OWN_LICENCE,
    }
    return checkpoint_write(Path(settings.HOME_DIRS["models"]) / _folder(running), model, manifest)


def segments_record(running: Round, found: SegmentRound, manifest: dict[str, Any]) -> None:
    """The round's one segment model, not in use yet; its id follows from the round's."""
    ModelVersion.objects.update_or_create(
        id=model_id(running),
        defaults={
            "project_id": running.project_id,
            "kind": KIND,
            "name": f"round {running.number} segments",
            "parent": found.champion,
            "snapshot_hash": running.snapshot_hash,
            "manifest": {k: v for k, v in manifest.items() if k != "train_tube_ids"},
            "path": f"{_folder(running)}/weights.npz",
        },
    )


def segment_model(done: Round) -> ModelVersion | None:
    """The segment model of a round, if it made one."""
    return ModelVersion.objects.filter(pk=model_id(done)).first()


def model_id(running: Round) -> uuid.UUID:
    """The id of a round's segment model."""
    return uuid.uuid5(running.id, "segments")


def _folder(running: Round) -> str:
    return f"{running.id}-segments"
