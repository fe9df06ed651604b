"""A worker whose jobs only count: what the kill test starts, and how it asks the tables.

    celery -A tests.services.counting:app worker
    python -m tests.services.counting create NUMBER | sweep SECONDS

Real broker, real tables, real job life; only the work is a wait with heartbeats. Each start and
end of a job is a line in the file that COUNTING_LOG names.
"""

import json
import os
import sys
import time

from celery import Celery

from annotator.celery import ROUTES
from annotator.celery import app as project

STEPS, STEP_S = 6, 0.05

app = Celery("counting")
app.conf.update(
    {
        name: project.conf[name]
        for name in (
            "broker_url",
            "broker_transport_options",
            "worker_enable_remote_control",
            "task_acks_late",
            "worker_prefetch_multiplier",
            "task_ignore_result",
            "task_default_queue",
        )
    },
    task_routes=ROUTES,
)


def note(*words: object) -> None:
    line = " ".join(str(word) for word in (*words, os.getpid())) + "\n"
    file = os.open(os.environ["COUNTING_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, line.encode())
    os.close(file)


@app.task(name="export.run")
def count(job_id: str) -> None:
    from labeling import jobs

    owner = jobs.owner_name()
    if jobs.job_claim(job_id, owner) is None:
        note("refused", job_id)
        return
    note("start", job_id)
    with jobs.running(job_id, owner):
        for step in range(STEPS):
            time.sleep(STEP_S)
            jobs.job_progress(job_id, owner, step / STEPS, "counting")
        jobs.job_done(job_id, owner, {})
        note("end", job_id)


def main(command: str, *arguments: str) -> None:
    import django

    django.setup()
    from labeling import jobs
    from labeling.models import Job, Project

    if command == "create":
        project_id = Project.objects.create(name="Counting", slug="counting").id
        ids = [
            jobs.job_create(project_id=project_id, kind="export") for _ in range(int(arguments[0]))
        ]
        for job_id in ids:
            jobs.enqueue(job_id)
        print(json.dumps(ids))
    elif command == "sweep":
        until = time.monotonic() + float(arguments[0])
        unfinished = Job.objects.exclude(state="done")
        while unfinished.exists() and time.monotonic() < until:
            jobs.sweep()
            time.sleep(0.5)


if __name__ == "__main__":
    main(*sys.argv[1:])
