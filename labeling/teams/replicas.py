"""Replicas: the same videos and labels for somebody who does not see what the original says.

A replica's videos are rows of their own over the same files, which stay as long as any row needs
them. What it says is compared by the videos' content and the labels' names.
"""

from collections.abc import Iterable
from copy import copy
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from labeling.domain.errors import Conflict, InvalidInput
from labeling.domain.state import CONFIRMED
from labeling.models import Label, Project, Video
from labeling.models.video import VideoState
from labeling.teams.services import project_create


@transaction.atomic
def replica_create(
    *, original: Project, name: str, video_ids: Iterable[Any], owner: AbstractBaseUser | None
) -> Project:
    """Make a project with the original's labels, settings and some of its videos, and no work.

    Which videos are gold stays with the original: whoever is measured shall not know.

    Raises:
        Conflict: the name is taken, or the original is a replica itself.
        InvalidInput: no videos, or one that is not a ready video of the original.
    """
    if original.original_id is not None:
        raise Conflict("This project is a replica; make another one from the original project.")
    videos = _locked(original, set(video_ids))
    replica = project_create(name=name, owner=owner)
    replica.original, replica.settings = original, original.settings
    replica.save(update_fields=["original", "settings"])
    replica.labels.all().delete()
    Label.objects.bulk_create(_label(label, replica) for label in original.labels.all())
    for video in videos:
        _video(video, replica).save(force_insert=True)
    return replica


def replicas(project: Project) -> QuerySet[Project]:
    """With how many videos, members and confirmed tubes each has."""
    confirmed = Q(videos__tubes__state__in=[str(state) for state in CONFIRMED])
    return project.replicas.order_by("created_at", "id").annotate(
        video_count=Count("videos", distinct=True),
        member_count=Count("memberships", distinct=True),
        tube_count=Count("videos__tubes", distinct=True, filter=confirmed),
    )


def _locked(original: Project, wanted: set[Any]) -> list[Video]:
    """The videos, held until the replica has them, so that nobody deletes their files meanwhile."""
    if not wanted:
        raise InvalidInput("A replica needs at least one video; choose some.")
    ready = original.videos.select_for_update().filter(pk__in=wanted, state=VideoState.READY)
    videos = list(ready.order_by("created_at", "name"))
    if len(videos) < len(wanted):
        missing = wanted - {video.id for video in videos}
        raise InvalidInput(
            f"{len(missing)} of the {len(wanted)} chosen videos are not ready videos of this "
            "project; load the list of videos again.",
            detail={"video_ids": sorted(map(str, missing))},
        )
    return videos


def _label(label: Label, replica: Project) -> Label:
    copied = copy(label)
    copied.pk, copied.project = None, replica
    copied._state.adding = True
    return copied


def _video(video: Video, replica: Project) -> Video:
    copied = copy(video)
    copied.pk, copied.project = uuid4(), replica
    copied._state.adding = True
    copied.is_gold, copied.last_tube_number = False, 0
    return copied
