"""Files that arrive piece by piece (tus 1.0): create, append, finish, delete."""

import contextlib
import fcntl
import shutil
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from labeling import jobs
from labeling.domain.errors import Conflict, InvalidInput, TubelabError
from labeling.ingest.services import video_is_here
from labeling.ingest.store import file_sha256
from labeling.models import Job, Project, Upload, Video
from labeling.models.job import JobKind
from labeling.models.video import VideoState

BLOCK_BYTES = 1 << 18
# What nobody went on with for so long is deleted.
EXPIRY = timedelta(days=7)


class TooLarge(TubelabError):
    status = 413
    default_code = "too_large"


def upload_path(upload_id: Any) -> Path:
    return settings.HOME_DIRS["uploads"] / f"{uuid.UUID(str(upload_id))}.part"


def upload_create(*, project: Project, user_id: int, filename: str, length: int) -> Upload:
    """Begin an upload.

    Raises:
        InvalidInput: the file is empty.
        TooLarge: it is larger than allowed, or than the disk has room for.
    """
    name = display_name(filename)
    if length <= 0:
        raise InvalidInput(f"{name} is empty (0 bytes). Copy the file again in full.",
                           code="empty_file")  # fmt: skip
    if length > settings.UPLOAD_MAX_BYTES:
        raise TooLarge(
            f"{name} has {length:,} bytes; up to {settings.UPLOAD_MAX_BYTES:,} are allowed. "
            "Cut or compress it, or have TUBELAB_UPLOAD_MAX_BYTES raised."
        )
    if length > shutil.disk_usage(settings.HOME_DIRS["uploads"]).free:
        raise TooLarge(f"There is no room for the {length:,} bytes of {name} on the server's disk.")
    _delete_expired()
    upload = Upload.objects.create(project=project, user_id=user_id, filename=name, length=length)
    upload_path(upload.id).touch()
    return upload


def display_name(filename: str) -> str:
    """A name for people: no folders, no control characters, at most 300 characters."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(c for c in last if c.isprintable()).strip()
    return printable[-300:] or "video"


def upload_append(*, upload: Upload, offset: int, stream: IO[bytes]) -> int:
    """Write what arrives behind the bytes received so far; returns the new offset.

    What arrived before the connection broke is kept.

    Raises:
        Conflict: `offset` is not where the upload stands, or another request is writing.
        TooLarge: more bytes came than were announced.
    """
    with _alone(upload) as file:
        upload.refresh_from_db(fields=["offset"])
        if offset != upload.offset:
            raise Conflict(
                f"The upload stands at byte {upload.offset}, not at {offset}. Ask for the offset "
                "and go on from there.",
                code="wrong_offset",
            )
        file.seek(offset)
        # A crash may have left bytes that were never counted.
        file.truncate()
        reached = offset
        try:
            while block := stream.read(BLOCK_BYTES):
                if reached + len(block) > upload.length:
                    raise TooLarge(
                        f"More than the {upload.length} bytes announced arrived; begin again."
                    )
                file.write(block)
                reached += len(block)
        except OSError:
            # The connection broke. What came before counts.
            pass
        finally:
            file.flush()
            Upload.objects.filter(pk=upload.pk).update(offset=reached)
            upload.offset = reached
    return reached


@contextlib.contextmanager
def _alone(upload: Upload) -> Iterator[IO[bytes]]:
    """The upload's file, for one writer at a time."""
    try:
        with upload_path(upload.id).open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield file
    except FileNotFoundError:
        raise Conflict("The upload is complete already.", code="upload_complete") from None
    except BlockingIOError:
        raise Conflict(
            "Another request is writing to this upload; try again in a moment.", code="upload_busy"
        ) from None


def upload_finish(*, upload: Upload) -> Upload:
    """All bytes are here: recognize the file, or start the job that brings it in.

    A large file takes a while to recognize, and a client that lost patience asks again meanwhile:
    the upload is finished once all the same.

    Raises:
        Conflict: another request is at it, or what it brought in was deleted since.
    """
    upload.refresh_from_db(fields=["job", "video"])
    if upload.job_id is None:
        with _alone(upload):
            upload.refresh_from_db(fields=["job", "video"])
            if upload.job_id is None:
                _finish(upload)
    return upload


def _finish(upload: Upload) -> None:
    path = upload_path(upload.id)
    sha256 = file_sha256(path)
    try:
        with transaction.atomic():
            duplicate = _attach(upload, sha256)
    except IntegrityError:
        # The same file was finished by another request in between: now it is a duplicate.
        with transaction.atomic():
            duplicate = _attach(upload, sha256)
    if duplicate:
        path.unlink(missing_ok=True)


def _attach(upload: Upload, sha256: str) -> bool:
    """Give the upload its video and job; whether the video was there before."""
    known = Video.objects.filter(project=upload.project_id, sha256=sha256).first()
    duplicate = known is not None and video_is_here(known)
    video = known or Video(project_id=upload.project_id, sha256=sha256)
    if not duplicate:
        # One that was restored and waits for this file keeps the name its people know.
        if not video.frame_count:
            video.name = upload.filename
        video.state, video.error = VideoState.INGESTING, ""
        video.save()
    job_id = jobs.job_create(
        project_id=upload.project_id, kind=JobKind.INGEST, video_id=video.id,
        params={"upload": str(upload.id), "duplicate": duplicate}, user_id=upload.user_id,
    )  # fmt: skip
    upload.video, upload.job = video, Job.objects.get(pk=job_id)
    upload.save(update_fields=["video", "job"])
    if duplicate:
        _finish_duplicate(job_id, video)
    else:
        jobs.enqueue(job_id)
    return duplicate


def _finish_duplicate(job_id: str, video: Video) -> None:
    owner = jobs.owner_name()
    jobs.job_claim(job_id, owner)
    jobs.job_done(job_id, owner, {"video_id": str(video.id), "duplicate": True})


def upload_delete(*, upload: Upload) -> None:
    """Forget an upload. The file of a finished one belongs to its job by then."""
    if upload.job_id is None:
        upload_path(upload.id).unlink(missing_ok=True)
    upload.delete()


def _delete_expired() -> None:
    for upload in Upload.objects.filter(created_at__lt=timezone.now() - EXPIRY):
        upload_path(upload.id).unlink(missing_ok=True)
        upload.delete()
