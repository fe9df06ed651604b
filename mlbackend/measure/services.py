"""Evaluations of a project: asked for, measured on a frozen snapshot, kept, deleted."""

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from labeling import api
from labeling.domain.errors import InvalidInput, NotFound
from mlbackend.measure.metrics import METRICS, evaluator_of
from mlbackend.measure.project import Measured, Progress
from mlbackend.models import Evaluation

# Predictions are read into memory.
MAX_BYTES = 512 * 1024**2


def evaluation_create(
    *,
    project_id: int,
    metric: str,
    evaluator: str,
    splits: Sequence[str],
    upload: Any,
    user_id: int | None,
) -> Evaluation:
    """Queue an evaluation.

    Args:
        evaluator: "" for the metric's default.
        splits: of the videos; empty: all.
        upload: a file of predictions as Django hands it over; None: what runs proposed.

    Raises:
        InvalidInput: unknown evaluator, or a file that is too large.
    """
    chosen = evaluator_of(metric, evaluator)
    if upload is not None and upload.size > MAX_BYTES:
        raise InvalidInput(
            f"The file has {upload.size} bytes; predictions may have {MAX_BYTES}. Leave out rows "
            "of very low score.",
            code="too_large",
        )
    made = Evaluation(
        id=uuid.uuid4(), project_id=project_id, metric=metric, evaluator=chosen,
        params={"splits": list(splits), "predictions": "file" if upload else "proposals"},
    )  # fmt: skip
    if upload is not None:
        made.params["file_name"] = Path(upload.name).name
        _keep(upload, predictions_path(made))
    try:
        return _evaluation_record(made, user_id)
    except BaseException:
        _forget(made)
        raise


def _evaluation_record(made: Evaluation, user_id: int | None) -> Evaluation:
    with transaction.atomic():
        job_id = api.job_create(
            project_id=made.project_id, kind="evaluate", user_id=user_id,
            params={"evaluation_id": str(made.id), "metric": made.metric},
        )  # fmt: skip
        made.job_id = uuid.UUID(job_id)
        made.save(force_insert=True)
        api.enqueue(job_id)
    return made


def evaluation_run(job: api.JobValue, owner: str, tell: Progress) -> None:
    """Measure a claimed evaluation and record its figures.

    Raises:
        InvalidInput: there is nothing to measure, or the predictions are unusable.
        NotFound: the evaluation was deleted meanwhile.
    """
    made = Evaluation.objects.filter(pk=job.params["evaluation_id"]).first()
    if made is None:
        raise NotFound("The evaluation was deleted meanwhile.")
    tell(0.0, "Freezing what people said.")
    snapshot = _snapshot(made)
    found = _figures(made, _measured(made, snapshot, tell))
    with transaction.atomic():
        Evaluation.objects.filter(pk=made.pk).update(result=found)
        done = {"evaluation_id": str(made.id), "summary": found["summary"]}
        api.job_done(job.id, owner, done)
    _forget(made)


def _figures(made: Evaluation, measured: Measured) -> dict[str, Any]:
    try:
        return METRICS[made.metric].evaluate(measured)
    except FileNotFoundError as error:
        raise NotFound("The evaluation was deleted meanwhile.") from error
    except InvalidInput as error:
        # The file bears the evaluation's id here; people know it by its own name.
        message = error.message.replace(str(made.id), made.params.get("file_name", "the file"))
        raise InvalidInput(message, code=error.code, detail=error.detail) from error


def _snapshot(made: Evaluation) -> api.SnapshotValue:
    """Frozen at the first run, the same one if it is run again."""
    if made.snapshot_hash:
        return api.snapshot_read(made.snapshot_hash)
    snapshot = api.snapshot_freeze(made.project_id)
    Evaluation.objects.filter(pk=made.pk).update(snapshot_hash=snapshot.hash)
    return snapshot


def _measured(made: Evaluation, snapshot: api.SnapshotValue, tell: Progress) -> Measured:
    content, splits = snapshot.content, made.params["splits"]
    videos = [video for video in content["videos"] if not splits or video["split"] in splits]
    timebases = {video.id: video.timebase for video in api.videos(made.project_id)}
    path = predictions_path(made)
    missing = sum(video["id"] not in timebases for video in videos)
    notes = [f"{missing} videos have no file here and do not count."] if missing else []
    return Measured(
        labels=content["labels"], videos=videos, timebases=timebases, evaluator=made.evaluator,
        predictions=path if made.params["predictions"] == "file" else None, tell=tell,
        notes=notes,
    )  # fmt: skip


def evaluation_delete(made: Evaluation) -> None:
    """Delete an evaluation with its file; its job, if it still runs, ends without a trace."""
    path = predictions_path(made)  # a deleted row has no id any more
    made.delete()
    path.unlink(missing_ok=True)


def predictions_path(made: Evaluation) -> Path:
    """Where an uploaded file of predictions lies until it is measured."""
    return settings.HOME_DIRS["evaluations"] / str(made.id)


def _keep(upload: Any, path: Path) -> None:
    try:
        with path.open("wb") as file:
            shutil.copyfileobj(upload, file)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise InvalidInput(
            f"The file cannot be stored: {error.strerror or error}.", code="disk"
        ) from error


def _forget(made: Evaluation) -> None:
    predictions_path(made).unlink(missing_ok=True)
