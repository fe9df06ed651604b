"""The Celery application. Messages only wake a worker: the Job row is the truth."""

import os

from celery import Celery
from celery.signals import worker_process_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")

from django.conf import settings  # noqa: E402

from annotator.embedded_broker import broker_settings  # noqa: E402

STAGES = (
    "labeling.ingest",
    "labeling.export",
    "mlbackend.propose",
    "mlbackend.train",
    "mlbackend.measure",
    "mlbackend.zoo",
)
# How often it is looked whether a round's time has come.
ROUNDS_DUE_S = 60
ROUTES = {
    "ingest.*": {"queue": "media"},
    "export.*": {"queue": "media"},
    "imports.*": {"queue": "media"},
    "jobs.*": {"queue": "media"},
    "propose.*": {"queue": "models"},
    # The clock must not wait for a training that runs.
    "train.due": {"queue": "media"},
    "train.*": {"queue": "models"},
    "evaluate.*": {"queue": "models"},
    "zoo.*": {"queue": "models"},
}

app = Celery("tubelab")
# For every thread: a web server's threads would otherwise send to an app without settings.
app.set_default()
app.conf.update(
    **broker_settings(settings.BROKER_URL, settings.HOME_DIRS["broker"]),
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    task_routes=ROUTES,
    task_default_queue="media",
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
    beat_schedule={
        "sweep": {"task": "jobs.sweep", "schedule": settings.JOB_SWEEP_S},
        "rounds": {
            "task": "train.due",
            "schedule": ROUNDS_DUE_S,
            "options": {"expires": ROUNDS_DUE_S},
        },
    },
    beat_schedule_filename=str(settings.TUBELAB_HOME / "beat"),
    timezone="UTC",
)
# Nested packages are not found by themselves.
app.autodiscover_tasks(STAGES)


@app.task(name="jobs.sweep")
def sweep() -> None:
    """Send again what nobody works on; delete files of imports and exports nobody came back to."""
    from labeling import jobs
    from labeling.export.import_jobs import imports_sweep
    from labeling.export.services import exports_sweep

    jobs.sweep()
    imports_sweep()
    exports_sweep()


@worker_process_init.connect
@worker_ready.connect
def limit_threads(**_: object) -> None:
    """Two processes that each take every core are slower than one thread each."""
    import cv2
    import torch

    torch.set_num_threads(settings.TORCH_THREADS)
    cv2.setNumThreads(settings.TORCH_THREADS)
