"""Proposing and reviewing as a model run and a person do it: through the one door in."""

import uuid
from typing import Any

from labeling import api, revisions
from labeling.models import Project, Video
from labeling.models.revision import Origin

BOX = [10.0, 20.0, 60.0, 160.0]


def uid(*parts: object) -> str:
    """A UUID that follows from its parts."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(map(str, parts))))


def person_label(project: Project) -> int:
    """The id of the project's object label."""
    return int(project.labels.get(kind="object").id)


def propose_tubes(video: Video, n: int, *, frames: int = 40, run: str = "run") -> list[str]:
    """Let a run propose n tubes on the first frames; returns their ids."""
    tube_ids = [uid(video.id, run, i) for i in range(n)]
    label_id = person_label(video.project)
    operations = [
        {
            "op": "tube_add",
            "tube": {
                "id": tube_id,
                "label_id": label_id,
                "score": round(0.5 + 0.4 * i / n, 4),
                "keyframes": [{"frame": 0, "box": BOX}, {"frame": frames - 1, "box": BOX}],
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
    author: Any = None,
) -> None:
    """Accept a tube, mark (label, start, end) on it, and say that these labels were looked for."""
    operations: list[dict[str, Any]] = [
        {"op": "tube_decide", "tube_id": tube_id, "decision": "accepted"}
    ]
    operations += [
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
    operations.append({"op": "coverage_add", "coverage": covered})
    revisions.commit(
        video_id=video.id,
        operations=operations,
        origin=Origin.HAND,
        author_id=author and author.pk,
    )
