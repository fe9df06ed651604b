"""The database keeps hold-out videos out of the queue and out of training, whoever writes."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotator import pipeline
from labeling.ingest.hold_out import hold_out_draw
from labeling.ingest.services import video_change
from labeling.models import Video
from mlbackend.models import QueueItem, Round, UsedVideo
from mlbackend.select.leases import queue_next

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def connected():
    """As the program starts: another test may have put its own handlers there."""
    pipeline.connect()


@pytest.fixture
def round_one(project):
    return Round.objects.create(project=project, number=1)


def hold_out(video):
    Video.objects.filter(pk=video.pk).update(split="hold-out")


def ask(video, **fields):
    return QueueItem.objects.create(
        project=video.project, video_id=video.pk, tube_id=uuid.uuid4(), **fields
    )


def assert_refused(write, words):
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        write()


NEVER_QUERIED, NEVER_TRAINED_ON = "never queried", "never trained on"


def test_nothing_is_asked_about_a_hold_out_video(video):
    hold_out(video)
    assert_refused(lambda: ask(video), NEVER_QUERIED)
    rows = [QueueItem(project=video.project, video_id=video.pk, tube_id=uuid.uuid4())]
    assert_refused(lambda: QueueItem.objects.bulk_create(rows), NEVER_QUERIED)
    assert_refused(
        lambda: QueueItem.objects.bulk_create(rows, ignore_conflicts=True), NEVER_QUERIED
    )
    assert not QueueItem.objects.exists()


@pytest.mark.parametrize("piece", ["chosen", "random", "discovery", "planted", "schema"])
def test_whoever_chose_it(video, piece):
    hold_out(video)
    assert_refused(lambda: ask(video, slice=piece), NEVER_QUERIED)


def test_a_second_look_may_be_asked_for_and_history_is_kept(video):
    hold_out(video)
    ask(video, slice="second")
    ask(video, state="done")
    assert QueueItem.objects.count() == 2


def test_an_open_item_can_only_be_closed_once_its_video_is_held_out(video):
    item = ask(video)
    hold_out(video)
    later = timezone.now() + timedelta(minutes=5)
    rows = QueueItem.objects.filter(pk=item.pk)
    assert_refused(lambda: rows.update(leased_by=None, leased_until=later), NEVER_QUERIED)
    assert_refused(lambda: rows.update(rank=7), NEVER_QUERIED)
    assert rows.update(state="done") == 1
    assert_refused(lambda: rows.update(state="open"), NEVER_QUERIED)
    assert rows.get().state == "done"


def test_an_item_cannot_be_moved_to_a_hold_out_video(video, project):
    other = Video.objects.create(project=project, name="b.mp4", sha256="1" * 64, split="hold-out")
    item = ask(video)
    assert_refused(
        lambda: QueueItem.objects.filter(pk=item.pk).update(video_id=other.pk), NEVER_QUERIED
    )


def test_no_round_trains_on_a_hold_out_video(video, round_one):
    hold_out(video)
    row = {"round": round_one, "video_id": video.pk}
    assert_refused(lambda: UsedVideo.objects.create(**row, use="train"), NEVER_TRAINED_ON)
    rows = [UsedVideo(**row, use="train")]
    assert_refused(lambda: UsedVideo.objects.bulk_create(rows), NEVER_TRAINED_ON)
    measured = UsedVideo.objects.create(**row, use="hold-out")
    assert_refused(
        lambda: UsedVideo.objects.filter(pk=measured.pk).update(use="train"), NEVER_TRAINED_ON
    )


@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_other_videos_are_asked_about_and_used(video, round_one, split):
    Video.objects.filter(pk=video.pk).update(split=split)
    ask(video)
    UsedVideo.objects.create(round=round_one, video_id=video.pk, use="train")
    assert (QueueItem.objects.count(), UsedVideo.objects.count()) == (1, 1)


def test_what_was_trained_on_before_stays_known(video, round_one):
    used = UsedVideo.objects.create(round=round_one, video_id=video.pk, use="train")
    video_change(video=video, changes={"split": "hold-out"})
    assert UsedVideo.objects.filter(pk=used.pk, use="train").exists()


def test_holding_a_video_out_closes_what_is_asked_about_it(video, owner):
    mine = ask(video, leased_by=owner, leased_until=timezone.now() + timedelta(minutes=5))
    second = ask(video, slice="second")
    video_change(video=video, changes={"split": "hold-out"})
    found = dict(QueueItem.objects.values_list("pk", "state"))
    assert found == {mine.pk: "done", second.pk: "open"}


def test_a_draw_closes_the_queue_of_what_it_draws_and_keeps_off_what_is_open(
    project, video, owner, round_one
):
    videos = [video]
    for number in range(9):
        row = Video(project=project, name=f"v_{number}", state="ready", sha256=f"{number + 1:064d}")
        row.set_timebase(video.timebase())
        row.save()
        videos.append(row)
    for one in videos:
        ask(one)
    soon = timezone.now() + timedelta(minutes=5)
    QueueItem.objects.filter(video_id=videos[1].pk).update(leased_by=owner, leased_until=soon)
    for one in videos[5:]:
        UsedVideo.objects.create(round=round_one, video_id=one.pk, use="train")
    hold_out_draw(project=project, count=3, seed=2)
    drawn = set(project.videos.filter(split="hold-out").values_list("pk", flat=True))
    untrained = {one.pk for one in videos[:5]} - {videos[1].pk}
    assert len(drawn) == 3 and drawn <= untrained
    still = set(QueueItem.objects.filter(state="open").values_list("video_id", flat=True))
    assert still == {one.pk for one in videos} - drawn


def test_an_item_that_slipped_through_is_passed_over_and_nobody_is_stuck(video, project, owner):
    other = Video.objects.create(project=project, name="b.mp4", sha256="1" * 64, state="ready")
    ask(video, rank=0)
    second = ask(other, rank=1)
    hold_out(video)
    assert queue_next(owner, project.pk).pk == second.pk
