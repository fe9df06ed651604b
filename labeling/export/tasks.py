import time
from typing import Any

from celery import shared_task

from labeling import jobs
from labeling.domain.errors import NotFound
from labeling.export import import_jobs, services
from labeling.models import Export

_REPORT_EVERY_S = 0.5


@shared_task(name="export.run")
def run_export(job_id: str) -> None:
    """Make the archive of an export."""
    owner = jobs.owner_name()
    job = jobs.job_claim(job_id, owner)
    if job is None:
        return
    with jobs.running(job_id, owner):
        export = Export.objects.select_related("project").filter(job_id=job_id).first()
        if export is None:
            raise NotFound("The export was deleted meanwhile.")
        done = services.export_archive(
            export=export, cursor=job.cursor, report=_cursor_reporter(job_id, owner)
        )
        result = {
            "export_id": str(export.id),
            "snapshot_hash": done.snapshot_hash,
            "counts": done.manifest["counts"],
            "lost": done.manifest["lost"],
        }
        jobs.job_done(job_id, owner, result)
        # Not before: a worker that lost the job would delete what its successor works in.
        services.export_forget_work(export)


def _cursor_reporter(job_id: str, owner: str) -> services.Report:
    last_s, recorded = 0.0, None

    def report(fraction: float, message: str, cursor: dict[str, Any]) -> None:
        nonlocal last_s, recorded
        if time.monotonic() - last_s < _REPORT_EVERY_S:
            return
        last_s = time.monotonic()
        # Recording a step forward forgives failed attempts: only where there was one.
        if cursor and cursor != recorded:
            jobs.job_checkpoint(job_id, owner, cursor)
            recorded = cursor
        jobs.job_progress(job_id, owner, fraction, message)

    return report


@shared_task(name="imports.run")
def run_import(job_id: str) -> None:
    """Import a file, or report what it would do."""
    owner = jobs.owner_name()
    job = jobs.job_claim(job_id, owner)
    if job is None:
        return
    with jobs.running(job_id, owner):
        with jobs.reporting(job_id, owner) as report:
            result = import_jobs.import_run(job=job, report=report)
        jobs.job_done(job_id, owner, result)
        import_jobs.import_forget(job=job)
