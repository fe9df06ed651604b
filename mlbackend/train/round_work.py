"""What the steps of a round do: snapshot, train, calibrate, compare, promote.

What a step leaves behind lies in tables, in files and in `kept`, never in memory alone: what a
later step needs and a crash has taken is read again, or computed again to the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.utils import timezone

from labeling import api
from labeling.domain.errors import Conflict, InvalidInput
from mlbackend.evaluate.probabilities import quality
from mlbackend.loop_settings import LoopSettings
from mlbackend.models import ModelVersion, Round
from mlbackend.train import figures, provenance, record
from mlbackend.train.champion import champion_load, champion_row, champion_set
from mlbackend.train.dataset import Dataset, held_out_only
from mlbackend.train.features import snapshot_features
from mlbackend.train.learning.control import probabilities, rounded
from mlbackend.train.learning.figures import learning_figures
from mlbackend.train.learning.meaning import changed_since
from mlbackend.train.loop import Outcome, judge
from mlbackend.train.recipes import RECIPES, Learned, Work
from mlbackend.train.segments import (
    KIND as SEGMENT_KIND,
)
from mlbackend.train.segments import (
    SegmentRound,
    segment_model,
    segments_learn,
    segments_record,
    segments_write,
)
from mlbackend.train.steps import Again, Progress, Result, Step, part_of
from mlbackend.train.wish import wish_from

if TYPE_CHECKING:
    from mlbackend.train.predictor import Champion

# Of the step "train", where the round learns segments too.
SEGMENTS_SHARE = 0.3
KEPT, CANDIDATE = "kept", "candidate"
WAITS = "It is better and waits for a person to put it to use."


class RoundWork:
    """One worker's hold of a round.

    Attributes:
        kept: what outlives this worker, see `steps.Journal`.
    """

    def __init__(self, running: Round, kept: dict[str, Any]) -> None:
        self.running, self.kept = running, kept
        self._learned: Learned | InvalidInput | None = None
        self._segments: SegmentRound | None = None

    def steps(self) -> list[Step]:
        """The steps up to the decision; what follows it is `services.round_followers`."""
        return [
            Step("snapshot", 0.02, self._snapshot),
            Step("train", 0.78, self._train),
            Step("calibrate", 0.02, self._calibrate),
            Step("compare", 0.08, self._compare),
            Step("promote", 0.01, self._promote),
        ]

    # snapshot

    def _snapshot(self, progress: Progress) -> Result:
        """Freeze what was reviewed, and with it all that decides what comes out."""
        progress(0.0, "Freezing what was reviewed.")
        running, project = self.running, api.project(self.running.project_id)
        frozen = api.snapshot_freeze(project.id)
        given = {"recipe": running.recipe, "net": running.net, "params": running.params}
        wish = wish_from(project.settings, given)
        self.kept["mirror"] = bool(project.settings.get("mirror", True))
        facts = {
            "snapshot_hash": frozen.hash,
            "schema_version": project.schema_version,
            "recipe": wish.recipe,
            "net": wish.net,
            "params": wish.params,
            "seed": int(wish.params.get("seed", running.number)),
            "code": provenance.code(),
            "effort": provenance.effort(frozen.content, project.id, frozen.revision),
        }
        return Result(frozen.hash, lambda: self._set(**facts))

    @cached_property
    def content(self) -> dict[str, Any]:
        """The snapshot's content, of the videos that are still here."""
        frozen = api.snapshot_read(self.running.snapshot_hash)
        return visible(self.running.project_id, frozen.content)

    # train

    def _train(self, progress: Progress) -> Result:
        segments = self.segments(part_of(progress, 0.0, SEGMENTS_SHARE))
        begun = SEGMENTS_SHARE if segments.reason else 0.0
        learned = self.learned(part_of(progress, begun, 1.0))
        if isinstance(learned, InvalidInput) and segments.outcome is None:
            reason = f"{learned.message} {segments.reason}".strip()
            raise InvalidInput(reason, code=learned.code) from learned
        used: list[Dataset] = [] if isinstance(learned, InvalidInput) else [learned.dataset]
        models = [] if isinstance(learned, InvalidInput) else [learned.model]
        if segments.outcome is not None:
            used.append(segments.outcome.dataset)
            models.append(segments.outcome.model)
        return Result(
            digest_of_models(models), lambda: provenance.videos_record(self.running, used)
        )

    def learned(self, progress: Progress) -> Learned | InvalidInput:
        """The action model, or why there is too little for one; after a crash as before it."""
        if self._learned is None:
            try:
                self._learned = RECIPES[self.running.recipe].learn(self._work(progress))
            except InvalidInput as error:
                if error.code != "nothing_to_train":
                    raise
                self._learned = error
        return self._learned

    def segments(self, progress: Progress) -> SegmentRound:
        """The segment model, compared with the one in use now."""
        now = champion_row(self.running.project_id, SEGMENT_KIND)
        if self._segments is None or self._segments.champion != now:
            self._segments = segments_learn(
                self.content,
                self.running.project_id,
                self._seed,
                self._mirror,
                progress,
            )
        return self._segments

    def _work(self, progress: Progress) -> Work:
        champion = champion_row(self.running.project_id)
        given = {name: getattr(self.running, name) for name in ("recipe", "net", "params")}
        return Work(
            content=self.content,
            wish=wish_from({}, given),
            seed=self._seed,
            mirror=self._mirror,
            champion=self._champion(champion),
            champion_folder=champion.file_path.parent if champion else None,
            folder=folder_of(self.running),
            progress=progress,
            tell_curves=lambda curves: self._set(curves={"epochs": curves}),
        )

    # calibrate

    def _calibrate(self, progress: Progress) -> Result:
        """Measure how far the calibrated probabilities can be believed.

        The maps themselves are fitted with the model, on scores by models that had not seen the
        tube; the hold-out here is apart from both.
        """
        learned = self.learned(progress)
        if isinstance(learned, InvalidInput):
            return Result()
        progress(0.5, "Measuring how far the probabilities can be believed.")
        rows = learned.dataset.hold_out
        whole, _ = quality(rows.Y, probabilities(learned.model, rows, learned.dataset.label_ids))
        found = {"ece": rounded(whole.ece), "brier": rounded(whole.brier)}
        return Result(
            digest_of(found), lambda: self._set(learning={**self.running.learning, **found})
        )

    # compare

    def _compare(self, progress: Progress) -> Result:
        """Measure against the model in use, and write what was learned as a candidate."""
        segments, learned = self.segments(progress), self.learned(progress)
        if isinstance(learned, InvalidInput):
            return self._compare_segments(segments, learned)
        champion, work = champion_row(self.running.project_id), self._work(progress)
        outcome = self._judged(work, learned, champion)
        # Before the model is written: what it won and lost is among its files.
        learning = learning_figures(self.running, work, learned, outcome, champion)
        made = record.Made(
            self.running, self.running.snapshot_hash, champion, work, learned, outcome
        )
        manifest, card = record.write(made, lambda f, m: progress(0.4 + 0.6 * f, m))
        written = self._segments_written(segments)
        self.kept["verdict"] = {
            "action": verdict(outcome, champion),
            "segment": segments.outcome and verdict(segments.outcome, segments.champion),
            "reason": f"{outcome.decision.reason} {segments.reason}".strip(),
        }
        measured = figures.compared(outcome)

        def store() -> None:
            self._set(
                model=record.model_record(made, manifest),
                parent=champion,
                card=card,
                metrics=measured,
                learning={**self.running.learning, **learning},
                **_measured_on(outcome.dataset),
            )
            if written is not None:
                segments_record(self.running, segments, written)

        return Result(digest_of([measured, self.kept["verdict"]["action"]["decision"]]), store)

    def _compare_segments(self, segments: SegmentRound, lacking: InvalidInput) -> Result:
        """Of a round that learned segments and no actions."""
        assert segments.outcome is not None
        written, measured = self._segments_written(segments), figures.compared(segments.outcome)
        self.kept["verdict"] = {
            "action": None,
            "segment": verdict(segments.outcome, segments.champion),
            "reason": f"{segments.reason} No action model: {lacking.message}",
        }

        def store() -> None:
            self._set(metrics=measured, **_measured_on(segments.outcome.dataset))
            segments_record(self.running, segments, written)

        return Result(digest_of(measured), store)

    def _judged(self, work: Work, learned: Learned, row: ModelVersion | None) -> Outcome:
        """Measure the new model and the champion, each by its own features."""
        hold_out = learned.dataset.hold_out
        work.progress(0.0, f"Measuring on {hold_out.tubes} tubes.")
        champion, features = work.champion, None
        if champion is not None and champion.descriptor.key != learned.descriptor.key:
            features = snapshot_features(
                held_out_only(self.content),
                champion.descriptor,
                lambda f, m: work.progress(0.3 * f, m),
            )
        return judge(
            self.content, learned.dataset, learned.model, champion, features,
            self.running.number, changed_since(row, self.running),
        )  # fmt: skip

    def _segments_written(self, segments: SegmentRound) -> dict[str, Any] | None:
        if segments.outcome is None:
            return None
        return segments_write(self.running, segments, self._seed, self._mirror)

    # promote

    def _promote(self, progress: Progress) -> Result:
        """Put to use what is better, unless a person decides or the labels have changed."""
        progress(0.0, "Deciding which model is used.")
        said = self.kept["verdict"]
        models = {"action": self.running.model, "segment": segment_model(self.running)}
        better = {
            kind: model
            for kind, model in models.items()
            if model is not None and said[kind] and said[kind]["better"]
        }
        reason = said["reason"]
        # "kept", or "undecided" where there was too little to tell by.
        decision = (said["action"] or said["segment"])["decision"]
        unfit = [text for model in better.values() if (text := unfit_labels(model))]
        project = api.project(self.running.project_id)
        if unfit:
            reason = f"Not put to use: {' '.join(unfit)} Otherwise: {reason}"
            better, decision = {}, KEPT
        elif better and LoopSettings.of(project.settings).promote_by == "person":
            reason, better, decision = f"{WAITS} {reason}", {}, CANDIDATE
        self.kept |= {"promoted": sorted(better), "reason": reason}

        def store() -> None:
            for kind, model in better.items():
                self._put_to_use(model, said[kind]["champion"])
            self._set(decision=decision, reason=reason)

        return Result(digest_of([decision, sorted(better)]), store)

    def _put_to_use(self, model: ModelVersion, compared_with: str | None) -> None:
        """Raises Again where another model is in use by now than the one compared with."""
        before = ModelVersion.objects.filter(pk=compared_with).first() if compared_with else None
        try:
            record.check_compared(model, before)
        except Conflict:
            tries = int(self.kept.get("compared_again", 0))
            if tries >= MOST_COMPARISONS:
                raise
            self.kept["compared_again"] = tries + 1
            raise Again("compare") from None
        champion_set(model)

    # shared

    @property
    def _seed(self) -> int:
        return int(self.running.seed or 0)

    @property
    def _mirror(self) -> bool:
        return bool(self.kept.get("mirror", True))

    def _champion(self, row: ModelVersion | None) -> Champion | None:
        return champion_load(row)

    def _set(self, **values: Any) -> None:
        """Write fields of the round's row, here and in the table."""
        for name, value in values.items():
            setattr(self.running, name, value)
        Round.objects.filter(pk=self.running.pk).update(**values)


# A person would have to put other models to use while each comparison runs.
MOST_COMPARISONS = 3


def verdict(outcome: Outcome, champion: ModelVersion | None) -> dict[str, Any]:
    """What a comparison said, as it is kept for the step that acts on it."""
    return {
        "better": outcome.decision.promoted,
        "decision": outcome.decision.name,
        "champion": str(champion.id) if champion else None,
    }


def unfit_labels(model: ModelVersion) -> str:
    """Why a model's answers no longer fit the project's labels; empty if they do.

    A label that was renamed means what it meant, and one that was added is simply not answered.
    """
    now = {label.id: label for label in api.labels(model.project_id)}
    counts = (model.manifest.get("counts") or {}).get("train", {})
    gone = [
        str(label["name"])
        for label in model.manifest.get("labels", ())
        if counts.get(label["name"]) and (label["id"] not in now or now[label["id"]].is_retired)
    ]
    if not gone:
        return ""
    return (
        f"while the round ran the labels changed, and it answers {', '.join(gone)}, which the "
        "project no longer asks. Start another round."
    )


def visible(project_id: int, content: dict[str, Any]) -> dict[str, Any]:
    """The content without videos that were deleted since or wait for their file."""
    there = {video.id for video in api.videos(project_id)}
    return content | {"videos": [v for v in content["videos"] if str(v["id"]) in there]}


def folder_of(running: Round) -> Path:
    """Where the round's training leaves what it needs to go on after a crash."""
    return Path(settings.HOME_DIRS["models"]) / f".{running.id}-training"


def digest_of(found: Any) -> str:
    """SHA-256 of the JSON of something found."""
    text = json.dumps(found, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of_models(models: list[Any]) -> str:
    """SHA-256 over the numbers of fitted models, bit by bit."""
    digest = hashlib.sha256()
    for model in models:
        for name in ("mean", "scale", "coefficients", "intercepts", "constants", "thresholds"):
            digest.update(np.ascontiguousarray(getattr(model, name)).tobytes())
    return digest.hexdigest()


def _measured_on(dataset: Dataset) -> dict[str, Any]:
    return {"counts": figures.counts(dataset), "evaluated_on": dataset.rule.value}


def started_now(running: Round) -> dict[str, Any]:
    """The fields of a round that begins, or goes on, now."""
    return {
        "state": Round.State.RUNNING,
        "started_at": running.started_at or timezone.now(),
        "finished_at": None,
    }
