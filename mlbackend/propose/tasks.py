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


@shared_task(name="propose.detect")
def detect(job_id: str) -> None:
    """Detect on a part of a long video unless somebody else does; then wake who waits for it."""
    from mlbackend.propose import parts  # brings OpenCV

    owner = api.owner_name()
    job = api.job_claim(job_id, owner)
    if job is None:
        return
    try:
        with api.running(job_id, owner):
            parts.detect_part(job, owner)
    finally:
        parts.wake_parent(job_id)
