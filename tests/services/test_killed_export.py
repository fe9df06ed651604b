"""A real export process, killed without a word in the middle of its work."""

import signal

import pytest

pytestmark = pytest.mark.services

_SET_UP = """
import os, signal, sys, uuid
import django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")
django.setup()
"""

_PROJECT = (
    _SET_UP
    + """
import numpy as np
from labeling import revisions
from labeling.domain.timebase import Timebase
from labeling.export import services
from labeling.models import Job, Video
from labeling.teams.services import label_create, project_create

project = project_create(name="Street")
walk = label_create(project=project, kind="action", name="walk", ava_id=1)
person = project.labels.get(kind="object")
for number in range(6):
    video = Video(project=project, name=f"{number}.mp4", state="ready", sha256=f"{number}" * 64,
                  width=64, height=36)
    video.set_timebase(Timebase((1, 10), np.arange(600), 600))
    video.save()
    operations = []
    for place in range(5):
        tube_id = str(uuid.uuid4())
        ends = [{"frame": frame, "box": [place, 0, place + 9, 9]} for frame in (0, 599)]
        operations += [
            {"op": "tube_add", "tube": {"id": tube_id, "label_id": person.id, "keyframes": ends}},
            {"op": "span_add", "span": {"id": str(uuid.uuid4()), "tube_id": tube_id,
             "label_id": walk.id, "start_frame": 0, "end_frame": 600}},
        ]
    revisions.commit(video_id=video.id, operations=operations, origin="hand")
for _ in range(2):
    made = services.export_create(project=project, format_name="ava", params={}, user_id=None)
    print(made.job_id, made.id)
"""
)

# Every finished video is recorded at once; at the fourth the process is no more.
_EXPORT = (
    _SET_UP
    + """
from labeling import snapshots
from labeling.export import tasks

job_id, most = sys.argv[1], int(sys.argv[2])
tasks._REPORT_EVERY_S = 0.0
reading, seen = snapshots.video_at, []

def counting(digest, place):
    seen.append(place)
    if len(seen) > most:
        os.kill(os.getpid(), signal.SIGKILL)
    return reading(digest, place)

snapshots.video_at = counting
tasks.run_export(job_id)
print(len(seen))
"""
)

_SWEEP = (
    _SET_UP
    + """
from labeling import jobs
from labeling.models import Job
jobs.sweep()
job = Job.objects.get(pk=sys.argv[1])
print(job.state, job.cursor["done"])
"""
)


def test_a_killed_export_goes_on_and_gives_the_same_bytes(install):
    installation = install()
    jobs = [line.split() for line in installation.call("-c", _PROJECT).splitlines()]
    (whole_job, whole), (job, export) = jobs
    assert installation.call("-c", _EXPORT, whole_job, "99").split() == ["6"]
    child = installation.start("-c", _EXPORT, job, "3")
    assert child.wait(60) == -signal.SIGKILL
    # The sweep gives the dead worker's job away.
    assert installation.call("-c", _SWEEP, job).split() == ["queued", "3"]
    assert installation.call("-c", _EXPORT, job, "99").split() == ["3"]
    exports = installation.home / "exports"
    one, other = ((exports / f"{name}.zip").read_bytes() for name in (whole, export))
    assert one == other
    assert not list(exports.glob(".*")), "nothing of the attempts is left"
