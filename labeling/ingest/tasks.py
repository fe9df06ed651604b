import time

from celery import shared_task

from labeling import jobs
from labeling.domain.errors import NotFound
from labeling.ingest import services, uploads
from labeling.models import Video

# Often enough for a bar that moves, seldom enough for the database.
_REPORT_EVERY_S = 0.5


@shared_task(name="ingest.run")
def run(job_id: str) -> None:
    """Turn an uploaded file into a ready video."""
    owner = jobs.owner_name()
    job = jobs.job_claim(job_id, owner)
    if job is None:
        return
    with jobs.running(job_id, owner):
        video = Video.objects.filter(pk=job.video_id).first()
        if video is None:
            raise NotFound("The video was deleted meanwhile; upload it again.")
        path = uploads.upload_path(job.params["upload"])
        services.video_complete(video=video, path=path, report=_reporter(job_id, owner))
        jobs.job_done(job_id, owner, {"video_id": str(video.id), "duplicate": False})


def _reporter(job_id: str, owner: str) -> services.Report:
    last = 0.0

    def report(fraction: float, message: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _REPORT_EVERY_S:
            last = now
            jobs.job_progress(job_id, owner, fraction, message)

    return report
