"""Holding videos out: the draw on the tables, by the API, and what cannot be taken back lightly."""

import uuid

import pytest
from django.core.management import CommandError, call_command

from labeling import revisions
from labeling.domain.errors import Conflict, InvalidInput
from labeling.ingest import hold_out, services
from labeling.ingest.hold_out import Known, hold_out_draw
from labeling.models import HoldOutDraw, Video
from labeling.models.revision import Origin

pytestmark = pytest.mark.django_db


@pytest.fixture
def make(project, video):
    """Videos of these names, like the fixture's."""
    made = iter(range(1, 10_000))

    def videos(*names, **fields):
        rows = []
        for name in names:
            row = Video(
                project=project, name=name, state="ready", sha256=f"{next(made):064d}",
                width=640, height=360, **fields,
            )  # fmt: skip
            row.set_timebase(video.timebase())
            row.save()
            rows.append(row)
        return rows

    return videos


@pytest.fixture
def facts(monkeypatch):
    """What the learning side would know."""

    def say(**known):
        found = Known(**{name: frozenset(map(str, ids)) for name, ids in known.items()})
        monkeypatch.setattr(hold_out, "known", lambda project_id: found)

    say()
    return say


@pytest.fixture
def told(monkeypatch):
    calls = []
    handler = lambda project_id, ids: calls.append((project_id, sorted(ids)))  # noqa: E731
    monkeypatch.setattr(hold_out, "held_out_handlers", [handler])
    return calls


def held(project):
    return set(project.videos.filter(split="hold-out").values_list("name", flat=True))


def test_a_draw_holds_out_its_share_and_keeps_how(project, make, facts, told, owner):
    make(*[f"street_{i}.mp4" for i in range(12)], *[f"yard_{i}.mp4" for i in range(7)])
    made = hold_out_draw(project=project, share=0.2, seed=7, author=owner)
    assert len(held(project)) == 4
    assert (made.seed, made.share, made.author) == (7, 0.2, owner)
    drawn = sorted(i for part in made.strata for i in part["drawn"])
    assert told == [(project.pk, drawn)]
    assert sum(part["videos"] for part in made.strata) == 20
    names = {part["stratum"] for part in made.strata}
    assert names == {"not annotated, street, short", "not annotated, yard, short"}


def test_a_later_draw_is_of_what_came_in_since(project, make, facts):
    make(*[f"street_{i}.mp4" for i in range(9)])
    hold_out_draw(project=project, share=0.3, seed=1)
    first = held(project)
    with pytest.raises(Conflict) as refused:
        hold_out_draw(project=project, share=0.3, seed=2)
    assert refused.value.code == "nothing_to_draw"
    make(*[f"late_{i}.mp4" for i in range(6)])
    hold_out_draw(project=project, count=2, seed=3)
    assert first < held(project)
    assert len(held(project) - first) == 2
    assert all(name.startswith("late_") for name in held(project) - first)
    assert HoldOutDraw.objects.count() == 2


def test_a_source_stays_on_the_side_where_it_is(project, make, facts):
    make("movie_part1.mp4", split="hold-out")
    make("show_part1.mp4", split="val")
    make("movie_part2.mp4", "movie_part3.mp4", "show_part2.mp4")
    make(*[f"street_{i}.mp4" for i in range(8)])
    hold_out_draw(project=project, share=0.25, seed=5)
    assert {"movie_part1.mp4", "movie_part2.mp4", "movie_part3.mp4"} < held(project)
    assert "show_part2.mp4" not in held(project)
    make("street_3_part2.mp4", "movie_part4.mp4")
    before = held(project)
    hold_out_draw(project=project, share=0.25, seed=6)
    assert held(project) - before <= {"street_3_part2.mp4", "movie_part4.mp4"}
    assert ("street_3_part2.mp4" in held(project)) == ("street_3.mp4" in before)
    assert "movie_part4.mp4" in held(project)


def test_what_people_said_makes_strata_and_proposals_do_not(project, make, facts, labels):
    videos = make(*[f"street_{i}.mp4" for i in range(15)])
    for index, video in enumerate(videos):
        run = index >= 5
        tube = {
            "id": str(uuid.uuid4()), "label_id": labels["person"],
            "keyframes": [{"frame": 0, "box": [0, 0, 9, 9]}, {"frame": 9, "box": [0, 0, 9, 9]}],
        }  # fmt: skip
        span = {
            "id": str(uuid.uuid4()), "tube_id": tube["id"], "label_id": labels["wave"],
            "start_frame": 0, "end_frame": 5,
        }  # fmt: skip
        revisions.commit(
            video_id=video.id, origin=Origin.RUN if run else Origin.HAND,
            run_id=str(uuid.uuid4()) if run else None,
            operations=[{"op": "tube_add", "tube": tube}, {"op": "span_add", "span": span}],
        )  # fmt: skip
    made = hold_out_draw(project=project, share=0.2, seed=1)
    sizes = {part["stratum"]: (part["videos"], len(part["drawn"])) for part in made.strata}
    assert sizes["wave, street, short"] == (5, 1)
    assert sizes["not annotated, street, short"] == (10, 2)


def test_what_has_trained_comes_last_and_what_is_open_is_left_alone(project, make, facts):
    videos = make(*[f"street_{i}.mp4" for i in range(11)])
    facts(trained_on=[v.pk for v in videos[3:]], open=[videos[0].pk])
    hold_out_draw(project=project, count=3, seed=1)
    # Two are untrained and free; a trained one has to make up the number.
    assert {"street_1.mp4", "street_2.mp4"} < held(project) and len(held(project)) == 3
    assert "street_0.mp4" in {video.name for video in hold_out.candidates(project)}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "invalid_input"),
        ({"share": 0.2, "count": 3}, "invalid_input"),
        ({"share": 0.7}, "share_out_of_range"),
        ({"share": 0.0}, "share_out_of_range"),
        ({"count": 9}, "share_out_of_range"),
        ({"count": 0}, "share_out_of_range"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(project, make, facts, asked, code):
    make(*[f"street_{i}.mp4" for i in range(9)])
    with pytest.raises(InvalidInput) as refused:
        hold_out_draw(project=project, **asked)
    assert refused.value.code == code
    assert not held(project)


def test_too_few_videos_are_refused(project, make, facts):
    make("a.mp4", "b.mp4")
    with pytest.raises(InvalidInput) as refused:
        hold_out_draw(project=project, share=0.3)
    assert refused.value.code == "too_few_videos"
    assert "There are 3 videos" in refused.value.message


def test_too_few_because_some_are_open_says_so(project, make, facts):
    videos = make("a.mp4", "b.mp4", "c.mp4")
    facts(open=[videos[0].pk])
    with pytest.raises(InvalidInput) as refused:
        hold_out_draw(project=project, share=0.3)
    assert refused.value.code == "too_few_videos"
    assert "3 videos to draw from, and 1 more that somebody has open" in refused.value.message


def test_videos_that_are_not_ready_are_not_drawn(project, make, facts):
    make(*[f"street_{i}.mp4" for i in range(5)])
    coming = make("coming.mp4")[0]
    Video.objects.filter(pk=coming.pk).update(state="ingesting")
    hold_out_draw(project=project, share=0.5, seed=1)
    assert "coming.mp4" not in held(project)
    assert coming.pk not in {video.pk for video in hold_out.candidates(project)}


def test_who_fails_to_follow_takes_the_draw_back(project, make, facts, monkeypatch):
    make(*[f"street_{i}.mp4" for i in range(9)])

    def broken(project_id, ids):
        raise RuntimeError("no queue")

    monkeypatch.setattr(hold_out, "held_out_handlers", [broken])
    with pytest.raises(RuntimeError):
        hold_out_draw(project=project, share=0.2)
    assert not held(project) and not HoldOutDraw.objects.exists()


def test_the_address_draws_and_tells(as_user, owner, teammate, project, make, facts):
    make(*[f"street_{i}.mp4" for i in range(19)])
    path = f"/api/projects/{project.pk}/hold-out"
    empty = as_user(teammate).get(path).json()
    assert (empty["videos"], empty["candidates"], empty["drawn"], empty["enough"]) == (
        20, 20, [], False,
    )  # fmt: skip
    answer = as_user(owner).post(path, {"share": 0.2, "seed": 4}, format="json")
    assert answer.status_code == 201
    found = answer.json()
    assert len(found["drawn"]) == 4 and found["candidates"] == 0
    assert {one["by"] for one in found["drawn"]} == {"draw"}
    assert found["draws"][0]["author"] == "olga" and found["draws"][0]["seed"] == 4
    again = as_user(owner).post(path, {"share": 0.2}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_draw")
    assert as_user(teammate).post(path, {"share": 0.2}, format="json").status_code == 403


def test_a_video_held_out_by_hand_counts_and_is_told_apart(
    as_user, owner, project, make, facts, told
):
    hand, *_ = make(*[f"street_{i}.mp4" for i in range(9)])
    client = as_user(owner)
    client.patch(f"/api/videos/{hand.pk}", {"split": "hold-out"}, format="json")
    assert told == [(project.pk, [str(hand.pk)])]
    found = client.get(f"/api/projects/{project.pk}/hold-out").json()["drawn"]
    assert [(one["name"], one["by"]) for one in found] == [("street_0.mp4", "hand")]
    back = client.patch(f"/api/videos/{hand.pk}", {"split": "train"}, format="json")
    assert back.status_code == 200 and len(told) == 1


@pytest.mark.parametrize("how", ["drawn", "measured"])
def test_a_hold_out_that_was_drawn_or_measured_stays(as_user, owner, project, make, facts, how):
    client = as_user(owner)
    if how == "drawn":
        make(*[f"street_{i}.mp4" for i in range(9)])
        hold_out_draw(project=project, share=0.2, seed=1)
        video = project.videos.filter(split="hold-out").first()
    else:
        video = make("street_0.mp4", split="hold-out")[0]
        facts(measured_on=[video.pk])
    path = f"/api/videos/{video.pk}"
    answer = client.patch(path, {"split": "train"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "hold_out_fixed")
    assert client.patch(path, {"name": "x.mp4"}, format="json").status_code == 200
    answer = client.patch(path, {"split": "train", "force": True}, format="json")
    assert answer.json()["split"] == "train"
    note = client.get(f"/api/projects/{project.pk}/hold-out").json()["note"]
    assert "1 video was taken out by hand (x.mp4, by olga)" in note


def review(video, labels, *, covered, run_id=None):
    tube = {
        "id": str(uuid.uuid4()), "label_id": labels["person"],
        "keyframes": [{"frame": 20, "box": [0, 0, 9, 9]}, {"frame": 40, "box": [0, 0, 9, 9]}],
    }  # fmt: skip
    coverage = {
        "id": str(uuid.uuid4()), "tube_id": None, "start_frame": covered[0],
        "end_frame": covered[1], "label_ids": [labels["walk"]],
    }  # fmt: skip
    origin = Origin.RUN if run_id else Origin.HAND
    add = [{"op": "tube_add", "tube": tube}]
    revisions.commit(video_id=video.id, origin=origin, run_id=run_id, operations=add)
    say = [{"op": "coverage_add", "coverage": coverage}]
    if run_id:
        say.append({"op": "tube_decide", "tube_id": tube["id"], "decision": "accepted"})
    revisions.commit(video_id=video.id, origin=Origin.HAND, operations=say)


def test_enough_is_five_videos_and_eight_reviewed_tubes(
    as_user, owner, project, make, facts, labels
):
    videos = make(*[f"street_{i}.mp4" for i in range(5)], split="hold-out")
    ask = lambda: as_user(owner).get(f"/api/projects/{project.pk}/hold-out").json()  # noqa: E731
    for video in videos[:4]:
        review(video, labels, covered=(0, 100))
        review(video, labels, covered=(0, 100))
    # A tube that nobody looked through is no measure yet.
    review(videos[4], labels, covered=(0, 20))
    found = ask()
    assert (found["reviewed_videos"], found["reviewed_tubes"], found["enough"]) == (4, 8, False)
    review(videos[4], labels, covered=(30, 50))
    found = ask()
    assert (found["reviewed_videos"], found["reviewed_tubes"], found["enough"]) == (5, 10, True)
    assert found["note"] == ""


def test_what_bends_the_figures_is_said(as_user, owner, project, make, facts, labels):
    first, second = make("movie_part1.mp4", "street_0.mp4", split="hold-out")
    make("movie_part2.mp4")
    review(first, labels, covered=(0, 100), run_id=str(uuid.uuid4()))
    facts(trained_on=[second.pk])
    found = as_user(owner).get(f"/api/projects/{project.pk}/hold-out").json()
    marks = {one["name"]: (one["saw_proposals"], one["trained_on"]) for one in found["drawn"]}
    assert marks == {"movie_part1.mp4": (True, False), "street_0.mp4": (False, True)}
    for words in ("1 video was reviewed with proposals", "trained on by", "both sides (movie)"):
        assert words in found["note"]


def test_a_service_may_change_a_split_too(video, told, facts):
    services.video_change(video=video, changes={"split": "hold-out"})
    services.video_change(video=video, changes={"split": "hold-out"})
    assert len(told) == 1


def test_the_command_draws_and_tells(project, make, facts, capsys):
    make(*[f"street_{i}.mp4" for i in range(19)])
    call_command("hold_out", "yard", "--share", "0.2", "--seed", "3")
    out = capsys.readouterr().out
    assert "Seed 3" in out and "4 of 20 videos held out" in out and "not enough" in out
    assert len(held(project)) == 4
    with pytest.raises(CommandError, match="no video left"):
        call_command("hold_out", "Yard", "--count", "2")
    call_command("hold_out", "Yard")
    assert "drawn, 0 of 100 frames covered, 0 reviewed tubes" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no project 'Garden'"):
        call_command("hold_out", "Garden")
