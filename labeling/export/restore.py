"""A backup becomes a project again: all of it, or nothing."""

import re
import shutil
import tempfile
import uuid
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from labeling import access, jobs, revisions
from labeling.domain.annotations import Annotations
from labeling.domain.errors import Conflict, InvalidInput
from labeling.export.native_files import PROJECT, REVISIONS, VERSION, VIDEOS
from labeling.export.restore_lines import Renaming, checked, lines, parsed, said_where
from labeling.export.restore_values import media_checked, moment_of, timebase_of
from labeling.formats.archive import Limits, unpack
from labeling.models import HoldOutDraw, Label, Membership, Project, Revision, Video
from labeling.models.job import JobKind
from labeling.models.project import Role
from labeling.models.video import VideoState

_SHA256 = re.compile(r"[0-9a-f]{64}")
_COPIED = ("name", "external_id", "sha256", "start_s", "width", "height", "rotation", "split",
           "is_gold", "last_tube_number", "warnings")  # fmt: skip
_LABEL = ("kind", "name", "color", "hotkey", "ava_id", "ava_group", "position")
_LONGEST = Project._meta.get_field("name").max_length or 0
_LOGGED = ("number", "base", "origin", "undoes", "note", "seconds")


@dataclass(slots=True)
class Restored:
    """A project that was made of a backup, with how many of what, and what to know about it."""

    project: Project
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


def project_restore(
    *, path: Path, owner: Any = None, name: str = "", most_bytes: int | None = None
) -> Restored:
    """Make a project of a backup.

    A video whose file is neither in the archive nor on this server waits for it: uploading the
    file to the project gives it back. A file that is here is used if `owner` may see it elsewhere.

    Args:
        path: the archive.
        owner: becomes the project's owner; None: only its former members that have an account.
        name: of the new project; "": as it was, with a number where that is taken.
        most_bytes: that it may unpack to; None: as much as one upload may have.

    Raises:
        InvalidInput: the archive is damaged, unsafe, too large or no backup; nothing is written.
        Conflict: `name` is taken, or a video whose file was to be used was deleted meanwhile.
    """
    limit = Limits(unpacked_bytes=most_bytes or settings.UPLOAD_MAX_BYTES)
    with tempfile.TemporaryDirectory(dir=settings.HOME_DIRS["imports"]) as folder:
        if not path.is_file():
            raise InvalidInput(f"There is no file {path}.", code="no_such_file")
        unpack(path, Path(folder), limit)
        if not (Path(folder) / PROJECT).is_file():
            raise InvalidInput(
                f"{path.name} is no backup: it has no {PROJECT}. An export in another format is "
                "imported into a project that has its videos.",
                code="bad_backup",
            )
        with transaction.atomic():
            return _Restoring(Path(folder), owner).run(name.strip())


class _Restoring:
    """One backup on its way in."""

    def __init__(self, folder: Path, owner: Any) -> None:
        self.folder, self.owner = folder, owner
        self.users: dict[str, int | None] = {}
        self.unknown_authors: Counter[str] = Counter()
        self.videos: dict[str, Video] = {}
        self.twins: dict[uuid.UUID, str] = {}

    def run(self, name: str) -> Restored:
        with said_where(PROJECT):
            head = parsed((self.folder / PROJECT).read_text(encoding="utf-8"))
            if head["version"] != VERSION:
                raise ValueError(f"it is of version {head['version']}; this server reads {VERSION}")
            self.restored = Restored(_project(head, name))
            labels = self._labels(head["labels"])
            self._members(head["members"])
            space = uuid.uuid4() if _ids_are_taken(head["video_ids"]) else None
        self.renaming = Renaming(labels, space)
        for number, line in lines(self.folder, VIDEOS):
            with said_where(VIDEOS, number):
                self._video(line)
        for number, line in lines(self.folder, REVISIONS):
            with said_where(REVISIONS, number):
                self._revision(line, head["revision"])
        with said_where(PROJECT):
            self._draws(head.get("hold_out_draws", []))
        self._hold_media()
        self._tell()
        return self.restored

    def _labels(self, found: list[dict[str, Any]]) -> dict[int, int]:
        project, ids = self.restored.project, {}
        for data in found:
            label = checked(Label(project=project, **{key: data[key] for key in _LABEL}))
            label.retired_at = timezone.now() if data.get("is_retired") is True else None
            label.save()
            label.value()
            ids[int(data["id"])] = label.pk
        return ids

    def _draws(self, found: list[dict[str, Any]]) -> None:
        """Which videos were drawn, so that they stay drawn; older backups do not say."""
        for data in found:
            strata = [
                {
                    "stratum": str(part["stratum"]),
                    "videos": int(part["videos"]),
                    **{
                        side: [self.renaming.id(str(video_id)) for video_id in part.get(side, [])]
                        for side in ("drawn", "passed")
                    },
                }
                for part in data["strata"]
            ]
            draw = HoldOutDraw(
                project=self.restored.project, seed=data["seed"], share=data["share"],
                strata=strata, author_id=self._user(data["author"]),
            )  # fmt: skip
            checked(draw, "project", "strata").save()
            HoldOutDraw.objects.filter(pk=draw.pk).update(created_at=moment_of(data["created_at"]))

    def _members(self, found: list[dict[str, Any]]) -> None:
        roles = {self._user(member["username"]): Role(member["role"]) for member in found}
        if self.owner is not None:
            roles[self.owner.pk] = Role.OWNER
        roles.pop(None, None)
        Membership.objects.bulk_create(
            Membership(project=self.restored.project, user_id=user_id, role=role)
            for user_id, role in roles.items()
        )

    def _user(self, username: str | None) -> int | None:
        if username is not None and username not in self.users:
            model = get_user_model()
            known = model.objects.filter(**{model.USERNAME_FIELD: str(username)})
            self.users[username] = known.values_list("pk", flat=True).first()
        return self.users.get(username) if username is not None else None

    def _video(self, line: dict[str, Any]) -> None:
        video = Video(
            project=self.restored.project, id=uuid.UUID(self.renaming.id(str(line["id"]))),
            **{key: line[key] for key in _COPIED},
        )  # fmt: skip
        if not _SHA256.fullmatch(video.sha256):
            raise ValueError("'sha256' is not one")
        video.set_timebase(timebase_of(line))
        if video.frame_count != line["frame_count"]:
            raise ValueError(f"it has {video.frame_count} ticks for {line['frame_count']} frames")
        media = self._media(video)
        checked(video, "project", "packed_ticks").save()
        if media is not None:
            self._bring_in(video, media)
        kinds = ("tubes", "spans", "coverage")
        found = Annotations.of(self.renaming.all({kind: line[kind] for kind in kinds}))
        revisions.reinstate(video, found)
        self.videos[str(line["id"])] = video
        self.restored.counts["videos"] += 1
        for kind in kinds:
            self.restored.counts[kind] += len(getattr(found, kind))

    def _media(self, video: Video) -> Path | None:
        """Give the video its file, if it is here; else what the archive has of it."""
        known = Video.objects.filter(sha256=video.sha256, state=VideoState.READY)
        if self.owner is not None:
            # Who knows a hash has not seen the file.
            known = known.filter(project__in=access.projects_for(self.owner))
        twin = known.first()
        if twin is not None:
            video.source, video.proxy, video.thumbnail = twin.source, twin.proxy, twin.thumbnail
            video.state = VideoState.READY
            self.twins[twin.pk] = twin.name
            return None
        packed = [p for p in (self.folder / "media" / video.sha256).glob("*") if p.is_file()]
        if packed:
            video.state = VideoState.INGESTING
            return media_checked(packed[0], video.sha256)
        video.state = VideoState.FAILED
        video.error = (
            f"Its file is not on this server. Upload it to this project ({video.name}, SHA-256 "
            f"{video.sha256[:12]}…): its labels are here and wait for it."
        )
        self.restored.counts["waiting"] += 1
        return None

    def _bring_in(self, video: Video, media: Path) -> None:
        """Put the file where uploads end up, once all is written; the usual job does the rest."""
        job_id = jobs.job_create(
            project_id=video.project_id, kind=JobKind.INGEST, video_id=video.pk,
            params={"upload": str(uuid.uuid4()), "propose": False},
        )  # fmt: skip
        target = settings.HOME_DIRS["media"] / video.sha256 / media.name

        def place() -> None:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(media, target)

        transaction.on_commit(place)
        jobs.enqueue(job_id)
        self.restored.counts["files"] += 1

    def _hold_media(self) -> None:
        """Keep the videos whose files are used too until all is written: these rows keep them then.

        Only now, because nobody could label those videos while they are held.
        """
        held = Video.objects.select_for_update(no_key=True).filter(pk__in=self.twins)
        here = set(held.order_by("pk").values_list("pk", flat=True))
        gone = [name for video_id, name in self.twins.items() if video_id not in here]
        if gone:
            raise Conflict(
                f"'{gone[0]}' was deleted here while its file was to be used for the backup too; "
                "restore again."
            )

    def _revision(self, line: dict[str, Any], newest: int) -> None:
        author = line["author"]
        if author is not None and self._user(author) is None:
            self.unknown_authors[str(author)] += 1
        changes = self.renaming.all(line["changes"])
        for change in changes:
            for side in (change["before"], change["after"]):
                if side is not None:
                    revisions.ITEM_OF[change["kind"]](side)
        row = Revision(
            project=self.restored.project, video=self.videos[line["video"]],
            commit_id=uuid.UUID(self.renaming.id(line["commit_id"])),
            run_id=line["run_id"] and uuid.UUID(line["run_id"]), author_id=self._user(author),
            operations=self.renaming.all(line["operations"]), changes=changes,
            **{key: line[key] for key in _LOGGED},
        )  # fmt: skip
        if not 1 <= row.number <= newest:
            raise ValueError(f"revision {row.number} is not one of 1 to {newest}")
        checked(row, "project", "video", "author").save(force_insert=True)
        # Saving stamps the time of saving.
        Revision.objects.filter(pk=row.pk).update(created_at=moment_of(line["created_at"]))
        self.restored.counts["revisions"] += 1

    def _tell(self) -> None:
        counts, notes = self.restored.counts, self.restored.notes
        for author, written in sorted(self.unknown_authors.items()):
            notes.append(
                f"{written} revisions are by '{author}', who has no account here: they are kept "
                "without a name."
            )
        if counts["waiting"]:
            notes.append(
                f"{counts['waiting']} videos wait for their file: upload it to the project, and "
                "its labels are on it."
            )


def _project(head: dict[str, Any], name: str) -> Project:
    if not isinstance(head["settings"], dict):
        raise ValueError("'settings' is no object")
    if name and Project.objects.filter(name=name).exists():
        raise Conflict(f"There is a project '{name}' already; choose another name.")
    project = Project(
        name=name or _free(str(head["name"]).strip()), slug=_free_slug(name or str(head["name"])),
        settings=head["settings"], revision=head["revision"],
    )  # fmt: skip
    checked(project, "original").save()
    return project


def _ids_are_taken(video_ids: list[str]) -> bool:
    """Whether the project that was backed up, or another restored from it, is here."""
    return any(Video.objects.filter(pk=uuid.UUID(video_id)).exists() for video_id in video_ids)


def _free(name: str) -> str:
    """The name, with a number where there is such a project."""
    ends = ("" if n == 1 else f" ({n})" for n in count(1))
    # What is too long by itself is said so; only the number is made room for.
    tries = (f"{name[: _LONGEST - len(end)]}{end}" if end else name for end in ends)
    return next(tried for tried in tries if not Project.objects.filter(name=tried).exists())


def _free_slug(name: str) -> str:
    slug = slugify(name)[:150] or "project"
    tries = (slug if n == 1 else f"{slug}-{n}" for n in count(1))
    return next(tried for tried in tries if not Project.objects.filter(slug=tried).exists())
