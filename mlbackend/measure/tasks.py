"""The worker's end of an evaluation: claim the job, run it, record how it ended."""

from celery import shared_task

from labeling import api
from mlbackend.measure import services


@shared_task(name="evaluate.run")
def run(job_id: str) -> None:
    """Run the evaluation of this job unless somebody else does."""
    owner = api.owner_name()
    job = api.job_claim(job_id, owner)
    if job is None:
        return
    with api.running(job_id, owner), api.reporting(job_id, owner) as tell:
        services.evaluation_run(job, owner, tell)
