"""A file taken in and sent to be proposed on, once: what the demo and `make run CLIP=…` share."""

from pathlib import Path

from labeling.ingest import services as ingest
from labeling.ingest.services import Ingested
from labeling.models import Job, Project, Video
from labeling.models.job import JobKind
from mlbackend.propose import services as propose


def video_take_in(*, project: Project, path: Path) -> Ingested:
    """Bring a file in and send it to be proposed on; a file that is known is left as it is.

    Raises:
        InvalidInput: it is not a video; nothing is kept of it.
    """
    taken = ingest.video_ingest(project=project, path=path)
    propose_once(taken.video)
    return taken


def propose_once(video: Video) -> None:
    """Send a video to be proposed on unless that was ever done."""
    if not Job.objects.filter(video=video, kind=JobKind.PROPOSE).exists():
        propose.propose_start(project_id=video.project_id, video_ids=[str(video.id)])
