"""A project of any size with reviewed tubes and kept features, and one round on it, timed.

    python -m annotator.scale TUBES [UNREVIEWED]      # prints JSON

For `manage.py bench round`, in a data folder of its own: the tables, the log, the feature cache,
the snapshot and the round are the real ones; only the vectors are drawn, so that no video is
needed. Every tube shows one of `ACTIONS`, each a direction of its own in the vectors.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
import time
import uuid
from typing import Any

ACTIONS = ("walk", "run", "wave", "squat", "jump", "fall", "sit", "point", "bend", "clap")
TUBES_A_VIDEO, HOLD_OUT_EVERY = 50, 10
RATE_HZ, FRAMES, TUBE_FRAMES = 10, 400, 24
STRENGTH, DIRECTIONS = 1.5, 20


def main() -> None:
    """Make the project, run two rounds, say what the second took."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
    import django

    django.setup()
    from django.core.management import call_command

    tubes = int(sys.argv[1])
    unreviewed = int(sys.argv[2]) if len(sys.argv) > 2 else tubes // 10
    call_command("migrate", interactive=False, verbosity=0)
    project = project_make()
    began = time.perf_counter()
    for number in range(-(-(tubes + unreviewed) // TUBES_A_VIDEO)):
        place = number * TUBES_A_VIDEO
        count = min(TUBES_A_VIDEO, tubes + unreviewed - place)
        video_make(project, number, count, reviewed=max(0, min(count, tubes - place)))
    made_s = time.perf_counter() - began
    print(json.dumps({"tubes": tubes, "made_s": round(made_s, 1), **timed_rounds(project.id)}))


def project_make() -> Any:
    """A project with an owner, a person label and the actions."""
    from django.contrib.auth import get_user_model

    from labeling.teams import services as teams

    owner = get_user_model().objects.create_user("scale")
    project = teams.project_create(name="Scale", owner=owner)
    for name in ACTIONS:
        teams.label_create(project=project, kind="action", name=name)
    return project


def video_make(project: Any, number: int, count: int, *, reviewed: int) -> None:
    """A video with so many proposed tubes and their features; the first of them are reviewed."""
    import numpy as np

    from labeling import api, revisions
    from labeling.domain.timebase import Timebase
    from labeling.models import Video
    from labeling.models.revision import Origin

    name = f"{number:04d}.mp4"
    split = "hold-out" if number % HOLD_OUT_EVERY == HOLD_OUT_EVERY - 1 else "train"
    video = Video(
        project=project, name=name, state="ready", split=split, width=640, height=360,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
    )  # fmt: skip
    video.set_timebase(Timebase((1, RATE_HZ), np.arange(FRAMES), FRAMES))
    video.save()
    person = project.labels.get(kind="object").id
    ids = [str(uuid.uuid5(video.id, str(i))) for i in range(count)]
    tubes = [_tube(tube_id, i, person) for i, tube_id in enumerate(ids)]
    api.commit_run(
        video_id=video.id, run_id=str(uuid.uuid5(video.id, "run")),
        operations=[{"op": "tube_add", "tube": tube} for tube in tubes],
    )  # fmt: skip
    actions = list(project.labels.filter(kind="action").order_by("id").values_list("id", flat=True))
    operations = [
        operation
        for i, tube_id in enumerate(ids[:reviewed])
        for operation in _reviewed(tube_id, tubes[i], actions, number * TUBES_A_VIDEO + i)
    ]
    if operations:
        revisions.commit(
            video_id=video.id, operations=operations, origin=Origin.HAND, seconds=3.0 * reviewed
        )
    _keep(video, ids, number, len(actions))


def _tube(tube_id: str, i: int, person: int) -> dict[str, Any]:
    start = (i * 7) % (FRAMES - TUBE_FRAMES)
    box = [10.0 + i, 20.0, 60.0 + i, 160.0]
    frames = (start, start + TUBE_FRAMES - 1)
    return {
        "id": tube_id, "label_id": person, "score": round(0.5 + 0.4 * (i % 10) / 10, 4),
        "keyframes": [{"frame": frame, "box": box} for frame in frames],
    }  # fmt: skip


def _reviewed(
    tube_id: str, tube: dict[str, Any], actions: list[int], place: int
) -> list[dict[str, Any]]:
    """What a person does to a tube they agree with."""
    start, end = tube["keyframes"][0]["frame"], tube["keyframes"][1]["frame"] + 1
    common = {"tube_id": tube_id, "start_frame": start, "end_frame": end}
    space = uuid.UUID(tube_id)
    span = {"id": str(uuid.uuid5(space, "span")), "label_id": actions[place % len(actions)]}
    covered = {"id": str(uuid.uuid5(space, "covered")), "label_ids": actions}
    return [
        {"op": "tube_decide", "tube_id": tube_id, "decision": "accepted"},
        {"op": "span_add", "span": {**span, **common}},
        {"op": "coverage_add", "coverage": {**covered, **common}},
    ]


def _keep(video: Any, ids: list[str], number: int, actions: int) -> None:
    """Vectors of all windows into the cache, as if the video had been looked at."""
    import numpy as np

    from labeling import api
    from mlbackend.data.hog_hof_descriptor import HOG_HOF
    from mlbackend.data.windows import tube_windows
    from mlbackend.train.features import cache, clip_of

    value = api.video(video.id)
    found, clip, kept = api.annotations(video.id).tubes, clip_of(value), cache()
    rng = np.random.default_rng(number)
    for i, tube_id in enumerate(ids):
        windows = tube_windows(found[tube_id], value.timebase)
        rows = rng.normal(size=(len(windows), HOG_HOF.length)).astype(np.float32)
        shown = (number * TUBES_A_VIDEO + i) % actions
        rows[:, shown * DIRECTIONS : (shown + 1) * DIRECTIONS] += STRENGTH
        vectors = {(int(a), int(b)): row for (a, b), row in zip(windows, rows, strict=True)}
        kept.write(clip, found[tube_id], HOG_HOF, vectors)


def timed_rounds(project_id: int) -> dict[str, Any]:
    """A first round, whose model the second is compared with; seconds of the second."""
    from mlbackend.train.services import round_start
    from mlbackend.train.tasks import run

    for number in (1, 2):
        begun = time.perf_counter(), time.process_time()
        started = round_start(project_id=project_id, send=False)
        run(str(started.job_id))
        wall, cpu = time.perf_counter() - begun[0], time.process_time() - begun[1]
        started.refresh_from_db()
        if started.state != "done":
            raise SystemExit(f"Round {number} {started.state}: {started.reason}")
    return {
        "wall_s": round(wall, 2),
        "cpu_s": round(cpu, 2),
        "steps": {entry["name"]: _seconds(entry) for entry in started.steps},
        "decision": started.decision,
        "labels": started.effort["labels"],
        "macro_f1": round(started.metrics["candidate"]["macro"]["f1"], 3),
        "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _seconds(entry: dict[str, Any]) -> float:
    from datetime import datetime

    began, ended = (datetime.fromisoformat(entry[key]) for key in ("started_at", "finished_at"))
    return round((ended - began).total_seconds(), 2)


if __name__ == "__main__":
    main()
