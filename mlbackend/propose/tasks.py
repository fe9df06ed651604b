"""The worker's end of proposing: claim the job, do one step, record how it ended."""

from celery import shared_task

from labeling import api
from mlbackend.propose import services


@shared_task(name="propose.step")
def step(job_id: str) -> None:
    """Do the next step of this job unless somebody else does."""
    owner = api.owner_name()
    job = api.job_claim(job_id, owner)
    if job is None:
        return
    with api.running(job_id, owner):
        services.propose_step(job, owner)
