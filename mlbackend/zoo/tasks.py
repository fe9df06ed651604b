"""The worker's end of fetching and adding: claim the job, run it, record how it ended."""

from celery import shared_task

from labeling import api
from mlbackend.zoo import services


@shared_task(name="zoo.fetch")
def fetch(job_id: str) -> None:
    """Do this job unless somebody else does."""
    owner = api.owner_name()
    job = api.job_claim(job_id, owner)
    if job is None:
        return
    with api.running(job_id, owner), api.reporting(job_id, owner) as tell:
        services.job_run(job, owner, tell)
