"""The worker's end of a round: claim the job, run it, record how it ended."""

from celery import shared_task

from labeling import api
from mlbackend.train import services


@shared_task(name="train.run")
def run(job_id: str) -> None:
    """Run the round of this job unless somebody else does."""
    owner = api.owner_name()
    job = api.job_claim(job_id, owner)
    if job is None:
        return
    with api.running(job_id, owner):
        services.round_run(job, owner)
