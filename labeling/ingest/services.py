"""Videos: bring a file in, change what is known about it, delete it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from labeling.domain.errors import Conflict, InvalidInput
from labeling.domain.timebase import Timebase
from labeling.ingest import hold_out
from labeling.ingest.probe import Limits, probe
from labeling.ingest.store import file_sha256, media_remove, media_store
from labeling.models import Job, Project, Video
from labeling.models.job import FINISHED, JobKind, JobState
from labeling.models.video import Split, VideoState

# Told a fraction 0..1 and what is being done; it may raise to stop.
Report = Callable[[float, str], None]
# Decoding once to probe takes about a third of the time, encoding the proxy the rest.
_PROBE_SHARE = 0.35
_FILLED = [
    "source", "proxy", "thumbnail", "width", "height", "rotation", "frame_count", "time_base_num",
    "time_base_den", "end_tick", "packed_ticks", "warnings", "state", "error",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ingested:
    video: Video
    duplicate: bool


def video_ingest(
    *, project: Project, path: Path, name: str = "", report: Report | None = None
) -> Ingested:
    """Bring a file in at once, in this process; its row appears when everything is in place.

    Raises:
        InvalidInput: the file is missing, unreadable or not a video; nothing is kept of it.
    """
    name = name or path.name
    if not path.is_file():
        raise InvalidInput(f"{path} is not there, or not a file.", code="no_such_file")
    sha256 = file_sha256(path)
    known = project.videos.filter(sha256=sha256).first()
    if known is not None and video_is_here(known):
        return Ingested(known, True)
    video = known or Video(project=project, sha256=sha256)
    if not video.frame_count:
        video.name = name
    _fill(video, path, report=report, move=False)
    try:
        with transaction.atomic():
            video.save()
    except IntegrityError:
        # Somebody brought the same file in meanwhile.
        return Ingested(project.videos.get(sha256=sha256), True)
    return Ingested(video, False)


def video_is_here(video: Video) -> bool:
    """Whether it is ready or on its way: one whose job failed or was cancelled may come again."""
    jobs = Job.objects.filter(video=video, kind=JobKind.INGEST)
    return video.state == VideoState.READY or jobs.exclude(state__in=FINISHED).exists()


def video_complete(*, video: Video, path: Path, report: Report | None = None) -> None:
    """Turn an uploaded file into a ready video; the file is taken from `path`.

    Raises:
        InvalidInput: it is not a video; the row then says so and nothing else is kept.
    """
    try:
        _fill(video, _arrived(video, path), report=report, move=True)
    except InvalidInput as error:
        Video.objects.filter(pk=video.pk).update(state=VideoState.FAILED, error=error.message)
        path.unlink(missing_ok=True)
        raise
    video.save(update_fields=_FILLED)


def _arrived(video: Video, path: Path) -> Path:
    """The uploaded file, or where a worker that died afterwards had already moved it."""
    if path.is_file():
        return path
    moved = sorted((settings.HOME_DIRS["media"] / video.sha256).glob("source.*"))
    if not moved:
        raise InvalidInput(f"The uploaded file of {video.name} is gone; upload it again.")
    return moved[0]


@transaction.atomic
def video_change(
    *, video: Video, changes: dict[str, Any], force: bool = False, author: Any = None
) -> Video:
    """Change name, split, whether it is gold, external id or start second.

    Args:
        force: take it out of the hold-out although it was drawn, or has measured models; who did
            so is kept.

    Raises:
        Conflict: the external id belongs to another video of the project; or the video is to
            leave the hold-out, without `force` (code `hold_out_fixed`).
    """
    external_id = changes.get("external_id", "").strip()
    others = Video.objects.filter(project=video.project_id).exclude(pk=video.pk)
    if external_id and others.filter(external_id=external_id).exists():
        raise Conflict(
            f"Another video of the project has the external id '{external_id}'; exports could not "
            "tell the two apart. Choose another one."
        )
    before, after = video.split, changes.get("split", video.split)
    if before == Split.HOLD_OUT != after:
        _release(video, force, author)
    for field, value in changes.items():
        setattr(video, field, value.strip() if isinstance(value, str) else value)
    video.save(update_fields=list(changes))
    if before != Split.HOLD_OUT == after:
        hold_out.videos_held_out(video.project_id, [str(video.pk)])
    return video


def _release(video: Video, force: bool, author: Any) -> None:
    try:
        hold_out.check_release(video)
    except Conflict:
        if not force:
            raise
        hold_out.release_note(video, author)


def video_delete(*, video: Video) -> None:
    """Delete a video with its annotations, and its files if no other project has it.

    Raises:
        Conflict: a job is still working on it.
    """
    if Job.objects.filter(video=video, state=JobState.RUNNING).exists():
        raise Conflict(f"A job is working on '{video.name}'; cancel it first.")
    sha256 = video.sha256
    video.delete()
    if not Video.objects.filter(sha256=sha256).exists():
        media = settings.HOME_DIRS["media"]
        transaction.on_commit(lambda: media_remove(media, sha256))


def _fill(video: Video, path: Path, *, report: Report | None, move: bool) -> None:
    """Probe the file, put its files in place and set every field of the row; saves nothing."""
    tell = report or (lambda fraction, message: None)
    try:
        probed = probe(
            path, video.name, _limits(), lambda f: tell(f * _PROBE_SHARE, "Reading every frame")
        )
        tell(_PROBE_SHARE, "Writing the copy for the browser")
        stored = media_store(
            settings.HOME_DIRS["media"], path, video.sha256, probed, move=move,
            on_progress=lambda f: tell(
                _PROBE_SHARE + f * (1 - _PROBE_SHARE), "Writing the copy for the browser"
            ),
        )  # fmt: skip
    except OSError as error:
        raise InvalidInput(
            f"{video.name} could not be brought in: {error.strerror or error}. Check that the disk "
            "has room and the file can be read.",
            code="disk",
        ) from error
    _check_known(video, probed.timebase)
    video.source, video.proxy, video.thumbnail = stored.source, stored.proxy, stored.thumbnail
    video.width, video.height, video.rotation = probed.width, probed.height, probed.rotation
    video.set_timebase(probed.timebase)
    video.warnings = list(probed.warnings)
    video.state, video.error = VideoState.READY, ""


def _check_known(video: Video, timebase: Timebase) -> None:
    """A restored video has labels by the frames that were counted when it was first read."""
    if video.frame_count not in (0, timebase.frame_count):
        raise InvalidInput(
            f"{video.name} was labeled with {video.frame_count} frames, but {timebase.frame_count} "
            "are read from this file now. Its labels would be on other pictures; ask the server's "
            "operator to read it with the version of FFmpeg that was used then."
        )


def _limits() -> Limits:
    return Limits(picture_pixels=settings.VIDEO_MAX_PIXELS, frames=settings.VIDEO_MAX_FRAMES)
