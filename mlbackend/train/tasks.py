"""The worker's end of a round: claim the job, run it, record how it ended, wake the next."""

from celery import shared_task

from labeling import api
from mlbackend.train import services, turns


@shared_task(name="train.run")
def run(job_id: str) -> None:
    """Run this job if it is its turn and nobody else does."""
    owner = api.owner_name()
    job = turns.turn_claim(job_id, owner)
    if job is None:
        return
    try:
        with api.running(job_id, owner):
            services.round_run(job, owner)
    finally:
        turns.turn_pass(job.project_id)


@shared_task(name="train.due")
def due() -> None:
    """Start the rounds whose time has come, by the clock or by what was reviewed."""
    from mlbackend.train.triggers import rounds_due

    rounds_due()
