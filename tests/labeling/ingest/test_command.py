from io import StringIO

import pytest
from django.core.management import call_command

from labeling.models import Project, Video
from tests.labeling import clips

pytestmark = pytest.mark.django_db


def ingest(*args):
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("ingest", *map(str, args), stdout=out, stderr=err)
    except SystemExit as stop:
        code = stop.code
    return code, out.getvalue(), err.getvalue()


def files(home):
    return sorted(path.name for path in (home / "media").rglob("*") if path.is_file())


def test_it_makes_the_project_and_the_video(made, home):
    code, out, _ = ingest("New Yard", made)
    assert code == 0
    assert "30 frames, 128×64, 10 fps, 3.00 s" in out
    project = Project.objects.get(name="New Yard")
    assert [label.name for label in project.labels.all()] == ["person"]
    video = project.videos.get()
    assert (video.state, video.frame_count, video.name) == ("ready", 30, "made.mp4")
    assert files(home) == ["proxy.mp4", "source.mp4", "thumbnail.jpg"]
    assert video.source_path.read_bytes() == made.read_bytes()
    assert video.timebase().ticks.size == 30


def test_a_mistyped_path_leaves_no_empty_project(home, tmp_path):
    code, _, err = ingest("Typo", tmp_path / "gone.mp4")
    assert code == 1
    assert "not there" in err
    assert not Project.objects.exists()


def test_a_project_is_found_by_slug_too(made, home, project):
    ingest("yard", made)
    assert project.videos.count() == 1


def test_bad_files_are_said_and_the_good_go_on(made, home, tmp_path):
    bad = [tmp_path / "empty.mp4", clips.sound(tmp_path / "sound.mp4"), tmp_path / "gone.mp4"]
    bad[0].touch()
    bad.append(clips.changing_size(tmp_path / "sizes.h264"))
    code, out, err = ingest("Yard", bad[0], bad[1], made, bad[2], bad[3])
    assert code == 1
    for path, reason in zip(
        bad, ("is empty", "no picture", "not there", "changes its picture size"), strict=True
    ):
        assert any(path.name in line and reason in line for line in err.splitlines())
    assert "made.mp4: 30 frames" in out
    assert [video.name for video in Video.objects.all()] == ["made.mp4"]
    assert len(files(home)) == 3


def test_the_same_file_under_another_name_is_recognized(made, home, tmp_path):
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(made.read_bytes())
    code, out, _ = ingest("Yard", made, copy)
    assert code == 0
    assert "copy.mp4: already in 'Yard' as 'made.mp4'" in out
    assert Video.objects.count() == 1


def test_two_projects_share_one_set_of_files(made, home):
    ingest("Yard", made)
    before = (home / "media").rglob("proxy.mp4").__next__().stat().st_mtime_ns
    ingest("Street", made)
    assert Video.objects.count() == 2
    assert len(files(home)) == 3
    assert (home / "media").rglob("proxy.mp4").__next__().stat().st_mtime_ns == before


def test_a_real_clip(shared_data, home):
    code, out, _ = ingest("Real", shared_data / "clips" / "people" / "vtest_480x360.mp4")
    assert (code, "795 frames, 480×360, 10 fps, 79.50 s" in out) == (0, True)
