"""Rounds whose worker is killed with -9 in every step, in processes of their own.

    python -m tests.services.rounds        # prints JSON: what each of the two projects ended with

Two projects with the same tubes, features and answers: a round of one is left alone, the worker of
the other's is killed again and again, each time another process takes it over through the sweep.
The processes are forked from one that has loaded everything, so that a kill costs no start.
"""

import json
import os
import signal
from datetime import timedelta
from typing import Any

import django

STEPS = ("snapshot", "train", "calibrate", "compare", "promote", "propose", "queue")
# Before anything is stored; when it is stored and not committed; and right after.
WHEN = ("before", "inside", "after")
# What a snapshot and a comparison hold are ids, too.
OF_IDS = ("snapshot", "compare")
TUBES, REVIEWED, VIDEOS = 40, 30, 2


def main() -> None:
    django.setup()
    left_alone, killed = made("left alone"), made("killed")
    human = {name: human_work(name) for name in (left_alone, killed)}
    job_ids = {name: start(name) for name in (left_alone, killed)}
    in_child(lambda: work(job_ids[left_alone]))
    kills = []
    for step in STEPS:
        for when in WHEN:
            ended = in_child(lambda step=step, when=when: work(job_ids[killed], step, when))
            kills.append([step, when, ended == -signal.SIGKILL])
            sweep()
    in_child(lambda: work(job_ids[killed]))
    print(
        json.dumps(
            {
                "kills": kills,
                "ends": [outcome(left_alone), outcome(killed)],
                "human": [human_work(n) == human[n] for n in (left_alone, killed)],
            }
        )
    )


def made(name: str) -> int:
    """A project with reviewed and unreviewed tubes, a queue, and one tube somebody has open."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from annotator.scale import ACTIONS, video_make
    from labeling.teams import services as teams
    from mlbackend.models import QueueItem
    from mlbackend.select.services import queue_rebuild

    owner, _ = get_user_model().objects.get_or_create(username="scale")
    project = teams.project_create(name=name, owner=owner)
    for action in ACTIONS[:3]:
        teams.label_create(project=project, kind="action", name=action)
    for number in range(VIDEOS):
        video_make(project, number, TUBES, reviewed=REVIEWED)
    queue_rebuild(project.id)
    item = QueueItem.objects.filter(project=project, state="open").order_by("rank").first()
    until = timezone.now() + timedelta(hours=1)
    QueueItem.objects.filter(pk=item.pk).update(leased_by=owner, leased_until=until)
    return project.id


def start(project_id: int) -> str:
    from mlbackend.train.services import round_start

    return str(round_start(project_id=project_id, send=False).job_id)


def in_child(call: Any) -> int:
    """Run in a process of its own; how it ended: 0, or minus the signal that killed it."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            call()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def work(job_id: str, step: str = "", when: str = "") -> None:
    """Run the job as a worker does; one that is to die dies in the step."""
    from mlbackend.train.steps import Journal
    from mlbackend.train.tasks import run

    end, write = Journal.end, Journal._write

    def dying(self: Any, name: str, result: Any) -> None:
        if name == step and when == "before":
            die()
        end(self, name, result)
        if name == step and when == "after":
            die()

    def writing(self: Any, name: str, entry: dict[str, Any]) -> None:
        write(self, name, entry)
        if name == step and when == "inside" and entry["finished_at"]:
            die()

    Journal.end, Journal._write = dying, writing
    run(job_id)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sweep() -> None:
    from labeling import jobs

    jobs.sweep()


def outcome(project_id: int) -> dict[str, Any]:
    """What a round left, but for ids, which are drawn anew in every project."""
    from labeling.models import Job, Revision, SpanRow
    from mlbackend.models import ModelVersion, QueueItem, Round, Run
    from mlbackend.train.checkpoint import checkpoint_read
    from mlbackend.train.round_work import digest_of_models

    done = Round.objects.get(project_id=project_id)
    models = ModelVersion.objects.filter(project_id=project_id)
    spans = SpanRow.objects.filter(video__project_id=project_id)
    leased = QueueItem.objects.get(project_id=project_id, leased_until__isnull=False)
    return {
        "state": [done.state, done.decision, done.reason],
        # Digests of whole files and of the comparison name labels by their ids.
        "models": [
            [row.kind, row.status, digest_of_models([checkpoint_read(row.file_path.parent)[0]])]
            for row in models
        ],
        "steps": [
            [entry["name"], entry["digest"] if entry["name"] not in OF_IDS else ""]
            for entry in done.steps
        ],
        "metrics": without_ids(done.metrics),
        "queue_hash": done.queue_hash,
        "proposed": sorted(
            spans.filter(state="proposed").values_list(
                "video__sha256", "tube__number", "label__name", "start_frame", "end_frame", "score"
            )
        ),
        "runs": Run.objects.filter(project_id=project_id).count(),
        "run_revisions": Revision.objects.filter(project_id=project_id, origin="run").count(),
        "jobs": sorted(Job.objects.filter(project_id=project_id).values_list("kind", "state")),
        "open": QueueItem.objects.filter(project_id=project_id, state="open").count(),
        "on_the_open_tube": spans.filter(tube=leased.tube_id).count(),
    }


def without_ids(found: Any) -> Any:
    """The figures without the ids of labels."""
    if isinstance(found, dict):
        return {key: without_ids(part) for key, part in found.items() if key != "label_id"}
    return [without_ids(part) for part in found] if isinstance(found, list) else found


def human_work(project_id: int) -> str:
    """All that people decided, drew or covered, to the byte."""
    from labeling.domain.state import State
    from labeling.models import Video
    from labeling.revisions import annotations

    said = []
    for video in Video.objects.filter(project_id=project_id).order_by("name"):
        now = annotations(video.id)
        kept = [t for t in now.tubes.values() if t.state is not State.PROPOSED]
        kept += [s for s in now.spans.values() if s.state is not State.PROPOSED]
        said += [one.as_dict() for one in [*kept, *now.coverage.values()]]
    return json.dumps(sorted(said, key=lambda one: one["id"]), sort_keys=True)


if __name__ == "__main__":
    main()
