"""Proposing and reviewing as a model run and a person do it: through the one door in."""

import uuid
from typing import Any

import numpy as np
from django.conf import settings

from labeling import api, revisions
from labeling.models import Project, Video
from labeling.models.revision import Origin
from mlbackend.data.features import Clip, FeatureCache, tube_windows
from mlbackend.data.hog_hof_descriptor import HOG_HOF


def box(i: int) -> list[float]:
    """A box of its own for tube number i."""
    return [10.0 + i, 20.0, 60.0 + i, 160.0]


def uid(*parts: object) -> str:
    """A UUID that follows from its parts."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(map(str, parts))))


def person_label(project: Project) -> int:
    """The id of the project's object label."""
    return int(project.labels.get(kind="object").id)


def propose_tubes(video: Video, n: int, *, frames: int = 40, run: str = "run") -> list[str]:
    """Let a run propose n tubes on the first frames; returns their ids."""
    tube_ids = [uid(video.name, run, i) for i in range(n)]
    label_id = person_label(video.project)
    operations = [
        {
            "op": "tube_add",
            "tube": {
                "id": tube_id,
                "label_id": label_id,
                "score": round(0.5 + 0.4 * i / n, 4),
                "keyframes": [
                    {"frame": 0, "box": box(i)},
                    {"frame": frames - 1, "box": box(i)},
                ],
            },
        }
        for i, tube_id in enumerate(tube_ids)
    ]
    api.commit_run(video_id=video.id, run_id=uid(run), operations=operations)
    return tube_ids


def review_tube(
    video: Video,
    tube_id: str,
    spans: list[tuple[int, int, int]],
    label_ids: list[int],
    *,
    frames: int = 40,
) -> None:
    """Accept a tube, mark (label, start, end) on it, and say that these labels were looked for."""
    commit(video, review_operations(tube_id, spans, label_ids, frames))


def commit(video: Video, operations: list[dict[str, Any]]) -> None:
    """Commit by hand."""
    revisions.commit(video_id=video.id, operations=operations, origin=Origin.HAND)


def review_operations(
    tube_id: str, spans: list[tuple[int, int, int]], label_ids: list[int], frames: int
) -> list[dict[str, Any]]:
    """What a person does to a tube they agree with."""
    made = [
        {
            "op": "span_add",
            "span": {
                "id": uid(tube_id, *span),
                "tube_id": tube_id,
                "label_id": span[0],
                "start_frame": span[1],
                "end_frame": span[2],
            },
        }
        for span in spans
    ]
    covered = {
        "id": uid(tube_id, "coverage"),
        "tube_id": tube_id,
        "start_frame": 0,
        "end_frame": frames,
        "label_ids": label_ids,
    }
    accepted = {"op": "tube_decide", "tube_id": tube_id, "decision": "accepted"}
    return [accepted, *made, {"op": "coverage_add", "coverage": covered}]


def keep_features(video: Video, shares: dict[str, list[float]], noise: float = 1.0) -> None:
    """Put features of tubes into the cache, as if their video had been decoded.

    Args:
        shares: by tube id, how strongly each of the first features speaks; the rest is noise of
            this deviation.
    """
    value = api.video(video.id)
    clip = Clip(value.source_path, value.sha256, value.rotation, value.timebase)
    cache = FeatureCache(settings.HOME_DIRS["features"])
    tubes = api.annotations(video.id).tubes
    for tube_id, strengths in shares.items():
        tube = tubes[tube_id]
        if cache.read(clip, tube, HOG_HOF):
            continue  # another test made the same
        rng = np.random.default_rng(uuid.UUID(tube_id).int % 2**32)
        vectors = {}
        for start, end in tube_windows(tube, value.timebase):
            row = rng.normal(scale=noise, size=HOG_HOF.length).astype(np.float32)
            row[: len(strengths)] += np.array(strengths, dtype=np.float32)
            vectors[int(start), int(end)] = row
        cache.write(clip, tube, HOG_HOF, vectors)
