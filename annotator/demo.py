"""The demo project: synthetic clips, drawn here, taken in and proposed on like any other video."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from django.contrib.auth import get_user_model

from annotator.take_in import propose_once, video_take_in
from labeling.ingest import services as ingest
from labeling.models import Project
from labeling.models.video import Split
from labeling.teams import services as teams
from mlbackend.data.demo import demo_specs
from mlbackend.data.synthetic import write_clip

NAME = "Demo"
# What the drawn people do, and the AVA v2.2 action that comes nearest.
ACTIONS = (
    ("walk", 14, "PERSON_MOVEMENT"),
    ("run", 10, "PERSON_MOVEMENT"),
    ("wave", 69, "PERSON_INTERACTION"),
    ("squat", 3, "PERSON_MOVEMENT"),
    ("jump", 7, "PERSON_MOVEMENT"),
    ("fall", 5, "PERSON_MOVEMENT"),
)
# Every fourth clip is kept for measuring, so that the first round has something to measure on.
HOLD_OUT_EVERY = 4


def demo_create(tell: Callable[[str], None]) -> int:
    """Make what is missing of the demo project and send its new videos to be proposed on.

    Safe to call again after it was cut off: a clip that is there is not made again.

    Returns:
        The number of videos that were added.
    """
    project = Project.objects.filter(name=NAME).first() or _project_create()
    added = []
    for number, spec in enumerate(demo_specs(), start=1):
        name = f"{spec.name}.mp4"
        known = project.videos.filter(name=name).first()
        if known is not None:
            propose_once(known)
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            write_clip(path, spec)
            video = video_take_in(project=project, path=path).video
        split = Split.HOLD_OUT if number % HOLD_OUT_EVERY == 0 else Split.TRAIN
        ingest.video_change(video=video, changes={"split": split})
        added.append(video)
        tell(f"{name}: {video.frame_count} frames, sent to be proposed on")
    return len(added)


def _project_create() -> Project:
    owner = get_user_model().objects.filter(is_superuser=True).order_by("pk").first()
    project = teams.project_create(name=NAME, owner=owner)
    for position, (name, ava_id, ava_group) in enumerate(ACTIONS, start=1):
        teams.label_create(
            project=project,
            kind="action",
            name=name,
            hotkey=str(position),
            ava_id=ava_id,
            ava_group=ava_group,
        )
    teams.label_create(project=project, kind="segment", name="crowded")
    return project
